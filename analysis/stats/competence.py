"""Latent competence: how likely each listener answers by the trial's consensus, which nobody knows.

The one-coin model of Dawid & Skene 1979 ("Maximum likelihood estimation of observer error-rates using the EM
algorithm", Applied Statistics 28): listener w chooses the trial's latent consensus with probability p_w and any other
category with (1 − p_w) ÷ (K − 1), so that guessing is p_w = 1 ÷ K. Their full confusion matrices would mean nothing
here, because slots are assigned at random: slot 0 of one trial has nothing to do with slot 0 of another.

Written here rather than taken from a library: of those that are kept, crowd-kit has it, but needs transformers, nltk
and scikit-learn, which no web server has. Its estimates are reproduced by the tests (`pseudo=0`).

All trials are taken to be equally hard. Where people are truly divided on many trials everybody's competence is lower,
those of good listeners too: compare listeners with each other, not with 1.
"""

from dataclasses import dataclass

import numpy as np

from analysis.stats.figure import ALL_VALUES_EQUAL, NO_JUDGEMENTS, Figure
from analysis.stats.judgements import FloatArray, Judgements
from analysis.stats.with_others import NOBODY_ELSE

ALMOST = 1e-10
MOST_ROUNDS = 2000
N_GRID = 400
METHOD = "one-coin Dawid–Skene"


@dataclass(frozen=True, eq=False)
class Fitted:
    """`p` (n_participants,): competence, NaN without judgements; `consensus` (n_trials, K); `shares` (K,)."""

    p: FloatArray
    consensus: FloatArray
    shares: FloatArray


def fit(judgements: Judgements, *, pseudo: float = 1.0) -> Fitted:
    """Fit the model by EM, begun at each trial's shares of answers.

    `pseudo` answers by the consensus and as many against it are added to each listener's (the prior is
    Beta(1 + pseudo, 1 + pseudo)), or with few answers a trial some listener becomes the consensus alone; 0 is maximum
    likelihood.
    """
    counts = judgements.counts
    consensus = counts / np.maximum(judgements.per_trial, 1)[:, None]
    judged = judgements.per_trial > 0
    p = np.full(judgements.n_participants, np.nan)
    shares = np.full(judgements.n_categories, 1 / judgements.n_categories)
    for _ in range(MOST_ROUNDS if len(judgements) else 0):
        before = p
        shares = consensus[judged].mean(axis=0)
        p = _competence(judgements, consensus, pseudo)
        consensus = _softmax(_scores(judgements, p, shares))
        if np.nanmax(np.abs(p - before), initial=0.0) < ALMOST and not np.isnan(before).all():
            break
    return Fitted(p, consensus, shares)


def competences(judgements: Judgements, *, pseudo: float = 1.0, level: float = 0.95) -> list[Figure]:
    """Return each participant's competence with its credible interval.

    Only trials that at least two judged enter. The interval is that of the posterior of p_w with the competences of the
    others at their estimates; its mode is the estimate. There the consensus is the others' alone, so that nobody's own
    answers vouch for them.
    """
    shared = judgements.where(judgements.per_trial[judgements.trial] > 1)
    fitted = fit(shared, pseudo=pseudo)
    certainty = _by_others(shared, fitted)
    given = np.bincount(judgements.participant, minlength=judgements.n_participants)
    all_equal = len(np.unique(shared.choice)) == 1
    figures = []
    for person in range(judgements.n_participants):
        own = certainty[shared.participant == person]
        reason = NO_JUDGEMENTS if not given[person] else ALL_VALUES_EQUAL if all_equal else NOBODY_ELSE
        figure = Figure.undefined(reason, n_trials=len(own), n_judgements=len(own), method=METHOD)
        if len(own) and not all_equal:
            low, high = _interval(own, pseudo, level, judgements.n_categories)
            figure = _with(figure, float(fitted.p[person]), low, high, level)
        figures.append(figure)
    return figures


def _with(figure: Figure, p: float, low: float, high: float, level: float) -> Figure:
    method = f"{100 * level:g} % credible interval given the others"
    return figure.with_estimate(p).with_interval(min(low, p), max(high, p), method=method)


def _interval(own: FloatArray, pseudo: float, level: float, n_categories: int) -> tuple[float, float]:
    """Return the ends of the equal-tailed interval, from how surely the others back each own answer: (n,)."""
    grid = (np.arange(N_GRID) + 0.5) / N_GRID
    wrong = (1 - grid) / (n_categories - 1)
    log = pseudo * (np.log(grid) + np.log1p(-grid))
    log = log + np.log(grid * own[:, None] + wrong * (1 - own[:, None])).sum(axis=0)
    mass = np.exp(log - log.max())
    below = np.concatenate([[0.0], mass.cumsum() / mass.sum()])
    tail = (1 - level) / 2
    low, high = np.interp([tail, 1 - tail], below, np.arange(N_GRID + 1) / N_GRID)
    return float(low), float(high)


def _competence(judgements: Judgements, consensus: FloatArray, pseudo: float) -> FloatArray:
    n = np.bincount(judgements.participant, minlength=judgements.n_participants)
    backed = consensus[judgements.trial, judgements.choice]
    right = np.bincount(judgements.participant, backed, minlength=judgements.n_participants)
    return np.where(n > 0, (right + pseudo) / np.maximum(n + 2 * pseudo, ALMOST), np.nan)


def _weights(p: FloatArray, n_categories: int) -> FloatArray:
    """Return what one answer of each listener says for its category: the log of its likelihood ratio."""
    sure = np.clip(p, ALMOST, 1 - ALMOST)
    return np.asarray(np.log(sure) - np.log((1 - sure) / (n_categories - 1)))


def _scores(judgements: Judgements, p: FloatArray, shares: FloatArray) -> FloatArray:
    """Return log posteriors of each trial's consensus, up to a constant of the trial: (n_trials, K)."""
    n_categories = judgements.n_categories
    said = _weights(p, n_categories)[judgements.participant]
    at = judgements.trial * n_categories + judgements.choice
    backing = np.bincount(at, said, minlength=judgements.n_trials * n_categories)
    return np.asarray(np.log(np.maximum(shares, ALMOST)) + backing.reshape(-1, n_categories))


def _by_others(judgements: Judgements, fitted: Fitted) -> FloatArray:
    """Return how probable each judgement's category is the consensus, going by the others alone: (n,)."""
    scores = _scores(judgements, fitted.p, fitted.shares)[judgements.trial]
    at = np.arange(len(judgements)), judgements.choice
    scores[at] -= _weights(fitted.p, judgements.n_categories)[judgements.participant]
    return np.asarray(_softmax(scores)[at])


def _softmax(scores: FloatArray) -> FloatArray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
