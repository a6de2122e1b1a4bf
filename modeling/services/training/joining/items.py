"""The items that runs of item vectors make together: their files mapped side by side."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings as django_settings

from modeling.errors import RunError
from modeling.models import TrainingRun
from modeling.queries.dialogues import extraction_by_digest
from modeling.queries.items import item_numbers
from modeling.queries.training import training_by_digest
from modeling.services.training.joining.settings import parent_digests, settings_of
from modeling.services.training.vectors.embedder import model_of

if TYPE_CHECKING:
    from modeling.ml.joint.items import Items


def items_of_run(run: TrainingRun) -> tuple["Items", dict[str, Any]]:
    """Return the items of a joint run, their vectors mapped, and how each part was made.

    An item that lacks a vector in any of the runs is left out of every part. Raises `RunError` where the runs do not
    fit together and `modeling.ml.joint.errors.ItemsError` where a file is not whole.
    """
    from modeling.ml.joint.items import Items, Split
    from modeling.ml.vectors.store import open_vectors

    parents = [training_by_digest(digest) for digest in parent_digests(run.settings)]
    check_alike(parents, run.data_digest)
    opened = [open_vectors(parent.folder) for parent in parents]
    names = ["backchannel", *(settings_of(parent).name for parent in parents[1:])]
    numbers = item_numbers(extraction_by_digest(run.data_digest))
    present = np.logical_and.reduce([there for _, there, _ in opened])
    if len(present) != len(numbers.split):
        raise RunError(f"There are {len(present)} vectors and {len(numbers.split)} backchannels. Embed them again.")
    items = Items(
        backchannel=opened[0][0],
        context={name: vectors for name, (vectors, _, _) in zip(names[1:], opened[1:], strict=True)},
        clip=np.arange(len(present)),  # nobody's utterance is another's
        form=numbers.form,
        dialogue=numbers.dialogue,
        speaker=numbers.speaker,
        split=np.where(present, numbers.split, int(Split.LEFT_OUT)),
        sources={name: card["space"] for name, (_, _, card) in zip(names, opened, strict=True)},
    )
    return items, {
        name: _recipe(parent, card) for name, parent, (_, _, card) in zip(names, parents, opened, strict=True)
    }


def check_alike(parents: list[TrainingRun], data_digest: str) -> None:
    """Raise `RunError` unless all runs are of one extraction."""
    for parent in parents:
        if parent.data_digest != data_digest:
            raise RunError(
                f"{parent} (run {parent.digest[:12]}) is of the extraction {parent.data_digest[:12]}, the others of "
                f"{data_digest[:12]}. Join item vectors of one extraction: make them again with manage.py train_joint."
            )


def _recipe(parent: TrainingRun, card: Mapping[str, Any]) -> dict[str, Any]:
    told = {"run": parent.digest, "label": parent.label, "settings": parent.settings, "space": card["space"]}
    settings = settings_of(parent)
    if settings.source != "lm":
        return told
    name, markers = model_of(settings)
    return told | {"model": _from_run_folder(name), "markers": markers}


def _from_run_folder(name: str) -> str:
    """Return the folder of a model that was trained here as seen from a joint run's, so that both can move."""
    root = Path(django_settings.MODELS_ROOT)
    inside = Path(name).is_absolute() and Path(name).is_relative_to(root)
    return f"../../{Path(name).relative_to(root).as_posix()}" if inside else name
