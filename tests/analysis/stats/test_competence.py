"""Latent competence against a library, against its own likelihood, and against a truth that was planted."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import spearmanr

from analysis.stats.competence import competences, fit
from analysis.stats.judgements import Judgements

# Twenty trials judged by the same five listeners, one digit a listener.
ANSWERS = [
    "02010", "12002", "22210", "11211", "02220", "22222", "20212", "12001", "11021", "11122",
    "00001", "11102", "11100", "22220", "11112", "00011", "22122", "20012", "00201", "11110",
]  # fmt: skip
# What crowd-kit 1.4.2 gives for them: OneCoinDawidSkene(n_iter=3000), its tolerance switched off.
CROWD_KIT = [0.817764306513357, 0.8312367200669325, 0.6840138496785599, 0.47097735180862194, 0.3222130537413618]
ITS_SHARES = [0.25595012998221717, 0.3952100959109996, 0.34883977410678324]
GUESSERS = 5


def of_answers() -> Judgements:
    choice = np.array([[int(one) for one in row] for row in ANSWERS])
    trial, participant = np.indices(choice.shape)
    return Judgements(trial.ravel(), participant.ravel(), choice.ravel(), *choice.shape)


def planted(seed: int, *, n_trials: int = 300, per_trial: int = 15) -> tuple[np.ndarray, Judgements]:
    """Thirty listeners of known competence, the first five of whom guess."""
    rng = np.random.default_rng(seed)
    competence = np.concatenate([np.full(GUESSERS, 1 / 3), rng.uniform(0.5, 0.95, 30 - GUESSERS)])
    trial = np.repeat(np.arange(n_trials), per_trial)
    who = np.concatenate([rng.permutation(30)[:per_trial] for _ in range(n_trials)])
    truth = rng.integers(3, size=n_trials)[trial]
    right = rng.random(len(trial)) < competence[who]
    choice = np.where(right, truth, (truth + rng.integers(1, 3, size=len(trial))) % 3)
    return competence, Judgements(trial, who, choice, n_trials, 30)


def test_it_gives_what_crowd_kit_gives():
    fitted = fit(of_answers(), pseudo=0)

    assert fitted.p == pytest.approx(CROWD_KIT, abs=1e-8)
    assert fitted.shares == pytest.approx(ITS_SHARES, abs=1e-8)


def test_em_ends_at_the_top_of_the_likelihood():
    judged = of_answers()
    table = judged.choice.reshape(20, 5)

    def cost(p: np.ndarray) -> float:
        chosen = np.where(table[:, :, None] == np.arange(3), p[None, :, None], (1 - p[None, :, None]) / 2)
        each = np.log((fitted.shares * chosen.prod(axis=1)).sum(axis=1))
        return -float(each.sum() + (np.log(p) + np.log1p(-p)).sum())

    fitted = fit(judged)
    found = minimize(cost, np.full(5, 0.6), bounds=[(1e-6, 1 - 1e-6)] * 5)
    assert fitted.p == pytest.approx(found.x, abs=1e-4)


def test_planted_competence_is_found_and_guessers_are_below_the_rest():
    truth, judged = planted(seed=1)
    figures = competences(judged)
    found = np.array([figure.estimate for figure in figures])

    assert spearmanr(truth, found)[0] > 0.9
    assert found[:GUESSERS].max() < found[GUESSERS:].min()
    assert all(figure.low <= 1 / 3 for figure in figures[:GUESSERS])
    assert all(figure.low > 1 / 3 for figure in figures[GUESSERS:])


def test_the_interval_holds_the_truth_as_often_as_it_says():
    inside = []
    for seed in range(20):
        truth, judged = planted(seed=seed, n_trials=120, per_trial=10)
        figures = competences(judged)
        inside += [one.low <= p <= one.high for p, one in zip(truth, figures, strict=True)]

    # 600 intervals of nominally 95 %: two standard errors are 1.8 %.
    assert 0.925 < np.mean(inside) < 0.975


def test_nobodys_own_answers_vouch_for_them():
    """Two copies of one strange listener agree with each other; one alone is as good as a guesser."""
    _, judged = planted(seed=2, n_trials=60, per_trial=10)
    alone = Judgements(
        np.append(judged.trial, np.arange(60)),
        np.append(judged.participant, np.full(60, 30)),
        np.append(judged.choice, np.random.default_rng(0).integers(3, size=60)),
        60,
        31,
    )
    assert competences(alone)[30].low < 1 / 3 < competences(alone)[30].high < 0.6


def test_undefined_competences_say_why():
    nobody = Judgements([], [], [], 0, 1)
    single = Judgements([0, 1], [0, 0], [1, 2], 2, 2)
    equal = Judgements([0, 0, 1, 1], [0, 1, 0, 1], [1, 1, 1, 1], 2, 2)

    assert [one.reason for one in competences(nobody)] == ["no judgements"]
    assert [one.reason for one in competences(single)] == ["nobody else judged the same trials", "no judgements"]
    assert [one.reason for one in competences(equal)] == ["all values equal"] * 2
