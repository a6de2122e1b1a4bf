"""The noise model of simulated listeners, and the accuracy that it plants.

A listener follows a model's similarities z, standardised over all triads of the study, through softmax(z / noise):
noise near 0 always chooses as the model does, infinite noise chooses blindly (1/3). The larger the noise, the lower
the accuracy that the model reaches against its listeners, in closed form.
"""

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.judgements import FloatArray
from analysis.stats.triads import covered, credit, probabilities, validated


def standardised(similarities: ArrayLike) -> FloatArray:
    """Return similarities with mean 0 and standard deviation 1 over all entries of all covered trials.

    `similarities`: (n_trials, K), NaN in the rows that stay NaN. Raises `ValueError` where all are equal.
    """
    table = validated(similarities)
    entries = table[covered(table)]
    spread = float(entries.std()) if entries.size else 0.0
    if spread == 0:
        raise ValueError("similarities that are all equal cannot be standardised; nothing is there to follow")
    return np.asarray((table - entries.mean()) / spread)


def choice_probabilities(z: ArrayLike, noise: float) -> FloatArray:
    """Return softmax(z / noise) over the odd slots: (n_trials, K); noise 0 shares between the largest, inf is blind.

    Raises `ValueError` for negative noise.
    """
    return credit(z) if noise == 0 else probabilities(z, noise)


def planted_accuracy(
    similarities: ArrayLike,
    noise: float,
    *,
    of_credit: ArrayLike | None = None,
    per_trial: ArrayLike | None = None,
) -> float:
    """Return the expected judgement-level accuracy against listeners who follow `similarities` with `noise`.

    By default the accuracy of the very model they follow; `of_credit` (n_trials, K) is another model's credit.
    `per_trial` (n_trials,) are the numbers of judgements where they differ. Raises `ValueError` without a trial that
    is covered by both.
    """
    followed = choice_probabilities(standardised(similarities), noise)
    earned = credit(similarities) if of_credit is None else validated(of_credit, len(followed))
    weight = np.ones(len(followed)) if per_trial is None else np.asarray(per_trial, dtype=np.float64)
    weight = weight * (covered(followed) & covered(earned))
    if not weight.any():
        raise ValueError("no trial is covered both by the listeners' model and by the judged one")
    return float((np.nan_to_num(followed * earned).sum(axis=1) * weight).sum() / weight.sum())


def rating_probabilities(z: ArrayLike, noise: float, low: int, high: int) -> FloatArray:
    """Return how likely each scale point is for a clip of standardised suitability z: z's shape + (high − low + 1,).

    The listener feels centre + spread · z + noise · N(0, 1) in scale units, with the spread a quarter of the scale
    (two standard deviations reach its ends), and gives the nearest scale point. Infinite noise is uniform. Raises
    `ValueError` for negative noise or a scale of fewer than two points.
    """
    from scipy.special import ndtr

    if not noise >= 0 or high <= low:
        raise ValueError("noise must be at least 0 and the scale must have two points")
    felt = (low + high) / 2 + (high - low) / 4 * np.asarray(z, dtype=np.float64)[..., None]
    if np.isinf(noise):
        return np.full((*felt.shape[:-1], high - low + 1), 1 / (high - low + 1))
    between = np.arange(low, high) + 0.5
    below = ndtr((between - felt) / noise) if noise > 0 else (felt < between).astype(np.float64)
    return np.asarray(np.diff(below, prepend=0.0, append=1.0, axis=-1))
