"""What the database already holds of the participants in a file."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from annotations.models import Assignment, Judgement, Participant, StudyVersion

CHUNK = 500


# What a judgement says: value, chosen slot, text.
Said = tuple[float | None, int | None, str]


@dataclass(slots=True)
class StoredAnswer:
    """One page as it is stored: judgements by question and slot."""

    presented: list[int]
    rt_ms: float | None
    judgements: dict[tuple[int, int | None], Said] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stored:
    """Participants by key, the next page of each, answers by key and trial, and keys that are of another version."""

    participants: dict[str, Participant]
    pages: Counter[str]
    answers: dict[tuple[str, int], StoredAnswer]
    elsewhere: dict[str, str]


def stored_answers(version: StudyVersion, keys: Iterable[str]) -> Stored:
    """Read what is known of participants with these keys."""
    stored = Stored({}, Counter(), {}, {})
    remaining = iter(keys)
    while chunk := list(islice(remaining, CHUNK)):
        for participant in Participant.objects.select_related("version__study").filter(key__in=chunk):
            if participant.version_id == version.pk:
                stored.participants[participant.key] = participant
            else:
                stored.elsewhere[participant.key] = str(participant.version)
        _add_answers(stored, version, chunk)
    return stored


def _add_answers(stored: Stored, version: StudyVersion, keys: list[str]) -> None:
    pages = Assignment.objects.filter(participant__version=version, participant__key__in=keys).order_by()
    last: defaultdict[str, int] = defaultdict(lambda: -1)
    fields = ("participant__key", "trial_id", "position", "presented", "response__rt_ms", "response")
    for key, trial, position, presented, rt_ms, response in pages.values_list(*fields):
        last[key] = max(last[key], position)
        if response is not None:
            stored.answers[key, trial] = StoredAnswer(presented, rt_ms)
    stored.pages.update({key: position + 1 for key, position in last.items()})
    for key, trial, question, slot, *said in _judgements(version, keys):
        stored.answers[key, trial].judgements[question, slot] = said[0], said[1], said[2]


def _judgements(version: StudyVersion, keys: list[str]) -> Iterator[tuple[Any, ...]]:
    page = "response__assignment__"
    rows = Judgement.objects.filter(
        response__assignment__participant__version=version, response__assignment__participant__key__in=keys
    )
    names = (page + "participant__key", page + "trial_id", "question_id", "slot", "value", "chosen_slot", "text")
    return rows.order_by().values_list(*names).iterator()
