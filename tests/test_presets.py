"""The study files in `presets/` run as they are on the demo corpus: checked, loaded, planned, taken."""

import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from analysis.services.simulation import simulate_listeners
from annotations.models import Participant, StudyVersion, Trial
from annotations.services.planning import load_study
from annotations.study_file.schema import definition_of
from corpus.models import Corpus
from corpus.services import import_stimuli
from tests.running_site import ROOT

PRESETS = ("contextual", "prosodic", "crosslexical")

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def demo(
    django_db_setup: None, django_db_blocker: Any, demo_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The demo corpus, imported once for all tests of this module and taken back after them."""
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with media, django_db_blocker.unblock(), transaction.atomic():
        import_stimuli(csv_path=demo_folder / "stimuli.csv", corpus_slug="demo")
        yield
        transaction.set_rollback(True)


def preset(name: str) -> Path:
    return ROOT / "presets" / f"{name}.yaml"


def load(name: str) -> StudyVersion:
    return load_study(path=preset(name)).version


def clips(trial: Trial) -> list[str]:
    return [clip.stimulus.key for clip in trial.clips.all()]


def ordinary(version: StudyVersion) -> list[Trial]:
    trials = version.trials.filter(check_kind="").select_related("context").prefetch_related("clips__stimulus")
    return list(trials.order_by("position"))


EXPECTED = {
    "contextual": [
        "420 trials × 5 ratings = 2100 answers: 100 places × 21 trials give all of them",
        "clips are heard in 5 to 11 trials each, so 25 to 55 times",
        "25 pages of",
    ],
    "prosodic": [
        "480 trials × 5 ratings = 2400 answers: 100 places × 24 trials give all of them",
        "clips are heard in 7 to 8 trials each, so 35 to 40 times",
        "30 pages of",
    ],
    "crosslexical": [
        "480 trials × 5 ratings = 2400 answers: 100 places × 24 trials give all of them",
        "clips are heard in 7 to 8 trials each, so 35 to 40 times",
        "30 pages of",
    ],
}


@pytest.mark.parametrize("name", PRESETS)
def test_a_check_finds_only_that_the_consent_is_still_to_be_filled_in(name: str) -> None:
    out = StringIO()
    call_command("check_study", str(preset(name)), "--pay-per-hour", "12", "--fees", "33.3", stdout=out)
    said = out.getvalue()
    assert " 0 faults, 1 warning, " in said.splitlines()[0]
    assert "\nwarning  consent: still to be filled in: [names, institution] (en), " in said
    for expected in EXPECTED[name]:
        assert expected in said
    assert re.search(r"about [\d.]+ min for one participant", said)
    assert re.search(r"for 100 participants, [\d.]+ with 33.3 % of fees", said)
    assert not StudyVersion.objects.exists()


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_loaded_once_into_the_corpus_that_is_there(name: str) -> None:
    version = load(name)
    assert version.corpus == Corpus.objects.get()
    assert not load_study(path=preset(name)).created
    definition = definition_of(version)
    assert definition.languages == ["en", "sv"]
    assert definition.recruitment.places == 100
    assert [form[0].name for form in (definition.before, definition.after)] == ["headphones", "headphones_all_along"]
    counts = Counter(version.trials.values_list("check_kind", flat=True))
    assert (counts["practice"], counts["attention"]) == (2, 2)
    texts = [question.text for task in definition.tasks for question in task.questions]
    assert all(text["en"] != text["sv"] for text in texts)


def test_the_contextual_study_has_twenty_blocks_that_are_alike() -> None:
    trials = ordinary(load("contextual"))
    assert set(Counter(trial.block for trial in trials).values()) == {21}
    assert len({trial.block for trial in trials}) == 20
    assert set(Counter((trial.block, trial.context_id) for trial in trials).values()) == {1}
    assert set(Counter((trial.block, trial.true_slot) for trial in trials).values()) == {7}
    assert set(Counter(trial.context_id for trial in trials).values()) == {10, 11}
    assert len({(trial.context_id, frozenset(clips(trial))) for trial in trials}) == 420


def test_the_contextual_study_plays_the_true_response_among_two_others() -> None:
    for trial in ordinary(load("contextual")):
        assert trial.context is not None
        assert trial.true_slot is not None
        assert clips(trial)[trial.true_slot] == trial.context.attributes["response"]
        assert len({clip.stimulus.token for clip in trial.clips.all()}) == 3


def test_one_attention_trial_tells_its_answer_and_the_other_holds_a_clip_twice() -> None:
    version = load("contextual")
    told, double = version.trials.filter(check_kind="attention").order_by("position")
    assert told.answers == {name: [3, 3, 3] for name in ("suitability", "energy", "polarity", "surprisal")}
    assert set(told.attributes) == {"instruction_en", "instruction_sv"}
    odd = (double.answers or {})["similar"]
    alike = [key for slot, key in enumerate(clips(double)) if slot != odd]
    assert alike[0] == alike[1] != clips(double)[odd]


@pytest.mark.parametrize(("name", "n_words"), [("prosodic", 1), ("crosslexical", 3)])
def test_triads_are_of_one_word_or_of_three(name: str, n_words: int) -> None:
    trials = ordinary(load(name))
    assert len({frozenset(clips(trial)) for trial in trials}) == 480
    assert {len({clip.stimulus.token for clip in trial.clips.all()}) for trial in trials} == {n_words}


@pytest.mark.parametrize(
    ("name", "listeners", "pages"), [("contextual", 5, 25), ("prosodic", 3, 30), ("crosslexical", 2, 30)]
)
def test_listeners_take_it_and_ratings_stay_balanced(name: str, listeners: int, pages: int) -> None:
    version = load(name)
    call_command("set_study_state", name, "live", stdout=StringIO())
    done = simulate_listeners(study_slug=name, n=listeners, noise=0.8, seed=1)
    assert done.answers == listeners * pages
    ratings = Counter(
        Participant.objects.filter(assignments__trial__check_kind="").values_list("assignments__trial", flat=True)
    )
    counts = [ratings[trial.pk] for trial in ordinary(version)]
    # While a block, or a triad, waits for its first listener, no other gets a second one.
    assert (min(counts), max(counts)) == (0, 1)
    assert sum(counts) == listeners * (21 if name == "contextual" else 24)
