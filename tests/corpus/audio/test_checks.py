"""Recordings that are unfit for listeners."""

import numpy as np
import pytest

from corpus.audio import AudioFaultsError, notes_on, probe
from corpus.audio.checks import clipped_share


def faults(path, channel=None):
    with pytest.raises(AudioFaultsError) as caught:
        probe(path, channel)
    return [(fault.column, fault.what) for fault in caught.value.faults]


@pytest.mark.parametrize(
    "level",
    [pytest.param(0.0, id="zeros"), pytest.param(0.3, id="constant"), pytest.param(1e-9, id="nearly zero")],
)
def test_silence(write_sound, level):
    path = write_sound("a.wav", np.full((9_600, 1), level, np.float32), subtype="FLOAT")

    assert faults(path) == [("path", "silent: nothing in it is louder than -72 dBFS")]


def test_the_threshold_of_silence(write_sound, tone):
    assert faults(write_sound("a.wav", tone(0.3, peak=10 ** (-72.5 / 20)), subtype="FLOAT"))
    assert probe(write_sound("b.wav", tone(0.3, peak=10 ** (-71.5 / 20)), subtype="FLOAT")).loudness_rule == "ungated"


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_samples_that_are_not_numbers(write_sound, tone, broken):
    samples = tone(0.3)
    samples[5:7] = broken

    assert faults(write_sound("a.wav", samples, subtype="FLOAT")) == [
        ("path", "2 samples are not numbers (NaN or infinite)")
    ]


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "ULAW", "ALAW"])
def test_a_clipped_recording_is_refused_in_every_coding(write_sound, tone, subtype):
    path = write_sound("a.wav", np.clip(tone(0.3, peak=2.0), -1, 1), subtype=subtype)

    ((column, what),) = faults(path)
    assert column == "path"
    assert what.startswith("clipped: 6")  # 2/3 of a sine that is cut at half its height


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "ULAW", "FLOAT"])
def test_a_loud_recording_is_not_clipped(write_sound, tone, subtype):
    assert probe(write_sound("a.wav", tone(0.3, peak=0.9), subtype=subtype)).clipped == 0


def test_a_float_file_may_go_beyond_full_scale(write_sound, tone):
    facts = probe(write_sound("a.wav", tone(0.3, peak=1.5), subtype="FLOAT"))

    assert facts.clipped == 0
    assert facts.peak == pytest.approx(3.52, abs=0.01)


def test_light_clipping_is_noted_and_heavy_refused(write_sound, tone):
    samples = tone(1.0)
    samples[1_000:1_100] = 1.0
    noted = probe(write_sound("a.wav", samples))
    samples[1_000:1_600] = 1.0

    assert noted.clipped == pytest.approx(100 / 48_000)
    assert notes_on(noted) == ("lightly clipped: 0.208% of the samples lie flat at full scale",)
    assert faults(write_sound("b.wav", samples)) == [("path", "clipped: 1.2% of the samples lie flat at full scale")]


def test_single_full_scale_samples_are_no_clipping():
    samples = np.tile(np.array([0, 1, 1, 0, -1, -1], np.float32), 100)

    assert clipped_share(samples, "PCM_16") == 0
    assert clipped_share(np.array([0, 1, 1, 1, 0, -1, -1, -1, -1, 0], np.float32), "PCM_16") == 0.7


def test_a_silent_channel_beside_a_full_one(write_sound, tone):
    samples = tone(0.3, channels=2)
    samples[:, 1] = 0
    path = write_sound("a.wav", samples)

    assert faults(path, 2) == [("channel", "the channel is silent while another is not")]
    assert probe(path, 1) == probe(path)


def test_only_the_channel_that_is_heard_is_judged(write_sound, tone):
    clean, clipped = tone(0.3), np.clip(tone(0.3, peak=2.0), -1, 1)
    path = write_sound("a.wav", np.hstack([clean, clipped]))

    assert probe(path, 1).channels == 2
    assert faults(path, 2) == faults(path)


def test_a_wrong_channel_does_not_hide_other_faults(write_sound):
    path = write_sound("a.wav", np.zeros((4_800, 1), np.float32))

    assert [column for column, _ in faults(path, 2)] == ["channel", "path"]
