"""Sentences about what was judged: trials, how they were made, and who got which."""

from collections import Counter
from collections.abc import Iterator

from analysis.report.methods.facts import Facts
from analysis.report.numbers import counted
from annotations.study_file.parts import ContextDesign, TriadDesign

ASKED = {
    "odd_one_out": "which of three clips sounded different from the other two",
    "pair": "which two of three clips were most alike",
}
ALLOCATED = {
    "least_filled": "each participant was given the trials with the fewest answers so far",
    "blocks": "each participant was given one block of trials",
    "latin": "the order of trials followed the rows of a Latin square",
    "adaptive": "a random share ({share:.0%}) of each participant’s trials was drawn at random, and the others were "
    "those of the highest priority",
}


def design(facts: Facts) -> Iterator[str]:
    """Yield the sentences."""
    yield from _trials(facts)
    yield from _made(facts)
    yield from _asked(facts)
    yield from _allocation(facts)


def _trials(facts: Facts) -> Iterator[str]:
    data = [trial for trial in facts.answers.plan.trials if not trial.check]
    clips = {pk for trial in data for pk in trial.clip_pks}
    for task, n in Counter(trial.task for trial in data).items():
        of_task = [trial for trial in data if trial.task == task]
        sizes = sorted({len(trial.clips) for trial in of_task})
        size = str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
        context = " with the context that they answer" if any(trial.context for trial in of_task) else ""
        yield f"The task “{task}” had {counted(n, 'trial')} of {counted_clips(size)} each{context}."
    if data:
        synthetic = ", which is synthetic" if facts.version.corpus.synthetic else ""
        yield f"The trials used {counted(len(clips), 'clip')} of the corpus {facts.version.corpus.slug}{synthetic}."
    yield from _answers(facts, {trial.pk for trial in data})


def counted_clips(size: str) -> str:
    """Return a number of clips with its noun.

    >>> counted_clips("1"), counted_clips("3")
    ('1 clip', '3 clips')
    """
    return f"{size} clip{'' if size == '1' else 's'}"


def _answers(facts: Facts, data: set[int]) -> Iterator[str]:
    pages = {(row.participant, row.trial) for row in facts.answers.rows if row.trial in data}
    per_trial = Counter(trial for _, trial in pages)
    if not per_trial:
        return
    low, high = min(per_trial.values()), max(per_trial.values())
    spread = f"{low}" if low == high else f"{low} to {high}"
    unasked = len(data) - len(per_trial)
    more = f"; {counted(unasked, 'trial')} had none" if unasked else ""
    yield (
        f"{counted(len(facts.answers.answering), 'listener')} gave {counted(len(pages), 'answer')}: {spread} to each "
        f"trial that was answered{more}."
    )


def _made(facts: Facts) -> Iterator[str]:
    for part in facts.definition.design:
        if isinstance(part, TriadDesign):
            yield _triads(part)
        elif isinstance(part, ContextDesign):
            words = ", all different words" if part.distinct_tokens else ""
            yield (
                f"Trials of the task “{part.task}” held the response really given and {counted(part.foils, 'foil')}"
                f"{words} (seed {part.seed})."
            )


def _triads(part: TriadDesign) -> str:
    alike = f" with the same {part.within}" if part.within else ""
    alike += f" with three values of {part.across}" if part.across else ""
    voices = {"same": ", all by one speaker", "different": ", each by another speaker", "mixed": ""}[part.speakers]
    return f"Triads of the task “{part.task}” were drawn at random among clips{alike}{voices} (seed {part.seed})."


def _asked(facts: Facts) -> Iterator[str]:
    for one in facts.answers.plan.questions:
        if one.kind in ASKED:
            yield f"In the task “{one.task}” listeners said {ASKED[one.kind]}."
        elif one.kind == "rating":
            what = "each clip" if one.per_clip else "each trial"
            scale = one.settings.get("scale")
            ends = f" on a scale from {scale[0]:g} to {scale[1]:g}" if scale else ""
            yield f"In the task “{one.task}” listeners rated {what} ({one.name}){ends}."
        elif one.kind == "rank":
            yield f"In the task “{one.task}” listeners put the clips of each trial in order ({one.name})."
        elif one.kind == "choice":
            yield f"In the task “{one.task}” listeners chose one of the clips of each trial ({one.name})."
        else:
            kind = one.kind.replace("_", " ")
            yield f"In the task “{one.task}” listeners answered the question “{one.name}” ({kind})."


def _allocation(facts: Facts) -> Iterator[str]:
    if not facts.took_part_here:
        return
    plan = facts.definition.allocation
    how = ALLOCATED[plan.design].format(share=plan.random_share)
    yield (
        f"{plan.ratings_per_trial} ratings of each trial were planned, and for each participant "
        f"{counted(plan.trials_per_participant, 'trial')}; {how}. The order of clips on the page was random for each "
        "page."
    )
