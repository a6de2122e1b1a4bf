"""The media folder: files named by the SHA-256 of their content, each written whole or not at all.

`originals/ab/<sha256>.<ending>` holds files as they came, `served/ab/<sha256>.wav` what browsers get. A file is
complete on disk before any row names it; one that no row names, because an import failed later, is harmless.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

_ENDINGS = {"WAVEX": "wav", "RF64": "wav", "NIST": "sph"}


def original_path(sha256: str, audio_format: str) -> str:
    """Return where an original is kept, relative to the media folder; `audio_format` as in `AudioFacts`."""
    container = audio_format.partition("/")[0]
    return f"originals/{sha256[:2]}/{sha256}.{_ENDINGS.get(container, container.lower())}"


def served_path(sha256: str) -> str:
    """Return where a served file is kept, relative to the media folder."""
    return f"served/{sha256[:2]}/{sha256}.wav"


def in_media(path: str) -> Path:
    """Return the place of a file in the media folder."""
    return Path(settings.MEDIA_ROOT) / path


def keep(path: str, content: bytes, sha256: str) -> Path:
    """Write `content` to `path` in the media folder unless it is there already, and return its place.

    Raises:
        ValueError: the content does not have this digest.

    """
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError("the file changed while it was being read")
    place = in_media(path)
    if not (place.is_file() and place.stat().st_size == len(content)):
        place.parent.mkdir(parents=True, exist_ok=True)
        with _whole(place) as file:
            file.write(content)
    return place


def keep_copy(path: str, source: Path, sha256: str) -> Path:
    """Copy a file of any length to `path` in the media folder unless it is there already, and return its place.

    Raises:
        ValueError: the content does not have this digest.

    """
    place = in_media(path)
    if not (place.is_file() and place.stat().st_size == source.stat().st_size):
        place.parent.mkdir(parents=True, exist_ok=True)
        with _whole(place) as file, source.open("rb") as read:
            digest = hashlib.sha256()
            while chunk := read.read(1 << 20):
                digest.update(chunk)
                file.write(chunk)
            if digest.hexdigest() != sha256:
                raise ValueError("the file changed while it was being read")
    return place


@contextmanager
def _whole(place: Path) -> Iterator[BinaryIO]:
    """Give a file beside the place; it is flushed to disk and renamed at the end: nobody ever sees half a file."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".part-")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        part.replace(place)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
