"""How often nominal 95 % intervals of figures about ratings hold the true value, in simulated studies.

    .venv/bin/python bench/coverage_ratings.py [--studies 500] [--resamples 600] [--only TEXT]

Each context has three clips that fit it more or less (standard normal) and a level of its own (sd .4); people have a
level (sd .5) and a noise (log-normal around .9) of their own. A rating from 1 to 5 is the rounded sum. Two models know
the fits with a normal error of 1 and 1.5. True is the mean estimate of 1,500 other studies of the same size: what
depends on how many people rate a clip, as agreement with mean ratings does, is meant at that number. Every study draws
people, contexts and ratings anew. The standard error of a coverage of 95 % from 500 studies is 1 %.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from analysis.stats import bootstrap, intervals
from analysis.stats.alpha import Alpha
from analysis.stats.concordance import BetweenListeners
from analysis.stats.judgements import Judgements
from analysis.stats.statistic import Statistic
from analysis.stats.suitability import WithinContext, WithinContextCeiling

N_CLIPS = 3
POINTS = np.arange(1.0, 6.0)
ERRORS = (1.0, 1.5)
MEASURES = ("pairs", "difference", "kendall", "one out", "between", "alpha")
N_TRUE = 1500
KINDS: tuple[intervals.Kind, ...] = ("calibrated", "percentile")


@dataclass(frozen=True)
class Design:
    """`each` ratings of a context's clips, None where everyone rates everything."""

    name: str
    n_contexts: int
    n_people: int
    each: int | None


DESIGNS = (
    Design("40 contexts × 20 people, everyone everything", 40, 20, None),
    Design("140 contexts, 5 ratings each, 40 people", 140, 40, 5),
    Design("140 contexts, 3 ratings each, 30 people", 140, 30, 3),
)


def answers(design: Design, rng: np.random.Generator) -> tuple[Judgements, list[np.ndarray]]:
    """Return one study and the scores of the two models."""
    fit = rng.normal(size=(design.n_contexts, N_CLIPS))
    of_context = 0.4 * rng.normal(size=design.n_contexts)
    noise, level = 0.9 * np.exp(0.4 * rng.normal(size=design.n_people)), 0.5 * rng.normal(size=design.n_people)
    if design.each is None:
        context, person = (axis.ravel() for axis in np.indices((design.n_contexts, design.n_people)))
    else:
        context = np.concatenate([rng.permutation(design.n_contexts) for _ in range(design.each)])
        person = np.arange(len(context)) * design.n_people // len(context)
    own = (of_context[context] + level[person])[:, None]
    heard = fit[context] + own + noise[person][:, None] * rng.normal(size=(len(context), N_CLIPS))
    clips = (context[:, None] * N_CLIPS + np.arange(N_CLIPS)).ravel()
    n_rated = design.n_contexts * N_CLIPS
    judged = Judgements(
        trial=clips,
        participant=np.repeat(person, N_CLIPS),
        choice=np.clip(np.rint(heard + 2), 0, len(POINTS) - 1).astype(int).ravel(),
        n_trials=n_rated,
        n_participants=design.n_people,
        n_categories=len(POINTS),
        cluster=np.arange(n_rated) // N_CLIPS,
    )
    return judged, [(fit + error * rng.normal(size=fit.shape)).ravel() for error in ERRORS]


def statistics(models: list[np.ndarray]) -> dict[str, Statistic]:
    """Return what is measured of one study; `difference` is that of "pairs" and "other"."""
    return {
        "pairs": WithinContext(models[0], "pairwise", POINTS),
        "other": WithinContext(models[1], "pairwise", POINTS),
        "kendall": WithinContext(models[0], "kendall", POINTS),
        "one out": WithinContextCeiling("pairwise", POINTS),
        "between": BetweenListeners(POINTS),
        "alpha": Alpha("interval", POINTS),
    }


def estimates(seed: int, *, design: Design) -> dict[str, float]:
    """Return the estimates of one study that has no intervals."""
    judged, models = answers(design, np.random.default_rng([seed, 7, 1]))
    found = {name: float(one.figure(judged).estimate or 0.0) for name, one in statistics(models).items()}
    return found | {"difference": found["pairs"] - found["other"]}


Ends = dict[tuple[intervals.Kind, str], tuple[float, float] | None]


def one_study(seed: int, *, design: Design, n_resamples: int) -> Ends:
    """Return the intervals of one study by kind and measure, None where there is none."""
    judged, models = answers(design, np.random.default_rng([seed, 7]))
    resampled = bootstrap.two_way(judged, statistics(models), n_resamples=n_resamples, seed=seed)
    found: Ends = {}
    for kind in KINDS:
        for measure in MEASURES:
            figure = (
                resampled.difference("pairs", "other", interval=kind)
                if measure == "difference"
                else resampled.figure(measure, interval=kind)
            )
            found[kind, measure] = None if figure.low is None or figure.high is None else (figure.low, figure.high)
    return found


def report(design: Design, arguments: argparse.Namespace) -> None:
    """Print coverage and mean width of one design."""
    with ProcessPoolExecutor() as pool:
        others = list(pool.map(partial(estimates, design=design), range(N_TRUE), chunksize=25))
        task = partial(one_study, design=design, n_resamples=arguments.resamples)
        studies = list(pool.map(task, range(arguments.studies), chunksize=4))
    print(f"\n{design.name}", flush=True)
    for measure in MEASURES:
        true = float(np.mean([one[measure] for one in others]))
        said = [f"{measure:12} true {true:.3f}"]
        for kind in KINDS:
            ends = [one[kind, measure] for one in studies]
            known = [end for end in ends if end is not None]
            held = np.mean([low <= true <= high for low, high in known])
            width = np.mean([high - low for low, high in known])
            said.append(f"{kind} {held:6.1%} (width {width:.3f}, {len(known)} studies)")
        print("   ".join(said), flush=True)


def main() -> None:
    """Measure all designs, or those whose name has a text in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=500)
    parser.add_argument("--resamples", type=int, default=600)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    for design in DESIGNS:
        if arguments.only in design.name:
            report(design, arguments)


if __name__ == "__main__":
    main()
