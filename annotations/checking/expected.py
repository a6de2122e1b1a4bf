"""How long one participant will need, and what that costs: an estimate, from assumptions that are told with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotations.checking.facts import StudyFacts
from annotations.checking.findings import Finding, note, plural, warning
from annotations.study_file.parts import MedianTooQuick
from annotations.study_file.plan import TrialPlan

PLAYS = 1.5
"""How often a clip is played before the answer, on average; a context once."""
START = 0.7
"""Seconds from one sound to the next: finding and pressing the button."""
RATING, CHOICE, WRITING = 2.0, 4.0, 20.0
"""Seconds for one rating, for one choice or ranking of clips, and for a text."""
TURN = 2.0
"""Seconds to save a page and see the next."""
WORDS_PER_MINUTE = 200
"""Reading of consent and instructions."""
SCREENING_TRIAL, VOLUME = 8.0, 20.0
"""Seconds for one headphone trial, and to set the volume."""
LONG = 40 * 60
"""Seconds after which listeners tire."""
SLOWEST = 5
"""A page may take so many times what is expected before its reservation should end."""

ASSUMED = (
    f"assumed: each clip played {PLAYS:g} times, each context once, {RATING:g} s a rating, {CHOICE:g} s a choice, "
    f"{WRITING:g} s a text, {TURN + START:g} s for buttons, {WORDS_PER_MINUTE} words read a minute"
)


@dataclass(frozen=True, slots=True)
class Pay:
    """What participants get `per_hour`, and the platform's `fees` in per cent of that; None: not known."""

    per_hour: float
    fees: float | None = None

    def each(self, seconds: float) -> float:
        """Return what one participant gets for so many seconds."""
        return self.per_hour * seconds / 3600

    def total(self, seconds: float, people: int) -> float:
        """Return what so many participants cost, with the platform's fees where they are known, without taxes."""
        return self.each(seconds) * people * (1 + (self.fees or 0) / 100)


def check_expected(facts: StudyFacts, pay: Pay | None) -> Iterator[Finding]:
    """Yield how long it takes and what it costs, and what does not go with that."""
    if not facts.ordinary:
        return
    seconds = participant_seconds(facts)
    pages = _pages_of_one(facts)
    mean = _mean_page(facts, facts.ordinary)
    what = f"about {_minutes(seconds)} min for one participant: {plural(pages, 'page')} of {mean:.0f} s ({ASSUMED})"
    if seconds > LONG:
        yield warning("duration", what, "Give fewer trials to each participant; listeners tire")
    else:
        yield note("duration", what, "Let two people try it, and take their time for the platform")
    yield from _uneven_blocks(facts)
    yield from _reservations(facts)
    if pay:
        yield _cost(facts, seconds, pay)
    yield from _rules_that_never_act(facts)


def participant_seconds(facts: StudyFacts) -> float:
    """Return the seconds that one participant needs from the link to the completion code."""
    screening = facts.definition.screening
    seconds = _reading(facts) + _pages_of_one(facts) * _mean_page(facts, facts.ordinary)
    if screening:
        seconds += screening.of * SCREENING_TRIAL * bool(screening.headphones) + VOLUME * screening.volume
    return seconds + _around(facts)


def _around(facts: StudyFacts) -> float:
    """Return the seconds for forms, questions about the task, and worked examples."""
    definition = facts.definition
    kinds = [question.kind for question in (*definition.before, *definition.after)]
    kinds += ["choice"] * len(definition.comprehension.questions if definition.comprehension else [])
    asked = sum(WRITING if kind == "text" else CHOICE for kind in kinds)
    return asked + definition.examples * _mean_page(facts, facts.ordinary)


