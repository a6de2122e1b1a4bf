"""Every model's ranks of the same contexts in the same pool, in each way of ranking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from analysis.errors import AnalysisError
from analysis.queries.joint_runs import JointRun
from modeling.services.training.joining.items import items_of_run
from modeling.services.training.joining.settings import joint_settings
from modeling.services.training.kinds.joint import SPACE

if TYPE_CHECKING:
    from modeling.ml.joint.items import Items
    from modeling.ml.joint.judging import Judged

Numbers = npt.NDArray[np.int64]
UNTRAINED, RAW, FREQUENCY, CHANCE = "untrained projection", "raw encoder", "word frequency", "chance"


@dataclass(frozen=True, eq=False)
class Ranked:
    """A model on the pool. `run`: the digest of the run whose embeddings it uses; empty for those that use none."""

    name: str
    role: str
    turns: int | None
    run: str
    judged: Mapping[str, "Judged"]


@dataclass(frozen=True, eq=False)
class Pool:
    """The rows of the test part that every run has, their dialogues and forms, and how many of which were left out."""

    rows: Numbers
    dialogue: Numbers
    form: Numbers
    of: int
    models: Sequence[Ranked]


def ranked_models(runs: Sequence[JointRun], *, largest: int = 10_000, seed: int = 0) -> Pool:
    """Return the runs and their baselines, ranked on the test items that all of them have (at most `largest`).

    Raises `AnalysisError` where the runs have no test item in common.
    """
    from modeling.ml.joint.items import Split

    opened = [(one, items_of_run(one.run)[0]) for one in runs]
    first = opened[0][1]
    test = np.logical_and.reduce([items.split == Split.TEST for _, items in opened])
    rows = np.flatnonzero(test)
    if len(rows) < 2:
        raise AnalysisError("The runs have fewer than two test items in common. Give the corpus a larger test part.")
    if len(rows) > largest:
        rows = np.sort(np.random.default_rng(0).choice(rows, largest, replace=False))
    models: list[Ranked] = []
    for one, items in opened:
        models += _of_run(one, items, rows, seed)
    models += _without_embeddings(first, rows)
    unique = {(each.role, each.name, each.turns): each for each in reversed(models)}
    ordered = [each for each in models if unique[each.role, each.name, each.turns] is each]
    return Pool(rows, first.dialogue[rows], first.form[rows], int(test.sum()), ordered)


def _of_run(one: JointRun, items: "Items", rows: Numbers, seed: int) -> list[Ranked]:
    from modeling.ml.joint.baselines import untrained
    from modeling.ml.joint.checkpoint import load_model
    from modeling.ml.joint.items import Split
    from modeling.ml.joint.judging import judged
    from modeling.ml.joint.project import project
    from modeling.ml.retrieval import FormPrior

    settings, forms = joint_settings(one.run.settings), items.form[rows]
    sources = {name: items.sources[name] for name in ("backchannel", *settings.context)}
    trained, _ = load_model(one.run.folder / SPACE, sources=sources)
    told: dict[str, Any] = {"turns": one.turns, "run": one.run.digest}
    prior = FormPrior(float(trained.scale.detach()), items.form[items.rows(Split.TRAIN)])
    found = [
        Ranked(
            name,
            role,
            **told,
            judged=judged(*project(model, items, rows, settings.context), forms, seed=seed, prior=of_forms),
        )
        for name, role, model, of_forms in (
            (one.name, one.role, trained, prior),
            (f"untrained: {one.name}", UNTRAINED, untrained(items, settings), None),
        )
    ]
    for part in settings.context:
        if items.sources[part] == items.sources["backchannel"]:
            raw = judged(items.context[part][rows], items.backchannel[rows], forms, seed=seed)
            found.append(Ranked(f"raw {one.run.metrics['recipe'][part]['label']}", RAW, None, one.run.digest, raw))
    return found


def _without_embeddings(items: "Items", rows: Numbers) -> list[Ranked]:
    """Return word frequency: of items, and of forms."""
    from modeling.ml.joint.baselines import frequency_ranks
    from modeling.ml.joint.items import Split
    from modeling.ml.joint.judging import ALL, FORMS, FORMS_EXPECTED, Judged
    from modeling.ml.retrieval import Ranks, score_ranks

    form = items.form[rows]
    known = np.flatnonzero(form >= 0)
    found = {ALL: Judged(frequency_ranks(items, rows), np.arange(len(rows)))}
    if len(known):
        names, place = np.unique(form[known], return_inverse=True)
        seen = items.form[items.rows(Split.TRAIN)]
        scores = np.array([(seen == name).sum() for name in names], dtype=np.float64)
        ranks = score_ranks(scores, place)
        found[FORMS] = found[FORMS_EXPECTED] = Judged(Ranks(ranks.rank, ranks.pool, "word forms"), known)
    return [Ranked(FREQUENCY, FREQUENCY, None, "", found)]
