"""Estimates with intervals over dialogues, and paired differences: between numbers of turns, and to word frequency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from analysis.queries.joint_runs import JointRun
from analysis.retrieval.models import CHANCE, FREQUENCY, Pool, Ranked
from analysis.stats.figure import Figure
from analysis.stats.retrieval import MEDIAN, DialogueBootstrap, Retrieved

WAYS = {
    "all": "all candidates",
    "same_form": "first of the same word form",
    "forms": "word forms",
    "forms_expected": "word forms, with their frequency",
    "batch": "batch-pooled",
}
MEASURES = ("top_10", "top_25", "top_50", "recall_1", "recall_5", "recall_10", "mrr", MEDIAN)
COMPARED = {
    "all": ("top_10", "top_25", "top_50", "mrr"),
    "forms": ("recall_1", "mrr"),
    "forms_expected": ("recall_1", "mrr"),
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A model's figure: `way` of ranking, `measure`, the pool's size."""

    model: str
    role: str
    turns: int | None
    run: str
    way: str
    measure: str
    pool: int
    figure: Figure


@dataclass(frozen=True, slots=True)
class Difference:
    """More turns minus fewer, of two runs that differ in nothing else; or a run minus word frequency alone."""

    more: str
    fewer: str
    way: str
    measure: str
    figure: Figure


@dataclass(frozen=True)
class Evaluated:
    """All of it, models in order."""

    estimates: Sequence[Estimate]
    differences: Sequence[Difference]


def evaluated(pool: Pool, runs: Sequence[JointRun], *, n_resamples: int, seed: int) -> Evaluated:
    """Return every model's figures in every way of ranking; models of one way are on the same resamples."""
    estimates: list[Estimate] = []
    differences: list[Difference] = []
    for way in WAYS:
        models = [each for each in pool.models if way in each.judged]
        if not models:
            continue
        bootstrap = _bootstrap(pool, models, way, n_resamples, seed)
        for each in models:
            estimates += _estimates(bootstrap, each, way)
        estimates += _chance(models[0], way)
        differences += _differences(bootstrap, runs, way)
    return Evaluated(estimates, differences)


def _bootstrap(pool: Pool, models: Sequence[Ranked], way: str, n_resamples: int, seed: int) -> DialogueBootstrap:
    dialogue = pool.dialogue[models[0].judged[way].contexts]
    retrieved: Mapping[str, Retrieved] = {
        each.name: Retrieved(one.per_context(), one.rank, one.pool, one.how)
        for each in models
        for one in [each.judged[way].ranks]
    }
    return DialogueBootstrap(dialogue, retrieved, n_resamples=n_resamples, seed=seed)


def _estimates(bootstrap: DialogueBootstrap, each: Ranked, way: str) -> list[Estimate]:
    size = each.judged[way].ranks.pool
    return [
        Estimate(each.name, each.role, each.turns, each.run, way, measure, size, bootstrap.figure(each.name, measure))
        for measure in MEASURES
    ]


def _chance(each: Ranked, way: str) -> list[Estimate]:
    """Return what an order drawn at random gives; of the same form as often as forms recur, so not told there."""
    from modeling.ml.retrieval import chance

    if way == "same_form":
        return []
    size = each.judged[way].ranks.pool
    expected = chance(size)
    return [
        Estimate(CHANCE, CHANCE, None, "", way, measure, size, Figure(expected[measure], method="expected value"))
        for measure in MEASURES
    ]


def _differences(bootstrap: DialogueBootstrap, runs: Sequence[JointRun], way: str) -> list[Difference]:
    pairs = [
        (one, other) if (one.turns or 0) > (other.turns or 0) else (other, one)
        for one, other in combinations(runs, 2)
        if one.same == other.same and one.turns != other.turns
    ]
    named = [(more.name, fewer.name) for more, fewer in pairs]
    if way == "forms_expected":
        named += [(one.name, FREQUENCY) for one in runs]
    return [
        Difference(more, fewer, way, measure, bootstrap.difference(more, fewer, measure))
        for more, fewer in named
        for measure in COMPARED.get(way, ())
    ]