def page_seconds(facts: StudyFacts, trial: TrialPlan) -> float:
    """Return the seconds that one page needs."""
    seconds = TURN
    for sound, plays in _heard(facts, trial):
        seconds += plays * (sound + START)
    for question in facts.task(trial).questions:
        answers = len(trial.clips) if question.per_clip else 1
        seconds += answers * {"rating": RATING, "text": WRITING}.get(question.kind, CHOICE)
    return seconds


def shortest_hearing(facts: StudyFacts, trial: TrialPlan) -> float:
    """Return the seconds below which no answer can come: every sound heard once to its end."""
    return sum(sound for sound, _ in _heard(facts, trial))


def _heard(facts: StudyFacts, trial: TrialPlan) -> Iterator[tuple[float, float]]:
    """Yield duration and expected plays of each sound of a page."""
    if trial.context and trial.context in facts.sounds and "context_audio" in facts.task(trial).show:
        yield facts.sounds[trial.context].duration, 1.0
    yield from ((facts.sounds[key].duration, PLAYS) for key in trial.clips if key in facts.sounds)


def _mean_page(facts: StudyFacts, trials: Sequence[TrialPlan]) -> float:
    return sum(page_seconds(facts, trial) for trial in trials) / len(trials)


def _pages_of_one(facts: StudyFacts) -> int:
    checks = facts.definition.checks
    return facts.pages + facts.definition.practice + checks.attention + checks.repeats


def _reading(facts: StudyFacts) -> float:
    """Return the seconds for the longest version of consent and instructions."""
    texts = [(consent["text"], facts.definition.instructions.get(lang, "")) for lang, consent in facts.consent.items()]
    words = max((len(" ".join(text).split()) for text in texts), default=0)
    return 60 * words / WORDS_PER_MINUTE


def _uneven_blocks(facts: StudyFacts) -> Iterator[Finding]:
    if len(facts.blocks) < 2:
        return
    times = dict.fromkeys(facts.blocks, 0.0)
    for trial in facts.ordinary:
        times[trial.block] += page_seconds(facts, trial)
    shortest, longest = min(times, key=times.__getitem__), max(times, key=times.__getitem__)
    if times[longest] > 1.2 * times[shortest]:
        what = f"block {longest} takes about {_minutes(times[longest])} min, block {shortest} "
        mend = "Spread long sounds over the blocks: everyone is paid the same"
        yield warning("duration", f"{what}{_minutes(times[shortest])} min", mend)


def _reservations(facts: StudyFacts) -> Iterator[Finding]:
    longest = max(page_seconds(facts, trial) for trial in facts.ordinary)
    held = 60 * facts.definition.allocation.reservation_minutes
    if held < SLOWEST * longest:
        what = f"a trial is held for {held // 60} min, and a page may take {longest:.0f} s"
        yield warning("allocation", what, f"Set reservation_minutes to {-(-SLOWEST * longest // 60):.0f} or more")


def _cost(facts: StudyFacts, seconds: float, pay: Pay) -> Finding:
    each = pay.each(seconds)
    people = facts.definition.recruitment.places or facts.places_needed
    what = f"{each:.2f} each at {pay.per_hour:g} an hour, {each * people:.2f} for {plural(people, 'participant')}"
    if pay.fees is None:
        return note("cost", f"{what}, without fees and taxes", "Add `--fees PERCENT` to count the platform's fees")
    total = pay.total(seconds, people)
    return note("cost", f"{what}, {total:.2f} with {pay.fees:g} % of fees and without taxes")


def _rules_that_never_act(facts: StudyFacts) -> Iterator[Finding]:
    shortest = 1000 * min(shortest_hearing(facts, trial) for trial in facts.ordinary)
    for rule in facts.definition.exclude:
        if isinstance(rule, MedianTooQuick) and rule.value < shortest:
            what = f"median_rt_below_ms {rule.value:g} excludes nobody: hearing everything takes {shortest:.0f} ms"
            yield note("exclude", what, "Response times begin when the sounds can be played; set it above that")


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f}" if seconds >= 600 else f"{seconds / 60:.1f}"
