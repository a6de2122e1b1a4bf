"""Foils: backchannels from elsewhere that stand beside what was really said, each used about equally often."""

from collections.abc import Iterator, Sequence

import numpy as np

from annotations.design.clips import Clip, Draw, sorted_clips


class FoilPool:
    """The backchannels with how often each was used."""

    def __init__(self, clips: Sequence[Clip], draw: Draw, *, distinct_tokens: bool) -> None:
        self._clips = sorted_clips(clips)
        self._at = {clip.key: at for at, clip in enumerate(self._clips)}
        self._uses = np.zeros(len(self._clips), dtype=np.int64)
        self._draw = draw
        self._distinct_tokens = distinct_tokens

    def __getitem__(self, key: str) -> Clip:
        return self._clips[self._at[key]]

    def use(self, key: str) -> None:
        """Count one use of a clip."""
        self._uses[self._at[key]] += 1

    def sets(self, true: Clip, dialogue: str, n: int) -> Iterator[list[Clip]]:
        """Yield sets of `n` foils for the true response of a `dialogue`, those of the least used clips first.

        No two clips of a trial are of the same dialogue; with `distinct_tokens` all are different words. Up to two
        foils these are all the sets there are; of more foils the first and the last are varied.
        """
        fitting = self._fitting(true, dialogue)
        for first in range(len(fitting)):
            chosen = [true]
            for clip in fitting[first:]:
                if not self._may_join(chosen, clip):
                    continue
                if len(chosen) == n:
                    yield [*chosen[1:], clip]
                else:
                    chosen.append(clip)

    def most(self, true: Clip, dialogue: str) -> int:
        """Return how many foils could stand beside the true response at once, taken one after the other."""
        chosen = [true]
        for clip in self._fitting(true, dialogue):
            if self._may_join(chosen, clip):
                chosen.append(clip)
        return len(chosen) - 1

    def _fitting(self, true: Clip, dialogue: str) -> list[Clip]:
        """Return the clips that may stand beside the true one, the least used first, ties at random."""
        order = np.lexsort((self._draw.keys(len(self._clips)), self._uses))
        clips = (self._clips[at] for at in order)
        own = {dialogue, true.value("dialogue")} - {""}
        return [clip for clip in clips if clip.value("dialogue") not in own and self._may_join([true], clip)]

    def _may_join(self, chosen: Sequence[Clip], clip: Clip) -> bool:
        if clip.key in (one.key for one in chosen):
            return False
        if clip.value("dialogue") and clip.value("dialogue") in (one.value("dialogue") for one in chosen):
            return False
        word = clip.value("token")
        return not self._distinct_tokens or (bool(word) and word not in (one.value("token") for one in chosen))
