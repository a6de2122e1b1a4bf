"""Simulated triad studies with a given agreement among people and two models of given accuracies: for planning.

The noise model, which planning rests on:

- What the population thinks of a triad, the probabilities of its three slots, is Dirichlet(α, α, α). Two people then
  agree with probability (α + 1) ÷ (3α + 1), so Fleiss' kappa is 1 ÷ (3α + 1) (the Dirichlet-multinomial of Mosimann
  1962, "On the compound multinomial distribution", whose intraclass correlation this is).
- A participant guesses a share of the trials, g, which is Beta distributed over participants, and else answers by the
  triad's probabilities. That lowers kappa by (1 − mean g)²; α is chosen so that kappa is the one asked for.
- A model calls odd the slot with the largest log probability + σ · standard normal error. σ is chosen so that it
  reaches its accuracy. The errors of two models are correlated by `overlap`: models that err together are told apart
  more easily.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.stats.judgements import FloatArray, IntArray

Measure = Literal["majority", "judgement"]
CHANCE = 1 / 3
CALIBRATING = 60_000  # triads on which the models' errors are fitted: accuracies are then right to .002
WIDEST, NARROWEST = 50.0, 1e-3


class UnreachableError(ValueError):
    """No model reaches such an accuracy with people who agree so little, or no people agree so much."""


@dataclass(frozen=True, slots=True)
class Noise:
    """`kappa` among people, the mean share of guesses and how much that varies, and how far models err together.

    `guessing_precision` is the sum of the Beta distribution's parameters: the smaller, the more people differ.
    """

    kappa: float
    guessing: float = 0.1
    guessing_precision: float = 10.0
    overlap: float = 0.5

    def __post_init__(self) -> None:
        """Raise `UnreachableError` for values that no study can have."""
        if not (0 <= self.guessing < 1 and 0 <= self.overlap < 1 and self.guessing_precision > 0):
            raise UnreachableError("guessing and overlap must be at least 0 and below 1")
        if not 0 < self.kappa < (1 - self.guessing) ** 2:
            most = (1 - self.guessing) ** 2
            raise UnreachableError(
                f"kappa must be above 0 and, where {self.guessing:.0%} of the answers are guesses, below {most:.2f}; "
                f"it is {self.kappa:g}"
            )

    @property
    def concentration(self) -> float:
        """α of the Dirichlet distribution."""
        return ((1 - self.guessing) ** 2 / self.kappa - 1) / 3


@dataclass(frozen=True, slots=True)
class Answered:
    """One simulated study: the triads' log probabilities (n, 3) and how often each slot was chosen (n, 3)."""

    log_shares: FloatArray
    counts: FloatArray


def answered(noise: Noise, rng: np.random.Generator, *, n_trials: int, raters: int, each: int) -> Answered:
    """Let people answer: `raters` judgements of each triad, `each` triads a person, in random order."""
    shares = rng.dirichlet([noise.concentration] * 3, size=n_trials)
    trial = np.concatenate([rng.permutation(n_trials) for _ in range(raters)])
    person = np.arange(len(trial)) // each
    guesses = np.zeros(int(person[-1]) + 1)
    if noise.guessing > 0:
        mean, precision = noise.guessing, noise.guessing_precision
        guesses = rng.beta(mean * precision, (1 - mean) * precision, size=len(guesses))
    below = shares[:, :2].cumsum(axis=1)[trial]
    chosen = (rng.random((len(trial), 1)) > below).sum(axis=1)
    chosen = np.where(rng.random(len(trial)) < guesses[person], rng.integers(3, size=len(trial)), chosen)
    counts = np.bincount(3 * trial + chosen, minlength=3 * n_trials).reshape(n_trials, 3)
    return Answered(np.log(np.maximum(shares, 1e-300)), counts.astype(np.float64))


def errors(noise: Noise, rng: np.random.Generator, n_trials: int) -> tuple[FloatArray, FloatArray]:
    """Return the errors of two models, standard normal, correlated by the overlap: (n_trials, 3) each."""
    shared, one, other = rng.normal(size=(3, n_trials, 3))
    own, common = np.sqrt(1 - noise.overlap), np.sqrt(noise.overlap)
    return common * shared + own * one, common * shared + own * other


def chosen_by_model(study: Answered, error: FloatArray, sigma: float) -> IntArray:
    """Return the slot that a model calls odd: (n_trials,)."""
    return np.asarray((study.log_shares + sigma * error).argmax(axis=1))


def earned(study: Answered, chosen: IntArray, measure: Measure) -> tuple[FloatArray, FloatArray]:
    """Return what a model earns in each triad, and what it could earn: (n_trials,) each; accuracy is Σ ÷ Σ.

    "majority": 1 where it chooses what more than half of the people do, of the triads that have such a slot;
    "judgement": how many people chose the same.
    """
    agreeing = study.counts[np.arange(len(chosen)), chosen]
    per_trial = study.counts.sum(axis=1)
    if measure == "judgement":
        return agreeing, per_trial
    counted = 2 * study.counts.max(axis=1) > per_trial
    return (2 * agreeing > per_trial).astype(np.float64), counted.astype(np.float64)


def sigma_for(accuracy: float, noise: Noise, *, raters: int, measure: Measure, seed: int = 0) -> float:
    """Return the size of a model's error that gives it this accuracy in the long run.

    Raises `UnreachableError` at or below chance, or where even a model that knows the population's shares stays below.
    """
    rng = np.random.default_rng([seed, 1])
    study = answered(noise, rng, n_trials=CALIBRATING, raters=raters, each=CALIBRATING // 600)
    error = rng.normal(size=study.counts.shape)

    def reached(sigma: float) -> float:
        got, possible = earned(study, chosen_by_model(study, error, sigma), measure)
        return float(got.sum() / possible.sum())

    best, worst = reached(NARROWEST), reached(WIDEST)
    if not max(CHANCE, worst) < accuracy < best:
        what = "majorities" if measure == "majority" else "single judgements"
        raise UnreachableError(
            f"with kappa {noise.kappa:g} and {raters} judgements a triad an accuracy on {what} lies between "
            f"{CHANCE:.2f} (chance) and {best:.2f} (a model that knows what people think); {accuracy:g} does not"
        )
    low, high = np.log(NARROWEST), np.log(WIDEST)
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if reached(float(np.exp(middle))) > accuracy else (low, middle)
    return float(np.exp((low + high) / 2))


def overlap_for(same: float, noise: Noise, of_errors: tuple[float, float], *, seed: int = 0) -> float:
    """Return how far the errors of two models must be correlated for them to choose the same in this share of triads.

    At most .99, where they would have to agree still more; 0 where they agree less than independent models do.
    """
    rng = np.random.default_rng([seed, 2])
    study = answered(noise, rng, n_trials=CALIBRATING, raters=1, each=CALIBRATING)
    shared, one, other = rng.normal(size=(3, CALIBRATING, 3))

    def agreeing(overlap: float) -> float:
        drawn = (np.sqrt(overlap) * shared + np.sqrt(1 - overlap) * own for own in (one, other))
        chosen = [chosen_by_model(study, error, sigma) for error, sigma in zip(drawn, of_errors, strict=True)]
        return float((chosen[0] == chosen[1]).mean())

    low, high = 0.0, 0.99
    if agreeing(low) >= same:
        return low
    if agreeing(high) <= same:
        return high
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if agreeing(middle) < same else (low, middle)
    return (low + high) / 2
