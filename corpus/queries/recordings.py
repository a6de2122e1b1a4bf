"""Where the sound of each speaker of a dialogue lies."""

from collections.abc import Mapping
from pathlib import Path

from corpus.models import Channel, Corpus

Sides = Mapping[str, tuple[Path, int | None]]
"""Of one dialogue: the file and channel of each speaker, by tag."""


def sides_of(corpus: Corpus) -> dict[str, Sides]:
    """Return by dialogue the sides that have sound; dialogues without any are left out."""
    sides: dict[str, dict[str, tuple[Path, int | None]]] = {}
    channels = Channel.objects.filter(dialogue__corpus=corpus, audio__isnull=False)
    for channel in channels.select_related("audio", "dialogue").order_by("pk").iterator(chunk_size=2_000):
        if channel.audio:
            side = (channel.audio.location, channel.audio_channel)
            sides.setdefault(channel.dialogue.key, {})[channel.tag] = side
    return dict(sides)
