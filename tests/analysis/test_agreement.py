"""From answers to rows: the right judgements, slots and scales, worked out by hand."""

import math
from typing import Any

import pytest

from analysis.agreement.compute import Agreement, Effort, agreement_of
from analysis.agreement.rated import scale_points
from analysis.agreement.row import INCLUDED, Row
from analysis.agreement.samples import about_fit
from analysis.enums import Population
from analysis.queries.answers import answers_of
from analysis.queries.plan import AskedQuestion, plan_of
from analysis.queries.predictions import predictions_of
from analysis.queries.runs import models_shown
from analysis.services.predict import predict_version
from corpus.models import Corpus
from tests.analysis.rows import Built, add_participant, add_run, answer, make_study

pytestmark = pytest.mark.data_layer


def computed(study: Built, **effort: Any) -> Agreement:
    predict_version(version_pk=study.version.pk)
    plan = plan_of(study.version)
    models = models_shown(study.version.corpus_id, corpus_digest=study.version.corpus_digest)
    answers = answers_of(plan, Population.PEOPLE)
    return agreement_of(answers, predictions_of(models, plan), Effort(**({"n_resamples": 50} | effort)))


def figures(study: Built, question: str, **effort: Any) -> dict[tuple[str, str], Row]:
    rows = computed(study, **effort).rows
    return {(row.measure, row.model): row for row in rows if row.subset == INCLUDED and row.stratum == question}


def test_figures_of_triads_by_hand(study: Built, corpus: Corpus) -> None:
    """Two triads: (0, 0, 1) and (2, 2, 2); the model calls slot 0 odd in the first and slot 1 in the second."""
    near, far = [1.0, 0, 0, 0], [0, 1.0, 0, 0]
    first = [clip.stimulus.key for clip in study.trials["t000"].clips.order_by("slot")]
    second = [clip.stimulus.key for clip in study.trials["t001"].clips.order_by("slot")]
    vectors = {first[0]: far, first[1]: near, first[2]: near, second[0]: near, second[1]: far, second[2]: near}
    add_run(corpus, vectors=vectors)
    for person, (one, other) in enumerate([(0, 2), (0, 2), (1, 2)]):
        listener = add_participant(study, f"p{person}")
        answer(study, listener, "t000", {"odd": one})
        answer(study, listener, "t001", {"odd": other})
    found = figures(study, "task=prosodic;question=odd")
    estimates = {key: row.estimate for key, row in found.items()}
    assert estimates["accuracy_judgement", "spectral"] == pytest.approx(2 / 6)
    assert estimates["accuracy_majority", "spectral"] == pytest.approx(1 / 2)
    assert estimates["accuracy_unanimous", "spectral"] == 0
    assert estimates["oracle", ""] == pytest.approx(5 / 6)
    # (0, 0, 1): each 0 meets others that tie, 1/2; the 1 meets two 0s. (2, 2, 2): all agree.
    assert estimates["leave_one_out", ""] == pytest.approx((0.5 + 0.5 + 0 + 3) / 6)
    assert estimates["percent_agreement", ""] == pytest.approx((1 / 3 + 1) / 2)
    expected = (2 / 6) ** 2 + (1 / 6) ** 2 + (3 / 6) ** 2
    assert estimates["fleiss_kappa", ""] == pytest.approx((2 / 3 - expected) / (1 - expected))
    assert [estimates[f"share_odd_slot_{slot}", ""] for slot in range(3)] == pytest.approx([2 / 6, 1 / 6, 3 / 6])
    assert found["accuracy_unanimous", "spectral"].n_trials == 1


def test_the_most_similar_pair_is_the_same_judgement_told_twice(corpus: Corpus) -> None:
    study = make_study(corpus, tasks=["contextual"])
    add_run(corpus)
    said = {}
    for person, odd in enumerate([1, 1, 0]):
        answer(study, add_participant(study, f"p{person}"), "c000", {"similar": odd, "suitability": [1, 2, 3]})
    said = figures(study, "task=contextual;question=similar")
    assert said["oracle", ""].estimate == pytest.approx(2 / 3)
    assert said["share_odd_slot_1", ""].estimate == pytest.approx(2 / 3)


