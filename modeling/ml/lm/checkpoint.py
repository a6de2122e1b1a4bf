"""Checkpoints of training: weights, optimiser and position, each written whole or not at all.

A checkpoint is a folder `step-<number>` with `model.safetensors` (what is trained: adapters, or every weight),
`optimizer.safetensors` and `position.json`. There is no state of a generator to keep: order and dropout of every step
follow from the seed and the step's number (see `training`), and so does the learning rate.
"""

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from modeling.ml.errors import TrainingError

NAME = "step-{:08}"
KEPT = 2
"""Checkpoints that stay: the last, and the one before it should the last be damaged."""


def save(folder: Path, *, step: int, model: Any, optimizer: torch.optim.Optimizer, about: dict[str, Any]) -> None:
    """Write a checkpoint of this step; `about` says what it belongs to and must be equal when it is loaded."""
    for left in folder.glob(".part-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder, prefix=".part-"))
    save_file({name: weight.detach().contiguous() for name, weight in trained(model)}, part / "model.safetensors")
    save_file(_flat(optimizer), part / "optimizer.safetensors")
    (part / "position.json").write_text(json.dumps({"step": step, "about": about}))
    for path in part.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    place = folder / NAME.format(step)
    shutil.rmtree(place, ignore_errors=True)
    part.replace(place)
    for old in _folders(folder)[:-KEPT]:
        shutil.rmtree(old)


def load(folder: Path, *, model: Any, optimizer: torch.optim.Optimizer, about: dict[str, Any]) -> int:
    """Bring model and optimiser to the last whole checkpoint and return its step; 0 where there is none.

    Raises `TrainingError` where it belongs to other data, settings or weights.
    """
    for place in reversed(_folders(folder)):
        try:
            position = json.loads((place / "position.json").read_text())
            weights, state = load_file(place / "model.safetensors"), load_file(place / "optimizer.safetensors")
        except (OSError, ValueError, SafetensorError):
            continue  # damaged from outside: the one before it is whole
        _refuse_other(place, position["about"], about)
        _put(model, weights, place)
        optimizer.load_state_dict(_nested(state, optimizer))
        return int(position["step"])
    return 0


def last_step(folder: Path) -> int:
    """Return the step of the last checkpoint in the folder, 0 where there is none."""
    folders = _folders(folder)
    return int(folders[-1].name.partition("-")[2]) if folders else 0


def trained(model: Any) -> list[tuple[str, torch.nn.Parameter]]:
    """Return the parameters that are trained, by name; a shared one once."""
    return [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]


def _folders(folder: Path) -> list[Path]:
    return sorted(folder.glob(NAME.format(0)[:5] + "*"))


def _refuse_other(place: Path, then: dict[str, Any], now: dict[str, Any]) -> None:
    other = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
    if other:
        raise TrainingError(
            f"The checkpoint {place} belongs to a run with other {', '.join(other)}.",
            "Give the new run another name, or bring back what it was begun with.",
        )


def _put(model: Any, weights: dict[str, torch.Tensor], place: Path) -> None:
    own = dict(trained(model))
    if own.keys() != weights.keys():
        raise TrainingError(f"The checkpoint {place} is of a model of another shape.", "Give the new run another name.")
    with torch.no_grad():
        for name, parameter in own.items():
            parameter.copy_(weights[name])


def _flat(optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    state = optimizer.state_dict()["state"]
    return {
        f"{index}.{name}": tensor.contiguous() for index, values in state.items() for name, tensor in values.items()
    }


def _nested(flat: dict[str, torch.Tensor], optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, tensor in flat.items():
        index, _, name = key.partition(".")
        state.setdefault(int(index), {})[name] = tensor
    return {"state": state, "param_groups": optimizer.state_dict()["param_groups"]}
