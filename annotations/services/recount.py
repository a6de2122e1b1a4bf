"""Which answers count towards the ratings planned of their trials: those of people who are not excluded.

Whoever is excluded gives the ratings back, so that others can be asked; whoever is included again gets them back while
there is room. Blocks count whole or not at all. Lock order, here as everywhere: participants, their pages, then
trials by their key.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import F, QuerySet

from annotations.enums import AssignmentState, ParticipantKind
from annotations.models import Assignment, Study, StudyVersion, Trial
from annotations.queries.studies import ordinary_trials
from annotations.study_file.schema import definition_of

COUNTED = (ParticipantKind.PERSON, ParticipantKind.IMPORTED)


@transaction.atomic
def reopen_ratings(*, study: Study) -> int:
    """Take the pages of excluded participants out of their trials' `taken`; return how many."""
    return uncount(Assignment.objects.filter(trial__version__study=study, participant__excluded=True))


@transaction.atomic
def count_ratings(*, study: Study) -> int:
    """Count answers that do not count yet, the earliest first, while their trials have room; return how many.

    These are answers of people who were excluded and are no longer, and those that came after their reservation
    had been given to someone else, whose answer does not count any more.
    """
    units = [unit for version in study.versions.all() for unit in _waiting(version)]
    units.sort(key=lambda unit: (unit[-1].response.answered_at, unit[-1].pk))
    trials = Trial.objects.filter(pk__in={page.trial_id for unit in units for page in unit}).order_by("pk")
    room = {trial.pk: trial.planned - trial.taken for trial in trials.select_for_update(no_key=True)}
    counted: list[Assignment] = []
    for unit in units:
        if all(room[page.trial_id] > 0 for page in unit):
            counted += unit
            for page in unit:
                room[page.trial_id] -= 1
    _move(counted, counts=True)
    return len(counted)


def uncount(pages: QuerySet[Assignment]) -> int:
    """Let pages count no longer and give their trials the room back; return how many. Call inside a transaction."""
    rows = list(pages.filter(counts=True).order_by("pk").select_for_update(of=("self",), no_key=True))
    _move(rows, counts=False)
    return len(rows)


def _move(pages: Iterable[Assignment], *, counts: bool) -> None:
    """Store of locked pages whether they count, and change `taken` of their trials."""
    Assignment.objects.filter(pk__in=[page.pk for page in pages]).update(counts=counts)
    step = 1 if counts else -1
    for trial_id, count in sorted(Counter(page.trial_id for page in pages).items()):
        Trial.objects.filter(pk=trial_id).update(taken=F("taken") + step * count)


def _waiting(version: StudyVersion) -> Iterator[list[Assignment]]:
    """Yield answered pages that could count and do not, locked: those that count together, each one's last one last."""
    pages = Assignment.objects.filter(
        trial__in=ordinary_trials(version),
        state=AssignmentState.ANSWERED,
        counts=False,
        participant__excluded=False,
        participant__kind__in=COUNTED,
    )
    pages = pages.order_by("pk").select_related("trial", "response").select_for_update(of=("self",), no_key=True)
    if definition_of(version).allocation.design == "blocks":
        yield from _whole_blocks(version, pages)
    else:
        yield from ([page] for page in pages.filter(trial__taken__lt=F("trial__planned")))


def _whole_blocks(version: StudyVersion, pages: QuerySet[Assignment]) -> Iterator[list[Assignment]]:
    sizes = Counter(ordinary_trials(version).order_by().values_list("block", flat=True))
    blocks: dict[tuple[int, str], list[Assignment]] = {}
    for page in pages:
        blocks.setdefault((page.participant_id, page.trial.block), []).append(page)
    for (_, block), unit in blocks.items():
        if len(unit) == sizes[block]:
            yield sorted(unit, key=lambda page: page.response.answered_at)
