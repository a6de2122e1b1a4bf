"""`manage.py import_dialogues` and `extract_backchannels`: what they print."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from corpus.models import Corpus, Dialogue, Extraction, Stimulus

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
TALK = "\n".join(
    f"d{n},{speaker},{start},{start + 0.5},{text},{tag}"
    for n in range(4)
    for start, speaker, text, tag in ((0, "A", "so we moved", "sd"), (2, "B", "Uh-huh.", "b"), (5, "A", "well", "sd"))
)


def run(*arguments):
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def talk(tmp_path):
    path = tmp_path / "talk.csv"
    path.write_text(f"dialogue,speaker,start,end,text,tag\n{TALK}\n")
    return path


def test_an_import_says_what_was_added(talk):
    told = run("import_dialogues", talk, "--corpus", "pilot", "--format", "csv", "--title", "Pilot")
    corpus = Corpus.objects.get()

    assert corpus.title == "Pilot"
    assert told == [
        f"Corpus pilot, digest of its dialogues {corpus.dialogues_digest[:12]}",
        "  dialogues  4 added, 0 unchanged",
        "  added      12 utterances, 0 timed words, 8 channels",
    ]
    assert (
        run("import_dialogues", talk, "--corpus", "pilot", "--format", "csv")[1] == "  dialogues  0 added, 4 unchanged"
    )


def test_faults_are_printed_plainly_and_the_bad_is_skipped_on_request(talk):
    talk.write_text(talk.read_text().replace("d2,B,2,2.5", "d2,B,2,x"))

    with pytest.raises(CommandError) as caught:
        run("import_dialogues", talk, "--corpus", "pilot", "--format", "csv")
    fault = f"  {talk}:9 (end): 'x' is not a number of seconds. Give seconds, such as 12.35, or leave both empty"
    assert str(caught.value).splitlines() == ["1 fault; nothing was stored:", fault]
    assert Dialogue.objects.count() == 0
    told = run("import_dialogues", talk, "--corpus", "pilot", "--format", "csv", "--skip-bad")
    assert told[1] == "  dialogues  3 added, 0 unchanged"
    assert told[-3:] == ["1 skipped:", f"  d2 ({talk})", fault]


def test_an_extraction_says_what_was_found(talk):
    run("import_dialogues", talk, "--corpus", "pilot", "--format", "csv")
    told = run("extract_backchannels", "pilot", "--set", "seed=3")

    assert told == [
        f"Extraction {Extraction.objects.get().digest[:12]} by tag",
        "  found      4 backchannels among 12 utterances",
        "  forms      1, commonest: uh-huh 4",
        "  parts      train 3 dialogues with 3, validation 1 dialogues with 1, test 0 dialogues with 0",
        "  note       a part is empty: too few dialogues, or people link them; --set by=dialogue ignores people",
        "  duration   0.500 to 0.500 (median 0.500) s of 4",
        "  overlap    0 while the other spoke",
        "  rule       against tags: precision 1.000, recall 1.000, F1 1.000 (4 both, 0 by rule only, 0 by tag only)",
        "  parameter  tags=b bh bk",
        "  parameter  by=speaker",
        "  parameter  seed=3",
        "  parameter  shares=0.8 0.1 0.1",
    ]


def test_a_corpus_becomes_stimuli_in_one_step(talk, tmp_path, write_sound, tone):
    write_sound("audio/d1.wav", tone(6.0, channels=2))
    run("import_dialogues", talk, "--corpus", "pilot", "--format", "csv", "--audio", tmp_path / "audio")
    told = run("extract_backchannels", "pilot", "--clips", tmp_path / "out", "--context-seconds", "2")

    assert told[-3:] == [
        f"  clips      1, each with its context, in {tmp_path / 'out'}",
        "  note       3 backchannels have no sound or no times",
        f"Next: manage.py import_stimuli {tmp_path / 'out' / 'stimuli.csv'}",
    ]
    run(*told[-1].split()[2:], "--corpus", "clips")
    assert list(Stimulus.objects.values_list("key", "token", "role")) == [
        ("d1-00001", "uh-huh", "backchannel"),
        ("d1-00001-context", "", "context"),
    ]


def test_what_is_set_must_be_name_and_value(talk):
    with pytest.raises(CommandError, match="give name=value, not 'seed'"):
        run("extract_backchannels", "pilot", "--set", "seed")
