"""Small corpora of dialogues with everything in them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

RATE = 16_000
WriteDialogues = Callable[..., Path]


def timed_turns(n: int) -> list[dict[str, Any]]:
    """Return six utterances of A and B with two backchannels of B; words are other ones in each dialogue."""
    told = [
        ("A", 0.0, 3.0, f"so we moved to town number {n}", "sd"),
        ("B", 3.1, 3.4, "uh-huh", "b"),
        ("A", 3.5, 7.5, "and then we moved back again", "sd"),
        ("B", 5.0, 5.4, "right", "bk"),
        ("B", 8.0, 9.0, "why was that", "qw"),
        ("A", 9.2, 10.0, "well", "sd"),
    ]
    return [
        {"speaker": speaker, "start": start, "end": end, "tag": tag, "words": evenly(text, start, end)}
        for speaker, start, end, text, tag in told
    ]


def evenly(text: str, start: float, end: float) -> list[dict[str, Any]]:
    """Return the words of a text, all of the same length."""
    words = text.split()
    step = (end - start) / len(words)
    return [
        {"word": word, "start": round(start + n * step, 3), "end": round(start + (n + 1) * step, 3)}
        for n, word in enumerate(words)
    ]


@pytest.fixture
def write_dialogues(tmp_path: Path) -> WriteDialogues:
    """`write_dialogues(3, people=lambda n: {"A": …})`: a dialogues.jsonl of so many dialogues d00, d01, …"""

    def write(count: int, people: Callable[[int], dict[str, str]] | None = None, **changes: Any) -> Path:
        path = tmp_path / "dialogues.jsonl"
        lines = [
            {"dialogue": f"d{n:02d}", "speakers": people(n) if people else {}, "turns": timed_turns(n)} | changes
            for n in range(count)
        ]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path

    return write


@pytest.fixture
def stereo_folder(tmp_path: Path) -> Path:
    """A folder with a recording of d00: 10 s of noise, A's channel loud where A speaks and B's where B does."""
    folder = tmp_path / "audio"
    folder.mkdir()
    rng = np.random.default_rng(0)
    samples = rng.standard_normal((10 * RATE, 2)) * 0.0005
    for turn in timed_turns(0):
        here = slice(round(turn["start"] * RATE), round(turn["end"] * RATE))
        samples[here, "AB".index(turn["speaker"])] *= 200
    sf.write(folder / "d00.wav", samples, RATE, subtype="PCM_16")
    return folder
