"""Whether one model agrees better with people than another: a paired permutation test, and Holm's correction.

The interval of the difference comes from `bootstrap.Bootstrap.difference`, on the same resamples for both.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.judgements import BoolArray, FloatArray, Judgements
from analysis.stats.ranks import Pairs, ordered_alike
from analysis.stats.sample import Sample
from analysis.stats.suitability import contexts, mean_ratings
from analysis.stats.triads import covered, validated

EXACT_UP_TO = 14  # triads whose signs are enumerated, 2¹⁴ = 16,384 ways, rather than drawn
ROUNDING = 1e-9
SIGNS_AT_ONCE = 2**22


def paired_sign_flip(
    judgements: Judgements,
    credit_a: ArrayLike,
    credit_b: ArrayLike,
    *,
    n_permutations: int = 10_000,
    seed: int = 0,
) -> float | None:
    """Return the two-sided p-value of the difference in judgement-level accuracy of two models.

    Under the null hypothesis the two models can be swapped within any triad: the triad's difference in credit, summed
    over its judgements, changes its sign (Good 2005, "Permutation, parametric and bootstrap tests of hypotheses",
    section 3.7.2). With up to 14 triads in which the models differ all signs are enumerated; else p = (1 + number of
    permutations at least as far from 0) ÷ (1 + permutations), which is never 0 (Phipson & Smyth 2010). Only
    triads that both models cover take part; None where there is none that was judged.
    """
    a, b = validated(credit_a, judgements.n_trials), validated(credit_b, judgements.n_trials)
    both = covered(a) & covered(b) & (judgements.per_trial > 0)
    if not both.any():
        return None
    return _flipped((judgements.counts[both] * (a - b)[both]).sum(axis=1), n_permutations, seed)


def sign_flip_in_order(
    judgements: Judgements,
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    *,
    values: ArrayLike | None = None,
    n_permutations: int = 10_000,
    seed: int = 0,
) -> float | None:
    """Return the two-sided p-value of the difference in within-context pairwise accuracy of two models.

    Judgements, `values` and scores (n_clips,) as in `suitability`. The same test, in which the two models are swapped
    within contexts: a context's difference is that of the pairs of clips which they order as the mean ratings do. Only
    clips that both cover take part; None where no two of a context are told apart.
    """
    scores = np.stack([np.asarray(one, dtype=np.float64) for one in (scores_a, scores_b)])
    scores[:, np.isnan(scores).any(axis=0)] = np.nan
    if not len(judgements):
        return None
    means = mean_ratings(Sample.observed(judgements), values)
    (alike_a, differing), (alike_b, _) = (
        ordered_alike(Pairs.within(contexts(judgements), one), means) for one in scores
    )
    if not differing.any():
        return None
    return _flipped((alike_a - alike_b)[:, 0], n_permutations, seed)


def _flipped(differences: FloatArray, n_permutations: int, seed: int) -> float:
    """Return the p-value of the sum of differences when each may have either sign; those of 0 change nothing."""
    differences = differences[np.abs(differences) > ROUNDING]
    if len(differences) <= EXACT_UP_TO:
        return _exact(differences)
    return _drawn(differences, n_permutations, seed)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for several comparisons (Holm 1979), in the order given.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[at]))
        corrected[at] = largest
    return corrected


def _exact(differences: FloatArray) -> float:
    m = len(differences)
    signs = 1 - 2 * ((np.arange(2**m)[:, None] >> np.arange(m)) & 1)
    return float(_as_far(signs @ differences, differences).mean())


def _drawn(differences: FloatArray, n_permutations: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    chunk = max(1, SIGNS_AT_ONCE // len(differences))
    far = 0
    for start in range(0, n_permutations, chunk):
        shape = (min(chunk, n_permutations - start), len(differences))
        signs = 1.0 - 2.0 * rng.integers(2, size=shape, dtype=np.int8)
        far += int(_as_far(signs @ differences, differences).sum())
    return (1 + far) / (1 + n_permutations)


def _as_far(sums: FloatArray, differences: FloatArray) -> BoolArray:
    return np.asarray(np.abs(sums) >= abs(differences.sum()) - ROUNDING)
