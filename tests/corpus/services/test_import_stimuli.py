"""Importing stimuli: everything or nothing, once, and the same on both databases."""

import shutil

import numpy as np
import pytest
from django.db import DatabaseError

from corpus.errors import DomainError, ImportFaultsError
from corpus.models import AudioFile, Corpus, ServedAudio, Stimulus
from corpus.queries.described import described_stimuli, stimuli_digest
from corpus.services import import_stimuli
from corpus.services import keep_sounds as keeping
from corpus.storage import in_media, served_path

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

HEADER = "stimulus,path,role"


@pytest.fixture(autouse=True)
def _kept_in(media):
    """Every import here writes to a media folder of its own."""


def do(csv_path, **options):
    return import_stimuli(csv_path=csv_path, corpus_slug="test", **options)


def faults(csv_path):
    with pytest.raises(ImportFaultsError) as caught:
        do(csv_path)
    return [(fault.line, fault.column, fault.what) for fault in caught.value.faults]


def rows():
    return [model.objects.count() for model in (Corpus, AudioFile, ServedAudio, Stimulus)]


def media_files(media):
    return sorted(path for path in media.rglob("*") if path.is_file())


def add_line(csv_path, line):
    csv_path.write_text(csv_path.read_text() + line + "\n")


def test_a_set_of_clips_is_stored_as_described(clip_set, media):
    summary = do(clip_set, title="Three clips")
    corpus = Corpus.objects.get()
    clip = Stimulus.objects.get(key="right_1")

    assert (corpus.slug, corpus.title, corpus.loudness_target, corpus.synthetic) == (
        "test",
        "Three clips",
        -23.0,
        False,
    )
    assert (clip.role, clip.token, clip.speaker, clip.dialogue) == ("backchannel", "right", "B", "sw2")
    assert (clip.channel, clip.start, clip.end, clip.attributes) == (2, 0.0, 0.6, {"emotion": "eager"})
    assert Stimulus.objects.get(key="context_1").transcript == '<A> well, I "live" alone'
    assert (clip.audio.format, clip.audio.channels, clip.served.channel) == ("OGG/VORBIS", 2, 2)
    assert clip.audio.location.read_bytes() == (clip_set.parent / "two.ogg").read_bytes()
    assert in_media(served_path(clip.served.sha256)).is_file()
    assert (summary.added, summary.unchanged, summary.absent) == (4, 0, 0)
    assert summary.roles == {"backchannel": 3, "context": 1}
    assert summary.duration.low == pytest.approx(0.3)
    assert len(media_files(media)) == 8


def test_all_clips_end_equally_loud_in_the_ears(clip_set):
    do(clip_set)

    for served in ServedAudio.objects.all():
        assert served.loudness == pytest.approx(-23, abs=0.01)
        assert not served.is_limited


def test_the_digest_is_that_of_the_rows_on_any_database(clip_set):
    """A constant: SQLite and PostgreSQL, and every later version, must name the same corpus alike."""
    do(clip_set)
    described = described_stimuli(Corpus.objects.get())

    assert Corpus.objects.get().digest == stimuli_digest(described.values())
    assert stimuli_digest([described["mhm_1"]._replace(sha256="0" * 64)]) == (
        "589dc3db5f73201523fbc8de58cb015b8018d3ec20de9d78ff04f8c7132e13cd"
    )


def test_the_digest_knows_no_order_and_every_column(clip_set):
    do(clip_set)
    there = list(described_stimuli(Corpus.objects.get()).values())
    digest = stimuli_digest(there)
    changed = {"token": "m", "channel": 1, "start": 0.1, "attributes": {"x": "y"}, "sha256": "0" * 64}

    assert stimuli_digest(reversed(there)) == digest
    assert len({digest, *(stimuli_digest([there[0]._replace(**{k: v}), *there[1:]]) for k, v in changed.items())}) == 6
    assert stimuli_digest([]) == ""


def test_importing_again_changes_nothing(clip_set, media):
    do(clip_set, title="Three clips")
    before = [list(model.objects.order_by("pk").values()) for model in (AudioFile, ServedAudio, Stimulus)]
    digest, written = Corpus.objects.get().digest, {path: path.stat().st_mtime_ns for path in media_files(media)}
    summary = do(clip_set)

    assert (summary.added, summary.unchanged) == (0, 4)
    assert [list(model.objects.order_by("pk").values()) for model in (AudioFile, ServedAudio, Stimulus)] == before
    assert (Corpus.objects.get().digest, Corpus.objects.get().title) == (digest, "Three clips")
    assert {path: path.stat().st_mtime_ns for path in media_files(media)} == written


def test_the_order_of_rows_and_columns_and_where_files_lie_do_not_matter(clip_set, write_sheet):
    first = do(clip_set)
    shutil.move(clip_set.parent / "clips", clip_set.parent / "moved")
    write_sheet(
        "role,emotion,stimulus,path,token,speaker,dialogue,start,end",
        "backchannel,bored,mhm_1,moved/a.wav,mhm,A,sw1,1.50,18e-1",
    )
    second = do(clip_set)

    assert (second.added, second.unchanged, second.absent) == (0, 1, 3)
    assert second.corpus.digest == first.corpus.digest


