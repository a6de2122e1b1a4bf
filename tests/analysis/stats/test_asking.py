"""Adaptive studies simulated: the order of the allocation, and estimates that only the random share keeps unbiased."""

import numpy as np
import pytest

from analysis.agreement import policies
from analysis.stats import triads
from analysis.stats.accuracy import JudgementAccuracy
from analysis.stats.asking import ask, balanced

TRIALS, PEOPLE, EACH, STUDIES = 30, 10, 15, 80


def off_by(policy_of, *, random_share=0.2):
    """Return the errors of a model's accuracy (STUDIES, 2): from the random share alone, and from all judgements."""
    errors = []
    for study in range(STUDIES):
        rng = np.random.default_rng([study, 3])
        z = rng.normal(size=(TRIALS, 3))
        shares = np.exp(2 * z) / np.exp(2 * z).sum(axis=1, keepdims=True)
        models = [z + rng.normal(scale=scale, size=z.shape) for scale in (0.5, 1.0)]
        chances = np.tile(shares, (PEOPLE, 1, 1))
        asked = ask(chances, policy_of(models), rng, each=EACH, random_share=random_share, every=EACH)
        credit = triads.credit(models[0])
        true = (shares * credit).sum(axis=1).mean()
        parts = (asked.judgements.where(asked.random), asked.judgements)
        errors.append([JudgementAccuracy(credit).figure(part).estimate - true for part in parts])
    return np.array(errors)


@pytest.mark.parametrize(
    "policy_of",
    [lambda _: policies.by_people, lambda models: lambda counts: policies.by_models(models, counts)],
    ids=["people", "models"],
)
def test_the_random_share_is_unbiased_and_all_judgements_are_not(policy_of):
    errors = off_by(policy_of)
    mean, standard_error = errors.mean(axis=0), errors.std(axis=0, ddof=1) / np.sqrt(STUDIES)

    assert abs(mean[0]) < 3 * standard_error[0]
    assert abs(mean[1]) > 5 * standard_error[1], "asking by priority biases; else this test would show nothing"


def test_every_fifth_page_is_random_and_nobody_judges_a_triad_twice():
    chances = np.full((PEOPLE, TRIALS, 3), 1 / 3)
    asked = ask(chances, balanced, np.random.default_rng(1), each=EACH, random_share=0.2)
    pages = asked.judgements.trial.reshape(PEOPLE, EACH)
    random = asked.random.reshape(PEOPLE, EACH)

    assert (random.sum(axis=1) == 3).all()
    assert (np.diff(np.flatnonzero(random[0])) == 5).all()
    assert all(len(set(row)) == EACH for row in pages)


def test_the_highest_priority_comes_first_but_what_is_kept_for_the_random_share():
    chances = np.full((1, TRIALS, 3), 1 / 3)
    asked = ask(chances, lambda counts: np.arange(float(TRIALS)), np.random.default_rng(2), each=10, random_share=0.3)
    random = set(asked.judgements.trial[asked.random])
    by_priority = list(asked.judgements.trial[~asked.random])

    assert by_priority == [trial for trial in range(TRIALS - 1, -1, -1) if trial not in random][:7]


def test_balanced_asking_fills_all_triads_alike():
    chances = np.full((PEOPLE, TRIALS, 3), 1 / 3)
    asked = ask(chances, balanced, np.random.default_rng(3), each=EACH, random_share=0.0)

    assert set(asked.judgements.per_trial) == {PEOPLE * EACH // TRIALS}


def test_answers_follow_the_chances():
    chances = np.tile([0.0, 0.25, 0.75], (40, TRIALS, 1))
    asked = ask(chances, balanced, np.random.default_rng(4), each=TRIALS, random_share=1.0)

    assert np.bincount(asked.judgements.choice, minlength=3) / 1200 == pytest.approx([0, 0.25, 0.75], abs=0.04)


def test_more_pages_than_triads_are_refused():
    with pytest.raises(ValueError, match="nobody judges a triad twice"):
        ask(np.full((1, 3, 3), 1 / 3), balanced, np.random.default_rng(5), each=4, random_share=0.5)


def test_models_are_not_asked_about_the_same_triad_for_ever():
    said = [np.array([[5.0, 0, 0], [0.8, 0.1, 0]]), np.array([[0.0, 5, 0], [0.1, 0.8, 0]])]
    fresh = policies.by_models(said, np.zeros((2, 3)))
    asked = policies.by_models(said, np.array([[20.0, 20, 0], [0, 0, 0]]))

    assert fresh[0] > fresh[1]
    assert asked[0] < asked[1]
