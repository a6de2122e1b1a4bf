"""Triads of clips: drawn from a seed, no two alike, every clip used about equally often."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt

from annotations.design.clips import Clip, DesignError, Draw, PlannedTrial, require_column, sorted_clips

MIXED, SAME, DIFFERENT = "mixed", "same", "different"
SIZE = 3


@dataclass(frozen=True, slots=True)
class TriadRule:
    """Which three clips may stand together: one value of `within`, three of `across`; and whose voices.

    `speakers` is mixed (any three), same (one speaker) or different (three speakers).
    """

    within: str | None = None
    across: str | None = None
    speakers: str = MIXED

    @property
    def shared(self) -> tuple[str, ...]:
        """Return the columns that the clips of a triad have in common."""
        return tuple(c for c in (self.within, "speaker" if self.speakers == SAME else None) if c)

    @property
    def distinct(self) -> tuple[str, ...]:
        """Return the columns in which the clips of a triad all differ."""
        return tuple(c for c in (self.across, "speaker" if self.speakers == DIFFERENT else None) if c)


def make_triads(clips: Sequence[Clip], *, n: int, seed: int, rule: TriadRule) -> list[PlannedTrial]:
    """Return `n` different triads, slots assigned at random, in random order.

    Clips with nothing in a column of the rule take no part. Each next triad takes the clip that was used least
    so far, then its least used fitting companions, ties at random. The stratum is the common value of `within`,
    else the three values of `across`, sorted and joined by "-"; the attribute `speakers` says same, different or
    two (of three). Raises `DesignError` if fewer than `n` triads are possible, saying how many are.
    """
    for key, column in (("within", rule.within), ("across", rule.across), ("speakers", _voice(rule))):
        if column:
            require_column(clips, column, key=key)
    columns = (*rule.shared, *rule.distinct)
    usable = [clip for clip in sorted_clips(clips) if all(clip.value(column) for column in columns)]
    possible = count_triads(usable, rule)
    if possible < n:
        mend = f"Ask for at most {possible}" if possible else "Add clips or relax the rule"
        raise DesignError("n", f"{n} triads are wanted and only {possible} are possible", mend)
    draw = Draw(seed)
    triads = _Drawer(usable, rule, draw).triads(n)
    return [_planned([usable[at] for at in triads[position]], rule, draw) for position in draw.order(n)]


def count_triads(clips: Sequence[Clip], rule: TriadRule) -> int:
    """Return how many different triads the rule allows, counted over cells of alike clips (exact below 9e15)."""
    groups: dict[tuple[str, ...], list[Clip]] = defaultdict(list)
    for clip in clips:
        groups[_values(clip, rule.shared)].append(clip)
    return sum(_count_in_group(group, rule.distinct) for group in groups.values())


def _count_in_group(group: Sequence[Clip], distinct: tuple[str, ...]) -> int:
    """Return the number of triangles between cells that differ in every distinct column: tr((A W)³) / 6."""
    if not distinct:
        return comb(len(group), SIZE)
    cells, sizes = np.unique([_values(clip, distinct) for clip in group], axis=0, return_counts=True)
    differ = np.all(cells[:, None, :] != cells[None, :, :], axis=2)
    paths = differ * sizes.astype(np.float64)
    return round(float(np.sum((paths @ paths) * paths.T)) / 6)


class _Drawer:
    """Draws triads (as three positions in `clips`) and remembers what was used and what is used up."""

    def __init__(self, clips: Sequence[Clip], rule: TriadRule, draw: Draw) -> None:
        self._shared = _codes(clips, rule.shared)
        self._distinct = _codes(clips, rule.distinct)
        self._draw = draw
        self._uses = np.zeros(len(clips), dtype=np.int64)
        self._taken: set[tuple[int, ...]] = set()
        self._spent: set[tuple[int, ...]] = set()

    def triads(self, n: int) -> list[tuple[int, ...]]:
        """Return `n` triads; there must be that many."""
        return [self._next() for _ in range(n)]

    def _next(self) -> tuple[int, ...]:
        everyone = np.ones(len(self._uses), dtype=np.bool_)
        for first in self._least_used(everyone):
            fitting = self._companions(first)
            for second in self._least_used(fitting, (first,)):
                for third in self._least_used(fitting & self._companions(second)):
                    triad = tuple(sorted((first, second, third)))
                    if triad not in self._taken:
                        return self._take(triad)
                self._spent.add((first, second))
            self._spent.add((first,))
        raise AssertionError("fewer triads are possible than were counted")

    def _take(self, triad: tuple[int, ...]) -> tuple[int, ...]:
        self._taken.add(triad)
        self._uses[list(triad)] += 1
        return triad

    def _companions(self, clip: int) -> npt.NDArray[np.bool_]:
        """Return which clips may stand in a triad with this one."""
        same = (self._shared == self._shared[clip]).all(axis=1)
        other = (self._distinct != self._distinct[clip]).all(axis=1)
        fitting = same & other
        fitting[clip] = False
        return np.asarray(fitting, dtype=np.bool_)

    def _least_used(self, among: npt.NDArray[np.bool_], before: tuple[int, ...] = ()) -> Iterator[int]:
        """Yield clips from the least used on, ties at random, but for those with which nothing is left."""
        candidates = np.flatnonzero(among)
        for at in np.lexsort((self._draw.keys(len(candidates)), self._uses[candidates])):
            clip = int(candidates[at])
            if (*before, clip) not in self._spent:
                yield clip


def _planned(triad: Sequence[Clip], rule: TriadRule, draw: Draw) -> PlannedTrial:
    slots = [triad[at] for at in draw.order(SIZE)]
    voices = {clip.value("speaker") for clip in triad}
    attributes = {"speakers": {1: SAME, 2: "two", 3: DIFFERENT}[len(voices)]} if "" not in voices else {}
    return PlannedTrial(tuple(clip.key for clip in slots), _stratum(triad, rule), attributes=attributes)


def _stratum(triad: Sequence[Clip], rule: TriadRule) -> str:
    column = rule.within or rule.across
    return "-".join(sorted({clip.value(column) for clip in triad})) if column else ""


def _voice(rule: TriadRule) -> str | None:
    return None if rule.speakers == MIXED else "speaker"


def _values(clip: Clip, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(clip.value(column) for column in columns)


def _codes(clips: Sequence[Clip], columns: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Return each clip's values as whole numbers, shape (n_clips, n_columns)."""
    codes = np.zeros((len(clips), len(columns)), dtype=np.int64)
    for at, column in enumerate(columns):
        codes[:, at] = np.unique([clip.value(column) for clip in clips], return_inverse=True)[1]
    return codes
