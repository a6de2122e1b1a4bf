"""Which sounds are kept already."""

from collections.abc import Iterable

from corpus.models import ServedAudio
from corpus.storage import in_media, served_path


def kept_sounds(digests: Iterable[str], target: float) -> dict[tuple[str, int | None], ServedAudio]:
    """Return, by (SHA-256 of the original, channel), what is served at `target` LUFS and lies in the media folder.

    A mono file is found under no channel and under channel 1, which are the same sound.
    """
    served = ServedAudio.objects.filter(audio__sha256__in=list(digests), target=target).select_related("audio")
    kept: dict[tuple[str, int | None], ServedAudio] = {}
    for one in served:
        if one.audio.location.is_file() and in_media(served_path(one.sha256)).is_file():
            channels = (None, 1) if one.audio.channels == 1 else (one.channel,)
            kept |= {(one.audio.sha256, channel): one for channel in channels}
    return kept
