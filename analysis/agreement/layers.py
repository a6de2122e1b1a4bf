"""Runs of one encoder that differ in nothing but the layer, and what choosing among them is worth."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.agreement.choices import Named, bootstrapped
from analysis.agreement.row import Row
from analysis.agreement.samples import ChoiceSample
from analysis.queries.predictions import Predicted
from analysis.queries.runs import Model
from analysis.stats import triads
from analysis.stats.accuracy import JudgementAccuracy
from analysis.stats.layer_choice import chosen_out_of_fold

LAYER = "layer"
MEASURE = "accuracy_best_layer"


class ChosenLayer(JudgementAccuracy):
    """Mean credit over judgements, of each triad that of the layer chosen without it."""

    method = "mean credit over judgements; each fold's layer chosen on the other folds, the interval given the choices"


@dataclass(frozen=True, slots=True)
class Layers:
    """`name` says the encoder without its layer; `members`: (layer, model) by layer, at least two."""

    name: str
    encoder: str
    members: tuple[tuple[int, Model], ...]


def layers_of(models: Sequence[Model]) -> list[Layers]:
    """Return the models that differ in the layer only: same encoder, same other settings, same weights.

    Layers counted from the end (−1 is the last) are not set beside those counted from 0: which they are is not known.
    """
    groups: dict[str, list[tuple[int, Model]]] = {}
    for model in models:
        layer = model.settings.get(LAYER)
        if isinstance(layer, int) and not isinstance(layer, bool):
            others = sorted((name, value) for name, value in model.settings.items() if name != LAYER)
            same = repr((model.encoder, others, model.weights_digest, layer >= 0))
            groups.setdefault(same, []).append((layer, model))
    found = [sorted(group, key=lambda one: one[0]) for group in groups.values()]
    several = [tuple(group) for group in found if len({layer for layer, _ in group}) > 1]
    return [Layers(name, group[0][1].encoder, group) for name, group in zip(_names(several), several, strict=True)]


def _names(groups: Sequence[tuple[tuple[int, Model], ...]]) -> list[str]:
    """Return the words that the names of a group's models share; with a number where two groups' are the same."""
    names: list[str] = []
    for group in groups:
        words = [set(model.name.split()) for _, model in group]
        shared = [word for word in group[0][1].name.split() if all(word in each for each in words)]
        name = " ".join(shared) or group[0][1].encoder
        names.append(f"{name} ({len(names) + 1})" if name in names else name)
    return names


def layer_rows(sample: ChoiceSample, models: Sequence[Predicted], *, n_resamples: int, seed: int) -> list[Row]:
    """Return, for each encoder of several layers, its accuracy with the layer chosen on other triads (10 folds)."""
    if not sample.compared:
        return []
    earned = {one.model.name: triads.credit(sample.scores(one)) for one in models}
    statistics: Named = {}
    for group in layers_of([one.model for one in models]):
        tables = [earned[model.name] for _, model in group.members]
        chosen = chosen_out_of_fold(tables, sample.judgements, seed=seed)
        statistics[MEASURE, group.name] = ChosenLayer(chosen.credit)
    return bootstrapped(sample, statistics, n_resamples=n_resamples, seed=seed) if statistics else []
