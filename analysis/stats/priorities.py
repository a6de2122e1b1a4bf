"""Which triads to ask about next: one number for each, higher where another judgement tells more.

Both are about the answer to one more judgement; neither is a figure about agreement. Trials chosen by them are no fair
sample: figures come from the random share of an adaptive study.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.judgements import FloatArray

PRIOR = 0.5
"""Pseudo-judgements for each slot: Jeffreys' prior of a multinomial."""
GRID = 400


def committee_information(probabilities: Sequence[ArrayLike] | ArrayLike) -> FloatArray:
    """Return for each trial how much its answer tells about which of several models is right, in bits: (n_trials,).

    `probabilities` (n_models, n_trials, K): what each gives each odd slot, NaN rows where it does not cover a trial.
    It is the entropy of the models' mean less the mean of their entropies: 0 where they say the same, at most
    log2(n_models). Houlsby et al. (2011), Bayesian active learning for classification and preference learning, eq. 2;
    the generalised Jensen–Shannon divergence of Lin (1991), eq. 5.1. Trials that fewer than two models cover have 0.

    >>> committee_information([[[1, 0, 0], [1, 0, 0]], [[0, 1, 0], [1, 0, 0]]]).tolist()
    [1.0, 0.0]
    """
    table = np.asarray(probabilities, dtype=np.float64)
    if table.ndim != 3:
        raise ValueError(f"probabilities must be (n_models, n_trials, slots), not {table.shape}")
    there = np.asarray(~np.isnan(table).any(axis=2))
    if (table[there] < 0).any() or not np.allclose(table[there].sum(axis=1), 1, atol=1e-6):
        raise ValueError("the probabilities of each model and trial must be at least 0 and sum to 1")
    n = there.sum(axis=0)
    filled = np.where(there[:, :, None], table, 0.0)
    mean = filled.sum(axis=0) / np.maximum(n, 1)[:, None]
    entropies = np.where(there, _entropy(filled), 0.0).sum(axis=0) / np.maximum(n, 1)
    return np.where(n >= 2, np.maximum(_entropy(mean) - entropies, 0.0), 0.0)


def undecided(counts: ArrayLike) -> FloatArray:
    """Return for each trial the probability that the slot most judgements name is not the one most people would.

    `counts` (n_trials, K): judgements for each odd slot. Shares of people have a Dirichlet prior of 1/2 a slot (Gelman
    et al., Bayesian Data Analysis, 3.4). Without judgements it is 1 − 1/K; it falls as judgements agree, and stays high
    where people are divided for good: there further judgements are spent in vain, which a random share limits.

    >>> undecided([[0, 0, 0], [5, 0, 0]]).round(3).tolist()
    [0.667, 0.013]
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 2 or (table < 0).any():
        raise ValueError(f"counts must be (n_trials, slots) of 0 or more, not {table.shape}")
    ordered = np.sort(table, axis=1)[:, ::-1]  # the probability depends on the counts alone, not on the slots
    different, which = np.unique(ordered, axis=0, return_inverse=True)
    found = np.array([_leader_is_wrong(row) for row in different])
    return found[which.reshape(-1)] if len(table) else np.zeros(0)


def _leader_is_wrong(counts: FloatArray) -> float:
    """Return the probability that the first of independent gamma variables is not the largest.

    Dirichlet shares are gamma variables over their sum, which does not change their order; the integral over the
    first one's distribution is taken at the midpoints of equal shares of probability.
    """
    from scipy.special import gammainc, gammaincinv  # a web process that only loads this module does not need it

    shape = counts + PRIOR
    at = gammaincinv(shape[0], (np.arange(GRID) + 0.5) / GRID)
    below = np.prod([gammainc(other, at) for other in shape[1:]], axis=0)
    return float(1 - below.mean())


def _entropy(shares: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(shares > 0, shares * np.log2(shares), 0.0)
    return np.asarray(-terms.sum(axis=-1))
