"""Balance of the plan: use of clips, blocks, slots, and true responses."""

from collections import Counter
from collections.abc import Iterator

from annotations.checking.facts import StudyFacts
from annotations.checking.findings import Finding, listed, note, plural, warning
from annotations.enums import Check
from corpus.enums import StimulusRole

UNBALANCED = 3
"""The clip used most is used more than so many times as often as the one used least."""
LEANING = 0.5
"""More than this share of the true responses in one slot is no chance, from so many trials on:"""
FEWEST_TRUE = 12


def check_balance(facts: StudyFacts) -> Iterator[Finding]:
    """Yield where the plan leans."""
    yield from _use_of_clips(facts)
    yield from _true_responses(facts)
    yield from _blocks(facts)


def _use_of_clips(facts: StudyFacts) -> Iterator[Finding]:
    uses = Counter(key for trial in facts.ordinary for key in trial.clips)
    backchannels = [key for key, sound in facts.sounds.items() if sound.role == StimulusRole.BACKCHANNEL]
    unused = sorted(set(backchannels) - set(uses))
    if unused:
        yield note("clips", f"{plural(len(unused), 'clip')} of {len(backchannels)} in no trial: {listed(unused)}")
    if not uses:
        return
    most, least = max(uses.values()), min(uses.values())
    ratings = facts.definition.allocation.ratings_per_trial
    what = f"clips are heard in {least} to {most} trials each, so {least * ratings} to {most * ratings} times"
    if most > UNBALANCED * least:
        mend = "Plan more trials, or choose clips evenly, so that no figure hangs on a few of them"
        fewest = sorted(key for key, count in uses.items() if count == least)
        yield warning("clips", f"{what}: least {listed(fewest)}", mend)
    else:
        yield note("clips", what if most > least else f"each clip is heard in {most} trials, so {most * ratings} times")


def _true_responses(facts: StudyFacts) -> Iterator[Finding]:
    with_context = [trial for trial in facts.ordinary if trial.context]
    without = [trial.key for trial in with_context if trial.true_slot is None]
    if without:
        what = f"{plural(len(without), 'trial')} of {len(with_context)} with a context name no true response: "
        mend = "Fill true_clip, or do without figures on how often the true response is rated best"
        yield warning("contexts", what + listed(without), mend)
    slots = Counter(trial.true_slot for trial in with_context if trial.true_slot is not None)
    known = sum(slots.values())
    if known >= FEWEST_TRUE:
        slot, count = slots.most_common(1)[0]
        if count > LEANING * known:
            what = f"the true response is in slot {slot} in {count} of {known} trials"
            yield note("contexts", what, "Screen orders are shuffled all the same; order the clips at random")


def _blocks(facts: StudyFacts) -> Iterator[Finding]:
    sizes = facts.blocks
    if len(set(sizes.values())) > 1:
        what = f"blocks have {min(sizes.values())} to {max(sizes.values())} trials"
        yield warning("blocks", what, "Make them equally long, so that everyone does and is paid the same")
    yield from _contexts_of_blocks(facts)
    yield from _attention_of_blocks(facts, sizes)
    places = facts.definition.recruitment.places
    if sizes and places and places % len(sizes):
        what = f"{places} places are no multiple of {len(sizes)} blocks, so some are heard by one person more"
        yield warning("blocks", what, f"Offer {len(sizes) * -(-places // len(sizes))} places")


def _contexts_of_blocks(facts: StudyFacts) -> Iterator[Finding]:
    """Tell of contexts that one participant hears more than once."""
    heard = Counter((trial.block, trial.context) for trial in facts.ordinary if facts.blocks and trial.context)
    again = sorted({f"{block} ({context})" for (block, context), count in heard.items() if count > 1})
    if again:
        what = f"{plural(len(again), 'time')} a block has a context twice: {listed(again)}"
        yield warning("blocks", what, "Spread the trials of a context over the blocks: who hears it again knows it")


def _attention_of_blocks(facts: StudyFacts, sizes: Counter[str]) -> Iterator[Finding]:
    attention = Counter(trial.block for trial in facts.checks(Check.ATTENTION) if trial.block)
    counts = {block: attention[block] for block in sizes}
    if attention and len(set(counts.values())) > 1:
        fewest = sorted(block for block, count in counts.items() if count == min(counts.values()))
        what = f"blocks have {min(counts.values())} to {max(counts.values())} attention trials; fewest in "
        yield warning("blocks", what + listed(fewest), "Give each block as many")
