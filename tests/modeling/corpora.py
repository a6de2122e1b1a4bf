"""Small corpora: rows without sound for the life of runs, or real files for what is computed from them."""

import csv
import hashlib
from pathlib import Path

import numpy as np
import soundfile as sf

from corpus.enums import StimulusRole
from corpus.models import AudioFile, Corpus, ServedAudio, Stimulus


def corpus_of(n: int, *, slug: str = "small") -> Corpus:
    """Return a corpus of `n` clips that have no sound, the later the longer."""
    corpus = Corpus.objects.create(slug=slug, digest=_sha(f"{slug} {n}"))
    add_clips(corpus, n)
    return corpus


def add_clips(corpus: Corpus, n: int) -> None:
    """Add `n` clips without sound."""
    first = corpus.stimuli.count()
    for index in range(first, first + n):
        key = f"{corpus.slug}-{index:03}"
        measured = {"duration": 0.3 + index / 100, "peak": -3.0, "loudness": -23.0}
        audio = AudioFile.objects.create(
            sha256=_sha(key),
            path=f"{key}.wav",
            format="WAV",
            size=1,
            rate=16_000,
            channels=1,
            loudness_rule="gated",
            clipped=0,
            **measured,
        )
        served = ServedAudio.objects.create(audio=audio, target=-23, sha256=_sha(key + "!"), gain=0, **measured)
        Stimulus.objects.create(
            corpus=corpus, key=key, role=StimulusRole.BACKCHANNEL, source_path=audio.path, audio=audio, served=served
        )


def write_clips(folder: Path, n: int, *, seconds: float = 0.3, rate: int = 16_000) -> Path:
    """Write `n` different gliding tones and the `stimuli.csv` that describes them; return the CSV's path."""
    folder.mkdir(parents=True, exist_ok=True)
    time = np.arange(round(seconds * rate)) / rate
    with (folder / "stimuli.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["stimulus", "path", "role", "token"])
        for index in range(n):
            tone = np.sin(2 * np.pi * (120 + 7 * index + 40 * time) * time) * np.hanning(len(time)) * 0.2
            sf.write(folder / f"{index:03}.wav", tone, rate, subtype="PCM_16")
            writer.writerow([f"clip{index:03}", f"{index:03}.wav", "backchannel", "mhm"])
    return folder / "stimuli.csv"


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
