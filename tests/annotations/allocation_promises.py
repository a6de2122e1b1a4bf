"""What an allocation promises, as assertions: at every moment, of a page just given, and when everyone is done."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import permutations

from annotations.design.latin import n_rows, williams_row
from annotations.enums import AssignmentState, Check, ChosenBy, ParticipantKind
from annotations.models import Assignment, Judgement, Participant, Response, StudyVersion, Trial
from annotations.study_file.schema import definition_of

JUDGEMENTS_PER_ANSWER = 4


class Moment:
    """Everything that is stored of a version's allocation, read at once."""

    def __init__(self, version: StudyVersion) -> None:
        self.version = version
        self.definition = definition_of(version)
        self.trials = {trial.pk: trial for trial in version.trials.order_by("position")}
        pages = Assignment.objects.filter(trial__version=version).select_related("participant").order_by("pk")
        self.pages = list(pages)
        self.ordinary = [trial for trial in self.trials.values() if not trial.check_kind]

    def trial(self, page: Assignment) -> Trial:
        """Return the trial of a page."""
        return self.trials[page.trial_id]

    def pages_of(self, person: Participant) -> list[Assignment]:
        """Return a participant's pages in their order."""
        return sorted((page for page in self.pages if page.participant_id == person.pk), key=lambda page: page.position)

    def fill(self, person: Participant) -> Counter[int]:
        """Return by trial the ratings that a person's next one is balanced against."""
        if is_counted(person):
            return Counter({trial.pk: trial.taken for trial in self.ordinary})
        same = (page for page in self.pages if page.participant.kind == person.kind)
        return Counter(page.trial_id for page in same if page.state != AssignmentState.EXPIRED)

    def open(self, person: Participant) -> list[int]:
        """Return the ordinary trials that a person was never given and can be given."""
        had = {page.trial_id for page in self.pages_of(person)}
        fresh = [trial for trial in self.ordinary if trial.pk not in had]
        return [trial.pk for trial in fresh if not is_counted(person) or trial.taken < trial.planned]


def is_counted(person: Participant) -> bool:
    """Tell whether a participant's ratings are among those planned."""
    return person.kind == ParticipantKind.PERSON and not person.excluded


def hold_always(now: Moment, acknowledged: Mapping[int, int], *, everyone_stayed: bool) -> None:
    """What holds at every moment. `acknowledged`: by page, the answer whose storing was acknowledged."""
    taken_is_what_counts(now)
    only_people_count_and_only_in_trials(now)
    acknowledged_is_stored_once(now, acknowledged)
    pages_follow_each_other(now)
    if now.definition.allocation.design == "blocks":
        blocks_are_whole(now)
    if everyone_stayed:
        all_is_even(now)


def taken_is_what_counts(now: Moment) -> None:
    """Each trial holds as many ratings as pages count, and never more than planned."""
    counted = Counter(page.trial_id for page in now.pages if page.counts)
    for trial in now.trials.values():
        assert trial.taken == counted[trial.pk], f"{trial.key}: taken {trial.taken}, {counted[trial.pk]} pages count"
        assert trial.taken <= trial.planned, f"{trial.key}: {trial.taken} of {trial.planned}"


def only_people_count_and_only_in_trials(now: Moment) -> None:
    """Nobody else's page counts, none of who is excluded, no check, and nothing that expired."""
    for page in now.pages:
        may = is_counted(page.participant) and not now.trial(page).check_kind
        assert not page.counts or (may and page.state != AssignmentState.EXPIRED), f"{page.state} page counts"


def acknowledged_is_stored_once(now: Moment, acknowledged: Mapping[int, int]) -> None:
    """Every acknowledged answer is there with all its judgements, and no other."""
    assert dict(Response.objects.values_list("assignment_id", "pk")) == acknowledged
    assert Judgement.objects.count() == JUDGEMENTS_PER_ANSWER * len(acknowledged)
    assert {page.pk for page in now.pages if page.state == AssignmentState.ANSWERED} == set(acknowledged)


def pages_follow_each_other(now: Moment) -> None:
    """Nobody has a trial twice or a gap between pages; clips keep their slots; one page is held at a time."""
    for person in {page.participant for page in now.pages}:
        pages = now.pages_of(person)
        assert [page.position for page in pages] == list(range(len(pages)))
        assert len({page.trial_id for page in pages}) == len(pages)
        assert all(sorted(page.presented) == [0, 1, 2] for page in pages)
        held = [page for page in pages if page.state == AssignmentState.RESERVED]
        assert len(held) <= 1 or now.definition.allocation.design == "blocks"


def blocks_are_whole(now: Moment) -> None:
    """The trials of a block have equally many ratings, and everyone has one block, which counts whole or not at all."""
    assert len({(trial.block, trial.taken) for trial in now.ordinary}) == len({trial.block for trial in now.ordinary})
    for person in {page.participant for page in now.pages}:
        pages = [page for page in now.pages_of(person) if not now.trial(page).check_kind]
        block = now.trial(pages[0]).block
        assert {page.trial_id for page in pages} == {trial.pk for trial in now.ordinary if trial.block == block}
        assert len({page.counts for page in pages}) == 1, "a block counts in part"


