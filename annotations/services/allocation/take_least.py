"""Taking the least filled trial in one statement: found, drawn, counted, and told in which orders others saw it.

Four statements do the same (`room.least_filled`, `room.take_any`, the orders of `pages.add_page`); they are what is
left where this one finds that somebody else was quicker.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from annotations.enums import AssignmentState, Check
from annotations.models import Participant
from annotations.queries.prepared import Written


@dataclass(frozen=True, slots=True)
class Taken:
    """A trial of which one more rating is counted, and the orders in which others of the person's kind saw it."""

    trial_id: int
    shown: Sequence[Sequence[int]]


def take_least_filled(person: Participant, draw: float) -> Taken | None:
    """Count one more rating for a least filled trial that a person was never given, if that can be done at once.

    `draw` in [0, 1) decides among equals: the one that `room.drawn_of` draws is taken. None: there is no trial, or
    someone else was just taking that one. Only for people whose ratings are counted (`room.counts`).
    """
    rows = _take(
        participant=person.pk,
        version=person.version_id,
        kind=person.kind,
        draw=draw,
        ordinary=Check.NONE.value,
        expired=AssignmentState.EXPIRED.value,
    )
    if not rows:
        return None
    trial_id, orders = rows[0]
    return Taken(trial_id, json.loads(f"[{orders or ''}]"))


# `minimum` is a subquery of its own, so that the index by version and rating finds it and the trials that have it.
_FOUND = """
    SELECT {columns} FROM (
        SELECT t.id, t.taken, ROW_NUMBER() OVER (ORDER BY t.id) AS nth, COUNT(*) OVER () AS n
        FROM annotations_trial t
        WHERE t.version_id = %(version)s AND t.check_kind = %(ordinary)s AND t.taken < t.planned
        AND NOT EXISTS (SELECT 1 FROM annotations_assignment a
                        WHERE a.participant_id = %(participant)s AND a.trial_id = t.id)
        AND t.taken = (
            SELECT u.taken FROM annotations_trial u
            WHERE u.version_id = %(version)s AND u.check_kind = %(ordinary)s AND u.taken < u.planned
            AND NOT EXISTS (SELECT 1 FROM annotations_assignment a
                            WHERE a.participant_id = %(participant)s AND a.trial_id = u.id)
            ORDER BY u.taken LIMIT 1)
    ) tied WHERE tied.nth = 1 + {whole}
"""
_SHOWN = """
    SELECT {joined} FROM annotations_assignment a JOIN annotations_participant p ON p.id = a.participant_id
    WHERE a.trial_id = annotations_trial.id AND a.state <> %(expired)s AND p.kind = %(kind)s
"""
_SQLITE = f"""
    UPDATE annotations_trial SET taken = taken + 1
    WHERE id = ({_FOUND.format(columns="tied.id", whole="CAST(%(draw)s * tied.n AS INTEGER)")})
    RETURNING id, ({_SHOWN.format(joined="GROUP_CONCAT(a.presented)")})
"""  # noqa: S608  # of constants alone
_FOUND_HERE = _FOUND.format(columns="tied.id, tied.taken", whole="FLOOR(%(draw)s::double precision * tied.n)::bigint")
# Whoever finds the row locked, or with more ratings than it was found with, takes none: see `room.take_any`.
_POSTGRESQL = f"""
    UPDATE annotations_trial SET taken = taken + 1
    WHERE id = (
        SELECT t.id FROM annotations_trial t JOIN ({_FOUND_HERE}) found ON found.id = t.id AND found.taken = t.taken
        FOR NO KEY UPDATE OF t SKIP LOCKED)
    RETURNING id, ({_SHOWN.format(joined="STRING_AGG(a.presented::text, ',')")})
"""  # noqa: S608
_take = Written(sqlite=_SQLITE, postgresql=_POSTGRESQL)
