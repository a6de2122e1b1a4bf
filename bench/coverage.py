"""How often nominal 95 % intervals hold the true value, in simulated studies with crossed people and triads.

    .venv/bin/python bench/coverage.py [--studies 500] [--resamples 1000] [--only TEXT]

In each study triads have similarities z, standard normal, and people a noise of their own, log-normal around a median;
a judgement is slot k with probability softmax(z / noise). Two models know z more or less (z plus normal error). True
are the values over infinitely many people and triads, computed by numerical averaging: the accuracy of a model, the
difference of the two, and Fleiss' kappa. Every study draws people, triads and judgements anew: both are samples. The
standard error of a coverage of 95 % from 500 studies is 1 %: 93 to 97 % is what an honest interval shows.
"""

import argparse
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from analysis.stats import bootstrap, intervals, triads
from analysis.stats.accuracy import JudgementAccuracy
from analysis.stats.judgements import Judgements
from analysis.stats.kappa import Fleiss

ERRORS = (0.5, 1.0)
MEASURES = ("accuracy", "difference", "kappa")
ONE_WAY = ("participants", "trials")


@dataclass(frozen=True)
class Design:
    """`each` judgements a triad, None where everyone judges everything; `noise` is the median over people."""

    name: str
    n_trials: int
    n_people: int
    each: int | None
    noise: float
    spread: float = 0.6


DESIGNS = (
    Design("40 triads × 30 people, everyone everything", 40, 30, None, 0.8),
    Design("288 triads, 5 judgements each, 48 people", 288, 48, 5, 0.8),
    Design("288 triads, 5 judgements each, 48 people, low agreement", 288, 48, 5, 2.5),
    Design("120 triads, 5 judgements each, 20 people", 120, 20, 5, 0.8),
    Design("300 triads, 20 judgements each, 60 people", 300, 60, 20, 0.8),
    Design("60 triads, 5 judgements each, 15 people, accuracy near 1", 60, 15, 5, 0.08),
)


def answers(design: Design, rng: np.random.Generator) -> tuple[Judgements, list[np.ndarray]]:
    """Return one study and the credits of the two models."""
    z = rng.normal(size=(design.n_trials, 3))
    noise = design.noise * np.exp(design.spread * rng.normal(size=design.n_people))
    if design.each is None:
        trial, person = (axis.ravel() for axis in np.indices((design.n_trials, design.n_people)))
    else:
        trial = np.concatenate([rng.permutation(design.n_trials) for _ in range(design.each)])
        person = np.arange(len(trial)) * design.n_people // len(trial)
    choice = (z[trial] / noise[person][:, None] + rng.gumbel(size=(len(trial), 3))).argmax(axis=1)
    return Judgements(trial, person, choice, design.n_trials, design.n_people), credits_of(design, z, rng)


def credits_of(design: Design, z: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return what two models earn; where people hardly err neither do they."""
    scale = min(1.0, design.noise)
    return [triads.credit(z + rng.normal(scale=scale * error, size=z.shape)) for error in ERRORS]


def truth(design: Design, n: int = 200_000) -> dict[str, float]:
    """Return the values in the population, averaged over n triads and 40 quantiles of people."""
    from scipy.special import ndtri, softmax

    rng = np.random.default_rng(987)
    z = rng.normal(size=(n, 3))
    noise = design.noise * np.exp(design.spread * ndtri((np.arange(40) + 0.5) / 40))
    chosen = np.mean([softmax(z / one, axis=1) for one in noise], axis=0)
    accuracies = [float((chosen * credit).sum(axis=1).mean()) for credit in credits_of(design, z, rng)]
    agreement = float((chosen**2).sum(axis=1).mean())
    kappa = (agreement - 1 / 3) / (1 - 1 / 3)  # slots are exchangeable
    return {"accuracy": accuracies[0], "difference": accuracies[0] - accuracies[1], "kappa": kappa}


Found = dict[tuple[str, str], tuple[float, float] | None]


def one_study(seed: int, *, design: Design, n_resamples: int) -> Found:
    """Return the intervals of one study by (way, measure)."""
    judged, (one, other) = answers(design, np.random.default_rng([seed, 5]))
    statistics = {"accuracy": JudgementAccuracy(one), "other": JudgementAccuracy(other), "kappa": Fleiss()}
    found: Found = {}
    both = bootstrap.two_way(judged, statistics, n_resamples=n_resamples, seed=seed)
    for kind in intervals.NAMES:
        for measure in MEASURES:
            found[intervals.NAMES[kind], measure] = ends(both, measure, kind)
    for way in ONE_WAY:
        single = bootstrap.two_way(judged, statistics, n_resamples=n_resamples, seed=seed, resampled=way)
        for measure in MEASURES:
            found[f"one-way, {way}", measure] = ends(single, measure, "percentile")
    return found


def ends(resampled: bootstrap.Bootstrap, measure: str, kind: intervals.Kind) -> tuple[float, float] | None:
    """Return low and high of a measure, None where it has no interval."""
    if measure == "difference":
        figure = resampled.difference("accuracy", "other", interval=kind)
    else:
        figure = resampled.figure(measure, interval=kind)
    return None if figure.low is None or figure.high is None else (figure.low, figure.high)


def report(design: Design, arguments: argparse.Namespace) -> None:
    """Print coverage and mean width of one design."""
    true = truth(design)
    task = partial(one_study, design=design, n_resamples=arguments.resamples)
    with ProcessPoolExecutor(arguments.processes) as pool:
        studies = list(pool.map(task, range(arguments.studies), chunksize=5))
    print(f"\n{design.name}: " + ", ".join(f"{name} {true[name]:.3f}" for name in MEASURES))
    held: dict[str, list[str]] = defaultdict(list)
    for way, measure in studies[0]:
        known = [pair for one in studies if (pair := one[way, measure]) is not None]
        covered = np.mean([low <= true[measure] <= high for low, high in known])
        missed = np.mean([true[measure] < low for low, _ in known])
        width = np.mean([high - low for low, high in known])
        without = f", {len(studies) - len(known)} without" if len(known) < len(studies) else ""
        held[way].append(f"{covered:6.1%} (below {missed:.1%}, width {width:.3f}{without})")
    for way, cells in held.items():
        print(f"  {way:24}" + " | ".join(cells), flush=True)


def main() -> None:
    """Print coverages design by design; columns are accuracy, difference, kappa."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=500)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", default="", help="designs whose name holds this")
    arguments = parser.parse_args()
    for design in DESIGNS:
        if arguments.only in design.name:
            report(design, arguments)


if __name__ == "__main__":
    main()
