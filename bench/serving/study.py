"""The study that is served: a context and three clips a page, four answers, 21 pages for each participant."""

from pathlib import Path

import numpy as np
import soundfile

SLUG = "bench"
PAGES = 21
TRIALS = 210
CONTEXTS = PER_TOKEN = 10
TOKENS = ("mhm", "yeah", "right")
RATE = 16_000

STUDY = f"""\
slug: {SLUG}
title: How do listeners hear short responses?
consent: consent.md
stimuli: stimuli.csv
trials: trials.csv
tasks:
  contextual:
    show: [context_audio, transcript]
    questions:
      - {{name: suitability, kind: rating, per: clip, scale: [1, 5], text: How well does each response fit?,
         ends: [not at all, extremely]}}
      - {{name: similar, kind: pair, text: Which two sound most alike?}}
allocation: {{ratings_per_trial: 100000, trials_per_participant: {PAGES}}}
"""


def write_study(folder: Path) -> Path:
    """Write the study file and all it names into a folder; return the study file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "consent.md").write_text("# Taking part\n\nYou may stop at any time.\n")
    stimuli = ["stimulus,path,role,token,speaker,dialogue,transcript"]
    for number in range(CONTEXTS):
        _tone(folder / f"context-{number}.wav", 300 + 10 * number)
        stimuli.append(f"context-{number},context-{number}.wav,context,,s9,d{number},and then he left so {number}")
    for at, token in enumerate(TOKENS):
        for number in range(PER_TOKEN):
            _tone(folder / f"{token}-{number}.wav", 600 + 200 * at + 10 * number)
            stimuli.append(f"{token}-{number},{token}-{number}.wav,backchannel,{token},s{number % 7},,{token}")
    trials = ["trial,task,context,clips"]
    for number in range(TRIALS):
        # Every tenth trial begins again with context and first clip, with other clips beside them.
        places = (number, number + number // 10, number + 2 * (number // 10))
        clips = " ".join(f"{token}-{place % PER_TOKEN}" for token, place in zip(TOKENS, places, strict=True))
        trials.append(f"t{number},contextual,context-{number % CONTEXTS},{clips}")
    (folder / "stimuli.csv").write_text("\n".join(stimuli) + "\n")
    (folder / "trials.csv").write_text("\n".join(trials) + "\n")
    path = folder / "study.yaml"
    path.write_text(STUDY)
    return path


def _tone(path: Path, hertz: float) -> None:
    time = np.arange(round(0.3 * RATE)) / RATE
    soundfile.write(path, 0.1 * np.sin(2 * np.pi * hertz * time), RATE)
