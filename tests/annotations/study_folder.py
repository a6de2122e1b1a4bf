"""A folder with a study file and whatever it names, for tests."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from annotations.study_file.reading import ReadStudy, read_study
from corpus.errors import ImportFaultsError

RATE = 16_000
TOKENS = ("mhm", "yeah", "right")
HEADER = "stimulus,path,role,token,speaker,dialogue,transcript,prosody"

# FORMATS.md's example with its gaps filled.
EXAMPLE = """\
slug: backchannels
title: {en: How do listeners hear short responses?, sv: Hur hör lyssnare korta svar?}
consent: consent.md              # per language; version and hash are stored with each participant's consent
stimuli: stimuli.csv
design:
  - {task: prosodic, make: triads, within: token, n: 6, speakers: mixed, seed: 1}
  - {task: contextual, make: contexts, foils: 2, distinct_tokens: true, seed: 1}
tasks:
  prosodic:
    questions: [{name: odd, kind: odd_one_out, text: {en: Which one sounds different?, sv: Vilken låter annorlunda?}}]
  contextual:
    show: [context_audio, transcript]
    questions:
      - {name: suitability, kind: rating, per: clip, scale: [1, 5],
         ends: {en: [not at all, extremely], sv: [inte alls, helt]}, text: How well?}
      - {name: similar, kind: pair, text: Which two?}
      - {name: energy, kind: rating, per: clip, scale: [1, 5], text: How lively?}
screening: {headphones: huggins, pass: 5, of: 6, volume: true, on_fail: screen_out}
practice: 2
checks: {attention: 2, repeats: 2}
allocation: {ratings_per_trial: 5, trials_per_participant: 21, design: least_filled, reservation_minutes: 30}
recruitment: {platform: prolific, id_parameter: PROLIFIC_PID, places: 100,
  codes: {completed: C1, screened_out: S1, failed_attention: A1, no_consent: N1}}
exclude: [{rule: attention_failed, more_than: 0}, {rule: median_rt_below_ms, value: 1500},
  {rule: same_answer_share_above, value: 0.9}]
"""

SMALL = """\
slug: small
title: Short responses
consent: consent.md
stimuli: stimuli.csv
tasks:
  prosodic:
    questions: [{name: odd, kind: odd_one_out, text: Which one is different?}]
design: [{task: prosodic, make: triads, within: token, n: 4}]
"""


class StudyFolder:
    """A folder with consent, sounds and stimuli; `write` gives it a study file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "study.yaml"
        self.file("consent.md", "# Consent\n\nYou may stop at any time.")
        self.file("consent.sv.md", "# Samtycke\n\nDu kan sluta när du vill.")

    def file(self, name: str, text: str) -> Path:
        """Write a file of the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def write(self, text: str) -> Path:
        """Write the study file."""
        return self.file("study.yaml", text)

    def read(self, text: str) -> ReadStudy:
        """Write and read the study file."""
        return read_study(self.write(text))

    def faults(self, text: str) -> list[str]:
        """Return the faults of a study file as they are shown, without the folder."""
        return [str(fault).removeprefix(f"{self.folder}/") for fault in self.error(text).faults]

    def error(self, text: str) -> ImportFaultsError:
        """Return what reading a study file raises."""
        try:
            self.read(text)
        except ImportFaultsError as error:
            return error
        raise AssertionError("the file has no faults")

    def sounds(self, *, per_token: int = 4, contexts: int = 2) -> list[str]:
        """Write sounds and `stimuli.csv`: backchannels mhm-0, … and contexts context-0, …; return the rows."""
        rows = []
        for at, token in enumerate(TOKENS):
            for number in range(per_token):
                name = f"{token}-{number}"
                tone(self.folder / f"{name}.wav", 200 + 30 * at + 7 * number)
                dialogue = f"d{number}" if token == "mhm" else ""
                rows.append(f"{name},{name}.wav,backchannel,{token},s{number % 3},{dialogue},,p{number % 2}")
        for number in range(contexts):
            tone(self.folder / f"context-{number}.wav", 500 + 20 * number)
            rows.append(f"context-{number},context-{number}.wav,context,,s9,d{number},well then {number},")
        self.stimuli(rows)
        return rows

    def stimuli(self, rows: Sequence[str]) -> None:
        """Write `stimuli.csv`."""
        self.file("stimuli.csv", "\n".join([HEADER, *rows]) + "\n")


def tone(path: Path, hertz: float) -> None:
    """Write 0.3 s of a soft tone."""
    time = np.arange(round(0.3 * RATE)) / RATE
    soundfile.write(path, 0.1 * np.sin(2 * np.pi * hertz * time), RATE)
