"""The pages of a participant's block: its trials in an order of the person's own, with the checks at their places."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from django.db.models import Count

from annotations.design.checks import ORDINARY, REPEAT, lay_out, originals
from annotations.design.order import presented_order
from annotations.enums import Check, ChosenBy
from annotations.models import Assignment, Participant, Trial, TrialClip
from annotations.queries.examples import practice_trials
from annotations.queries.pages import counts_of
from annotations.services.allocation.pages import orders_shown
from annotations.services.allocation.room import counts
from annotations.study_file.plan import REPEATED
from annotations.study_file.schema import definition_of


def add_pages(person: Participant, block: Sequence[Trial], expires_at: datetime) -> None:
    """Reserve every page of a block for a person; ratings are counted elsewhere."""
    trials = list(_in_order(person, block))
    n_clips = _numbers_of_clips(trials)
    shown: defaultdict[int, list[list[int]]] = defaultdict(list)
    for trial_id, order in orders_shown(person).filter(trial__in=trials).values_list("trial_id", "presented"):
        shown[trial_id].append(order)
    Assignment.objects.bulk_create(
        Assignment(
            participant=person,
            trial=trial,
            position=at,
            presented=presented_order(seed=person.seed, page=at, n_clips=n_clips[trial.pk], shown=shown[trial.pk]),
            chosen_by=ChosenBy.CHECK if trial.check_kind else ChosenBy.BLOCK,
            counts=counts(person) and not trial.check_kind,
            expires_at=expires_at,
        )
        for at, trial in enumerate(trials)
    )


def _in_order(person: Participant, block: Sequence[Trial]) -> Iterator[Trial]:
    """Yield the trials of all pages. A check for which there is no trial is left out."""
    page_counts = counts_of(person.version, definition_of(person.version), block=len(block))
    layout = lay_out(page_counts, seed=person.seed)
    again = originals(layout, gap=page_counts.gap, seed=person.seed)
    rng = np.random.default_rng([person.seed, len(block)])
    ordinary = [block[at] for at in rng.permutation(len(block))]
    on_page = dict(zip((at for at, kind in enumerate(layout) if kind == ORDINARY), ordinary, strict=True))
    repeats = _repeats(person, [on_page[first] for first in again.values()])
    pools = {kind: iter(_pool(person, kind, rng)) for kind in (Check.PRACTICE, Check.ATTENTION) if kind in layout}
    for at, kind in enumerate(layout):
        if kind == REPEAT:
            trial = repeats.get(on_page[again[at]].key) if at in again else None
        else:
            trial = on_page.get(at) or next(pools[Check(kind)], None)
        if trial is not None:
            yield trial


def _repeats(person: Participant, repeated: Sequence[Trial]) -> dict[str, Trial]:
    """Return the repeat of each trial by the trial's key."""
    keys = {f"attributes__{REPEATED}__in": [trial.key for trial in repeated]}
    found = person.version.trials.filter(check_kind=Check.REPEAT, **keys) if repeated else Trial.objects.none()
    return {trial.attributes[REPEATED]: trial for trial in found.order_by("-position")}


def _pool(person: Participant, kind: str, rng: np.random.Generator) -> list[Trial]:
    """Return the checks of a kind: practice in the order of the plan, attention trials in the person's own."""
    if kind == Check.PRACTICE:
        return list(practice_trials(person.version))
    trials = list(person.version.trials.filter(check_kind=kind).order_by("position"))
    return [trials[at] for at in rng.permutation(len(trials))]


def _numbers_of_clips(trials: Sequence[Trial]) -> dict[int, int]:
    clips = TrialClip.objects.filter(trial__in=trials).order_by()
    return dict(clips.values_list("trial").annotate(n=Count("pk")))
