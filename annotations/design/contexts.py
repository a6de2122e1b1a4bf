"""Context trials: what was really said after a context, among responses from elsewhere."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from annotations.design.clips import Clip, DesignError, Draw, PlannedTrial, sorted_clips

RESPONSE = "response"


def true_responses(contexts: Sequence[Clip], backchannels: Sequence[Clip]) -> dict[str, str]:
    """Return for each context the backchannel really said after it.

    It is the one named in the context's column `response`, else the only backchannel of the same dialogue.
    Raises `ResponseFaults` listing every context for which there is none or more than one.
    """
    known = {clip.key for clip in backchannels}
    of_dialogue: dict[str, list[str]] = defaultdict(list)
    for clip in sorted_clips(backchannels):
        if clip.value("dialogue"):
            of_dialogue[clip.value("dialogue")].append(clip.key)
    found: dict[str, str] = {}
    faults: dict[str, str] = {}
    for context in sorted_clips(contexts):
        named = context.value(RESPONSE)
        candidates = [named] if named else of_dialogue[context.value("dialogue")]
        if len(candidates) == 1 and candidates[0] in known:
            found[context.key] = candidates[0]
        else:
            faults[context.key] = _trouble(context, candidates)
    if faults:
        raise ResponseFaults(faults)
    return found


def make_contexts(
    contexts: Sequence[Clip],
    backchannels: Sequence[Clip],
    *,
    foils: int,
    distinct_tokens: bool,
    seed: int,
    n: int | None = None,
) -> list[PlannedTrial]:
    """Return a trial for each context, or for `n` drawn at random: the true response and `foils` others.

    Foils come from other dialogues, never two from the same one, the least used first, ties at random; with
    `distinct_tokens` all clips of a trial are different words. Slots are assigned at random. Raises `DesignError`
    where there are too few contexts or foils, and `ResponseFaults`.
    """
    if not contexts:
        raise DesignError("make", "the stimuli have no context", "Give some stimuli the role `context`")
    if n is not None and n > len(contexts):
        raise DesignError("n", f"{n} contexts are wanted and there are {len(contexts)}", f"Ask for {len(contexts)}")
    truth = true_responses(contexts, backchannels)
    draw = Draw(seed)
    ordered = sorted_clips(contexts)
    chosen = [ordered[at] for at in draw.order(len(ordered))[:n]]
    pool = _Pool(backchannels, draw, distinct_tokens=distinct_tokens)
    for context in chosen:
        pool.use(truth[context.key])
    return [_planned(context, truth[context.key], pool, foils, draw) for context in chosen]


class ResponseFaults(DesignError):  # noqa: N818 - a list of faults, each of a context
    """Contexts without one true response; `of_context` says what is wrong with each."""

    def __init__(self, of_context: dict[str, str]) -> None:
        self.of_context = of_context
        listed = "; ".join(f"{key}: {trouble}" for key, trouble in of_context.items())
        super().__init__(
            "make",
            f"what was really said after a context is not known ({listed})",
            f"Name the backchannel in a column `{RESPONSE}` of the stimuli",
        )


class _Pool:
    """The backchannels with how often each was used."""

    def __init__(self, clips: Sequence[Clip], draw: Draw, *, distinct_tokens: bool) -> None:
        self.clips = sorted_clips(clips)
        self.at = {clip.key: at for at, clip in enumerate(self.clips)}
        self._uses = np.zeros(len(self.clips), dtype=np.int64)
        self._draw = draw
        self._distinct_tokens = distinct_tokens

    def use(self, key: str) -> None:
        """Count one use of a clip."""
        self._uses[self.at[key]] += 1

    def foils(self, true: Clip, dialogue: str) -> Iterator[Clip]:
        """Yield clips that may stand beside the true one, the least used first, and count each that is taken."""
        dialogues = {dialogue, true.value("dialogue")} - {""}
        tokens = {true.value("token")}
        for at in np.lexsort((self._draw.keys(len(self.clips)), self._uses)):
            clip = self.clips[at]
            word, source = clip.value("token"), clip.value("dialogue")
            if clip.key == true.key or source in dialogues:
                continue
            if self._distinct_tokens and (not word or word in tokens):
                continue
            tokens.add(word)
            dialogues |= {source} - {""}
            self._uses[at] += 1
            yield clip


def _planned(context: Clip, true_key: str, pool: _Pool, foils: int, draw: Draw) -> PlannedTrial:
    true = pool.clips[pool.at[true_key]]
    clips = [true]
    candidates = pool.foils(true, context.value("dialogue"))
    while len(clips) <= foils:
        foil = next(candidates, None)
        if foil is None:
            what = f"context {context.key} has {len(clips) - 1} possible foils and {foils} are wanted"
            raise DesignError("foils", what, "Ask for fewer, or add backchannels of other words and dialogues")
        clips.append(foil)
    slots = draw.order(len(clips))
    return PlannedTrial(tuple(clips[at].key for at in slots), context=context.key, true_slot=slots.index(0))


def _trouble(context: Clip, candidates: Sequence[str]) -> str:
    if context.value(RESPONSE):
        return f"there is no backchannel {candidates[0]!r}"
    if not context.value("dialogue"):
        return "it names neither a response nor a dialogue"
    if not candidates:
        return f"dialogue {context.value('dialogue')!r} has no backchannel"
    return f"dialogue {context.value('dialogue')!r} has {len(candidates)} backchannels"
