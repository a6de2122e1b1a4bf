"""Which answers count towards the ratings planned of their trials: those of people who are not excluded.

Whoever is excluded gives the ratings back, so that others can be asked, if the study's `allocation.reopen` says so;
whoever is included again gets them back while there is room. Blocks count whole or not at all. Lock order, here as
everywhere: participants, their pages, then trials by their key.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import F, Q, QuerySet

from annotations.enums import AssignmentState, ParticipantKind
from annotations.models import Assignment, Participant, Study, StudyVersion, Trial
from annotations.queries.studies import ordinary_trials
from annotations.study_file.schema import definition_of

COUNTED = (ParticipantKind.PERSON, ParticipantKind.IMPORTED)


@transaction.atomic
def recount_ratings(*, study: Study) -> tuple[int, int]:
    """Reopen and count the ratings of a whole study; return how many of each.

    All pages are locked before the first trial is: whoever reopened first and looked for pages to count then could
    wait for somebody who waits for them.
    """
    pages = Assignment.objects.filter(trial__version__study=study, state=AssignmentState.ANSWERED)
    moving = pages.filter(Q(participant__excluded=True, counts=True) | Q(participant__excluded=False, counts=False))
    list(moving.order_by("pk").select_for_update(of=("self",), no_key=True))
    return reopen_ratings(study=study), count_ratings(study=study)


@transaction.atomic
def reopen_ratings(*, study: Study, of: Participant | None = None) -> int:
    """Take the pages of excluded participants (or of one of them) out of their trials' `taken`; return how many.

    Versions whose `allocation.reopen` does not name the excluded are left as they are.
    """
    reopening = [version for version in study.versions.all() if "excluded" in definition_of(version).allocation.reopen]
    return uncount(_pages(of).filter(trial__version__in=reopening, participant__excluded=True))


@transaction.atomic
def count_ratings(*, study: Study, of: Participant | None = None) -> int:
    """Count answers that do not count yet, the earliest first, while their trials have room; return how many.

    These are answers of people who were excluded and are no longer, and those that came after their reservation
    had been given to someone else, whose answer does not count any more. `of`: only those of one participant.
    """
    units = [unit for version in study.versions.all() for unit in _waiting(version, of)]
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


def _pages(of: Participant | None) -> QuerySet[Assignment]:
    return Assignment.objects.all() if of is None else Assignment.objects.filter(participant=of)


def _waiting(version: StudyVersion, of: Participant | None) -> Iterator[list[Assignment]]:
    """Yield answered pages that could count and do not, locked: those that count together, each one's last one last."""
    pages = _pages(of).filter(
        trial__in=ordinary_trials(version),
        state=AssignmentState.ANSWERED,
        counts=False,
        participant__excluded=False,
        participant__kind__in=COUNTED,
    )
    # Ratings of those who returned or timed out have been given to others.
    pages = pages.exclude(participant__stage__in=definition_of(version).allocation.reopen)
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
