"""Clips of backchannels and contexts: from a corpus of dialogues to stimuli in one step."""

import csv

import numpy as np
import pytest
import soundfile as sf

from corpus.errors import DomainError
from corpus.models import Stimulus
from corpus.services import cut_clips, extract_backchannels, import_dialogues, import_stimuli

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def extraction(write_dialogues, stereo_folder):
    """Two dialogues, of which the first has sound."""
    path = write_dialogues(2, people=lambda n: {"A": f"p{n}"})
    import_dialogues(path=path, corpus_slug="test", format_name="jsonl", audio=stereo_folder)
    return extract_backchannels(corpus_slug="test")


def test_what_is_cut_is_read_by_import_stimuli(extraction, tmp_path):
    done = cut_clips(extraction=extraction, folder=tmp_path / "out", context_seconds=4)
    with done.csv.open(encoding="utf-8", newline="") as file:
        rows = {row["stimulus"]: row for row in csv.DictReader(file)}
    clip, context = rows["d00-00003"], rows["d00-00003-context"]

    assert (done.pairs, done.without_sound, done.left_out) == (2, 2, ())
    assert (clip["role"], clip["token"], clip["speaker"], clip["overlap"]) == ("backchannel", "right", "d00 B", "1")
    assert (clip["start"], clip["end"], clip["dialogue"]) == ("5.0", "5.4", "d00")
    assert (context["role"], context["start"], context["end"]) == ("context", "1.0", "5.0")
    assert context["response"] == "d00-00003"
    assert context["transcript"] == "<A> so we moved to town number 0 / <B> uh-huh / <A> and then we / <B>"
    summary = import_stimuli(csv_path=done.csv, corpus_slug="clips")
    assert summary.roles == {"backchannel": 2, "context": 2}
    assert Stimulus.objects.get(key="d00-00001-context").attributes["response"] == "d00-00001"


def test_the_sounds_are_those_of_the_recording(extraction, tmp_path, stereo_folder):
    cut_clips(extraction=extraction, folder=tmp_path / "out", context_seconds=4)
    whole, rate = sf.read(stereo_folder / "d00.wav")
    clip, _ = sf.read(tmp_path / "out" / "clips" / "d00-00003.wav", always_2d=True)
    context, _ = sf.read(tmp_path / "out" / "clips" / "d00-00003-context.wav")

    np.testing.assert_array_equal(clip, whole[round(4.95 * rate) : round(5.45 * rate), 1:])
    np.testing.assert_array_equal(context, whole[rate : 5 * rate])


def test_what_listeners_could_not_be_given_is_left_out_and_named(write_dialogues, stereo_folder, tmp_path):
    samples, rate = sf.read(stereo_folder / "d00.wav")
    samples[round(4.9 * rate) : round(5.5 * rate), 1] = 0
    sf.write(stereo_folder / "d00.wav", samples, rate, subtype="PCM_16")
    import_dialogues(path=write_dialogues(1), corpus_slug="test", format_name="jsonl", audio=stereo_folder)
    extraction = extract_backchannels(corpus_slug="test")
    done = cut_clips(extraction=extraction, folder=tmp_path / "out")

    assert done.pairs == 1
    assert [(fault.file, fault.column, fault.what) for fault in done.left_out] == [
        ("d00", "utterance 3", "d00-00003: silent: nothing in it is louder than -72 dBFS")
    ]
    assert sorted(file.name for file in (tmp_path / "out" / "clips").iterdir()) == [
        "d00-00001-context.wav",
        "d00-00001.wav",
    ]


def test_a_backchannel_whose_times_cannot_be_right_is_left_out(write_dialogues, stereo_folder, tmp_path):
    turns = [
        {"speaker": "A", "start": 0, "end": 2, "text": "so we moved", "tag": "sd"},
        {"speaker": "B", "start": 3.1, "end": 3.4, "text": "uh-huh", "tag": "b"},
        {"speaker": "B", "start": 4, "end": 9.5, "text": "right", "tag": "b"},
    ]
    path = write_dialogues(1, turns=turns)
    import_dialogues(path=path, corpus_slug="test", format_name="jsonl", audio=stereo_folder)
    done = cut_clips(extraction=extract_backchannels(corpus_slug="test"), folder=tmp_path / "out")

    assert (done.pairs, [fault.what for fault in done.left_out]) == (1, ["it lasts 5.5 s"])


def test_a_file_for_each_speaker_gives_the_same_clips(write_dialogues, stereo_folder, tmp_path, extraction):
    cut_clips(extraction=extraction, folder=tmp_path / "stereo")
    samples, rate = sf.read(stereo_folder / "d00.wav", dtype="int16")
    (stereo_folder / "d00.wav").unlink()
    for place, tag in enumerate("AB"):
        sf.write(stereo_folder / f"d00-{tag}.wav", samples[:, place], rate, subtype="PCM_16")
    path = write_dialogues(2, people=lambda n: {"A": f"p{n}"})
    import_dialogues(path=path, corpus_slug="other", format_name="jsonl", audio=stereo_folder)
    cut_clips(extraction=extract_backchannels(corpus_slug="other"), folder=tmp_path / "mono")

    for file in (tmp_path / "stereo" / "clips").iterdir():
        assert (tmp_path / "mono" / "clips" / file.name).read_bytes() == file.read_bytes()


def test_what_cannot_be_cut(extraction, write_dialogues, tmp_path):
    used = tmp_path / "used"
    used.mkdir()
    (used / "note.txt").write_text("mine")
    import_dialogues(path=write_dialogues(2), corpus_slug="mute", format_name="jsonl")
    mute = extract_backchannels(corpus_slug="mute")

    with pytest.raises(DomainError, match="is in use"):
        cut_clips(extraction=extraction, folder=used)
    with pytest.raises(DomainError, match=r"A context of 0.1 s is too short"):
        cut_clips(extraction=extraction, folder=tmp_path / "new", context_seconds=0.1)
    with pytest.raises(DomainError, match="No dialogue has sound"):
        cut_clips(extraction=mute, folder=tmp_path / "new")
    assert not (tmp_path / "new").exists()
