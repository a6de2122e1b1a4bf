"""espeak-ng speaks in a process of its own: the same twice, and clear when it can't."""

import subprocess
import sys

import numpy as np
import pytest

from corpus.demo.espeak import EspeakError, Request, speak
from corpus.demo.voices import LISTENERS, TELLERS

REQUESTS = [Request("wow", "en-us+f1"), Request("[[m-h'm-]]", "en+m7", constant_f0=120), Request("wow", "en-us+f1")]


def test_the_same_requests_give_the_same_samples():
    rate, first = speak(REQUESTS, seed=3)
    _, second = speak(REQUESTS, seed=3)
    assert rate == 22050
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def test_constant_f0_is_one_pitch():
    _, (sound,) = speak([Request("oh", "en-us+m4", constant_f0=120)], seed=1)
    middle = sound[len(sound) // 4 : len(sound) // 2]
    lag = round(22050 / 120)
    assert np.corrcoef(middle[:-lag], middle[lag:])[0, 1] > 0.95


def test_every_voice_speaks():
    voices = [*LISTENERS, *TELLERS]
    _, sounds = speak([Request("okay", voice.espeak) for voice in voices], seed=1)
    assert all(np.abs(sound).max() > 0.05 for sound in sounds)


def test_an_unknown_voice_is_named():
    with pytest.raises(EspeakError, match="espeak-ng has no voice 'xx'"):
        speak([Request("oh", "xx")], seed=1)


def test_without_espeak_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EspeakError, match="Install the `demo` extra"):
        speak(REQUESTS, seed=1)


def test_the_product_never_loads_espeak():
    program = "import sys, corpus.demo.build; sys.exit('espeakng_loader' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
