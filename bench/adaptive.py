"""How many judgements each policy of an adaptive study saves, and whether its random share stays unbiased.

    OMP_NUM_THREADS=1 .venv/bin/python bench/adaptive.py [--studies 200] [--policies models people map] [--processes 1]

In each simulated study clips lie in two dimensions, people hear distances with a noise of their own (log-normal around
a median) and choose slot k as the odd one with probability softmax(−distance of the other two / noise), and four models
know the positions more or less. Asked are 300 triads of 20 clips, 40 a person, as `stats.asking` says; priorities are
those of `agreement.policies`, worked out with every tenth page, and a fifth of the pages is random.

Errors, by policy, from all judgements: `models`: how much less accurate (over all people and these triads) the model
is that has the highest accuracy than the best one; `people`: share of triads whose leading answer is not the
population's (ties share); `map`: share of all possible triads in which a map of the judgements (SOE, two dimensions)
calls another clip odd than the true positions do. Against them stands, with the same errors, asking at random and
asking the least filled triads first. For `map` priorities are worked out for each new person, which is four times as
rare, and studies are a fifth as many: maps take long. Judgements needed are read off their mean curves; intervals are
of a bootstrap over studies (95 %).

The same seed gives the same figures, with however many processes.
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from analysis.agreement import policies
from analysis.errors import AnalysisError
from analysis.stats import triads
from analysis.stats.accuracy import JudgementAccuracy
from analysis.stats.asking import Asked, Policy, ask, balanced
from analysis.stats.judgements import FloatArray
from analysis.stats.kappa import Fleiss

N_CLIPS, N_TRIALS, EACH, SHARE = 20, 300, 40, 0.2
NOISE, SPREAD = 0.8, 0.6
MODEL_ERRORS = (0.35, 0.5, 0.7, 1.0)
AT = (400, 800, 1600)
FURTHER = (200, 300, 400, 560, 800, 1120, 1600, 2240, 3200, 4480, 6400)
EVERY = {"models": 10, "people": 10, "map": EACH}
NAMES = tuple(EVERY)
RESAMPLES = 2000


@dataclass(frozen=True)
class Planted:
    """Positions (n_clips, 2), triads (n_trials, 3), and the similarities (n_trials, 3) of the truth and of the models.

    `shares` (n_trials, 3): how much of the population calls each slot odd.
    """

    positions: FloatArray
    items: np.ndarray
    true: FloatArray
    models: list[FloatArray]
    shares: FloatArray

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Planted":
        """Draw a study."""
        from scipy.special import ndtri

        positions = rng.normal(size=(N_CLIPS, 2))
        every = np.array(list(combinations(range(N_CLIPS), 3)))
        items = rng.permuted(every[rng.choice(len(every), N_TRIALS, replace=False)], axis=1)
        models = [similarities(positions + rng.normal(scale=e, size=positions.shape), items) for e in MODEL_ERRORS]
        true = similarities(positions, items)
        people = NOISE * np.exp(SPREAD * ndtri((np.arange(40) + 0.5) / 40))
        return cls(positions, items, true, models, chances(true, people).mean(axis=0))

    def people(self, n: int, rng: np.random.Generator) -> FloatArray:
        """Return the chances of n people's choices: (n, n_trials, 3)."""
        return chances(self.true, NOISE * np.exp(SPREAD * rng.normal(size=n)))

    def accuracies(self) -> list[float]:
        """Return the models' accuracies over all people, on these triads."""
        return [float((self.shares * triads.credit(one)).sum(axis=1).mean()) for one in self.models]

    def kappa(self) -> float:
        """Return Fleiss' kappa of infinitely many people who all judge these triads."""
        agreement, marginals = (self.shares**2).sum(axis=1).mean(), self.shares.mean(axis=0)
        chance = (marginals**2).sum()
        return float((agreement - chance) / (1 - chance))


