"""Which sounds are kept already, and how loud they are served."""

from collections.abc import Iterable

from django.conf import settings

from corpus.models import Corpus, ServedAudio
from corpus.storage import in_media, served_path

_BATCH = 5_000  # SQLite takes 32,766 parameters


def kept_sounds(digests: Iterable[str], target: float) -> dict[tuple[str, int | None], ServedAudio]:
    """Return, by (SHA-256 of the original, channel), what is served at `target` LUFS and lies in the media folder.

    A mono file is found under no channel and under channel 1, which are the same sound.
    """
    kept: dict[tuple[str, int | None], ServedAudio] = {}
    wanted = sorted(set(digests))
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        for one in ServedAudio.objects.filter(audio__sha256__in=batch, target=target).select_related("audio"):
            if one.audio.location.is_file() and in_media(served_path(one.sha256)).is_file():
                channels = (None, 1) if one.audio.channels == 1 else (one.channel,)
                kept |= {(one.audio.sha256, channel): one for channel in channels}
    return kept


def served_target(corpus: Corpus | None) -> float:
    """Return the loudness in LUFS at which a corpus is, or would be, served."""
    target = corpus.loudness_target if corpus else None
    return float(settings.BCSTUDY_LOUDNESS_TARGET if target is None else target)
