"""How a language model is fine-tuned: every setting with its default, which depends on where the model comes from."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

SIZES = ("small", "tiny")
PRECISIONS = ("auto", "float32", "bfloat16")
DEFAULTS: dict[str, dict[str, Any]] = {
    "lora": {"epochs": 1.0, "lr": 2e-4, "batch": 8, "micro": 4, "block": 1024, "weight_decay": 0.0},
    "full": {"epochs": 1.0, "lr": 2e-5, "batch": 8, "micro": 4, "block": 1024, "weight_decay": 0.0},
    "small": {"epochs": 2.0, "lr": 2e-3, "batch": 16, "micro": 4, "block": 256, "weight_decay": 0.1},
    "tiny": {"epochs": 20.0, "lr": 3e-3, "batch": 8, "micro": 8, "block": 128, "weight_decay": 0.0},
}
"""By adapter, full fine-tuning and the sizes from scratch. LoRA as METHODS gives it (2e-4, 1,024 tokens)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is trained and how. A `block` counts tokens; `batch` counts blocks a step, `micro` blocks held at once."""

    base: str = ""
    """Name on the hub or folder of a causal language model; empty: from scratch."""
    scratch: str = ""
    """`small` or `tiny`: a tokenizer and a model made of this corpus alone; empty: from `base`."""
    full: bool = False
    """Train every weight of `base` instead of LoRA adapters."""
    turns: tuple[int, ...] = (1, 3, 5)
    """Lengths of context, in turns, at which backchannels are judged."""
    epochs: float = 1.0
    lr: float = 2e-4
    batch: int = 8
    micro: int = 4
    block: int = 1024
    weight_decay: float = 0.0
    warmup: float = 0.03
    """Share of the steps in which the learning rate rises; then it falls as a cosine to 0."""
    rank: int = 32
    alpha: int = 64
    dropout: float = 0.05
    precision: str = "auto"
    """`auto`: bfloat16 where the hardware computes in it, else float32."""
    seed: int = 0

    @property
    def way(self) -> str:
        """`small`, `tiny`, `full` or `lora`."""
        return self.scratch or ("full" if self.full else "lora")

    @property
    def label(self) -> str:
        """The name in tables and figures. A model from scratch is always called so."""
        if self.scratch:
            return f"scratch-{self.scratch}"
        return f"{PurePath(self.base).name} {self.way}"


def complete(raw: Mapping[str, Any]) -> Settings:
    """Return the settings with the defaults of their way of training; raise `ValueError` saying what to write."""
    names = {field.name for field in dataclasses.fields(Settings)}
    unknown = sorted(set(raw) - names)
    if unknown:
        raise ValueError(f"there is no setting {', '.join(unknown)}. Settings: {', '.join(sorted(names))}")
    first = Settings(**{name: raw[name] for name in ("base", "scratch", "full") if name in raw})
    _check_source(first)
    given = dict(raw) | ({"turns": tuple(raw["turns"])} if "turns" in raw else {})
    settings = Settings(**DEFAULTS[first.way] | given)
    _check_numbers(settings)
    return settings


def as_json(settings: Settings) -> dict[str, Any]:
    """Return the settings as a dictionary that JSON can hold."""
    return dataclasses.asdict(settings) | {"turns": list(settings.turns)}


def _check_source(settings: Settings) -> None:
    if bool(settings.base) == bool(settings.scratch):
        raise ValueError("give either a base (a model's name or folder) or from scratch small or tiny")
    if settings.scratch and settings.scratch not in SIZES:
        raise ValueError(f"from scratch there is {' and '.join(SIZES)}, not {settings.scratch!r}")
    if settings.scratch and settings.full:
        raise ValueError("a model from scratch is always trained in full; leave --full out")


def _check_numbers(settings: Settings) -> None:
    if not settings.turns or any(turns < 1 for turns in settings.turns):
        raise ValueError("turns are whole numbers from 1, such as 1 3 5")
    for name in ("epochs", "lr", "batch", "micro", "rank", "alpha"):
        if getattr(settings, name) <= 0:
            raise ValueError(f"{name}={getattr(settings, name)!r} must be above 0")
    if settings.block < 8:
        raise ValueError(f"block={settings.block} is too short; give at least 8 tokens")
    for name in ("warmup", "dropout"):
        if not 0 <= getattr(settings, name) < 1:
            raise ValueError(f"{name}={getattr(settings, name)!r} must be from 0 to below 1")
    if settings.precision not in PRECISIONS:
        raise ValueError(f"precision is one of {', '.join(PRECISIONS)}, not {settings.precision!r}")
