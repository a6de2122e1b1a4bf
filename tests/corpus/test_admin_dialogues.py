"""Admin pages of dialogues and extractions: they list, find and show, and let nothing be edited."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from corpus.models import Backchannel, Corpus, Dialogue, Extraction
from corpus.services import extract_backchannels, import_dialogues

pytestmark = pytest.mark.django_db
MODELS = [Dialogue, Extraction, Backchannel]
TALK = "dialogue,speaker,text,tag,start,end,person\n" + "".join(
    f"d{n},A,so <b>we</b> moved,sd,0,2,ann{n}\nd{n},B,Uh-huh.,b,2,2.5,bo{n}\n" for n in range(4)
)


def page(model, what="changelist", *args):
    return reverse(f"admin:corpus_{model._meta.model_name}_{what}", args=args)


def store(tmp_path, slug, dialogues):
    path = tmp_path / f"{slug}.csv"
    path.write_text("".join(TALK.splitlines(keepends=True)[: 1 + 2 * dialogues]))
    import_dialogues(path=path, corpus_slug=slug, format_name="csv")
    return extract_backchannels(corpus_slug=slug)


@pytest.fixture
def stored(tmp_path):
    return store(tmp_path, "one", 1)


@pytest.mark.parametrize("model", MODELS)
def test_lists_show_search_and_filter(admin_client, stored, model):
    content = admin_client.get(page(model)).text

    assert f"1 {model._meta.verbose_name}" in content
    assert 'id="changelist-filter"' in content
    assert "0 results" in admin_client.get(page(model), {"q": "nowhere"}).text


@pytest.mark.parametrize("model", MODELS)
def test_lists_need_the_same_queries_for_one_row_and_for_many(
    admin_client, stored, model, tmp_path, django_assert_num_queries
):
    admin_client.get(page(model))  # fills the caches of a fresh process
    with CaptureQueriesContext(connection) as first:
        admin_client.get(page(model))
    store(tmp_path, "more", 4)
    extract_backchannels(corpus_slug="more", method="rule")
    with django_assert_num_queries(len(first)):
        assert admin_client.get(page(model)).text.count("<tr>") > 2


def test_a_dialogue_shows_its_utterances_and_speakers(admin_client, stored):
    content = admin_client.get(page(Dialogue, "change", Dialogue.objects.get().pk)).text

    assert "<td>A</td><td>so &lt;b&gt;we&lt;/b&gt; moved</td><td>sd</td><td>0.00</td><td>2.00</td>" in content
    assert "bo0" in content


def test_a_dialogue_without_times_has_no_columns_for_them(admin_client, tmp_path):
    path = tmp_path / "text.csv"
    path.write_text("dialogue,speaker,text\nd,A,so we moved\n")
    import_dialogues(path=path, corpus_slug="text", format_name="csv")
    content = admin_client.get(page(Dialogue, "change", Dialogue.objects.get().pk)).text

    assert "<td>A</td><td>so we moved</td><td></td></tr>" in content
    assert "start, s" not in content
    assert "without times" in content


def test_an_extraction_shows_parameters_and_figures(admin_client, stored):
    content = admin_client.get(page(Extraction, "change", stored.pk)).text

    assert "<b>tags</b> b bh bk" in content
    assert "<b>train</b> 1 dialogues, 1 backchannels" in content
    assert "uh-huh 1" in content
    assert "1.000" in content


def test_a_backchannel_is_found_by_its_form(admin_client, stored):
    content = admin_client.get(page(Backchannel), {"q": "uh-huh", "split__exact": "train"}).text

    assert '<td class="field-words">Uh-huh.</td>' in content
    assert "Uh-huh." in admin_client.get(page(Backchannel, "change", Backchannel.objects.get().pk)).text


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_added_changed_or_deleted_here(admin_client, stored, model):
    one = model.objects.first()

    assert admin_client.get(page(model, "add")).status_code == 403
    assert admin_client.post(page(model, "change", one.pk), {"key": "x"}).status_code == 403
    assert admin_client.post(page(model, "delete", one.pk), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=one.pk).exists()


def test_the_list_of_corpora_counts_dialogues(admin_client, stored):
    assert '<td class="field-dialogue_count">1</td>' in admin_client.get(page(Corpus)).text


def test_nothing_on_the_pages_is_inline(admin_client, stored):
    """The content security policy would block it."""
    for model in MODELS:
        content = admin_client.get(page(model, "change", model.objects.first().pk)).text
        assert " style=" not in content
        assert " onclick=" not in content
