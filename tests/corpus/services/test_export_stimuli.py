"""What export writes, import reads back."""

import pytest

from corpus.errors import DomainError
from corpus.models import Corpus
from corpus.queries.described import described_stimuli
from corpus.services import export_stimuli, import_stimuli

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer, pytest.mark.usefixtures("media")]


def test_an_exported_corpus_is_imported_as_the_same(clip_set, tmp_path):
    import_stimuli(csv_path=clip_set, corpus_slug="one")
    written = export_stimuli(corpus_slug="one", folder=tmp_path / "out")
    import_stimuli(csv_path=written, corpus_slug="two")
    again = export_stimuli(corpus_slug="two", folder=tmp_path / "again")
    one, two = Corpus.objects.order_by("slug")

    assert written == tmp_path / "out" / "stimuli.csv"
    assert described_stimuli(one) == described_stimuli(two)
    assert one.digest == two.digest
    assert again.read_bytes() == written.read_bytes()
    assert (tmp_path / "out" / "clips" / "a.wav").read_bytes() == (clip_set.parent / "clips" / "a.wav").read_bytes()


def test_two_sounds_of_one_path_and_a_path_that_leaves_and_returns_find_a_place(
    write_sheet, write_sound, tone, tmp_path
):
    """The corpus grew from two folders that both hold a.wav."""
    for key, path, hz in (("first", "a.wav", 300), ("second", "a.wav", 400), ("third", "../set/a.wav", 500)):
        csv = write_sheet("stimulus,path,role", f"{key},{path},backchannel")
        write_sound("a.wav", tone(0.3, hz=hz), folder=csv.parent)
        import_stimuli(csv_path=csv, corpus_slug="one")
    written = export_stimuli(corpus_slug="one", folder=tmp_path / "out")
    files = sorted(path.relative_to(written.parent).as_posix() for path in written.parent.rglob("*.wav"))
    import_stimuli(csv_path=written, corpus_slug="two")

    assert files[0] == "a.wav"
    assert [path.split("/")[0] for path in files[1:]] == ["audio", "audio"]
    assert len(set(Corpus.objects.values_list("digest", flat=True))) == 1


def test_a_folder_in_use_and_a_corpus_that_is_not_there(clip_set, tmp_path):
    import_stimuli(csv_path=clip_set, corpus_slug="one")

    with pytest.raises(DomainError, match="is in use"):
        export_stimuli(corpus_slug="one", folder=clip_set.parent)
    with pytest.raises(DomainError, match=r"There is no corpus 'two'. There are: one\."):
        export_stimuli(corpus_slug="two", folder=tmp_path / "out")
