"""`manage.py plan_power`: from assumptions, from a pilot's export, with what the study costs."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from analysis.errors import AnalysisError
from analysis.services.export import Shape, export_agreement
from analysis.services.pilot import pilot_of
from annotations.checking.expected import participant_seconds
from annotations.checking.from_database import facts_of_version
from corpus.models import Corpus
from tests.analysis.rows import Built, add_participant, add_run, answer

ASKED = ("--accuracy", "0.70", "--against", "0.60", "--kappa", "0.3", "--raters", "3", "--studies", "60")


def told(*arguments: object) -> str:
    out = io.StringIO()
    call_command("plan_power", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_it_says_what_is_needed_and_what_it_costs() -> None:
    said = told(*ASKED, "--pay-per-hour", "12", "--fees", "25", "--trials-each", "30")
    found = re.search(r"Needed for a power of 0.8: (\d+) triads, (\d+) participants", said)
    assert found
    triads, people = map(int, found.groups())
    assert people == -(-triads * 3 // 30)
    cost = people * 12 * (300 + 30 * 20) / 3600 * 1.25
    assert f"{cost:,.2f}" in said
    assert "15 min a participant (assumed: 20 s a triad" in said
    assert said == told(*ASKED, "--pay-per-hour", "12", "--fees", "25", "--trials-each", "30")


@pytest.mark.django_db
def test_a_study_gives_pages_and_time_as_check_study_counts_them(study: Built) -> None:
    facts = facts_of_version(study.version)[0]
    said = told(*ASKED, "--study", study.slug, "--pay-per-hour", "12")
    found = re.search(r"Needed for a power of 0.8: (\d+) triads, (\d+) participants", said)
    assert found
    assert f"{facts.pages} triads a participant" in said
    assert f"{int(found[2]) * 12 * participant_seconds(facts) / 3600:,.2f}" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--accuracy", "0.7"), "Give --against, --kappa, --raters, or a pilot with --pilot STUDY"),
        ((*ASKED, "--accuracy", "0.5"), "smaller one to --against"),
        ((*ASKED, "--kappa", "0.1"), "Impossible: with kappa 0.1 and 3 judgements"),
        ((*ASKED, "--kappa", "-1"), "kappa must be above 0"),
        ((*ASKED, "--fees", "30"), "--pay-per-hour"),
        ((*ASKED, "--power", "1"), "--power between 0 and 1"),
        ((*ASKED, "--raters", "0"), "--raters and --trials-each"),
    ],
)
def test_what_cannot_be_planned_is_told(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError, match=re.escape(message)):
        told(*arguments)


@pytest.fixture
def pilot(study: Built, corpus: Corpus, tmp_path: Path) -> Path:
    """An export of six people who follow the clips' order in most of twenty triads, and two models."""
    add_run(corpus, "spectral")
    add_run(corpus, "another", seed=5)
    for person in range(6):
        listener = add_participant(study, f"p{person}")
        for number, key in enumerate(study.trials):
            answer(study, listener, key, {"odd": (number + (person * number) % 4 // 3) % 3})
    export_agreement(study_slug=study.slug, output=tmp_path / "pilot", n_resamples=20)
    return tmp_path / "pilot"


@pytest.mark.django_db
def test_a_pilot_gives_what_is_not_said(pilot: Path) -> None:
    read = pilot_of(str(pilot), measure="judgement")
    assert (read.raters, read.each) == (6, 20)
    assert 0 < read.kappa < 1
    assert read.accuracy >= read.against
    assert 0 <= read.same <= 1
    assert pilot_of(str(pilot), measure="judgement", models=read.models[::-1]) == read
    said = told("--pilot", pilot, "--accuracy", "0.7", "--against", "0.5", "--studies", "40")
    assert f"Pilot: {read.models[0]} against {read.models[1]}; same choice in {read.same:.0%}." in said
    assert f"kappa {read.kappa:g}, 6 judgements a triad, 20 triads a participant" in said


@pytest.mark.django_db
def test_a_study_and_another_format_of_its_export_say_the_same(pilot: Path, study: Built, tmp_path: Path) -> None:
    export_agreement(study_slug=study.slug, output=tmp_path / "other", n_resamples=20, shape=Shape("parquet"))
    read = pilot_of(str(pilot), measure="judgement")
    assert pilot_of(str(tmp_path / "other"), measure="judgement") == read
    assert pilot_of(study.slug, measure="judgement") == read
    given = ("--accuracy", "0.7", "--against", "0.5", "--studies", "40")
    assert told("--pilot", study.slug, *given) == told("--pilot", pilot, *given)


@pytest.mark.django_db
def test_a_pilot_that_lacks_something_is_told(pilot: Path, study: Built, tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="no model 'x' with an accuracy; there are: another, spectral"):
        pilot_of(str(pilot), measure="majority", models=("spectral", "x"))
    with pytest.raises(CommandError, match=r"has no agreement\.csv\. Give a study, or a folder"):
        told("--pilot", tmp_path / "nothing")
    export_agreement(study_slug=study.slug, output=tmp_path / "one", n_resamples=20, models=["spectral"])
    with pytest.raises(AnalysisError, match="fewer than two models"):
        pilot_of(str(tmp_path / "one"), measure="majority")


@pytest.mark.django_db
def test_an_export_without_answers_is_no_pilot(answered: Callable[..., Built], tmp_path: Path) -> None:
    study = answered(n_people=0, n_trials=0)
    export_agreement(study_slug=study.slug, output=tmp_path / "empty", n_resamples=20)
    with pytest.raises(AnalysisError, match="needs triads judged twice"):
        pilot_of(str(tmp_path / "empty"), measure="majority")
