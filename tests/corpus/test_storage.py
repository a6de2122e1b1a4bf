"""The media folder."""

import hashlib

import pytest

from corpus import storage
from corpus.storage import keep, original_path, served_path

CONTENT = b"sound"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_places_are_made_of_the_digest_and_the_container():
    assert original_path(DIGEST, "WAVEX/PCM_16") == f"originals/{DIGEST[:2]}/{DIGEST}.wav"
    assert original_path(DIGEST, "NIST/ULAW") == f"originals/{DIGEST[:2]}/{DIGEST}.sph"
    assert original_path(DIGEST, "MP3/MPEG_LAYER_III") == f"originals/{DIGEST[:2]}/{DIGEST}.mp3"
    assert served_path(DIGEST) == f"served/{DIGEST[:2]}/{DIGEST}.wav"


def test_a_file_is_kept_once_and_can_be_read_by_a_web_server(media):
    place = keep(served_path(DIGEST), CONTENT, DIGEST)
    before = place.stat()
    keep(served_path(DIGEST), CONTENT, DIGEST)

    assert place.read_bytes() == CONTENT
    assert before.st_mode & 0o777 == 0o644
    assert (place.stat().st_ino, place.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_half_a_file_is_replaced(media):
    place = media / served_path(DIGEST)
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT[:2])

    assert keep(served_path(DIGEST), CONTENT, DIGEST).read_bytes() == CONTENT


def test_content_that_changed_is_not_kept(media):
    with pytest.raises(ValueError, match="changed while it was being read"):
        keep(served_path(DIGEST), b"another", DIGEST)
    assert files(media.parent) == []


def test_a_disk_that_fails_leaves_nothing_behind(media, monkeypatch):
    def fail(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        keep(served_path(DIGEST), CONTENT, DIGEST)
    assert files(media) == []
