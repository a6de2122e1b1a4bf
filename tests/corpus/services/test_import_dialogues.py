"""Importing dialogues: everything or nothing, or what is fit; once; the same on both databases."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from corpus.errors import DomainError, ImportFaultsError
from corpus.models import AudioFile, Channel, Corpus, Dialogue, Turn
from corpus.queries.dialogues import dialogue_digest, dialogues_of
from corpus.services import import_dialogues

DIGEST = "80e2a47dda8026b1ed794d170a20a176a5f845b1257398928f4a6dfb4559a3ee"

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer, pytest.mark.usefixtures("media")]


def do(path, **options):
    return import_dialogues(**{"path": path, "corpus_slug": "test", "format_name": "jsonl"} | options)


def rows():
    return [model.objects.count() for model in (Corpus, Dialogue, Channel, Turn)]


def test_dialogues_are_stored_and_come_back_as_they_were(write_dialogues):
    path = write_dialogues(3, people=lambda n: {"A": f"p{n}"}, topic="moving")
    done = do(path, title="Three")
    stored = list(dialogues_of(done.corpus))
    row = Dialogue.objects.get(key="d01")

    assert (done.added, done.unchanged, done.utterances, done.words, done.channels) == (3, 0, 18, 57, 6)
    assert [one.key for one in stored] == ["d00", "d01", "d02"]
    assert stored[1].speakers == {"A": "p1", "B": ""}
    assert stored[1].attributes == {"topic": "moving"}
    assert [(turn.speaker, turn.tag, turn.start, turn.end) for turn in stored[1].turns[:2]] == [
        ("A", "sd", 0.0, 3.0),
        ("B", "b", 3.1, 3.4),
    ]
    assert stored[1].turns[0].words[-1] == ("1", 2.571, 3.0)
    assert (row.turn_count, row.word_count, row.duration, row.source) == (6, 19, 10.0, str(path))
    assert (done.corpus.title, done.corpus.digest) == ("Three", "")
    assert len(done.corpus.dialogues_digest) == 64


def test_the_digest_is_that_of_the_content_on_any_database(write_dialogues):
    """A fixed value: both databases and every later version must give this."""
    assert do(write_dialogues(2)).corpus.dialogues_digest == DIGEST
    for stored in dialogues_of(do(write_dialogues(2), corpus_slug="other").corpus):
        assert dialogue_digest(stored) == Dialogue.objects.get(corpus__slug="test", key=stored.key).digest


def test_importing_again_changes_nothing_and_more_can_come(write_dialogues):
    do(write_dialogues(2))
    before = rows(), Corpus.objects.get().dialogues_digest
    again = do(write_dialogues(2))

    assert (again.added, again.unchanged) == (0, 2)
    assert (rows(), Corpus.objects.get().dialogues_digest) == before
    more = do(write_dialogues(3))
    assert (more.added, more.unchanged) == (1, 2)
    assert more.corpus.dialogues_digest != before[1]


def test_a_fault_stores_nothing_and_all_are_told(write_dialogues):
    path = write_dialogues(3)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], "{", lines[1].replace('"start": 0.0', '"start": "x"'), lines[0], lines[2]]))

    with pytest.raises(ImportFaultsError) as caught:
        do(path)
    assert [(fault.file, fault.line) for fault in caught.value.faults] == [(str(path), line) for line in (2, 3, 4)]
    assert caught.value.faults[-1].what == f"there is a dialogue 'd00' already, in {path}:1"
    assert rows() == [0, 0, 0, 0]


def test_the_rest_is_imported_on_request_and_the_skipped_are_listed(write_dialogues):
    path = write_dialogues(3)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], "{", lines[1], lines[0]]))
    done = do(path, skip_bad=True)

    assert [one.key for one in dialogues_of(done.corpus)] == ["d00", "d01"]
    assert done.skipped == (("line 2", str(path)), ("d00", str(path)))
    assert [fault.line for fault in done.faults] == [2, 4]


def test_nothing_fit_is_refused_even_then(write_dialogues):
    path = write_dialogues(1)
    path.write_text("{")

    with pytest.raises(ImportFaultsError):
        do(path, skip_bad=True)
    assert rows() == [0, 0, 0, 0]


def test_what_changed_since_is_a_fault(write_dialogues):
    do(write_dialogues(2))
    path = write_dialogues(2)
    path.write_text(path.read_text().replace("town number 1", "town number 9").replace('"1"', '"9"'))

    with pytest.raises(ImportFaultsError, match="dialogue 'd01' was imported with other content"):
        do(path)


class KilledError(Exception):
    """Ends an import from within its report of progress."""


def test_an_import_that_was_killed_goes_on(write_dialogues):
    def kill(done, of):
        raise KilledError

    with pytest.raises(KilledError):
        do(write_dialogues(60), progress=kill)
    part = Corpus.objects.get().dialogues_digest
    assert rows() == [1, 50, 100, 300]
    told = []
    done = do(write_dialogues(60), progress=lambda done, of: told.append((done, of)))

    assert (done.added, done.unchanged) == (10, 50)
    assert rows() == [1, 60, 120, 360]
    assert done.corpus.dialogues_digest != part
    assert told == [(10, 10)]


def test_each_channel_gets_its_sound_also_later(write_dialogues, stereo_folder):
    assert do(write_dialogues(2)).with_sound == 0
    done = do(write_dialogues(2), audio=stereo_folder)
    audio = AudioFile.objects.get()

    assert (done.added, done.unchanged, done.with_sound) == (0, 2, 2)
    assert (audio.format, audio.channels, audio.duration) == ("WAV/PCM_16", 2, 10.0)
    assert audio.location.read_bytes() == (stereo_folder / "d00.wav").read_bytes()
    assert list(
        Channel.objects.order_by("dialogue__key", "tag").values_list("dialogue__key", "tag", "audio", "audio_channel")
    ) == [("d00", "A", audio.pk, 1), ("d00", "B", audio.pk, 2), ("d01", "A", None, None), ("d01", "B", None, None)]
    assert do(write_dialogues(2), audio=stereo_folder).with_sound == 2


def test_a_bad_recording_is_a_fault_of_its_dialogue(write_dialogues, stereo_folder):
    (stereo_folder / "d01.wav").write_bytes(b"RIFF")

    with pytest.raises(ImportFaultsError, match=r"d01\.wav: cannot be decoded"):
        do(write_dialogues(2), audio=stereo_folder)
    assert do(write_dialogues(2), audio=stereo_folder, skip_bad=True).skipped[0][0] == "d01"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"corpus_slug": "two words"}, "'two words' cannot name a corpus"),
        ({"format_name": "word"}, "There is no format 'word'"),
        ({"audio": "nowhere"}, "There is no folder .*nowhere"),
        ({"path": "nowhere"}, "There is nothing at .*nowhere"),
        ({"format_name": "eaf", "path": ""}, "There is no file of the format eaf in "),
    ],
)
def test_what_cannot_begin(write_dialogues, tmp_path, options, message):
    path = write_dialogues(1)
    placed = {name: tmp_path / value if name in ("path", "audio") else value for name, value in options.items()}

    with pytest.raises(DomainError, match=message):
        do(**{"path": path} | placed)
    assert rows() == [0, 0, 0, 0]


def test_a_file_that_changes_between_the_readings(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(60):
        (folder / f"{n:02d}.csv").write_text("speaker,text\nA,oh\n")

    def change(done, of):
        (folder / "59.csv").write_text("speaker,text\nA,ah\n")

    with pytest.raises(DomainError, match=r"59\.csv changed while it was being read"):
        do(folder, format_name="csv", progress=change)
    assert Dialogue.objects.count() == 50


def test_queries_do_not_grow_with_the_utterances(write_dialogues):
    with CaptureQueriesContext(connection) as few:
        do(write_dialogues(2))
    with CaptureQueriesContext(connection) as many:
        do(write_dialogues(20), corpus_slug="many")

    assert len(many) == len(few)


def test_attributes_are_json(write_dialogues):
    done = do(write_dialogues(1, year=1992))

    assert json.dumps(next(dialogues_of(done.corpus)).attributes) == '{"year": "1992"}'
