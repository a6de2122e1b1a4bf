"""`manage.py import_stimuli` and `export_stimuli`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from corpus.models import Corpus

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_summary_says_what_was_imported(clip_set):
    told = run("import_stimuli", str(clip_set), "--corpus", "pilot", "--title", "Pilot", "--synthetic")
    corpus = Corpus.objects.get()

    assert (corpus.slug, corpus.title, corpus.synthetic) == ("pilot", "Pilot", True)
    assert told.splitlines()[:3] == [
        f"Corpus pilot, digest {corpus.digest[:12]}, synthetic",
        "  stimuli    4 added, 0 unchanged (3 backchannel, 1 context)",
        "  duration   0.30 to 2.00 (median 0.60) s, 0.1 min in all",
    ]
    assert told.splitlines()[4].endswith("dB to -23 LUFS on both ears")
    assert "0 added, 4 unchanged" in run("import_stimuli", str(clip_set), "--corpus", "pilot")


def test_the_corpus_is_named_after_the_folder(clip_set):
    run("import_stimuli", str(clip_set))

    assert Corpus.objects.get().slug == "set"


def test_faults_are_printed_plainly(write_sheet):
    csv = write_sheet("stimulus,path,role", "a,a.wav,context", "b,b.wav,")

    with pytest.raises(CommandError) as caught:
        run("import_stimuli", str(csv))
    assert str(caught.value).splitlines() == [
        "2 faults; nothing was stored:",
        f"  {csv}:2 (path): a.wav: there is no such file. Put it there or correct the path",
        f"  {csv}:3 (role): the role is empty. Write backchannel or context",
    ]


def test_export_names_the_file_it_wrote(clip_set, tmp_path):
    run("import_stimuli", str(clip_set))

    assert run("export_stimuli", "set", "--output", str(tmp_path / "out")) == f"{tmp_path}/out/stimuli.csv\n"
    with pytest.raises(CommandError, match="is in use"):
        run("export_stimuli", "set", "--output", str(tmp_path / "out"))