def test_new_rows_are_added_and_change_the_digest(clip_set, write_sound, tone):
    before = do(clip_set).corpus.digest
    write_sound("new.wav", tone(0.4, hz=700), folder=clip_set.parent)
    add_line(clip_set, "new,new.wav,backchannel,oh,A,sw1,,,,,")
    summary = do(clip_set)

    assert (summary.added, summary.unchanged) == (1, 4)
    assert summary.corpus.digest != before


def test_a_stimulus_that_is_there_may_not_change(clip_set, write_sound, tone):
    do(clip_set)
    text = clip_set.read_text()
    write_sound("clips/b.flac", tone(0.45, hz=301), folder=clip_set.parent)
    clip_set.write_text(text.replace("mhm,A,sw1,,1.5,1.8,,bored", "mm,A,sw1,,,1.8,,keen"))
    before = rows()

    assert faults(clip_set) == [
        (2, "token", "'mhm_1' was imported with 'mhm', not 'mm'"),
        (2, "start", "'mhm_1' was imported with 1.5, not ''"),
        (2, "", "'mhm_1' was imported with other values of emotion"),
        (3, "path", "'yeah_1' was imported with another sound"),
    ]
    assert rows() == before


def test_a_broken_row_anywhere_stores_nothing(clip_set, write_sound, media):
    """One fault of every kind in one file: all are told, in the order of the lines."""
    folder = clip_set.parent
    write_sound("silent.wav", np.zeros((4_800, 1), np.float32), folder=folder)
    write_sound("mono.wav", folder=folder)
    (folder / "text.mp3").write_text("no sound")
    for line in (
        "none,none.wav,backchannel,,,,,,,,",
        "text,text.mp3,backchannel,,,,,,,,",
        "silent,silent.wav,backchannel,,,,,,,,",
        "channel,mono.wav,backchannel,,,,B,,,,",
        "mhm_1,mono.wav,speech,,,,,5,x,,",
        "short,mono.wav",
    ):
        add_line(clip_set, line)

    assert faults(clip_set) == [
        (6, "path", "none.wav: there is no such file"),
        (7, "path", "text.mp3: cannot be decoded (no audio data found)"),
        (8, "path", "silent.wav: silent: nothing in it is louder than -72 dBFS"),
        (9, "channel", "mono.wav: channel 2 was asked for, and the file has one channel"),
        (10, "role", "the role is 'speech'"),
        (10, "end", "'x' is not a number"),
        (10, "stimulus", "'mhm_1' is the id of line 2 already"),
        (11, "", "the row has 2 cells and the header 11"),
    ]
    assert rows() == [0, 0, 0, 0]
    assert media_files(media) == []


def test_a_fault_of_a_later_import_leaves_the_corpus_alone(clip_set, media):
    digest = do(clip_set).corpus.digest
    before, files = rows(), media_files(media)
    add_line(clip_set, "none,none.wav,backchannel,,,,,,,,")

    assert len(faults(clip_set)) == 1
    assert (rows(), media_files(media), Corpus.objects.get().digest) == (before, files, digest)


def test_a_database_that_fails_leaves_no_rows(clip_set, monkeypatch):
    def fail(*args, **kwargs):
        raise DatabaseError("disk is full")

    monkeypatch.setattr(Stimulus.objects, "bulk_create", fail)
    with pytest.raises(DatabaseError, match="disk is full"):
        do(clip_set)
    assert rows() == [0, 0, 0, 0]
    monkeypatch.undo()

    assert do(clip_set).added == 4


def test_a_sound_that_changes_during_the_import_is_told(clip_set, monkeypatch, write_sound, tone, media):
    def change_then_keep(*args):
        write_sound("clips/b.flac", tone(0.3, hz=555), folder=clip_set.parent)
        return keep(*args)

    keep = keeping.keep
    monkeypatch.setattr(keeping, "keep", change_then_keep)

    assert faults(clip_set) == [(3, "path", "clips/b.flac: the file changed while it was being read")]
    assert rows() == [0, 0, 0, 0]


def test_lost_media_files_come_back_with_the_next_import(clip_set, media):
    do(clip_set)
    before = {path: path.read_bytes() for path in media_files(media)}
    shutil.rmtree(media)
    summary = do(clip_set)

    assert (summary.added, summary.unchanged) == (0, 4)
    assert {path: path.read_bytes() for path in media_files(media)} == before


def test_the_same_sound_under_two_ids_is_kept_once_and_noted(clip_set, media):
    add_line(clip_set, "again,clips/a.wav,backchannel,mhm,A,sw1,1,,,,")
    shutil.copy(clip_set.parent / "clips" / "a.wav", clip_set.parent / "copy.wav")
    add_line(clip_set, "copy,copy.wav,backchannel,mhm,A,sw1,,,,,")
    summary = do(clip_set)

    assert rows() == [1, 4, 4, 6]
    assert [note for note in summary.notes if "same sound" in note] == [
        f"{clip_set}: one and the same sound: mhm_1, again, copy"
    ]


