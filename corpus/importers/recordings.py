"""Find the recordings of dialogues in a folder by their names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.audio import AudioFacts, AudioFaultsError, parse_channel, probe_recording
from corpus.dialogues import Dialogue
from corpus.errors import Fault

_ENDINGS = {".wav", ".flac", ".sph", ".mp3", ".ogg", ".opus"}
_BETWEEN = ("", "-", "_", ".", " ")


@dataclass(frozen=True, slots=True)
class ChannelSound:
    """Where the sound of a speaker is: a file and its channel from 1, None if the file has one only."""

    file: Path
    channel: int | None


Sounds = Mapping[str, ChannelSound]


class Recordings:
    """The recordings below a folder; each is opened once, when a dialogue first asks for it."""

    def __init__(self, folder: Path) -> None:
        self._by_stem: dict[str, list[Path]] = defaultdict(list)
        self._facts: dict[Path, AudioFacts | list[Fault]] = {}
        for file in sorted(folder.rglob("*")):
            if file.suffix.lower() in _ENDINGS and file.is_file():
                self._by_stem[file.stem.lower()].append(file)

    def of(self, dialogue: Dialogue) -> tuple[Sounds, list[Fault]]:
        """Return the sound of each speaker, by tag, and what is wrong; both are empty where there is no recording.

        A file called like the dialogue has a channel for each speaker: A or L the first, B or R the second, else the
        speakers in order. Else each speaker has a file called like the dialogue and the tag (sw2005A, sw2005-A, …).
        """
        tags = sorted(dialogue.speakers)
        whole = self._by_stem.get(dialogue.key.lower(), [])
        single = {tag: file for tag in tags if (file := self._single(dialogue.key, tag))}
        files = {*whole, *single.values()}
        faults = [fault for file in sorted(files) for fault in self._faults(file)]
        if len(whole) > 1:
            names = ", ".join(str(file) for file in whole)
            faults.append(Fault(str(whole[0]), 0, "", f"several recordings are called alike: {names}", "Leave one"))
        if faults or not files:
            return {}, faults
        if whole:
            return self._shared(whole[0], tags)
        return self._separate(single)

    def facts(self, file: Path) -> AudioFacts:
        """Return what was measured of a file that `of` gave."""
        facts = self._facts[file]
        assert isinstance(facts, AudioFacts)
        return facts

    def _single(self, key: str, tag: str) -> Path | None:
        names = (f"{key}{between}{tag}".lower() for between in _BETWEEN)
        return next((self._by_stem[name][0] for name in names if name in self._by_stem), None)

    def _faults(self, file: Path) -> list[Fault]:
        if file not in self._facts:
            try:
                self._facts[file] = probe_recording(file)
            except AudioFaultsError as error:
                self._facts[file] = [Fault(str(file), 0, "", one.what, one.mend) for one in error.faults]
        found = self._facts[file]
        return found if isinstance(found, list) else []

    def _shared(self, file: Path, tags: list[str]) -> tuple[Sounds, list[Fault]]:
        channels = self.facts(file).channels
        if len(tags) == 1 and channels == 1:
            return {tags[0]: ChannelSound(file, None)}, []
        if channels < len(tags):
            what = f"it has {channels} channel{'s' * (channels > 1)} for {len(tags)} speakers"
            mend = "Give a channel for each, or a file for each called like the dialogue and the speaker"
            return {}, [Fault(str(file), 0, "", what, mend)]
        places = _lettered(tags) or dict(zip(tags, range(1, channels + 1), strict=False))
        return {tag: ChannelSound(file, place) for tag, place in places.items()}, []

    def _separate(self, single: Mapping[str, Path]) -> tuple[Sounds, list[Fault]]:
        faults = [
            Fault(str(file), 0, "", f"it has {self.facts(file).channels} channels", "Give one channel in each file")
            for file in single.values()
            if self.facts(file).channels > 1
        ]
        return ({} if faults else {tag: ChannelSound(file, None) for tag, file in single.items()}), faults


def _lettered(tags: Iterable[str]) -> dict[str, int] | None:
    """Return the channels that the tags themselves name, if all do and differ."""
    try:
        places = {tag: parse_channel(tag) or 0 for tag in tags}
    except ValueError:
        return None
    fit = len(set(places.values())) == len(places) and max(places.values(), default=0) <= len(places)
    return places if fit else None
