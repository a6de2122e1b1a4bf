"""Speak requests with espeak-ng. Run as a program: requests (JSON) on standard input, sounds to the file in argv[1].

espeak-ng keeps state from one utterance to the next (the random phase of its breath noise, the position in its wave
buffers), so the same text twice in one process gives different samples. A fresh process with a set seed that speaks
the same requests in the same order always gives the same ones; that is what this module is for. It also keeps
the GPL library out of every process of the product.
"""

import ctypes
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: the samples of a text have all been delivered when the call returns
NO_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
UTF8_WITH_PHONEMES = 0x101  # espeakCHARS_UTF8 | espeakPHONEMES: [[...]] holds phoneme mnemonics
RATE, VOLUME, PITCH, RANGE = 1, 2, 3, 4  # espeak_PARAMETER

Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Espeak:
    """The library, initialised; `rate` is its sampling rate in Hz."""

    def __init__(self, *, seed: int) -> None:
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._blocks: list[np.ndarray] = []
        self._callback = Callback(self._collect)  # kept: the library holds only its address
        self.rate = self._library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), NO_EXIT)
        if self.rate <= 0:
            raise SystemExit("espeak-ng could not be initialised: its data folder is missing or damaged")
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(seed))

    def _collect(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count:
            self._blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    def speak(self, *, text: str, voice: str, rate: int, pitch: int, range_: int, constant_f0: int) -> np.ndarray:
        """Return the samples (int16, mono) of `text`.

        `rate` in words per minute; `pitch` and `range_` 0-99 on espeak-ng's scales; `constant_f0` in Hz speaks the
        whole text on one pitch, 0 leaves the intonation to espeak-ng.
        """
        library = self._library
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise SystemExit(f"espeak-ng has no voice {voice!r}")
        library.espeak_ng_SetConstF0(constant_f0)
        for parameter, value in ((RATE, rate), (VOLUME, 100), (PITCH, pitch), (RANGE, range_)):
            library.espeak_SetParameter(parameter, value, 0)
        data = text.encode() + b"\0"
        self._blocks.clear()
        status = library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 1, 0, UTF8_WITH_PHONEMES, None, None)
        if status != 0 or not self._blocks:
            raise SystemExit(f"espeak-ng could not speak {text!r} as {voice!r} (status {status})")
        return np.concatenate(self._blocks)


def main() -> None:
    """Speak every request in order and save the sounds as one .npz: `rate`, and `0`, `1`, ... for the requests."""
    order = json.load(sys.stdin)
    espeak = Espeak(seed=order["seed"])
    sounds = {str(index): espeak.speak(**request) for index, request in enumerate(order["requests"])}
    sounds["rate"] = np.array(espeak.rate)
    np.savez(Path(sys.argv[1]), allow_pickle=False, **sounds)


if __name__ == "__main__":
    main()