def test_both_channels_of_a_file_are_two_sounds(clip_set):
    add_line(clip_set, "left,two.ogg,backchannel,right,A,sw2,A,,,,")
    add_line(clip_set, "both,two.ogg,context,,,sw2,,,,,")
    summary = do(clip_set)
    served = ServedAudio.objects.filter(audio__format="OGG/VORBIS").order_by("channel")

    assert [one.channel for one in served.exclude(channel=None)] == [1, 2]
    assert len({one.sha256 for one in served}) == 3
    assert not any("same sound" in note for note in summary.notes)
    assert do(clip_set).unchanged == 6


def test_what_is_worth_a_look_is_noted(write_sheet, write_sound, tone):
    peaky = 0.001 * tone(1.0)
    peaky[24_000] = 0.9
    light = tone(1.0)
    light[100:150] = 1.0
    folder = write_sheet(
        f"{HEADER},start,end", "a,peaky.wav,context,0,1.2", "b,light.wav,context,0,2", "c,faint.wav,context,,"
    ).parent
    write_sound("peaky.wav", peaky, folder=folder)
    write_sound("light.wav", light, folder=folder)
    write_sound("faint.wav", tone(1.0, peak=10 ** (-70 / 20)), subtype="FLOAT", folder=folder)
    csv = folder / "stimuli.csv"
    peaks, flat, faint = do(csv).notes

    assert peaks.startswith(f"{csv}:2 (a): ")
    assert peaks.endswith(" LU quieter than the others: its peaks allow no more gain")
    assert flat == (
        f"{csv}:3 (b): lightly clipped: 0.104% of the samples lie flat at full scale; "
        "the file lasts 1.00 s, from start to end it is 2.00 s"
    )
    assert faint == (
        f"{csv}:4 (c): nothing in it reaches -70 LUFS (it measures -73.0): listen whether there is more in it than "
        "noise; made louder by 47 dB, and its noise with it"
    )


def test_a_corpus_keeps_its_loudness_target(clip_set, settings, write_sound, tone):
    settings.BCSTUDY_LOUDNESS_TARGET = -20.0
    do(clip_set)
    settings.BCSTUDY_LOUDNESS_TARGET = -30.0
    write_sound("new.wav", tone(0.4, hz=700), folder=clip_set.parent)
    add_line(clip_set, "new,new.wav,backchannel,oh,A,sw1,,,,,")
    do(clip_set)
    import_stimuli(csv_path=clip_set, corpus_slug="quiet")

    assert {s.served.target for s in Stimulus.objects.filter(corpus__slug="test")} == {-20.0}
    assert {s.served.target for s in Stimulus.objects.filter(corpus__slug="quiet")} == {-30.0}
    assert Corpus.objects.get(slug="test").digest == Corpus.objects.get(slug="quiet").digest


@pytest.mark.parametrize(("column", "synthetic"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_a_synthetic_corpus_says_so_and_stays_so(write_sheet, write_sound, column, synthetic):
    csv = write_sheet(f"{HEADER},synthetic", f"a,a.wav,context,{column}")
    write_sound("a.wav", folder=csv.parent)

    assert do(csv).corpus.synthetic is synthetic
    assert do(csv, synthetic=True).corpus.synthetic
    assert do(csv).corpus.synthetic


@pytest.mark.parametrize("slug", ["", "two words", "a/b", "å", "x" * 81])
def test_a_name_that_cannot_be_used(clip_set, slug):
    with pytest.raises(DomainError, match="cannot name a corpus"):
        import_stimuli(csv_path=clip_set, corpus_slug=slug)


def test_progress_is_told(clip_set):
    told = []
    do(clip_set, progress=lambda done, of: told.append((done, of)))

    assert told == [(n, 4) for n in (1, 2, 3, 4)] * 2


def test_queries_do_not_grow_with_the_rows(clip_set, write_sound, tone, django_assert_max_num_queries):
    for n in range(6):
        write_sound(f"{n}.wav", tone(0.3, hz=400 + n), folder=clip_set.parent)
        add_line(clip_set, f"{n},{n}.wav,backchannel,,,,,,,,")
    with django_assert_max_num_queries(20):
        do(clip_set)


@pytest.mark.parametrize(
    ("folder", "count", "noted"), [("fsdd_subset", 300, 0), ("emogator_subset", 384, 31), ("annotation_formats", 10, 4)]
)
def test_real_sounds(shared_data, write_sheet, folder, count, noted):
    """All of each set; of emogator, the 24 clips of a person whose microphone gave only noise are pointed out."""
    endings = {".wav", ".mp3", ".opus", ".sph"}
    names = sorted(path.name for path in (shared_data / folder).iterdir() if path.suffix in endings)
    csv = write_sheet(HEADER, *(f"{name},{name},backchannel" for name in names))
    for name in names:
        shutil.copy(shared_data / folder / name, csv.parent / name)
    summary = do(csv)

    assert (summary.added, Stimulus.objects.count()) == (count, count)
    assert len(summary.notes) == noted
    assert sum("(000160-" in note and "noise" in note for note in summary.notes) == (24 if "emogator" in folder else 0)
