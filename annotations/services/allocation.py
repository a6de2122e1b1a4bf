"""Which trial a participant gets next: reservations with an expiry that no race can overdraw.

Trials with the fewest ratings come first; among equals the participant's seed decides. `Trial.taken` counts
reservations held and answers given by people. It is raised by one conditional UPDATE, which takes the row's
lock and changes nothing if someone was quicker, on PostgreSQL and on SQLite alike; a check in the database
forbids more than planned. Others (simulated, pilots, previews) never touch it and balance among themselves.
"""

from collections import Counter
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from annotations.design.order import presented_order
from annotations.enums import AssignmentState, ParticipantKind, Stage
from annotations.errors import WrongStageError
from annotations.models import Assignment, Participant, StudyVersion, Trial, TrialClip
from annotations.queries.participants import assignments_of, open_assignment, pages_answered
from annotations.queries.studies import check_open, ordinary_trials, overdue
from annotations.study_file.schema import definition_of


def next_assignment(*, participant: Participant) -> Assignment | None:
    """Return the page a participant is at, or reserve the next trial; None if there is none (left) for them.

    Whoever comes back gets the same page again, with the same order of clips; also after it expired, while its
    trial still has room. Expired reservations of others are released first.

    Raises `WrongStageError` before `begin` and after `finish`, `StudyNotOpenError` unless the study is open.
    """
    held = open_assignment(participant)
    if held is not None and held.expires_at > timezone.now():
        _check_may_work(held.participant)
        return held
    release_expired(version=participant.version, keep=participant)
    return _reserve(participant)


@transaction.atomic
def _reserve(participant: Participant) -> Assignment | None:
    rows = Participant.objects.select_for_update(of=("self",), no_key=True).select_related("version__study")
    person = rows.get(pk=participant.pk)
    _check_may_work(person)
    expires_at = timezone.now() + _reservation_time(person.version)
    held = _locked_page(person, AssignmentState.RESERVED)
    if held is not None:
        return _hold(held, expires_at)
    if pages_answered(person) >= definition_of(person.version).allocation.trials_per_participant:
        return None
    return _take_back(person, expires_at) or _take_new(person, expires_at)


def release_expired(*, version: StudyVersion, keep: Participant | None = None) -> int:
    """Give reservations past their time back to their trials, except those of `keep`; return how many."""
    pages = overdue(version, timezone.now())
    if keep is not None:
        pages = pages.exclude(participant=keep)
    # Most of the time there is none; finding that out needs no lock.
    return _release(pages) if pages.exists() else 0


@transaction.atomic
def _release(pages: QuerySet[Assignment]) -> int:
    rows = list(pages.select_for_update(skip_locked=True, of=("self",), no_key=True))
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(state=AssignmentState.EXPIRED, counts=False)
    freed = Counter(row.trial_id for row in rows if row.counts)
    # In the order of the keys, so that two who release at once cannot wait for each other.
    for trial_id, count in sorted(freed.items()):
        Trial.objects.filter(pk=trial_id).update(taken=F("taken") - count)
    return len(rows)


def has_work(participant: Participant) -> bool:
    """Tell whether a trial is held for or can still be given to a participant."""
    if pages_answered(participant) >= definition_of(participant.version).allocation.trials_per_participant:
        return False
    return open_assignment(participant) is not None or _unseen(participant).exists()


def take_room(trial_id: int) -> bool:
    """Count one more rating for a trial if it has room; tell whether it had. Call inside a transaction."""
    return bool(Trial.objects.filter(pk=trial_id, taken__lt=F("planned")).update(taken=F("taken") + 1))


def _take_back(person: Participant, expires_at: datetime) -> Assignment | None:
    """Reserve again what expired while the person was away, if its trial still has room."""
    page = _locked_page(person, AssignmentState.EXPIRED)
    counts = person.kind == ParticipantKind.PERSON
    if page is None or (counts and not take_room(page.trial_id)):
        return None
    page.counts = counts
    return _hold(page, expires_at)


def _take_new(person: Participant, expires_at: datetime) -> Assignment | None:
    last = person.assignments.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    rng = np.random.default_rng([person.seed, position])
    counts = person.kind == ParticipantKind.PERSON
    trial_id = _take_least_filled(person, rng) if counts else _least_filled(person, rng)
    if trial_id is None:
        return None
    n_clips = TrialClip.objects.filter(trial_id=trial_id).count()
    page = Assignment.objects.create(
        participant=person,
        trial_id=trial_id,
        position=position,
        presented=presented_order(seed=person.seed, page=position, n_clips=n_clips),
        counts=counts,
        expires_at=expires_at,
    )
    return assignments_of(person).get(pk=page.pk)


def _take_least_filled(person: Participant, rng: np.random.Generator) -> int | None:
    """Count one more rating for a least-filled trial and return its id.

    Whoever is overtaken between looking and taking looks again: others have moved on, so this ends.
    """
    while True:
        fill = dict(_unseen(person).values_list("pk", "taken"))
        if not fill:
            return None
        trial_id = _draw(fill, rng)
        if Trial.objects.filter(pk=trial_id, taken=fill[trial_id]).update(taken=F("taken") + 1):
            return trial_id


def _least_filled(person: Participant, rng: np.random.Generator) -> int | None:
    """Return a trial that the fewest of the person's own kind have."""
    theirs = Q(assignments__participant__kind=person.kind) & ~Q(assignments__state=AssignmentState.EXPIRED)
    fill = dict(_unseen(person).annotate(fill=Count("assignments", filter=theirs)).values_list("pk", "fill"))
    return _draw(fill, rng) if fill else None


def _draw(fill: dict[int, int], rng: np.random.Generator) -> int:
    least = min(fill.values())
    tied = sorted(trial_id for trial_id, count in fill.items() if count == least)
    return tied[rng.integers(len(tied))]


def _unseen(person: Participant) -> QuerySet[Trial]:
    """Return the trials that a person was never given; for people only those with room."""
    trials = ordinary_trials(person.version).exclude(assignments__participant=person).order_by()
    return trials.filter(taken__lt=F("planned")) if person.kind == ParticipantKind.PERSON else trials


def _locked_page(person: Participant, state: str) -> Assignment | None:
    """Return the person's last page in a state, locked: neither a release nor a late answer can come between."""
    pages = assignments_of(person).filter(state=state).order_by("-position")
    return pages.select_for_update(of=("self",), no_key=True).first()


def _hold(page: Assignment, expires_at: datetime) -> Assignment:
    page.state, page.expires_at = AssignmentState.RESERVED, expires_at
    page.save(update_fields=["state", "expires_at", "counts"])
    return page


def _reservation_time(version: StudyVersion) -> timedelta:
    return timedelta(minutes=definition_of(version).allocation.reservation_minutes)


def _check_may_work(person: Participant) -> None:
    if person.stage != Stage.WORKING:
        raise WrongStageError(person.stage)
    check_open(person.version.study, person.kind)
