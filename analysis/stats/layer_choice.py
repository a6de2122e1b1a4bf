"""Choosing among settings of one model (its layers) on other trials than those it is then judged by.

The best of many layers on a set of judgements looks better than it is: its accuracy there is the largest of many
estimates. Stone (1974, "Cross-validatory choice and assessment of statistical predictions", JRSS B 36) lets the choice
be made without the trials that it is assessed on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.judgements import FloatArray, IntArray, Judgements
from analysis.stats.triads import covered, shared_trials, validated

NOT_ASSIGNED = -1


@dataclass(frozen=True, eq=False)
class Chosen:
    """`credit` (n_trials, K): of each trial that of the candidate chosen without it, NaN where there is none.

    `by_fold` (n_folds,): the number of the candidate that was chosen without each fold. `folds` (n_trials,): −1 where a
    trial is not judged, or not covered by every candidate.
    """

    credit: FloatArray
    by_fold: IntArray
    folds: IntArray


def chosen_out_of_fold(
    candidates: Sequence[ArrayLike], judgements: Judgements, *, n_folds: int = 10, seed: int = 0
) -> Chosen:
    """Choose, for each fold of trials, the candidate with the most credit on the judgements of all other folds.

    `candidates`: the credit of each, (n_trials, K), NaN rows where it does not cover a trial; only trials that all
    cover take part. Of equal ones the first is chosen. With fewer than two such trials every credit is NaN. Raises
    `ValueError` without a candidate.
    """
    if not candidates:
        raise ValueError("give at least one candidate to choose from")
    tables = shared_trials(*(validated(each, judgements.n_trials) for each in candidates))
    used = np.flatnonzero(covered(tables[0]) & (judgements.per_trial > 0))
    folds = np.full(judgements.n_trials, NOT_ASSIGNED)
    made = np.full(tables[0].shape, np.nan)
    if len(used) < 2:
        return Chosen(made, np.zeros(0, dtype=np.int64), folds)
    folds[np.random.default_rng(seed).permutation(used)] = np.arange(len(used)) % min(n_folds, len(used))
    earned = np.stack([np.nan_to_num(table * judgements.counts).sum(axis=1) for table in tables])
    earned_by_fold = np.stack([earned[:, folds == fold].sum(axis=1) for fold in range(folds.max() + 1)], axis=1)
    elsewhere = earned_by_fold.sum(axis=1, keepdims=True) - earned_by_fold
    best = (elsewhere >= elsewhere.max(axis=0) - 1e-9).argmax(axis=0)  # rounding must not decide between equals
    for fold, candidate in enumerate(best):
        made[folds == fold] = tables[candidate][folds == fold]
    return Chosen(made, best.astype(np.int64), folds)
