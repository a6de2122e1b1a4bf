"""How sharply people follow a model: the softmax temperature, cross-validated over triads, and log-loss in bits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.accuracy import JudgementAccuracy
from analysis.stats.figure import Figure
from analysis.stats.judgements import FloatArray, IntArray, Judgements
from analysis.stats.triads import covered, probabilities, validated

LARGEST_CONTRAST = 50.0  # nats between the most and least similar pair; finite even where a model is never wrong
NOT_ASSIGNED = -1


class LogLoss(JudgementAccuracy):
    """Mean over judgements of −log₂ of the probability the model gave them; a blind model has log₂ 3 = 1.585 bits."""

    method = "mean −log₂ probability over judgements, in bits"
    bounds = (0.0, np.inf)

    def __init__(self, probabilities: ArrayLike) -> None:
        """Take (n_trials, 3) probabilities, NaN where the model does not cover a trial.

        Raises `ValueError` where one is 0: a single such answer would cost infinitely many bits.
        """
        table = np.asarray(probabilities, dtype=np.float64)
        if (table <= 0).any():
            raise ValueError("a probability of 0 has no finite log-loss; use a higher temperature")
        super().__init__(-np.log2(table))


def fit(similarities: ArrayLike, counts: ArrayLike) -> float:
    """Return the temperature T under which softmax(s / T) makes the judgements most likely.

    `counts`: (n_trials, 3) judgements for each odd slot. The likelihood is concave in 1 / T, so that its maximum is
    where observed and expected similarity of the chosen pairs are equal. Infinite where people do not follow the
    model at all (or choose against it); bounded below where they never depart from it. Raises `ValueError` without
    a judged trial that the model covers.
    """
    from scipy.optimize import brentq

    table, counted = validated(similarities), np.asarray(counts, dtype=np.float64)
    used = covered(table) & (counted.sum(axis=1) > 0)
    if not used.any():
        raise ValueError("a temperature needs at least one judged trial that the model covers")
    centred = (table - table.mean(axis=1, keepdims=True))[used]
    counted = counted[used]
    widest = float(np.ptp(centred, axis=1).max())
    if widest == 0 or _slope(0.0, centred, counted) <= 0:
        return float("inf")
    sharpest = LARGEST_CONTRAST / widest
    if _slope(sharpest, centred, counted) >= 0:
        return 1 / sharpest
    return float(1 / brentq(_slope, 0.0, sharpest, args=(centred, counted), xtol=1e-12 * sharpest, rtol=1e-12))


def _slope(sharpness: float, table: FloatArray, counts: FloatArray) -> float:
    """Return the derivative of the log-likelihood with respect to 1 / T."""
    raised = np.exp(sharpness * (table - table.max(axis=1, keepdims=True)))
    expected = (raised * table).sum(axis=1) / raised.sum(axis=1)
    return float((counts * (table - expected[:, None])).sum())


@dataclass(frozen=True, eq=False)
class CrossValidated:
    """Probabilities of each trial under the temperature fitted on the other folds.

    `folds` (n_trials,): the fold of each trial, −1 where it is not covered or not judged; `temperatures` (n_folds,);
    `probabilities` (n_trials, 3), NaN where there is no fold; `log_loss` in bits.
    """

    folds: IntArray
    temperatures: FloatArray
    probabilities: FloatArray
    log_loss: Figure


def cross_validated(
    similarities: ArrayLike, judgements: Judgements, *, n_folds: int = 10, seed: int = 0
) -> CrossValidated:
    """Fit the temperature on all folds but one, predict that one, for each fold; folds are of whole trials.

    The log-loss is undefined, and all probabilities NaN, with fewer than two judged trials that the model covers.
    """
    table = validated(similarities, judgements.n_trials)
    used = np.flatnonzero(covered(table) & (judgements.per_trial > 0))
    folds = np.full(judgements.n_trials, NOT_ASSIGNED)
    predicted = np.full(table.shape, np.nan)
    if len(used) < 2:
        reason = "fewer than two judged trials that the model covers"
        return CrossValidated(folds, np.zeros(0), predicted, Figure.undefined(reason, method=LogLoss.method))
    folds[np.random.default_rng(seed).permutation(used)] = np.arange(len(used)) % min(n_folds, len(used))
    temperatures = np.empty(folds.max() + 1)
    for fold in range(len(temperatures)):
        held_out = folds == fold
        rest = (folds != fold) & (folds != NOT_ASSIGNED)
        temperatures[fold] = fit(table[rest], judgements.counts[rest])
        predicted[held_out] = probabilities(table[held_out], temperatures[fold])
    return CrossValidated(folds, temperatures, predicted, LogLoss(predicted).figure(judgements))
