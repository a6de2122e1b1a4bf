"""Judgements of three clips as training takes them, whether from files or from the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class JudgedTriads:
    """Single judgements: of each triad the numbers in `keys` of three different clips, the odd one last.

    Of `anchored` ones the first clip is the anchor, and the last the one less like it. `tokens` are written forms by
    key; `source` tells where the judgements come from: of a study its version and corpus, of another file its name.
    """

    keys: Sequence[str]
    tokens: Mapping[str, str]
    triads: Sequence[tuple[int, int, int]]
    anchored: bool
    source: Mapping[str, Any]
