"""Decoding: every format, and every way in which a file cannot be decoded."""

import numpy as np
import pytest
import soundfile as sf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.audio import AudioFaultsError, probe, read_mono
from corpus.audio.reading import read

LOSSLESS = [
    ("a.wav", "PCM_16"),
    ("a.wav", "PCM_24"),
    ("a.wav", "PCM_32"),
    ("a.wav", "FLOAT"),
    ("a.wav", "DOUBLE"),
    ("a.flac", "PCM_16"),
    ("a.flac", "PCM_24"),
    ("a.aiff", "PCM_16"),
    ("a.sph", "PCM_16"),
]
LOSSY = [
    ("a.mp3", None),
    ("a.ogg", None),
    ("a.opus", None),
    ("a.wav", "ULAW"),
    ("a.wav", "ALAW"),
    ("a.wav", "PCM_U8"),
    ("a.sph", "ULAW"),
]


def fault_of(path):
    with pytest.raises(AudioFaultsError) as caught:
        read(path)
    (fault,) = caught.value.faults
    return f"{fault.what}. {fault.mend}."


def frames_or_faults(path):
    try:
        return probe(path).frames
    except AudioFaultsError as error:
        return error.faults


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("name", "subtype"), LOSSLESS)
def test_lossless_files_come_out_sample_by_sample(write_sound, tone, name, subtype, channels):
    samples = tone(0.3, channels=channels)
    recording = read(write_sound(name, samples, subtype=subtype))

    assert (recording.rate, recording.channels, recording.subtype) == (48_000, channels, subtype)
    assert recording.samples == pytest.approx(samples, abs=1.01 / 32_768)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("name", "subtype"), LOSSY)
def test_lossy_files_come_out_in_place(write_sound, tone, name, subtype, channels):
    samples = tone(0.3, channels=channels)
    recording = read(write_sound(name, samples, subtype=subtype))
    middle = slice(2_400, 12_000)

    assert recording.channels == channels
    assert abs(recording.frames - len(samples)) <= 0.025 * 48_000  # opus pads its last packet
    assert np.corrcoef(recording.samples[middle, 0], samples[middle, 0])[0, 1] > 0.99


def test_a_missing_file(tmp_path):
    assert fault_of(tmp_path / "a.wav") == "there is no such file. Put it there or correct the path."


def test_a_folder(tmp_path):
    assert fault_of(tmp_path) == "this is a folder. Name an audio file."


def test_a_file_of_no_bytes(tmp_path):
    (tmp_path / "a.wav").touch()

    assert fault_of(tmp_path / "a.wav") == "the file is empty (0 bytes). Export or copy it again."


@pytest.mark.parametrize("name", ["a.wav", "a.aiff", "a.sph"])
def test_a_file_of_no_sound(write_sound, name):
    assert "no sound in it (0 frames)" in fault_of(write_sound(name, np.zeros((0, 1), np.float32)))


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.ogg", "a.opus", "a.txt"])
@pytest.mark.parametrize("content", [b"this is a text, not a sound\n" * 100, b"RIFF", b"\0" * 5_000])
def test_what_is_no_audio(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)

    assert fault_of(tmp_path / name).startswith("cannot be decoded (")
    assert fault_of(tmp_path / name).endswith("Give wav, flac, mp3, ogg or opus; re-export the file.")


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.ogg", "a.aiff", "a.sph"])
@pytest.mark.parametrize("kept", [0.05, 0.6, 0.9])
def test_a_file_that_was_cut_off(write_sound, tone, name, kept):
    path = write_sound(name, tone(2.0))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])

    assert "breaks off" in fault_of(path) or "cannot be decoded" in fault_of(path)


def test_a_wav_of_which_half_is_there_says_how_much(write_sound, tone):
    path = write_sound("a.wav", tone(1.0))
    path.write_bytes(path.read_bytes()[:48_044])

    assert "it breaks off: 48036 of 96036 bytes are there" in fault_of(path)


def test_a_streamed_wav_promises_no_size(write_sound, tone):
    """As ffmpeg writes it into a pipe: the sizes in the header are the largest there are."""
    path = write_sound("a.wav", tone(0.5))
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(content)

    assert read(path).frames == 24_000


def test_ten_minutes_is_the_most(write_sound):
    at, over = (np.zeros((n, 1), np.float32) for n in (600 * 1_000, 600 * 1_000 + 100))

    assert read(write_sound("a.wav", at, rate=1_000)).duration == 600
    assert fault_of(write_sound("a.wav", over, rate=1_000)).startswith(
        "it is 10.0 minutes long; 10 minutes is the most"
    )
    assert "it is 100.0 minutes long" in fault_of(write_sound("a.flac", np.zeros((6_000_000, 1)), rate=1_000))


def test_mono_for_measuring(write_sound):
    left, right = np.full(4_800, 0.5, np.float32), np.full(4_800, -0.25, np.float32)
    path = write_sound("a.wav", np.stack([left, right], axis=1))

    for channel, level in ((1, 0.5), (2, -0.25), (None, 0.125)):
        samples, rate = read_mono(path, channel)
        assert rate == 48_000
        assert samples.dtype == np.float32
        assert samples == pytest.approx(np.full(4_800, level), abs=1e-6)
    with pytest.raises(AudioFaultsError, match="there is no channel 3 among 2"):
        read_mono(path, 3)


def test_real_files_of_many_kinds(shared_data):
    """`annotation_formats`: 16 and 32 bit, stereo, NIST sphere, mp3 and opus of the same second of speech."""
    folder = shared_data / "annotation_formats"
    wav, sph, mp3, opus = (read(folder / f"lhotse_stereo.{ending}") for ending in ("wav", "sph", "mp3", "opus"))
    short, long = (read_mono(folder / f"praatio_bobby_{bits}bit_16khz.wav")[0] for bits in (16, 32))

    assert (wav.channels, wav.rate, wav.duration) == (2, 8_000, 1.0)
    assert np.array_equal(wav.samples, sph.samples)
    assert (mp3.frames, opus.channels, opus.rate) == (wav.frames, 2, 8_000)
    assert short == pytest.approx(long, abs=1e-3)
    assert sf.info(folder / "praatio_bobby_32bit_16khz.wav").subtype == "PCM_32"


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.ogg", "a.opus", "a.sph"])
@given(seed=st.integers(0, 2**32), wounds=st.integers(1, 40))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_read_or_refused(write_sound, tone, name, seed, wounds):
    path = write_sound(name, tone(0.3))
    content = bytearray(path.read_bytes())
    rng = np.random.default_rng(seed)
    for place in rng.integers(0, len(content), wounds):
        content[place] = rng.integers(256)
    path.write_bytes(content)

    assert frames_or_faults(path)
