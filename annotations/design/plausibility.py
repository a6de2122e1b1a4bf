"""What a browser says it did, against the clock: sounds play one at a time, so their durations add up.

Nothing is refused for it. Whoever made up the times of an answer is found by it; see the rule
`implausible_share_above`.
"""

from collections.abc import Iterable

PLAY_TOLERANCE_S = 0.05
"""A play counts as completed this much before the end: the output's clock against the sound's length (player.js)."""

CLOCKS = 0.01
"""By this share the clocks of a sound card and a computer may differ."""


def is_implausible(rt_ms: float, heard: Iterable[tuple[int, float]]) -> bool:
    """Tell whether the completed plays take longer than the time in which they are said to have happened.

    `rt_ms`: milliseconds from the moment all sounds could be played; `heard`: of each sound, how often it was heard to
    its end, and its seconds.

    >>> is_implausible(2000, [(1, 0.5), (1, 0.6), (2, 0.4)])
    False
    >>> is_implausible(1500, [(1, 0.5), (1, 0.6), (2, 0.4)])
    True
    """
    return least_seconds(heard) > rt_ms / 1000


def least_seconds(heard: Iterable[tuple[int, float]]) -> float:
    """Return the shortest time in which so many plays of sounds of so many seconds can have been completed."""
    return sum(plays * max(0.0, seconds - PLAY_TOLERANCE_S) for plays, seconds in heard) * (1 - CLOCKS)
