"""Where a participant's checks stand among the pages: evenly spaced, never first or last, the same for the same seed.

Practice comes before everything else. The checks that follow are attention trials and repeats: trials that the
participant answered some pages before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

ORDINARY, PRACTICE, ATTENTION, REPEAT = "", "practice", "attention", "repeat"

FEWEST_TRIALS = 2
"""Checks stand between ordinary trials, so there must be two."""

PHASES = 32
"""The distance of the first check from the beginning is drawn from so many, so that all of them can be tried."""


@dataclass(frozen=True, slots=True)
class PageCounts:
    """How many pages of each kind one participant gets; a repeat comes `gap` pages after the first time, or more."""

    ordinary: int
    practice: int = 0
    attention: int = 0
    repeats: int = 0
    gap: int = 1

    @property
    def checks(self) -> int:
        """Return the number of pages among the ordinary ones."""
        return self.attention + self.repeats

    @property
    def total(self) -> int:
        """Return the number of all pages."""
        return self.practice + self.ordinary + (self.checks if self.ordinary >= FEWEST_TRIALS else 0)


def lay_out(counts: PageCounts, *, seed: int) -> list[str]:
    """Return the kind of each page: "", practice, attention or repeat.

    With fewer than two ordinary trials there are no checks.

    >>> lay_out(PageCounts(ordinary=8, attention=1, repeats=1, gap=4), seed=1)
    ['', '', '', 'attention', '', '', '', 'repeat', '', '']
    """
    phases = _good_phases(counts) or range(PHASES)
    phase = phases[int(np.random.default_rng([seed, counts.checks]).integers(len(phases)))]
    return [PRACTICE] * counts.practice + _body(counts, phase)


def fits(counts: PageCounts) -> bool:
    """Tell whether every check finds its place, and every repeat a trial from `gap` pages before."""
    return not counts.checks or bool(_good_phases(counts))


def originals(layout: Sequence[str], *, gap: int, seed: int) -> dict[int, int]:
    """Return for each repeat's page the page that it repeats, drawn from those at least `gap` pages before it.

    No page is repeated twice. A repeat for which there is no such page is left out.
    """
    rng = np.random.default_rng([seed, len(layout), gap])
    chosen: dict[int, int] = {}
    for page in (at for at, kind in enumerate(layout) if kind == REPEAT):
        free = [at for at in range(page - gap + 1) if layout[at] == ORDINARY and at not in chosen.values()]
        if free:
            chosen[page] = free[rng.integers(len(free))]
    return chosen


@cache
def _good_phases(counts: PageCounts) -> Sequence[int]:
    """Return the phases with which every repeat comes late enough; none if there are too few ordinary trials."""
    if counts.ordinary < FEWEST_TRIALS:
        return ()
    return tuple(phase for phase in range(PHASES) if _repeatable(_body(counts, phase), counts.gap))


def _body(counts: PageCounts, phase: int) -> list[str]:
    """Return the kinds of the pages after practice."""
    if not counts.checks or counts.ordinary < FEWEST_TRIALS:
        return [ORDINARY] * counts.ordinary
    length = counts.ordinary + counts.checks
    places = [1 + int((at + phase / PHASES) * (length - 2) / counts.checks) for at in range(counts.checks)]
    mixed = _placed(length, places, _mixed(counts))
    return mixed if _repeatable(mixed, counts.gap) else _placed(length, places, _repeats_last(counts))


def _placed(length: int, places: Sequence[int], kinds: Sequence[str]) -> list[str]:
    body = [ORDINARY] * length
    for place, kind in zip(places, kinds, strict=True):
        body[place] = kind
    return body


def _mixed(counts: PageCounts) -> list[str]:
    """Return attention trials and repeats in turn, a repeat at the end of each share of the checks."""
    kinds = [ATTENTION] * counts.checks
    for at in range(1, counts.repeats + 1):
        kinds[at * counts.checks // counts.repeats - 1] = REPEAT
    return kinds


def _repeats_last(counts: PageCounts) -> list[str]:
    return [ATTENTION] * counts.attention + [REPEAT] * counts.repeats


def _repeatable(body: Sequence[str], gap: int) -> bool:
    """Tell whether at each repeat there are enough trials from `gap` pages before for it and the repeats until then."""
    repeats = [page for page, kind in enumerate(body) if kind == REPEAT]
    return all(list(body[: max(page - gap + 1, 0)]).count(ORDINARY) > nth for nth, page in enumerate(repeats))
