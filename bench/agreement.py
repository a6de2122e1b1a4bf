"""Seconds and memory of agreement figures with two-way bootstrap intervals, against a loop over `krippendorff`.

    .venv/bin/python bench/agreement.py [--judgements 100000] [--models 10] [--resamples 2000] [--loops 20]

A simulated study: each of 500 people judges 200 of 5,000 triads (20 judgements a triad). Computed are alpha, Fleiss'
kappa and the three accuracies of ten models, each with its interval from the same 2,000 two-way resamples. Beside it
runs what one would write with the `krippendorff` package for alpha alone: draw people and triads, index the table of
answers, ask for alpha. That would take minutes, so `--loops` resamples are timed and scaled. The package is also timed
on ready counts of each triad; those it could only have from somewhere else when people are drawn too.

`--growth` runs studies of 100,000, 300,000 and 1,000,000 judgements (trials and people grow with them), each in a
process of its own, and prints the peak memory beside the size of the data: it should grow no faster.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analysis.stats import bootstrap, triads  # noqa: E402
from analysis.stats.accuracy import JudgementAccuracy, MajorityAccuracy, UnanimousAccuracy  # noqa: E402
from analysis.stats.alpha import Alpha  # noqa: E402
from analysis.stats.judgements import Judgements  # noqa: E402
from analysis.stats.kappa import Fleiss  # noqa: E402
from analysis.stats.sample import Incidence, Sample  # noqa: E402
from analysis.stats.statistic import Statistic  # noqa: E402

PER_TRIAD, PER_PERSON = 20, 200
SIZES = (100_000, 300_000, 1_000_000)
AIM_SECONDS, AIM_BYTES, AIM_RATIO = 10.0, 2 * 2**30, 50.0


def study(n_judgements: int, n_models: int, seed: int = 1) -> tuple[Judgements, list[np.ndarray]]:
    """Return judgements of people who follow some similarities with noise, and models that know them more or less."""
    rng = np.random.default_rng(seed)
    n_trials, n_people = n_judgements // PER_TRIAD, n_judgements // PER_PERSON
    z = rng.normal(size=(n_trials, 3))
    trial = np.concatenate([rng.permutation(n_trials) for _ in range(PER_TRIAD)])
    participant = np.arange(n_judgements) // PER_PERSON
    choice = (z[trial] + rng.gumbel(size=(n_judgements, 3))).argmax(axis=1)
    models = [triads.credit(z + rng.normal(scale=0.5 + k / 4, size=z.shape)) for k in range(n_models)]
    return Judgements(trial, participant, choice, n_trials, n_people), models


def measures(models: list[np.ndarray]) -> dict[str, Statistic]:
    """Return alpha, kappa and all accuracies."""
    found: dict[str, Statistic] = {"alpha": Alpha(), "kappa": Fleiss()}
    for number, credit in enumerate(models):
        found[f"judgement {number}"] = JudgementAccuracy(credit)
        found[f"majority {number}"] = MajorityAccuracy(credit)
        found[f"unanimous {number}"] = UnanimousAccuracy(credit)
    return found


def ours(arguments: argparse.Namespace) -> dict[str, float]:
    """Time every figure with its interval; peak memory is that of this process."""
    judged, models = study(arguments.judgements, arguments.models)
    before = peak()
    began, worked = time.perf_counter(), time.process_time()
    resampled = bootstrap.two_way(judged, measures(models), n_resamples=arguments.resamples, seed=0)
    figures = [resampled.figure(name) for name in resampled.statistics]
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    assert all(figure.low is not None for figure in figures)
    data = judged.trial.nbytes + judged.participant.nbytes + judged.choice.nbytes + sum(m.nbytes for m in models)
    return {"seconds": seconds, "processor": processor, "peak": peak(), "before": before, "data": data}


def peak() -> int:
    """Return the peak memory of this process in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def loop_seconds(arguments: argparse.Namespace) -> tuple[float, float]:
    """Time alpha alone of one resample by the `krippendorff` package, from answers and from ready counts.

    Checked on resamples of trials, where copies need no rule of their own, is that both packages have one alpha.
    """
    import krippendorff

    judged, _ = study(arguments.judgements, 0)
    table, counts = judged.matrix().T, judged.counts.astype(int)
    rng = np.random.default_rng(0)
    answered, counted = 0.0, 0.0
    for number in range(arguments.loops):
        people, trials = (rng.integers(n, size=n) for n in table.shape)
        began = time.perf_counter()
        krippendorff.alpha(reliability_data=table[people][:, trials], level_of_measurement="nominal")
        answered += time.perf_counter() - began
        began = time.perf_counter()
        theirs = krippendorff.alpha(value_counts=counts[trials], level_of_measurement="nominal")
        counted += time.perf_counter() - began
        copies = np.bincount(trials, minlength=len(counts))[:, None].astype(float)
        ones = np.ones((judged.n_participants, 1))
        own = Alpha().values(Sample.of_people(Incidence(judged), ones, copies))[0]
        assert abs(theirs - own) < 1e-10, f"resample {number}: alpha is {theirs} there and {own} here"
    return answered / arguments.loops, counted / arguments.loops


def alpha_seconds(arguments: argparse.Namespace) -> float:
    """Time our alpha alone, a resample."""
    judged, _ = study(arguments.judgements, 0)
    began = time.perf_counter()
    bootstrap.two_way(judged, {"alpha": Alpha()}, n_resamples=arguments.resamples, seed=0)
    return (time.perf_counter() - began) / arguments.resamples


def in_its_own_process(arguments: argparse.Namespace, n_judgements: int) -> dict[str, float]:
    """Run `ours` in a fresh process and return what it measured."""
    command = [sys.executable, __file__, "--alone", "--judgements", str(n_judgements)]
    command += ["--models", str(arguments.models), "--resamples", str(arguments.resamples)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(run.stdout)
    return measured


def told(n_judgements: int, measured: dict[str, float]) -> str:
    """Return one line about one size."""
    mib = {name: measured[name] / 2**20 for name in ("peak", "before", "data")}
    return (
        f"{n_judgements:>9,} judgements: {measured['seconds']:6.1f} s ({measured['processor']:.1f} s of processor), "
        f"peak {mib['peak']:,.0f} MiB, of it {mib['peak'] - mib['before']:,.0f} while computing; "
        f"the data {mib['data']:,.1f}"
    )


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judgements", type=int, default=100_000)
    parser.add_argument("--models", type=int, default=10)
    parser.add_argument("--resamples", type=int, default=2000)
    parser.add_argument("--loops", type=int, default=20)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        print(json.dumps(ours(arguments)))
        return
    for size in SIZES if arguments.growth else [arguments.judgements]:
        print(told(size, in_its_own_process(arguments, size)), flush=True)
    if not arguments.growth:
        compare(arguments)


def compare(arguments: argparse.Namespace) -> None:
    """Print the ratios against the loop, alpha alone on both sides."""
    own = alpha_seconds(arguments)
    print(f"alpha alone, {arguments.resamples:,} resamples: ours {own * arguments.resamples:.2f} s")
    ways = ("its answers, people × triads", "counts of each triad, which only a resample of triads alone leaves as is")
    for way, each in zip(ways, loop_seconds(arguments), strict=True):
        scaled = f"{each * arguments.resamples:.1f} s, scaled from {arguments.loops}"
        print(f"    krippendorff in a loop, given {way}: {scaled}: {each / own:.1f} times")


if __name__ == "__main__":
    main()
