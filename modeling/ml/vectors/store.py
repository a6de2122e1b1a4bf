"""Vectors of n items in a folder, filled batch by batch and gone on with where they were broken off.

    vectors.npy     (n, width) float32, mapped, never in memory as a whole
    present.npy     (n,) whether an item has a vector; one without sound or words has none, and a row of zeros
    progress.json   while it is filled: how many items are stored, and what makes the vectors
    card.json       when it is whole: the same, with versions and the SHA-256 of the vectors

Vectors reach the disk before the count that names them, so a process killed at any point leaves a count that holds.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from modeling.ml.joint.errors import ItemsError
from modeling.ml.joint.files import write_json

FORMAT = "bcstudy item vectors 1"
CARD, PROGRESS, VECTORS, PRESENT = "card.json", "progress.json", "vectors.npy", "present.npy"
ANEW = "Remove the folder and ask again: they are computed anew."

Vectors = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


class VectorStore:
    """The vectors of n items as they come. `about` names what makes them: of which data, by which model."""

    def __init__(self, folder: Path, *, n: int, width: int, about: Mapping[str, Any]) -> None:
        """Open what is there, or begin. Raises `ItemsError` where others were begun in the folder."""
        self.folder, self.n, self.width = folder, n, width
        self._told = {"format": FORMAT, "items": n, "width": width, **about}
        folder.mkdir(parents=True, exist_ok=True)
        self.stored = self._stored_before()
        mode: Any = "r+" if self.stored else "w+"
        self._vectors = _mapped(folder / VECTORS, mode, np.float32, (n, width))
        self._present = _mapped(folder / PRESENT, mode, np.bool_, (n,))
        self.done = self.stored

    def add(self, vectors: Vectors, present: Flags) -> None:
        """Take the next items: a row (width,) for each that is present, in order; `present` (items,).

        Raises `ItemsError` for vectors that nothing could be learned from.
        """
        if vectors.shape != (int(present.sum()), self.width):
            raise ItemsError(f"There are vectors of shape {vectors.shape} for {present.sum()} items.", ANEW)
        finite = np.isfinite(vectors).all(axis=1)
        if not finite.all():
            row = self.done + int(np.flatnonzero(present)[np.argmin(finite)])
            raise ItemsError(f"Item {row}: not all numbers of its vector are finite.", "Look at its sound or text.")
        rows = slice(self.done, self.done + len(present))
        self._vectors[rows][present] = vectors
        self._present[rows] = present
        self.done += len(present)

    def save(self) -> None:
        """Bring everything so far to the disk, then the count."""
        self._vectors.flush()
        self._present.flush()
        write_json(self.folder / PROGRESS, self._told | {"stored": self.done})
        self.stored = self.done
        # Mapped anew, what is on disk leaves this process's memory: it holds what came since, however many items.
        self._vectors = _mapped(self.folder / VECTORS, "r+", np.float32, (self.n, self.width))

    def close(self, *, versions: Mapping[str, str], further: Mapping[str, Any]) -> dict[str, Any]:
        """Write the card, without which the folder holds no vectors, and return it."""
        if self.done != self.n:
            raise ItemsError(f"{self.done} of {self.n} items are embedded.", ANEW)
        self.save()
        left_out = self.n - int(self._present.sum())
        card = self._told | {"left_out": left_out, "versions": dict(versions), **further, "sha256": self._sha256()}
        write_json(self.folder / CARD, card)
        (self.folder / PROGRESS).unlink()
        return card

    def _sha256(self) -> str:
        with (self.folder / VECTORS).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _stored_before(self) -> int:
        path = next((self.folder / name for name in (CARD, PROGRESS) if (self.folder / name).is_file()), None)
        if path is None:
            return 0
        found = json.loads(path.read_text(encoding="utf-8"))
        other = [name for name, value in self._told.items() if found.get(name) != value]
        if other:
            was = ", ".join(f"{name} was {found.get(name)!r} and is {self._told[name]!r}" for name in other)
            raise ItemsError(f"The vectors in {self.folder} are of something else: {was}.", ANEW)
        return self.n if path.name == CARD else int(found["stored"])


def open_vectors(folder: Path) -> tuple[Vectors, Flags, dict[str, Any]]:
    """Return the vectors (n, width), mapped, which items have one (n,), and the card. Raises `ItemsError`."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        vectors = np.load(folder / VECTORS, mmap_mode="r", allow_pickle=False)
        present = np.load(folder / PRESENT, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise ItemsError(f"{folder} holds no whole item vectors: {error}.", ANEW) from error
    if card.get("format") != FORMAT or vectors.shape != (card["items"], card["width"]) or len(present) != len(vectors):
        raise ItemsError(f"{folder}: card and vectors do not fit.", ANEW)
    return vectors, present, card


def _mapped(path: Path, mode: Any, dtype: Any, shape: tuple[int, ...]) -> Any:
    if mode == "w+":
        return np.lib.format.open_memmap(path, mode=mode, dtype=dtype, shape=shape)
    found = np.lib.format.open_memmap(path, mode=mode)
    if found.shape != shape or found.dtype != dtype:
        raise ItemsError(f"{path} has the shape {found.shape}, not {shape}.", ANEW)
    return found