def similarities(positions: FloatArray, items: np.ndarray) -> FloatArray:
    """Return the negative distance of the pair that leaves each slot odd."""
    clips = positions[items]
    pairs = ((1, 2), (0, 2), (0, 1))
    return -np.stack([np.linalg.norm(clips[:, a] - clips[:, b], axis=1) for a, b in pairs], axis=1)


def chances(true: FloatArray, noise: FloatArray) -> FloatArray:
    """Return softmax(similarity / noise): (n_people, n_trials, 3)."""
    from scipy.special import softmax

    return np.asarray(softmax(true / noise[:, None, None], axis=2))


def policy_of(name: str, planted: Planted, seed: int) -> Policy:
    """Return one of the project's policies; too little to go by leaves all priorities equal, as the worker does."""
    if name == "models":
        return lambda counts: policies.by_models(planted.models, counts)
    if name == "people":
        return policies.by_people

    def by_map(counts: FloatArray) -> FloatArray:
        try:
            return policies.by_map(planted.items, counts, seed=seed)
        except AnalysisError:
            return balanced(counts)

    return by_map


def error(name: str, planted: Planted, asked: Asked) -> float:
    """Return the error that the policy of this name is to lower."""
    counts = asked.judgements.counts
    if name == "models":
        earned = np.array([(counts * triads.credit(one)).sum() for one in planted.models])
        true = np.array(planted.accuracies())
        return float(true.max() - true[earned == earned.max()].mean())
    if name == "people":
        leading = counts == counts.max(axis=1, keepdims=True)
        right = leading[np.arange(N_TRIALS), planted.shares.argmax(axis=1)] / leading.sum(axis=1)
        return 1 - float(right.mean())
    return map_error(planted, asked)


def map_error(planted: Planted, asked: Asked) -> float:
    """Return the share of all triads in which a map calls another clip odd than the true positions."""
    from modeling.ml.ordinal.embedding import embed
    from modeling.ml.ordinal.judged import Judged

    judged = Judged.of(planted.items[asked.judgements.trial], asked.judgements.choice)
    found = embed(judged, dimension=2, n_clips=N_CLIPS, starts=2, seed=0).positions
    every = np.array(list(combinations(range(N_CLIPS), 3)))
    odd = [similarities(positions, every).argmax(axis=1) for positions in (found, planted.positions)]
    return float((odd[0] != odd[1]).mean())


@dataclass(frozen=True)
class Outcome:
    """One study under one policy: errors of it, of random and of balanced asking, and what is off by how much.

    `off` [measure] = (from the random share, from all judgements) minus the true value; `spread` likewise, of a random
    sample of all the judgements.
    """

    errors: dict[str, list[float]]
    off: dict[str, tuple[float, float, float]]


