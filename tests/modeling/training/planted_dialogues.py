"""Dialogues with sound in which the fitting backchannel depends on what was said five turns back.

A says a word three times; four turns that say nothing about it follow; then B backchannels with this word. It decides
how loud a band of noise between 2 and 3 kHz is (the planted perceptual dimension, in units of 10 dB). Whose voice it
is (pitch, and where its strong partials lie) and how loud the clip is has nothing to do with the word, and fills the
spectrum.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile as sf

from corpus.models import Corpus
from corpus.services import extract_backchannels, import_dialogues
from tests.modeling.ml.lm.talk import TOPICS

RATE, TURN_S, GAP_S = 8000, 0.25, 0.05
ROUNDS = 6
FILLERS = ["so", "well"]
PLACE = dict(zip(TOPICS.values(), (-1.5, -0.5, 0.5, 1.5), strict=True))
PARTS = {"train": 60, "validation": 12, "test": 20}


def planted_corpus(
    folder: Path, *, seed: int = 0, parts: Mapping[str, int] = PARTS, slug: str = "planted"
) -> tuple[Corpus, np.ndarray]:
    """Write, import and search the dialogues; return the corpus and the planted positions of the backchannels (n,).

    The positions are in the order of items: of dialogues, then of time.
    """
    rng = np.random.default_rng(seed)
    (folder / "audio").mkdir(parents=True)
    positions: dict[str, list[float]] = {}
    with (folder / "planted.jsonl").open("w") as file:
        for part, count in parts.items():
            for index in range(count):
                key = f"{part}{index:02}"
                told, sound, positions[key] = _dialogue(rng)
                file.write(json.dumps({"dialogue": key, "split": part, "turns": told}) + "\n")
                sf.write(folder / "audio" / f"{key}.wav", sound, RATE, subtype="PCM_16")
    import_dialogues(path=folder / "planted.jsonl", corpus_slug=slug, format_name="jsonl", audio=folder / "audio")
    extract_backchannels(corpus_slug=slug, method=None, given={})
    return Corpus.objects.get(slug=slug), np.concatenate([positions[key] for key in sorted(positions)])


def _dialogue(rng: np.random.Generator) -> tuple[list[dict[str, object]], np.ndarray, list[float]]:
    turns = _turns(rng)
    step = round((TURN_S + GAP_S) * RATE)
    sound = rng.normal(0, 1e-4, (step * len(turns) + RATE // 4, 2))
    told, positions = [], []
    for number, (speaker, words) in enumerate(turns):
        place = PLACE.get(words)
        position = rng.normal(0, 1) if place is None else place + rng.normal(0, 0.1)
        begin = number * step
        sound[begin : begin + round(TURN_S * RATE), "AB".index(speaker)] += _said(rng, position)
        start = number * (TURN_S + GAP_S)
        tag = "sd" if place is None else "b"
        told.append({"speaker": speaker, "text": words, "start": start, "end": start + TURN_S, "tag": tag})
        if place is not None:
            positions.append(position)
    return told, sound, positions


def _turns(rng: np.random.Generator) -> list[tuple[str, str]]:
    turns: list[tuple[str, str]] = []
    for _ in range(ROUNDS):
        word = str(rng.choice(list(PLACE)))
        one, two, three, four = (str(filler) for filler in rng.choice(FILLERS, 4))
        turns += [("A", f"{word} {word} {word}"), ("B", one), ("A", two), ("B", three), ("A", four), ("B", word)]
    return turns


def _said(rng: np.random.Generator, position: float) -> np.ndarray:
    """Return a voice of its own for every utterance with a band of noise: (samples,)."""
    n = round(TURN_S * RATE)
    time = np.arange(n) / RATE
    f0, strong = rng.uniform(80, 300), rng.uniform(200, 1500)
    partials = np.arange(1, int(1800 / f0) + 1) * f0
    weights = np.exp(-(((partials - strong) / 150) ** 2)) + 1e-3
    voice = (weights[:, None] * np.sin(2 * np.pi * partials[:, None] * time)).sum(axis=0)
    spectrum = np.fft.rfft(rng.normal(size=n))
    frequency = np.fft.rfftfreq(n, 1 / RATE)
    spectrum[(frequency < 2000) | (frequency > 3000)] = 0
    noise = np.fft.irfft(spectrum, n)
    voice, noise = voice / voice.std(), noise / noise.std() * 10 ** ((position - 4) / 2)
    sound: np.ndarray = (voice + noise) * 10 ** rng.uniform(-2.2, -1.2)
    return sound
