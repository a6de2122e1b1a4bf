"""How many triads a paired comparison of two models needs, by simulation from `noise_model`.

In every simulated study triads, people, answers and the models' errors are drawn anew. The two models are compared as
`compare.paired_sign_flip` does, by the permutation distribution's normal approximation: Σ d ÷ √Σ d², d being the
difference in what they earn in a triad. Power is the share of studies in which the better model is found better.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.stats.noise_model import Measure, Noise, answered, chosen_by_model, earned, errors, sigma_for

MOST_TRIALS = 30_000
FEWEST_TRIALS = 20
GRID = (0.6, 0.8, 1.0, 1.25, 1.5)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models, `accuracy` the better one's, and how people are asked: `each` triads a person."""

    accuracy: float
    against: float
    noise: Noise
    raters: int
    each: int
    measure: Measure = "majority"
    level: float = 0.05


@dataclass(frozen=True, slots=True)
class Size:
    """What a study of one size achieves: power with its simulation error, and standard errors of the figures.

    `standard_error` is that of one model's accuracy, `of_difference` that of the paired difference.
    """

    n_trials: int
    n_people: int
    power: float
    power_error: float
    standard_error: float
    of_difference: float

    def least_difference(self, power: float = 0.8, level: float = 0.05, *, paired: bool) -> float:
        """Return the difference found with this power: on the same triads, or from two independent studies."""
        from scipy.special import ndtri

        spread = self.of_difference if paired else np.sqrt(2) * self.standard_error
        return float((ndtri(1 - level / 2) + ndtri(power)) * spread)


def people_needed(n_trials: int, comparison: Comparison) -> int:
    """Return how many people give every triad its judgements; nobody judges a triad twice."""
    each = min(comparison.each, n_trials)
    return max(comparison.raters, -(-n_trials * comparison.raters // each))


def sigmas(comparison: Comparison, seed: int = 0) -> tuple[float, float]:
    """Return the sizes of the two models' errors; raise `UnreachableError` where an accuracy cannot be had."""
    given = {"raters": comparison.raters, "measure": comparison.measure, "seed": seed}
    one, other = (
        sigma_for(accuracy, comparison.noise, **given)  # type: ignore[arg-type]
        for accuracy in (comparison.accuracy, comparison.against)
    )
    return one, other


def simulated(
    comparison: Comparison, n_trials: int, of_errors: tuple[float, float], *, n_studies: int, seed: int
) -> Size:
    """Simulate studies of one size."""
    from scipy.special import ndtri

    found = np.array(
        [_study(comparison, n_trials, of_errors, np.random.default_rng([seed, k])) for k in range(n_studies)]
    )
    z, accuracy, difference = found.T
    power = float((z > ndtri(1 - comparison.level / 2)).mean())
    of_power = float(np.sqrt(power * (1 - power) / n_studies))
    spread = (float(accuracy.std(ddof=1)), float(difference.std(ddof=1)))
    return Size(n_trials, people_needed(n_trials, comparison), power, of_power, *spread)


def _study(
    comparison: Comparison, n_trials: int, of_errors: tuple[float, float], rng: np.random.Generator
) -> tuple[float, float, float]:
    """Return the test's z, the first model's accuracy and the difference of the two."""
    each = min(comparison.each, n_trials)
    study = answered(comparison.noise, rng, n_trials=n_trials, raters=comparison.raters, each=each)
    drawn = errors(comparison.noise, rng, n_trials)
    chosen = [chosen_by_model(study, error, sigma) for error, sigma in zip(drawn, of_errors, strict=True)]
    (one, possible), (other, _) = (earned(study, slots, comparison.measure) for slots in chosen)
    differences, n = one - other, max(possible.sum(), 1.0)
    squares = (differences**2).sum()
    z = differences.sum() / np.sqrt(squares) if squares else 0.0
    return float(z), float(one.sum() / n), float(differences.sum() / n)


def needed(
    comparison: Comparison, power: float = 0.8, *, n_studies: int = 500, seed: int = 0
) -> tuple[int | None, Sequence[Size]]:
    """Return the least number of triads that reaches the power, and the sizes that were simulated, by size.

    A rough number comes from a few studies; sizes around it are simulated, and probit(power), which is nearly a
    straight line in √n, is fitted and solved. None where more than 30,000 triads would be needed.
    """
    from scipy.special import ndtri

    of_errors = sigmas(comparison, seed)
    pilot = simulated(comparison, 1000, of_errors, n_studies=100, seed=seed + 1)
    reach = ndtri(1 - comparison.level / 2) + ndtri(power)
    rough = 1000 * (reach * pilot.of_difference / (comparison.accuracy - comparison.against)) ** 2
    if rough > MOST_TRIALS:
        return None, [pilot]
    grid = sorted({max(FEWEST_TRIALS, round(rough * times)) for times in GRID})
    sizes = [simulated(comparison, n, of_errors, n_studies=n_studies, seed=seed + 2) for n in grid]
    solved = _solved(sizes, power, n_studies)
    sizes.append(simulated(comparison, solved, of_errors, n_studies=n_studies, seed=seed + 3))
    return solved, sorted({size.n_trials: size for size in sizes}.values(), key=lambda size: size.n_trials)


def _solved(sizes: Sequence[Size], power: float, n_studies: int) -> int:
    """Return the number of triads at which the fitted line reaches the power."""
    from scipy.special import ndtri

    if len(sizes) == 1:
        return sizes[0].n_trials
    half = 0.5 / n_studies
    y = ndtri(np.clip([size.power for size in sizes], half, 1 - half))
    slope, start = np.polyfit(np.sqrt([size.n_trials for size in sizes]), y, 1)
    root = (ndtri(power) - start) / slope if slope > 0 else np.sqrt(sizes[-1].n_trials)
    return max(FEWEST_TRIALS, int(np.ceil(max(root, 0.0) ** 2)))
