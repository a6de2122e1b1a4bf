"""How a trial's clips are named in files: by stimulus id, and where a trial holds a clip twice by id and slot."""

from collections.abc import Sequence


def clip_names(clips: Sequence[str]) -> list[str]:
    """Return a name for each slot, each of them once in the trial.

    >>> clip_names(["a", "b", "c"]), clip_names(["a", "a", "b"])
    (['a', 'b', 'c'], ['a#0', 'a#1', 'b'])
    """
    return [f"{clip}#{slot}" if clips.count(clip) > 1 else clip for slot, clip in enumerate(clips)]
