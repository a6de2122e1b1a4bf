"""Judgements as one file that is named by its own digest: what a run was fitted to can be told for good."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from modeling.ml.judgements.errors import JudgementsError
from modeling.ml.ordinal.judged import Judged

FORMAT = "bcstudy judgements 1"


@dataclass(frozen=True, eq=False)
class Frozen:
    """Judgements of clips: `keys` and `tokens` (n,) are the clips that were judged, by the numbers in `judged`.

    `source` tells where they come from: of an export the study, its version and corpus; of another file its name. A
    token is the clip's written form, empty where not known.
    """

    keys: tuple[str, ...]
    tokens: tuple[str, ...]
    judged: Judged
    source: Mapping[str, Any]

    @property
    def n_judgements(self) -> int:
        """Single answers, each as often as it was given."""
        return int(self.judged.count.sum())

    @property
    def n_triads(self) -> int:
        """Different sets of three clips."""
        return len(np.unique(self.judged.triad_keys()))

    def to_bytes(self) -> bytes:
        """Return the file: the same judgements and source give the same bytes."""
        rows = np.column_stack([self.judged.items, self.judged.odd, self.judged.count])
        content = {
            "format": FORMAT,
            "source": dict(self.source),
            "clips": [list(each) for each in zip(self.keys, self.tokens, strict=True)],
            "anchored": self.judged.anchored,
            "judgements": rows.tolist(),
        }
        return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def frozen_of(keys: list[str], tokens: Mapping[str, str], judged: Judged, source: Mapping[str, Any]) -> Frozen:
    """Return the judgements with clips that were judged only, in the order of their keys."""
    used = np.unique(judged.items)
    order = sorted(used.tolist(), key=lambda clip: keys[clip])
    number = np.zeros(len(keys), dtype=np.int64)
    number[order] = np.arange(len(order))
    rows = np.column_stack([number[judged.items], judged.odd, judged.count])
    rows = rows[np.lexsort(rows.T[::-1])]
    again = Judged(rows[:, :3], rows[:, 3], rows[:, 4], judged.anchored)
    chosen = tuple(keys[clip] for clip in order)
    return Frozen(chosen, tuple(tokens.get(key, "") for key in chosen), again, source)


def store(folder: Path, frozen: Frozen) -> str:
    """Write the judgements into the folder, if they are not there, and return their digest (SHA-256)."""
    content = frozen.to_bytes()
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{digest}.json"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(content)
        unfinished.replace(path)
    return digest


def load(folder: Path, digest: str) -> Frozen:
    """Return the judgements of that digest. Raises `JudgementsError` where they are absent or were changed."""
    path = folder / f"{digest}.json"
    again = "Ask for the run again with the export that it was made from."
    try:
        content = path.read_bytes()
    except OSError as error:
        raise JudgementsError(f"The judgements {path} cannot be read: {error.strerror}.", again) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise JudgementsError(f"{path} was changed: its digest is not its name any more.", f"Remove it. {again}")
    told = json.loads(content)
    rows = np.asarray(told["judgements"], dtype=np.int64).reshape(-1, 5)
    judged = Judged(rows[:, :3], rows[:, 3], rows[:, 4], told["anchored"])
    keys, tokens = zip(*told["clips"], strict=True)
    return Frozen(keys, tokens, judged, told["source"])
