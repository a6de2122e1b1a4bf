"""Write the demo corpus as a folder: sounds, stimuli.csv, study.yaml, consent forms and README.md."""

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.demo import percepts
from corpus.demo.clips import Clip, clip_name, speak_backchannels, speak_contexts
from corpus.demo.dialogues import TEXTS, Dialogue, plan
from corpus.demo.readme import readme
from corpus.demo.vocoder import Floats

RESPONSE_GAP = 0.2  # seconds from the end of a context to its true response
COPIED = ("consent.en.md", "consent.sv.md", "study.yaml")
COLUMNS = (
    *("stimulus", "path", "role", "token", "speaker", "dialogue", "channel", "start", "end", "transcript"),
    *("prosody", "voice", "situation", "suits", "response"),
    *(f"percept_{name}" for name in percepts.NAMES),
    "synthetic",
)

Row = dict[str, str]


def build(folder: Path, *, seed: int) -> int:
    """Write the demo corpus into `folder` (made if missing; files of the same names are replaced); return its size.

    The same seed gives the same bytes. stimuli.csv comes last: a folder that has it is complete. Raises
    `corpus.demo.espeak.EspeakError` if espeak-ng is not installed or fails.
    """
    dialogues = plan(seed=seed)
    clips = speak_backchannels(seed=seed)
    rate, contexts = speak_contexts(dialogues, seed=seed)
    lengths = [len(sound) / rate for sound in contexts]
    rows = _context_rows(dialogues, lengths, clips) + _backchannel_rows(dialogues, lengths, clips)
    audio = folder / "audio"
    audio.mkdir(parents=True, exist_ok=True)
    (folder / "stimuli.csv").unlink(missing_ok=True)
    sounds = contexts + [clip.spoken.samples for clip in clips]
    for row, sound in zip(rows, sounds, strict=True):
        _write_wav(folder / row["path"], sound, rate)
    for name in COPIED:
        shutil.copyfile(TEXTS / name, folder / name)
    text = readme(seed=seed, rate=rate, gap=RESPONSE_GAP, clips=clips, dialogues=dialogues)
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
    _write_rows(folder / "stimuli.csv", rows)
    return len(rows)


def _context_rows(dialogues: Sequence[Dialogue], lengths: Sequence[float], clips: Sequence[Clip]) -> list[Row]:
    where = percepts.coordinates(clips)
    rows = []
    for dialogue, length in zip(dialogues, lengths, strict=True):
        kind = dialogue.situation
        name = f"{dialogue.name}-{kind.name}"
        place = {"start": f"{0:.4f}", "end": f"{length:.4f}", "dialogue": dialogue.name}
        rule = {"situation": kind.name, "suits": kind.suits, "response": response_of(dialogue)}
        told = {"speaker": dialogue.teller.name, "transcript": dialogue.transcript}
        ideal = _percept_cells(percepts.ideal(kind, clips, where))
        rows.append(_row(name, "context", voice=dialogue.teller.espeak, **place, **rule, **told, **ideal))
    return rows


def _backchannel_rows(dialogues: Sequence[Dialogue], lengths: Sequence[float], clips: Sequence[Clip]) -> list[Row]:
    responds = {response_of(d): (d, length) for d, length in zip(dialogues, lengths, strict=True)}
    rows = []
    for clip, at in zip(clips, percepts.coordinates(clips), strict=True):
        place: Row = {}
        if clip.name in responds:
            dialogue, length = responds[clip.name]
            start = length + RESPONSE_GAP
            place = {"dialogue": dialogue.name, "start": f"{start:.4f}"}
            place["end"] = f"{start + clip.spoken.duration:.4f}"
        said = {"token": clip.word.token, "speaker": clip.voice.name, "prosody": clip.prosody}
        rows.append(_row(clip.name, "backchannel", voice=clip.voice.espeak, **said, **place, **_percept_cells(at)))
    return rows


def response_of(dialogue: Dialogue) -> str:
    """Return the id of the true response to a dialogue."""
    return clip_name(dialogue.listener, dialogue.word, dialogue.situation.suits)


def _row(name: str, role: str, **cells: str) -> Row:
    return {"stimulus": name, "path": f"audio/{name}.wav", "role": role, "synthetic": "1", **cells}


def _percept_cells(where: Floats) -> Row:
    return {f"percept_{name}": f"{value:.4f}" for name, value in zip(percepts.NAMES, where, strict=True)}


def _write_wav(path: Path, samples: Floats, rate: int) -> None:
    import soundfile

    pcm = np.round(samples * 32767).astype(np.int16)
    soundfile.write(path, pcm, rate, subtype="PCM_16")


def _write_rows(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
