"""Batches of clips of like length, so that little is computed on padding."""

from collections.abc import Sequence


def length_batches(lengths: Sequence[int], *, budget: int) -> list[list[int]]:
    """Return the indices of `lengths` in batches, shortest first.

    A batch padded to its longest clip holds at most `budget` samples; a clip longer than that is a batch of its own.

    >>> length_batches([5, 1, 9, 2], budget=6)
    [[1, 3], [0], [2]]
    """
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda each: (lengths[each], each)):
        if not batches or (len(batches[-1]) + 1) * lengths[index] > budget:
            batches.append([])
        batches[-1].append(index)
    return batches
