"""What a run of stage 2 is asked for."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from modeling.ml.joint.errors import JointError

Excluded = Literal["none", "clip", "form"]
"""Which items are not each other's negatives: none, those of one clip, or those of one clip or one word form."""
EXCLUDED: tuple[Excluded, ...] = ("none", "clip", "form")
PRECISIONS = ("float32", "bfloat16")
MAY_CHANGE = ("epochs", "patience")
"""A run may be resumed with other values of these."""


@dataclass(frozen=True)
class JointSettings:
    """Settings of one run (METHODS, the two-stage framework, 2).

    `context`: the parts that are concatenated, in this order. `hidden`: numbers between a context's layers, where there
    is more than one. `temperature`: fixed, or where learning begins. `pool`: the largest validation pool; of more
    items a fixed choice is made, the same for every seed. `patience`: epochs without a better validation top-10 %.
    """

    context: tuple[str, ...]
    dimension: int = 256
    depth: int = 1
    hidden: int = 512
    batch: int = 4096
    temperature: float = 0.1
    learn_temperature: bool = False
    excluded: Excluded = "none"
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    epochs: int = 50
    patience: int = 8
    pool: int = 10_000
    seed: int = 0
    precision: str = "float32"

    def check(self) -> None:
        """Raise `JointError` for a value that cannot be."""
        for good, value in (
            (
                bool(self.context) and len(set(self.context)) == len(self.context),
                "context: name at least one part, once",
            ),
            (self.depth in range(1, 5), "depth: 1 to 4 layers"),
            (min(self.dimension, self.hidden, self.epochs, self.patience, self.pool) > 0, "sizes: above 0"),
            (self.batch > 1, "batch: at least 2, or there is nothing to tell apart"),
            (1 / 300 < self.temperature <= 100, "temperature: above 1/300 and at most 100"),
            (self.excluded in EXCLUDED, f"excluded: one of {', '.join(EXCLUDED)}"),
            (self.learning_rate > 0 and self.weight_decay >= 0, "learning_rate above 0, weight_decay not below"),
            (self.precision in PRECISIONS, f"precision: one of {', '.join(PRECISIONS)}"),
        ):
            if not good:
                raise JointError(f"These settings cannot be: {self}.", f"Mend {value}.")

    def as_json(self) -> dict[str, object]:
        """Return the settings as they are written into a card."""
        return dataclasses.asdict(self) | {"context": list(self.context)}


def read_settings(context: tuple[str, ...], raw: Mapping[str, Any]) -> JointSettings:
    """Return the settings of a run over these parts; text that stands for a number is read as one.

    Raises `ValueError` or `JointError` for a name or a value that cannot be.
    """
    defaults = {field.name: field.default for field in dataclasses.fields(JointSettings) if field.name != "context"}
    unknown = sorted(set(raw) - set(defaults))
    if unknown:
        raise ValueError(f"there is no setting {', '.join(unknown)}. Settings: {', '.join(defaults)}")
    settings = JointSettings(context, **{name: _read(name, value, defaults[name]) for name, value in raw.items()})
    settings.check()
    return settings


def _read(name: str, value: Any, default: Any) -> Any:
    """Return a value as its default is: a flag, a whole number, a number or text."""
    if isinstance(default, bool):
        if value in (True, False):
            return bool(value)
        if str(value).lower() in ("yes", "true", "no", "false"):
            return str(value).lower() in ("yes", "true")
        raise ValueError(f"{name}={value!r}: write yes or no")
    try:
        read = type(default)(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}={value!r} is not a number") from None
    if isinstance(value, float) and read != value:
        raise ValueError(f"{name}={value!r} is not a whole number")
    return read