def all_is_even(now: Moment) -> None:
    """As long as nobody left or was excluded: trials, places on the screen and rows of the square, within one."""
    design = now.definition.allocation.design
    if design in ("least_filled", "blocks"):
        assert spread(trial.taken for trial in now.ordinary) <= 1
    times = Counter(at for page in now.pages for at in places(page))
    for kind, trial_id in {(page.participant.kind, page.trial_id) for page in now.pages}:
        assert spread(times[kind, trial_id, place, slot] for place in range(3) for slot in range(3)) <= 1
    rows = Counter((page.participant.kind, page.participant.latin_row) for page in now.pages if page.position == 0)
    if design == "latin":
        for kind in {kind for kind, _ in rows}:
            assert spread(rows[kind, row] for row in range(n_rows(len(now.ordinary)))) <= 1


def places(page: Assignment) -> list[tuple[str, int, int, int]]:
    """Return where a page puts which slot of its trial."""
    return [(page.participant.kind, page.trial_id, place, slot) for place, slot in enumerate(page.presented)]


def spread(numbers: Iterable[int]) -> int:
    """Return the distance between the least and the most."""
    numbers = list(numbers)
    return max(numbers) - min(numbers)


def hold_of_new_page(now: Moment, page: Assignment) -> None:
    """What holds of a page in the moment after it was given for the first time."""
    assert page.expires_at > page.reserved_at
    clips_come_where_they_were_least(now, page)
    person, chosen_by = page.participant, page.chosen_by
    if chosen_by == ChosenBy.CHECK:
        assert now.trial(page).check_kind
        return
    assert not now.trial(page).check_kind
    assert page.counts == is_counted(person)
    still_open = now.open(person)
    if chosen_by == ChosenBy.LEAST_FILLED:
        fill = now.fill(person)
        assert all(fill[page.trial_id] - 1 <= fill[other] for other in still_open), "a less filled trial was there"
    elif chosen_by == ChosenBy.LATIN:
        keys = [trial.pk for trial in now.ordinary]
        row = [keys[at] for at in williams_row(len(keys), person.latin_row or 0)]
        assert not set(row[: row.index(page.trial_id)]) & set(still_open), "an earlier trial of the row was there"
    elif chosen_by == ChosenBy.PRIORITY:
        highest_priority_comes_first(now, page, still_open)
    elif chosen_by == ChosenBy.BLOCK and is_counted(person):
        others = [one for one in now.ordinary if one.block != now.trial(page).block and one.taken < one.planned]
        assert all(now.trial(page).taken - 1 <= other.taken for other in others), "a less used block was there"


def highest_priority_comes_first(now: Moment, page: Assignment, still_open: Iterable[int]) -> None:
    """No open trial has a higher priority, but for those kept for the person's random pages."""
    allocation = now.definition.allocation
    kept = int(allocation.random_share * allocation.trials_per_participant + 0.999)
    higher = [pk for pk in still_open if now.trials[pk].priority > now.trial(page).priority]
    assert len(higher) <= kept, f"{len(higher)} trials of a higher priority were there, {kept} kept"


def clips_come_where_they_were_least(now: Moment, page: Assignment) -> None:
    """The order of the clips is one of those that repeat the least of what others saw of the trial."""
    others = [one for one in now.pages if one.state != AssignmentState.EXPIRED and one.pk < page.pk]
    times = Counter(at for one in others for at in places(one))
    kind = page.participant.kind

    def repeated(order: Iterable[int]) -> int:
        return sum(times[kind, page.trial_id, place, slot] for place, slot in enumerate(order))

    assert repeated(page.presented) == min(map(repeated, permutations(range(3)))), "the places of clips are uneven"


def hold_of_who_is_done(now: Moment, person: Participant) -> None:
    """Whoever answered all their trials has had every check that the study asks for, and the stated random share."""
    pages = now.pages_of(person)
    answered = Counter(now.trial(page).check_kind for page in pages if page.state == AssignmentState.ANSWERED)
    allocation = now.definition.allocation
    if answered[Check.NONE] != allocation.trials_per_participant or len(pages) != answered.total():
        return  # nothing was left for them, or they were away in between
    asked = now.definition
    wanted = {
        Check.PRACTICE: asked.practice,
        Check.ATTENTION: asked.checks.attention,
        Check.REPEAT: asked.checks.repeats,
    }
    assert {kind: answered[kind] for kind in wanted} == wanted
    if allocation.design == "adaptive":
        random = sum(page.chosen_by == ChosenBy.RANDOM for page in pages)
        assert abs(random - allocation.random_share * allocation.trials_per_participant) < 1


def hold_at_the_end(now: Moment) -> None:
    """Each trial has exactly the answers planned of people who count, and nothing is held."""
    counted = Counter(page.trial_id for page in now.pages if page.counts and page.state == AssignmentState.ANSWERED)
    assert {trial.key: counted[trial.pk] for trial in now.ordinary} == {one.key: one.planned for one in now.ordinary}
    assert not any(page.state == AssignmentState.RESERVED and page.counts for page in now.pages)
