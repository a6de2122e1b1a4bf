"""What a transform is fitted with."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from modeling.ml.alignment.validation import STRENGTHS


@dataclass(frozen=True)
class AlignmentSettings:
    """`judgements` and `embedding`: digests of what it is fitted to, and of the run that gave the vectors.

    `rank` of the change, None for any matrix; `strengths`: penalties to choose from; `groups` of clips (`clip_folds`).
    """

    judgements: str
    embedding: str
    rank: int | None = 8
    strengths: tuple[float, ...] = STRENGTHS
    groups: int = 6
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the settings as JSON holds them."""
        return asdict(self) | {"strengths": list(self.strengths)}


def complete(raw: Mapping[str, Any]) -> AlignmentSettings:
    """Return the settings with defaults. Raises `ValueError` saying what cannot be."""
    strengths = tuple(sorted({float(each) for each in raw.get("strengths", STRENGTHS)}))
    settings = AlignmentSettings(**{**raw, "strengths": strengths})
    if settings.rank is not None and settings.rank < 1:
        raise ValueError(f"rank {settings.rank}: give 1 or more, or none for any matrix")
    if not strengths or strengths[0] < 0:
        raise ValueError("strengths: give one penalty or more, none below 0")
    if settings.groups < 4:
        raise ValueError(f"{settings.groups} groups of clips: give 4 or more")
    return settings
