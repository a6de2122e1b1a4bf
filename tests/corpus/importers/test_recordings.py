"""Finding the recordings of dialogues."""

import numpy as np
import pytest

from corpus.dialogues import Dialogue, Turn
from corpus.importers.recordings import ChannelSound, Recordings


def dialogue(*tags, key="sw2005"):
    return Dialogue(key, tuple(Turn(tag, "oh") for tag in tags), dict.fromkeys(tags, ""))


def stereo(tone):
    return np.hstack([tone(0.5, hz=200), tone(0.5, hz=500)])


def test_a_file_with_a_channel_for_each_speaker(write_sound, tone, tmp_path):
    path = write_sound("deep/SW2005.flac", stereo(tone))

    assert Recordings(tmp_path).of(dialogue("B", "A")) == ({"A": ChannelSound(path, 1), "B": ChannelSound(path, 2)}, [])
    assert Recordings(tmp_path).of(dialogue("P2", "P1"))[0] == {
        "P1": ChannelSound(path, 1),
        "P2": ChannelSound(path, 2),
    }
    assert Recordings(tmp_path).of(dialogue("B"))[0] == {"B": ChannelSound(path, 1)}


@pytest.mark.parametrize("between", ["", "-", "_", "."])
def test_a_file_for_each_speaker(write_sound, tone, tmp_path, between):
    first, second = (write_sound(f"sw2005{between}{tag}.wav", tone(0.5)) for tag in "AB")

    assert Recordings(tmp_path).of(dialogue("A", "B"))[0] == {
        "A": ChannelSound(first, None),
        "B": ChannelSound(second, None),
    }


def test_a_monologue(write_sound, tmp_path):
    path = write_sound("sw2005.wav")

    assert Recordings(tmp_path).of(dialogue("A"))[0] == {"A": ChannelSound(path, None)}


def test_no_recording_is_no_fault(tmp_path):
    assert Recordings(tmp_path).of(dialogue("A", "B")) == ({}, [])


@pytest.mark.parametrize(
    ("names", "channels", "what"),
    [
        (["sw2005.wav"], 1, "it has 1 channel for 2 speakers"),
        (["sw2005.wav", "SW2005.flac"], 2, "several recordings are called alike"),
        (["sw2005A.wav", "sw2005B.wav"], 2, "it has 2 channels"),
    ],
)
def test_what_does_not_fit(write_sound, tone, tmp_path, names, channels, what):
    for name in names:
        write_sound(name, tone(0.5, channels=channels))
    sounds, faults = Recordings(tmp_path).of(dialogue("A", "B"))

    assert sounds == {}
    assert faults
    assert all(fault.what.startswith(what) and fault.mend for fault in faults)


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "sw2005.wav").write_bytes(b"RIFF")
    _, (fault,) = Recordings(tmp_path).of(dialogue("A", "B"))

    assert fault.file == str(tmp_path / "sw2005.wav")
    assert fault.what.startswith("cannot be decoded")
