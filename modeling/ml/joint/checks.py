"""Whether items can be learned from: sizes, finite vectors, and no dialogue or speaker in two splits."""

import numpy as np

from modeling.ml.joint.errors import ItemsError, SplitOverlapError
from modeling.ml.joint.items import UNKNOWN, Items, Numbers, Split, Vectors

ROWS = 4096


def check(items: Items) -> None:
    """Raise `ItemsError` naming array and row where something is wrong; reads every vector once, in pieces."""
    _check_sizes(items)
    for name, vectors in items.vectors.items():
        _check_finite(name, vectors)
    known = {int(split) for split in Split}
    strange = np.flatnonzero(~np.isin(items.split, list(known)))
    if len(strange):
        raise ItemsError(
            f"Item {strange[0]} is in split {items.split[strange[0]]}.",
            "Splits are 0 train, 1 validation, 2 test, 3 left out.",
        )
    used = items.split != Split.LEFT_OUT
    check_splits("Dialogue", np.where(used, items.dialogue, UNKNOWN), items.split)
    check_splits("Speaker", np.where(used, items.speaker, UNKNOWN), items.split)


def check_splits(what: str, owners: Numbers, split: Numbers) -> None:
    """Raise `SplitOverlapError` if an owner's items, `owners` (n,), are in two splits; negative owners are unknown."""
    known = np.flatnonzero(owners >= 0)
    order = known[np.lexsort((split[known], owners[known]))]
    same_owner = owners[order][1:] == owners[order][:-1]
    torn = np.flatnonzero(same_owner & (split[order][1:] != split[order][:-1]))
    if not len(torn):
        return
    one, other = order[torn[0]], order[torn[0] + 1]
    names = [Split(int(split[row])).name.lower() for row in (one, other)]
    raise SplitOverlapError(
        f"{what} {owners[one]} is in two splits: item {one} in {names[0]}, item {other} in {names[1]}"
        f" ({len(np.unique(owners[order][torn]))} such in all).",
        f"Split by {what.lower()}, so that nothing of it is seen in training and tested afterwards.",
    )


def _check_sizes(items: Items) -> None:
    n = len(items.backchannel)
    if not n:
        raise ItemsError("There are no items.", "Extract backchannels from a corpus first.")
    if not items.context:
        raise ItemsError("The items have no context.", "Give at least one part.")
    for name, array in (items.vectors | items.numbers).items():
        dimensions = 2 if name in items.vectors else 1
        if array.ndim != dimensions or len(array) != n or 0 in array.shape:
            raise ItemsError(
                f"{name} has shape {array.shape} beside {n} backchannels.",
                f"Give one {'vector' if dimensions == 2 else 'number'} for each item, in the same order.",
            )


def _check_finite(name: str, vectors: Vectors) -> None:
    for start in range(0, len(vectors), ROWS):
        finite = np.isfinite(vectors[start : start + ROWS]).all(axis=1)
        if not finite.all():
            row = start + int(np.argmin(finite))
            raise ItemsError(f"{name}, item {row}: not all numbers are finite.", "Embed it again, or leave it out.")
