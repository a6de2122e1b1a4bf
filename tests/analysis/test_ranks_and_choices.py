"""Ranks and choices of the best clip, from answers to rows: by hand, with a planted truth, in parts of the trials."""

import math
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from analysis.agreement.row import INCLUDED
from analysis.agreement.strata import parts_of
from analysis.enums import Population
from analysis.queries.plan import plan_of
from analysis.services.export import export_agreement
from analysis.services.simulation import simulate_listeners
from annotations.models import Trial
from corpus.models import Corpus, Stimulus
from tests.analysis import rows
from tests.analysis.rows import BEST, ORDER, Built, add_participant, add_run, add_trial, answer, make_study
from tests.analysis.test_agreement import computed, figures

pytestmark = pytest.mark.data_layer

IN_ORDER = [0.1, 0.5, 1.0]  # angles from the context: slot 0 fits best


@pytest.fixture
def study(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Built:
    """Three contexts with three clips each, of which one is best and which are put in order."""
    monkeypatch.setattr(rows, "TASKS", {"contextual": [BEST, ORDER]})
    return make_study(corpus, tasks=["contextual"])


def fitting(study: Built, angles: dict[str, list[float]]) -> dict[str, list[float]]:
    """Vectors that fit the context the less, the larger the angle; by trial, for its clips in slot order."""
    vectors = {f"ctx{at}": [1.0, 0.0, 0.0, 0.0] for at in range(3)}
    for trial, of_slots in angles.items():
        for clip, angle in zip(study.trials[trial].clips.order_by("slot"), of_slots, strict=True):
            vectors[clip.stimulus.key] = [math.cos(angle), math.sin(angle), 0.0, 0.0]
    return vectors


def told(study: Built, trial: str, *answers: dict[str, Any]) -> None:
    for person, said in enumerate(answers):
        answer(study, add_participant(study, f"{trial}-{person}"), trial, said)


def test_choices_by_hand(study: Built, corpus: Corpus) -> None:
    """The model chooses slot 0 of c000, which was really said; people choose 0, 0 and 1."""
    add_run(corpus, vectors=fitting(study, {"c000": IN_ORDER}))
    told(study, "c000", *({"best": best, "order": [1, 2, 3]} for best in (0, 0, 1)))
    found = figures(study, "task=contextual;question=best")
    estimates = {key: row.estimate for key, row in found.items()}

    assert estimates["accuracy_judgement", "spectral"] == pytest.approx(2 / 3)
    assert estimates["accuracy_majority", "spectral"] == 1
    assert estimates["oracle", ""] == pytest.approx(2 / 3)
    assert estimates["leave_one_out", ""] == pytest.approx((0.5 + 0.5 + 0) / 3)
    assert estimates["chance", ""] == pytest.approx(1 / 3)
    assert [estimates[f"share_best_slot_{slot}", ""] for slot in range(3)] == pytest.approx([2 / 3, 1 / 3, 0])
    assert estimates["suitability_true_first_people", ""] == pytest.approx(2 / 3)
    assert estimates["suitability_true_first", "spectral"] == 1
    assert found["accuracy_unanimous", "spectral"].reason == "no trial has 3 or more judgements that are all equal"


def test_choices_among_different_numbers_of_clips_are_apart(study: Built, corpus: Corpus) -> None:
    task = study.questions["contextual", "best"].task
    clips = list(Stimulus.objects.filter(role="backchannel").order_by("-key")[:4])
    add_trial(study, "wide", task, clips, context=study.sounds["ctx1"], true_slot=None)
    add_run(corpus, vectors=fitting(study, {"c000": IN_ORDER, "wide": [0.9, 0.7, 0.2, 0.4]}))
    told(study, "c000", *({"best": best, "order": [1, 2, 3]} for best in (0, 2)))
    told(study, "wide", *({"best": best, "order": [1, 2, 3, 4]} for best in (2, 2, 2, 3)))

    three = figures(study, "task=contextual;question=best;clips=3")
    four = figures(study, "task=contextual;question=best;clips=4")
    assert [three["chance", ""].estimate, four["chance", ""].estimate] == pytest.approx([1 / 3, 1 / 4])
    assert four["accuracy_judgement", "spectral"].estimate == pytest.approx(3 / 4)
    assert three["accuracy_judgement", "spectral"].estimate == pytest.approx(1 / 2)
    assert ("suitability_true_first", "spectral") not in four, "nothing was really said there"
    assert ("suitability_true_first", "spectral") in three


def test_choices_that_are_not_about_the_context_are_about_listeners_alone(study: Built, corpus: Corpus) -> None:
    add_run(corpus, vectors=fitting(study, {"c000": IN_ORDER}))
    study.questions["contextual", "order"].name = "suitability"
    study.questions["contextual", "order"].save()
    told(study, "c000", {"best": 0}, {"best": 0})
    found = figures(study, "task=contextual;question=best")

    assert {model for _, model in found} == {""}
    assert found["percent_agreement", ""].estimate == 1


def test_ranks_by_hand(study: Built, corpus: Corpus) -> None:
    """The model orders slots 0, 1, 2, listeners 0, 2, 1: of three pairs two are ordered alike."""
    add_run(corpus, vectors=fitting(study, {"c000": IN_ORDER}))
    told(study, "c000", {"best": 0, "order": [1, 3, 2]}, {"best": 0, "order": [1, 3, 2]})
    found = {key: row.estimate for key, row in figures(study, "task=contextual;question=order").items()}

    assert found["suitability_pairwise_accuracy", "spectral"] == pytest.approx(2 / 3)
    assert found["suitability_kendall_within", "spectral"] == pytest.approx(1 / 3)
    assert found["suitability_spearman_within", "spectral"] == pytest.approx(1 / 2)
    assert ("icc_a_1", "") not in found
    assert ("krippendorff_alpha_interval", "") not in found


def test_rank_1_is_the_best(study: Built, corpus: Corpus) -> None:
    add_run(corpus, vectors=fitting(study, {"c000": IN_ORDER}))
    told(study, "c000", {"best": 0, "order": [1, 2, 3]}, {"best": 0, "order": [1, 2, 3]})
    found = {key: row.estimate for key, row in figures(study, "task=contextual;question=order").items()}

    assert found["suitability_pairwise_accuracy", "spectral"] == 1
    assert found["suitability_pairwise_accuracy_one_out", ""] == 1
    assert found["suitability_true_first_people", ""] == 1
    assert found["suitability_true_first", "spectral"] == 1
    assert found["spearman_between_listeners", ""] == pytest.approx(1)
    assert found["kendall_w", ""] == pytest.approx(1)
    assert found["krippendorff_alpha_ordinal", ""] == 1


def test_models_are_compared_by_what_they_choose_and_by_their_order(study: Built, corpus: Corpus) -> None:
    task, clips = study.questions["contextual", "best"].task, list(Stimulus.objects.filter(role="backchannel"))
    apart = [f"apart{at}" for at in range(3)]
    for at, key in enumerate(apart):
        add_trial(study, key, task, clips[3 * at : 3 * at + 3], context=study.sounds[f"ctx{at}"])
    add_run(corpus, "good", vectors=fitting(study, dict.fromkeys(apart, IN_ORDER)))
    add_run(corpus, "bad", vectors=fitting(study, dict.fromkeys(apart, IN_ORDER[::-1])))
    for trial in apart:
        told(study, trial, *({"best": 0, "order": [1, 2, 3]} for _ in range(3)))
    found = {one.measure: one for one in computed(study).comparisons}

    assert set(found) == {"accuracy_judgement", "suitability_pairwise_accuracy"}
    for one in found.values():
        assert one.figure.estimate == {"good": 1, "bad": -1}[one.model_a]
        assert one.p == 0.25, "of the eight ways to sign three contexts two are as far"


def test_listeners_who_follow_a_model_agree_with_it_wholly(study: Built, corpus: Corpus, tmp_path: Path) -> None:
    """Listeners without noise choose and order by the fits of a model: the truth is 1, and another model's is not."""
    run = add_run(corpus, "heard")
    add_run(corpus, "other", seed=5)
    simulate_listeners(study_slug=study.slug, n=6, like=run.label, noise=0.0, seed=1)
    export_agreement(study_slug=study.slug, output=tmp_path / "out", population=Population.SIMULATED, n_resamples=50)
    table = (tmp_path / "out" / "agreement.csv").read_text().splitlines()
    found = {tuple(line.split(",")[:4]): line.split(",")[6] for line in table}

    best, order = "task=contextual;question=best", "task=contextual;question=order"
    assert float(found["accuracy_judgement", "heard", INCLUDED, best]) == 1
    assert float(found["suitability_pairwise_accuracy", "heard", INCLUDED, order]) == 1
    assert float(found["suitability_pairwise_accuracy", "other", INCLUDED, order]) < 1
    report = (tmp_path / "out" / "report.html").read_text()
    assert "Kendall’s W" in report
    assert "put the clips of each trial in order (order)" in report
    assert "chose one of the clips of each trial (best)" in report
    assert "Kendall, M. G., &amp; Babington Smith, B. (1939)" in report


def test_parts_by_words_and_by_speakers(corpus: Corpus) -> None:
    study = make_study(corpus, n_triads=6)
    Trial.objects.update(stratum="")
    for sound in Stimulus.objects.filter(role="backchannel"):
        sound.speaker = "B" if sound.key in ("mhm1", "yeah1") else "A"
        sound.save()
    task, of = study.questions["prosodic", "odd"].task, study.sounds
    for number in range(3):
        add_trial(study, f"m{number}", task, [of["mhm0"], of["yeah1"], of["mhm2"]])
    for person in range(3):
        listener = add_participant(study, f"p{person}")
        for key in study.trials:
            answer(study, listener, key, {"odd": person})
    found = {row.stratum: row for row in computed(study).rows if row.measure == "oracle"}
    whole = "task=prosodic;question=odd"
    same_voice = sum(
        len({clip.stimulus.speaker for clip in trial.clips.select_related("stimulus")}) == 1
        for trial in study.trials.values()
    )

    assert set(found) == {whole} | {f"{whole};words={words}" for words in ("mhm", "yeah", "mhm, yeah")} | {
        f"{whole};speakers={voices}" for voices in ("same", "two")
    }
    assert [found[f"{whole};words={words}"].n_trials for words in ("mhm", "yeah", "mhm, yeah")] == [3, 3, 3]
    assert found[f"{whole};speakers=same"].n_trials == same_voice
    assert found[f"{whole};speakers=two"].n_trials == 9 - same_voice
    quick = {row.stratum for row in computed(study, thorough=False).rows}
    assert quick == {whole}


def test_lexical_sets_that_are_small_or_many_are_taken_together(corpus: Corpus) -> None:
    study = make_study(corpus, n_triads=0)
    task = study.questions["prosodic", "odd"].task
    clips = list(Stimulus.objects.filter(role="backchannel").order_by("key"))
    for at, sound in enumerate(clips):
        sound.token = "abcdefgh"[at] if at < 8 else "mhm"
        sound.save()

    def words() -> set[str]:
        plan = plan_of(study.version)
        return set(parts_of(plan, range(len(plan.trials))).get("words", {}).values())

    for at in range(3):
        add_trial(study, f"alike-{at}", task, clips[8:11])
        add_trial(study, f"three-{at}", task, clips[0:3])
    add_trial(study, "one", task, clips[1:4])
    assert words() == {"mhm", "a, b, c", "other words"}
    for number, chosen in enumerate(list(combinations(clips[:8], 3))[:13]):
        for at in range(3):
            add_trial(study, f"many-{number}-{at}", task, chosen)
    assert words() == {"mhm", "different words"}


def test_words_that_are_the_strata_are_told_once(corpus: Corpus) -> None:
    study = make_study(corpus, n_triads=6)
    for key in study.trials:
        answer(study, add_participant(study, key), key, {"odd": 0})
    parts = {row.stratum for row in computed(study).rows if row.stratum.count(";") > 1}

    assert parts == {f"task=prosodic;question=odd;stratum={word}" for word in ("mhm", "yeah")}


def test_ratings_have_parts_too(corpus: Corpus) -> None:
    study = make_study(corpus, tasks=["contextual"])
    add_run(corpus)
    for at, trial in enumerate(study.trials.values()):
        trial.stratum = "early" if at else "late"
        trial.save()
        for person in range(2):
            told_here = {"similar": person, "suitability": [1 + person, 4, 2]}
            answer(study, add_participant(study, f"{trial.key}-{person}"), trial.key, told_here)
    rows_of = {row.stratum: row for row in computed(study).rows if row.measure == "suitability_pairwise_accuracy"}

    whole = "task=contextual;question=suitability"
    assert {whole, f"{whole};stratum=early", f"{whole};stratum=late"} <= set(rows_of)
    assert rows_of[f"{whole};stratum=early"].n_trials == 6
    assert rows_of[f"{whole};stratum=late"].n_trials == 3