def test_suitability_by_hand(corpus: Corpus) -> None:
    """The model fits slot 0 best, then 1, then 2; listeners' means are 4, 2 and 3; slot 0 was really said."""
    study = make_study(corpus, tasks=["contextual"])
    clips = [clip.stimulus.key for clip in study.trials["c000"].clips.order_by("slot")]
    vectors = {"ctx0": [1.0, 0, 0, 0]} | {
        clip: [math.cos(angle), math.sin(angle), 0, 0] for clip, angle in zip(clips, (0.1, 0.5, 1.0), strict=True)
    }
    add_run(corpus, vectors=vectors)
    for person, ratings in enumerate([[5, 2, 3], [3, 2, 3]]):
        listener = add_participant(study, f"p{person}")
        answer(study, listener, "c000", {"similar": 0, "suitability": ratings})
    found = figures(study, "task=contextual;question=suitability")
    assert found["suitability_pairwise_accuracy", "spectral"].estimate == pytest.approx(2 / 3)
    assert found["suitability_kendall_within", "spectral"].estimate == pytest.approx(1 / 3)
    assert found["suitability_spearman_within", "spectral"].estimate == pytest.approx(0.5)
    assert found["suitability_true_first", "spectral"].estimate == 1
    # The first rates it highest alone, the second shares the first place between two.
    assert found["suitability_true_first_people", ""].estimate == pytest.approx(0.75)
    assert found["suitability_pairwise_accuracy", "spectral"].reason == "no interval: only one trial"
    quick = figures(study, "task=contextual;question=suitability", thorough=False)
    assert set(found) - set(quick) == {
        ("suitability_kendall_all", "spectral"),
        ("suitability_spearman_all", "spectral"),
    }


def test_ratings_without_variation_are_named(corpus: Corpus) -> None:
    study = make_study(corpus, tasks=["contextual"])
    for person in range(3):
        for key in ("c000", "c001"):
            listener = add_participant(study, f"{key}{person}")
            answer(study, listener, key, {"similar": 0, "suitability": [3, 3, 3]})
    found = figures(study, "task=contextual;question=suitability")
    assert found["krippendorff_alpha_ordinal", ""].reason == "all values equal"
    assert found["krippendorff_alpha_ordinal", ""].estimate is None
    assert found["icc_a_1", ""].estimate is None
    assert found["icc_a_1", ""].reason


def test_the_question_about_suitability_is_found(corpus: Corpus) -> None:
    study = make_study(corpus, tasks=["prosodic", "contextual"])
    assert [q.name for q in about_fit(plan_of(study.version), "rating")] == ["suitability"]
    study.questions["contextual", "suitability"].name = "fit"
    study.questions["contextual", "suitability"].save()
    assert [q.name for q in about_fit(plan_of(study.version), "rating")] == ["fit"]


def test_scale_points_are_those_of_the_question_and_those_given() -> None:
    question = AskedQuestion(1, "t", "q", "rating", True, {"scale": [0, 10], "step": 5})
    assert scale_points(question, {5.0}) == [0, 5, 10]
    assert scale_points(question, {2.5}) == [0, 2.5, 5, 10]
    free = AskedQuestion(1, "t", "q", "rating", True, {})
    assert scale_points(free, {2.5, 1.0}) == [1.0, 2.5]


def test_comparisons_are_corrected_within_their_question(corpus: Corpus) -> None:
    study = make_study(corpus, n_triads=12)
    for seed, label in enumerate(("prosody", "spectral", "wavlm")):
        add_run(corpus, label, seed=seed)
    for person in range(4):
        listener = add_participant(study, f"p{person}")
        for number, key in enumerate(study.trials):
            answer(study, listener, key, {"odd": (person // 3 + number) % 3})
    pairs = computed(study).comparisons
    assert len(pairs) == 3
    assert all(pair.p is not None and pair.p_holm is not None and pair.p_holm >= pair.p for pair in pairs)
    smallest = min(pairs, key=lambda pair: pair.p or 0)
    assert smallest.p_holm == pytest.approx(min(1.0, 3 * (smallest.p or 0)))


def test_two_models_without_a_common_trial_are_not_compared(study: Built, corpus: Corpus) -> None:
    words = {"mhm": [], "yeah": []}
    for key, sound in study.sounds.items():
        words.get(sound.token, []).append(key)
    add_run(corpus, "prosody", lacking=words["mhm"])
    add_run(corpus, "spectral", lacking=words["yeah"])
    for person in range(3):
        listener = add_participant(study, f"p{person}")
        for key in ("t000", "t001", "t002"):
            answer(study, listener, key, {"odd": person})
    (pair,) = computed(study).comparisons
    assert pair.p is None
    assert pair.p_holm is None
    assert pair.figure.estimate is None
    assert pair.figure.reason
