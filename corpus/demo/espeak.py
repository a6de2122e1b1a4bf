"""Have espeak-ng speak, in a process of its own (see `espeak_process` for why)."""

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import DomainError


class EspeakError(DomainError):
    """espeak-ng is not installed or could not speak."""


@dataclass(frozen=True, slots=True)
class Request:
    """One utterance to speak.

    `text` may hold phoneme mnemonics in `[[...]]`; `voice` is an espeak-ng voice such as `en-us+f3`; `rate` in words
    per minute; `pitch` and `range_` from 0 to 99; `constant_f0` in Hz speaks all of it on one pitch (0: intonation).
    """

    text: str
    voice: str
    rate: int = 175
    pitch: int = 50
    range_: int = 50
    constant_f0: int = 0


def speak(requests: Sequence[Request], *, seed: int) -> tuple[int, list[NDArray[np.float64]]]:
    """Return the sampling rate in Hz and one sound per request, mono, samples in -1..1.

    The same requests and seed give the same samples. Raises `EspeakError` if espeak-ng is missing or fails.
    """
    if importlib.util.find_spec("espeakng_loader") is None:
        raise EspeakError(
            "The demo corpus is spoken by espeak-ng, which is not installed. "
            "Install the `demo` extra (uv pip install espeakng-loader; requirements/run.lock has it) and try again."
        )
    program = Path(__file__).with_name("espeak_process.py")
    order = json.dumps({"seed": seed, "requests": [asdict(request) for request in requests]})
    with tempfile.TemporaryDirectory() as folder:
        sounds = Path(folder) / "sounds.npz"
        # -P: the program's own folder stays out of sys.path, so that its neighbours shadow nothing.
        done = subprocess.run(
            [sys.executable, "-P", str(program), str(sounds)], input=order, text=True, capture_output=True
        )
        if done.returncode != 0:
            raise EspeakError(f"espeak-ng failed: {done.stderr.strip() or f'exit status {done.returncode}'}")
        with np.load(sounds) as file:
            return int(file["rate"]), [file[str(i)] / 32768.0 for i in range(len(requests))]