def one_study(seed: int, *, name: str) -> Outcome:
    """Simulate one study: the policy, and beside it random and balanced asking to four times as many judgements."""
    limit_threads(name)
    rng = np.random.default_rng([seed, 7])
    planted = Planted.drawn(rng)
    few, many = (planted.people(n, rng) for n in (AT[-1] // EACH, FURTHER[-1] // EACH))
    asking = {
        "policy": ask(few, policy_of(name, planted, seed), rng, each=EACH, random_share=SHARE, every=EVERY[name]),
        "random": ask(many, balanced, rng, each=EACH, random_share=1.0),
        "balanced": ask(many, balanced, rng, each=EACH, random_share=0.0),
    }
    steps = {"policy": AT, "random": FURTHER, "balanced": FURTHER}
    errors = {way: [error(name, planted, asked.first(n)) for n in steps[way]] for way, asked in asking.items()}
    chosen, plain = asking["policy"], asking["random"].first(AT[-1])
    three = (Asked(chosen.judgements.where(chosen.random), chosen.random[chosen.random]), chosen, plain)
    estimates = [figures(planted, one) for one in three]
    true = truth(planted)
    off = {key: (*(one[key] - true[key] for one in estimates),) for key in true}
    return Outcome(errors, off)  # type: ignore[arg-type]


def truth(planted: Planted) -> dict[str, float]:
    """Return the values over all people, on these triads; of models the best one and its lead over the second."""
    first, second = sorted(planted.accuracies(), reverse=True)[:2]
    return {"accuracy": first, "difference": first - second, "kappa": planted.kappa()}


def figures(planted: Planted, asked: Asked) -> dict[str, float]:
    """Return the project's estimates of the same."""
    order = np.argsort(planted.accuracies())[::-1][:2]
    one, other = (JudgementAccuracy(triads.credit(planted.models[k])).figure(asked.judgements) for k in order)
    kappa = Fleiss().figure(asked.judgements)
    assert one.estimate is not None
    assert other.estimate is not None
    assert kappa.estimate is not None
    return {"accuracy": one.estimate, "difference": one.estimate - other.estimate, "kappa": kappa.estimate}


def limit_threads(name: str) -> None:
    """Keep every process on one core."""
    if name == "map":
        import torch

        torch.set_num_threads(1)


def needed(curve: FloatArray, target: float) -> float:
    """Return how many judgements bring a curve of mean errors at `FURTHER` to the target; inf beyond its end."""
    falling = np.minimum.accumulate(curve)
    if target < falling[-1]:
        return float("inf")
    return float(np.exp(np.interp(-target, -falling, np.log(FURTHER))))


def saved(policy: FloatArray, other: FloatArray, rng: np.random.Generator) -> list[tuple[float, float, float]]:
    """Return at each of `AT` the judgements that the other way needs for the policy's error, with an interval."""
    rows = rng.integers(len(policy), size=(RESAMPLES, len(policy)))
    found = []
    for at in range(len(AT)):
        draws = [needed(other[drawn].mean(axis=0), float(policy[drawn, at].mean())) for drawn in rows]
        low, high = np.quantile(draws, [0.025, 0.975], method="nearest")
        found.append((needed(other.mean(axis=0), float(policy[:, at].mean())), float(low), float(high)))
    return found


def report(name: str, outcomes: Sequence[Outcome]) -> None:
    """Print the errors, the judgements that other ways need for them, and the bias of estimates."""
    errors = {way: np.array([one.errors[way] for one in outcomes]) for way in outcomes[0].errors}
    print(f"\n{name}: {len(outcomes)} studies")
    for way in ("random", "balanced"):
        found = saved(errors["policy"], errors[way], np.random.default_rng(11))
        for n, (judgements, low, high), at in zip(AT, found, range(len(AT)), strict=True):
            same = errors[way][:, FURTHER.index(n)].mean()
            print(
                f"  {n:5} judgements: error {errors['policy'][:, at].mean():.4f}, {way} {same:.4f}; {way} needs "
                f"{told(judgements)} for the same ({told(low)} to {told(high)}): "
                f"saved {saving(n, judgements)} ({saving(n, low)} to {saving(n, high)})"
            )
    for key in outcomes[0].off:
        off = np.array([one.off[key] for one in outcomes])
        mean, spread = off.mean(axis=0), off.std(axis=0, ddof=1)
        parts = [f"{m:+.4f} ± {s / np.sqrt(len(off)):.4f} (SD {s:.3f})" for m, s in zip(mean, spread, strict=True)]
        print(f"  {key:10} off by: random share {parts[0]} | all {parts[1]} | {AT[-1]} at random {parts[2]}")
    sys.stdout.flush()


def told(judgements: float) -> str:
    """Return a number of judgements; the curves end somewhere."""
    return f"{judgements:.0f}" if np.isfinite(judgements) else f"more than {FURTHER[-1]}"


def saving(n: int, judgements: float) -> str:
    """Return the share saved of what the other way needs; negative where the policy needs more."""
    return f"{1 - n / judgements:.0%}" if np.isfinite(judgements) else f"over {1 - n / FURTHER[-1]:.0%}"


def main() -> None:
    """Print what each policy saves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--policies", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    for name in arguments.policies:
        with ProcessPoolExecutor(arguments.processes) as pool:
            n = arguments.studies // 5 if name == "map" else arguments.studies
            report(name, list(pool.map(partial(one_study, name=name), range(n))))


if __name__ == "__main__":
    main()
