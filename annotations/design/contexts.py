"""Context trials: what was really said after a context, among responses from elsewhere."""

from collections import defaultdict
from collections.abc import Sequence

from annotations.design.clips import Clip, DesignError, Draw, PlannedTrial, sorted_clips
from annotations.design.foils import FoilPool

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
    per_context: int = 1,
) -> list[PlannedTrial]:
    """Return `n` trials, or `per_context` for each context: the true response and `foils` others.

    Contexts are in equally many trials or in one more, at most `per_context`; chance decides which, and no two trials
    of a context have the same clips. Foils come from other dialogues, never two from the same one, the least used
    first (as true response or as foil), ties at random; with `distinct_tokens` all clips of a trial are different
    words. The true response is in every slot equally often or once more. Raises `DesignError` where there are too
    few contexts or foils, and `ResponseFaults`.
    """
    if not contexts:
        raise DesignError("make", "the stimuli have no context", "Give some stimuli the role `context`")
    total = _checked_total(n, len(contexts), per_context)
    truth = true_responses(contexts, backchannels)
    draw = Draw(seed)
    chosen = _rounds(sorted_clips(contexts), total, draw)
    pool = FoilPool(backchannels, draw, distinct_tokens=distinct_tokens)
    for context in chosen:
        pool.use(truth[context.key])
    slots = [turn % (foils + 1) for turn in draw.order(total)]
    used: dict[str, set[frozenset[str]]] = defaultdict(set)
    trials = []
    for context, slot in zip(chosen, slots, strict=True):
        true = pool[truth[context.key]]
        clips = _foils(context, true, pool, foils, used[context.key])
        clips = [clips[at] for at in draw.order(foils)]
        clips.insert(slot, true)
        trials.append(PlannedTrial(tuple(clip.key for clip in clips), context=context.key, true_slot=slot))
    return trials


def _checked_total(n: int | None, n_contexts: int, per_context: int) -> int:
    """Return how many trials are to be made; raise `DesignError` if that is more than the contexts allow."""
    most = n_contexts * per_context
    if n is None or n <= most:
        return most if n is None else n
    what = f"{n} contexts are wanted and there are {n_contexts}"
    if per_context > 1:
        what = f"{n} trials are wanted, and {n_contexts} contexts with {per_context} trials each allow {most}"
    mend = f"Ask for {most}, or set per_context to {-(-n // n_contexts)}: so many trials of a context"
    raise DesignError("n", what, mend)


def _rounds(contexts: Sequence[Clip], total: int, draw: Draw) -> list[Clip]:
    """Return `total` contexts: all in random order, again and again; of the last round as many as are missing."""
    chosen: list[Clip] = []
    while len(chosen) < total:
        chosen += [contexts[at] for at in draw.order(len(contexts))]
    return chosen[:total]


def _foils(context: Clip, true: Clip, pool: FoilPool, n: int, used: set[frozenset[str]]) -> list[Clip]:
    """Return `n` foils that the context did not have together before, and count them as used."""
    for foils in pool.sets(true, context.value("dialogue"), n):
        keys = frozenset(foil.key for foil in foils)
        if keys not in used:
            used.add(keys)
            for key in keys:
                pool.use(key)
            return foils
    if used:
        what = f"context {context.key} has {len(used)} different sets of {n} foils, and one more is wanted"
        raise DesignError("per_context", what, "Ask for fewer, or add backchannels of other words and dialogues")
    most = pool.most(true, context.value("dialogue"))
    what = f"context {context.key} has {most} possible foils and {n} are wanted"
    raise DesignError("foils", what, "Ask for fewer, or add backchannels of other words and dialogues")


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


def _trouble(context: Clip, candidates: Sequence[str]) -> str:
    if context.value(RESPONSE):
        return f"there is no backchannel {candidates[0]!r}"
    if not context.value("dialogue"):
        return "it names neither a response nor a dialogue"
    if not candidates:
        return f"dialogue {context.value('dialogue')!r} has no backchannel"
    return f"dialogue {context.value('dialogue')!r} has {len(candidates)} backchannels"
