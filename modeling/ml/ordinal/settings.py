"""What a map of judgements is made with."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from modeling.ml.ordinal.losses import LOSSES


@dataclass(frozen=True)
class MapSettings:
    """`judgements`: the digest of what it is made from; `dimensions` to choose from; `starts` of every embedding."""

    judgements: str
    dimensions: tuple[int, ...] = (1, 2, 3)
    method: str = "soe"
    folds: int = 5
    starts: int = 3
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the settings as JSON holds them."""
        return asdict(self) | {"dimensions": list(self.dimensions)}


def complete(raw: Mapping[str, Any]) -> MapSettings:
    """Return the settings with defaults. Raises `ValueError` saying what cannot be."""
    dimensions = tuple(sorted(set(raw.get("dimensions", (1, 2, 3)))))
    settings = MapSettings(**{**raw, "dimensions": dimensions})
    if not dimensions or dimensions[0] < 1:
        raise ValueError("dimensions: give numbers of 1 or more")
    if settings.method not in LOSSES:
        raise ValueError(f"there is no method {settings.method!r}: choose among {', '.join(LOSSES)}")
    if settings.folds < 2 or settings.starts < 1:
        raise ValueError("give 2 folds or more, and 1 start or more")
    return settings
