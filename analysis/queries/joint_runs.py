"""The finished joint runs that retrieval is evaluated of, and what to call them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from analysis.errors import AnalysisError
from corpus.models import Corpus
from modeling.enums import RunState
from modeling.models import TrainingRun
from modeling.queries.training import finished_training, training_by_digest

BEFORE, GENERAL, AUDIO, TRAINED = "LM before fine-tuning", "general text encoder", "audio only", "joint space"


@dataclass(frozen=True, slots=True)
class JointRun:
    """A run with its name for tables; `same`: equal in runs that differ in the number of turns alone."""

    run: TrainingRun
    name: str
    role: str
    turns: int | None
    same: str


def joint_runs(names: Sequence[str]) -> list[JointRun]:
    """Return the finished joint runs that are named by digest, or all on a corpus's latest extraction, in order.

    Raises `AnalysisError` for a name that is nothing, and for runs of different extractions.
    """
    found: dict[int, TrainingRun] = {}
    for name in names:
        found |= {run.pk: run for run in _named(name)}
    runs = sorted(found.values(), key=lambda run: run.digest)
    extractions = sorted({run.data_digest for run in runs})
    if len(extractions) > 1:
        raise AnalysisError(
            f"These runs are of {len(extractions)} extractions ({', '.join(one[:12] for one in extractions)}), so "
            "their pools differ. Name runs of one extraction."
        )
    described = [_described(run) for run in runs]
    return sorted(_told_apart(described), key=lambda one: (one.role != TRAINED, one.same, one.turns or 0, one.name))


def _named(name: str) -> list[TrainingRun]:
    if not Corpus.objects.filter(slug=name).exists():
        run = training_by_digest(name)
        if run.kind != "joint" or run.state != RunState.FINISHED:
            raise AnalysisError(f"Run {name} is a {run.kind} that is {run.state}; name finished joint runs.")
        return [run]
    runs = finished_training("joint", name)
    if not runs:
        raise AnalysisError(f"No joint run on {name!r} is finished. Train one: manage.py train_joint {name}")
    return [run for run in runs if run.data_digest == runs[0].data_digest]  # the latest first


def _described(run: TrainingRun) -> JointRun:
    recipe: dict[str, Any] = run.metrics["recipe"]
    parts = [recipe[part]["settings"] for part in run.settings["parts"]]
    turns = next((part["turns"] for part in parts if part["source"] != "audio"), None)
    words = " + ".join(_model(part) for part in parts)
    told = f"{words}{'' if turns is None else f', {turns} turn' + 's' * (turns != 1)}"
    kept = {name: value for name, value in run.settings.items() if name not in ("context", "parts")}
    without_turns = [{name: value for name, value in part.items() if name != "turns"} for part in parts]
    return JointRun(run, told, _role(parts), turns, repr((words, sorted(kept.items()), without_turns)))


def _model(part: dict[str, Any]) -> str:
    """Return what embeds a part: the encoder, the language model's own name."""
    if part["source"] == "audio":
        return f"{part['model']} of the last {part['seconds']:g} s"
    model = str(part["model"])
    label = training_by_digest(model.removeprefix("run:")).label if model.startswith("run:") else PurePath(model).name
    return f"{label} before fine-tuning" if part["before"] else label


def _role(parts: Sequence[dict[str, Any]]) -> str:
    sources = {part["source"] for part in parts}
    if sources == {"audio"}:
        return AUDIO
    if any(part["before"] for part in parts):
        return BEFORE
    return GENERAL if "sentences" in sources else TRAINED


def _told_apart(runs: Sequence[JointRun]) -> list[JointRun]:
    """Return the runs with the settings of training in names that would be equal, and else the digest."""
    named = list(runs)
    for further in (_settings, _digest):
        names = [one.name for one in named]
        named = [
            replace(one, name=f"{one.name} ({further(one)})") if names.count(one.name) > 1 else one for one in named
        ]
    return named


def _settings(one: JointRun) -> str:
    return one.run.label.partition(" ")[2]


def _digest(one: JointRun) -> str:
    return one.run.digest[:6]
