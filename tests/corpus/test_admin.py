"""Admin pages: they list, find and play, and let nothing be edited that results rest on."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from corpus.models import AudioFile, Corpus, ServedAudio, Stimulus
from corpus.services import import_stimuli

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
MODELS = [Corpus, Stimulus, AudioFile, ServedAudio]


def page(model, what="changelist", *args):
    return reverse(f"admin:corpus_{model._meta.model_name}_{what}", args=args)


@pytest.fixture
def stored(clip_set):
    return import_stimuli(csv_path=clip_set, corpus_slug="test").corpus


@pytest.mark.parametrize("model", MODELS)
def test_lists_show_search_and_filter(admin_client, stored, model):
    content = admin_client.get(page(model)).text
    nothing = admin_client.get(page(model), {"q": "nowhere"}).text

    assert f"{model.objects.count()} {model._meta.verbose_name_plural}" in content or model is Corpus
    assert 'id="changelist-filter"' in content
    assert "0 results" in nothing


@pytest.mark.parametrize("model", MODELS)
def test_lists_need_the_same_queries_for_one_row_and_for_many(
    admin_client, stored, model, django_assert_num_queries, write_sheet, write_sound, tone
):
    admin_client.get(page(model))  # fills the caches of a fresh process
    with CaptureQueriesContext(
        connection,
    ) as first:
        admin_client.get(page(model))
    for n in range(3):
        csv = write_sheet("stimulus,path,role", f"more_{n},more_{n}.wav,backchannel")
        write_sound(f"more_{n}.wav", tone(0.3, hz=600 + n), folder=csv.parent)
        import_stimuli(csv_path=csv, corpus_slug=f"more_{n}")
    with django_assert_num_queries(len(first)):
        admin_client.get(page(model))


def test_a_stimulus_can_be_found_and_heard(admin_client, stored):
    stimulus = Stimulus.objects.get(key="right_1")
    found = admin_client.get(page(Stimulus), {"q": "right", "role__exact": "backchannel"}).text
    content = admin_client.get(page(Stimulus, "change", stimulus.pk)).text
    player = f'<audio controls preload="none" src="/audio/{stimulus.served.sha256}.wav"></audio>'

    assert player in found
    assert "mhm_1" not in found
    assert player in content
    assert b"".join(admin_client.get(stimulus.served.get_absolute_url())).startswith(b"RIFF")
    assert "two.ogg" in content


def test_a_corpus_is_counted(admin_client, stored):
    content = admin_client.get(page(Corpus)).text

    assert '<td class="field-backchannels">3</td>' in content
    assert '<td class="field-contexts">1</td>' in content


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_added_or_deleted_here(admin_client, stored, model):
    one = model.objects.first()

    assert admin_client.get(page(model, "add")).status_code == 403
    assert admin_client.post(page(model, "delete", one.pk), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=one.pk).exists()
    assert "delete_selected" not in admin_client.get(page(model)).text


def test_only_the_title_of_a_corpus_can_be_edited(admin_client, stored):
    digest = stored.digest
    change = {"title": "Renamed", "slug": "x", "digest": "y", "synthetic": "on", "loudness_target": "-30"}
    admin_client.post(page(Corpus, "change", stored.pk), change)
    stored.refresh_from_db()
    stimulus = Stimulus.objects.first()
    refused = admin_client.post(page(Stimulus, "change", stimulus.pk), {"token": "x", "key": "y"})

    assert (stored.title, stored.slug, stored.digest, stored.synthetic) == ("Renamed", "test", digest, False)
    assert stored.loudness_target == -23
    assert refused.status_code == 403


def test_nothing_on_the_pages_is_inline(admin_client, stored):
    """The content security policy would block it."""
    content = admin_client.get(page(Stimulus, "change", Stimulus.objects.first().pk)).text

    assert " style=" not in content
    assert " onclick=" not in content
