"""Everything that changes while a run goes on, and how it goes into a checkpoint and comes back exactly."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from modeling.ml.joint.checkpoint import part
from modeling.ml.joint.items import Items
from modeling.ml.joint.projections import JointModel
from modeling.ml.joint.settings import JointSettings

MOMENTS = ("step", "exp_avg", "exp_avg_sq")


@dataclass(eq=False)
class TrainingState:
    """Model, optimizer, the number of finished epochs, the best of them with its weights, and all points so far."""

    model: JointModel
    optimizer: torch.optim.Adam
    shape: dict[str, Any]
    epoch: int = 0
    best_epoch: int = 0
    best_figure: float = -1.0
    best: dict[str, Tensor] = field(default_factory=dict)
    points: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def begin(cls, items: Items, settings: JointSettings, device: str) -> "TrainingState":
        """Return the state before the first epoch, on that device."""
        shape = model_shape(items, settings)
        model = JointModel(**shape).to(device)
        model.log_scale.requires_grad_(settings.learn_temperature)
        return cls(model, _adam(model, settings), shape)

    def remember(self, point: dict[str, Any], figure: float) -> None:
        """Add a point; the first of equally good epochs stays the best."""
        self.points.append(point)
        if figure > self.best_figure:
            self.best_epoch, self.best_figure = self.epoch, figure
            self.best = {name: one.detach().clone() for name, one in self.model.state_dict().items()}

    def as_json(self) -> dict[str, Any]:
        """Return what goes into the card."""
        names = ("epoch", "best_epoch", "best_figure", "points")
        return {name: getattr(self, name) for name in names}

    def tensors(self) -> dict[str, Tensor]:
        """Return what goes into the tensor file: last and best weights, and Adam's moments by weight."""
        last = {f"last.{name}": one for name, one in self.model.state_dict().items()}
        best = {f"best.{name}": one for name, one in self.best.items()}
        return last | best | self._moments()

    def restore(self, card: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
        """Become the state that was saved."""
        for name in self.as_json():
            setattr(self, name, card[name])
        self.model.load_state_dict(part(tensors, "last."))
        self.best = part(tensors, "best.")
        for name, weights in self.model.named_parameters():
            moments = part(tensors, f"adam.{name}.")
            if moments:
                self.optimizer.state[weights] = {key: one.to(weights.device) for key, one in moments.items()}

    def _moments(self) -> dict[str, Tensor]:
        state = self.optimizer.state
        return {
            f"adam.{name}.{key}": state[weights][key]
            for name, weights in self.model.named_parameters()
            if weights in state
            for key in MOMENTS
        }


def model_shape(items: Items, settings: JointSettings) -> dict[str, Any]:
    """Return what `JointModel` is made with."""
    return {
        "backchannel_width": items.backchannel.shape[1],
        "context_width": items.width(settings.context),
        **{name: getattr(settings, name) for name in ("dimension", "depth", "hidden", "temperature", "seed")},
    }


def _adam(model: JointModel, settings: JointSettings) -> torch.optim.Adam:
    """Return Adam over all that is learned; the temperature does not decay."""
    weights = [one for name, one in model.named_parameters() if name != "log_scale"]
    groups = [{"params": weights, "weight_decay": settings.weight_decay}]
    if settings.learn_temperature:
        groups.append({"params": [model.log_scale], "weight_decay": 0.0})
    return torch.optim.Adam(groups, lr=settings.learning_rate, fused=True)
