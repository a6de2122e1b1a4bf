"""Write dialogues, their channels and utterances, and the sound of channels, inside the caller's transaction."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from corpus.dialogues import Dialogue as PlainDialogue
from corpus.dialogues import Turn as PlainTurn
from corpus.errors import DomainError
from corpus.importers.dialogues import Reading
from corpus.importers.recordings import ChannelSound, Recordings
from corpus.models import AudioFile, Channel, Corpus, Dialogue, Turn
from corpus.queries.dialogues import dialogue_digest
from corpus.services.insert_rows import insert_rows
from corpus.services.keep_sounds import audio_row
from corpus.storage import keep_copy, original_path

_FIELDS = ("dialogue", "position", "speaker", "text", "start", "end", "tag", "words")


def store_dialogues(corpus: Corpus, chunk: Sequence[Reading]) -> None:
    """Store what another import has not stored meanwhile."""
    there = set(
        Dialogue.objects.filter(corpus=corpus, key__in=[reading.key for reading in chunk]).values_list("key", flat=True)
    )
    new = [(reading, reading.dialogue) for reading in chunk if reading.dialogue and reading.key not in there]
    rows = Dialogue.objects.bulk_create([_dialogue(corpus, reading.file, dialogue) for reading, dialogue in new])
    pairs = list(zip(rows, (dialogue for _, dialogue in new), strict=True))
    Channel.objects.bulk_create(
        Channel(dialogue=row, tag=tag, speaker=person) for row, one in pairs for tag, person in one.speakers.items()
    )
    turns = ((row.pk, place, *_values(turn)) for row, one in pairs for place, turn in enumerate(one.turns))
    insert_rows(Turn, _FIELDS, turns)


def keep_recordings(recordings: Recordings, sounds: Mapping[str, Mapping[str, ChannelSound]]) -> None:
    """Copy the recordings into the media folder. Raises `DomainError` where one changes meanwhile."""
    for file in {sound.file for found in sounds.values() for sound in found.values()}:
        facts = recordings.facts(file)
        try:
            keep_copy(original_path(facts.sha256, facts.format), file, facts.sha256)
        except (OSError, ValueError) as error:
            raise DomainError(f"{file}: {error}. Import again when it is at rest.") from error


@transaction.atomic
def add_sounds(corpus: Corpus, sounds: Mapping[str, Mapping[str, ChannelSound]], recordings: Recordings) -> int:
    """Give channels without sound theirs; return how many channels of these dialogues have sound now."""
    files = {sound.file for found in sounds.values() for sound in found.values()}
    facts = {file: recordings.facts(file) for file in files}
    AudioFile.objects.bulk_create((audio_row(one) for one in facts.values()), ignore_conflicts=True, batch_size=500)
    stored = AudioFile.objects.in_bulk([one.sha256 for one in facts.values()], field_name="sha256")
    with_sound = 0
    keys = sorted(key for key, found in sounds.items() if found)
    for start in range(0, len(keys), 500):
        channels = Channel.objects.filter(dialogue__corpus=corpus, dialogue__key__in=keys[start : start + 500])
        changed = []
        for channel in channels.select_related("dialogue"):
            sound = sounds[channel.dialogue.key].get(channel.tag)
            if sound and channel.audio_id is None:
                channel.audio, channel.audio_channel = stored[facts[sound.file].sha256], sound.channel
                changed.append(channel)
            with_sound += channel.audio_id is not None
        Channel.objects.bulk_update(changed, ["audio", "audio_channel"], batch_size=200)
    return with_sound


def _dialogue(corpus: Corpus, file: str, dialogue: PlainDialogue) -> Dialogue:
    ends = [turn.end for turn in dialogue.turns if turn.end is not None]
    return Dialogue(
        corpus=corpus,
        key=dialogue.key,
        attributes=dict(dialogue.attributes),
        source=file[-500:],
        digest=dialogue_digest(dialogue),
        turn_count=len(dialogue.turns),
        word_count=sum(len(turn.words) for turn in dialogue.turns),
        duration=max(ends, default=None),
    )


def _values(turn: PlainTurn) -> tuple[Any, ...]:
    words = json.dumps(turn.words) if turn.words else "[]"
    return turn.speaker, turn.text, turn.start, turn.end, turn.tag, words
