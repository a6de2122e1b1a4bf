"""Answers as they were given: one statement reads all of them, so that they belong to one moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from analysis.enums import Population, Subset
from analysis.queries.plan import Plan
from analysis.queries.versions import KINDS
from annotations.enums import ChosenBy, Stage
from annotations.models import Judgement, Participant


class Answer(NamedTuple):
    """One judgement with what is known about its page. `position` is the page, `slot` the rated clip.

    `unknown` names what an imported file did not say, such as `answered_at`; those values mean nothing.
    """

    participant: int
    trial: int
    position: int
    question: int
    slot: int | None
    value: float | None
    chosen_slot: int | None
    text: str
    presented: list[int]
    rt_ms: float | None
    plays: list[int]
    answered_at: datetime
    unknown: list[str] | None
    chosen_by: str

    @property
    def is_adaptive(self) -> bool:
        """Whether the trial was given because it had the highest priority."""
        return self.chosen_by == ChosenBy.PRIORITY


@dataclass(frozen=True, slots=True)
class Listener:
    """A participant as figures and files know it."""

    pk: int
    key: str
    kind: str
    stage: str
    language: str
    arrived_at: datetime
    consented_at: datetime | None
    finished_at: datetime | None
    consent_version: str
    excluded: bool
    exclusion: str
    origin: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything one population of a version answered, in an order that depends on the answers alone.

    Participants are in the order of their keys, their answers in that of their pages, of the questions on a page
    and of the slots. Those who withdrew are counted (`n_withdrawn`) but their answers are not here. Of the answers
    those of the `subset` enter figures.
    """

    plan: Plan
    population: Population
    participants: tuple[Listener, ...]
    rows: tuple[Answer, ...]
    n_withdrawn: int
    subset: Subset = Subset.RANDOM

    @property
    def n_adaptive(self) -> int:
        """The number of pages that were given because their trial had the highest priority."""
        return len({(row.participant, row.trial) for row in self.rows if row.is_adaptive})

    def enters(self, row: Answer) -> bool:
        """Tell whether an answer is of the subset."""
        return self.subset == Subset.ALL or not row.is_adaptive

    @property
    def answering(self) -> tuple[Listener, ...]:
        """Participants with at least one answer."""
        with_answers = {row.participant for row in self.rows}
        return tuple(one for one in self.participants if one.pk in with_answers)


def answers_of(plan: Plan, population: Population, subset: Subset = Subset.RANDOM) -> Answers:
    """Read the answers of people (imported ones too) or of simulated listeners, never of both, in two queries."""
    of_population = {"version": plan.version_pk, "kind__in": KINDS[population]}
    judgements = Judgement.objects.filter(
        **{f"response__assignment__participant__{name}": value for name, value in of_population.items()}
    )
    rows = [Answer._make(row) for row in judgements.order_by().values_list(*_PATHS)]
    everyone = [_listener(one) for one in Participant.objects.filter(**of_population).order_by()]
    staying = {one.pk: one for one in everyone if one.stage != Stage.WITHDRAWN}
    return Answers(
        plan=plan,
        population=population,
        participants=tuple(sorted(staying.values(), key=lambda one: one.key)),
        rows=tuple(_in_order([row for row in rows if row.participant in staying], staying, plan)),
        n_withdrawn=len(everyone) - len(staying),
        subset=subset,
    )


_PATHS = (
    "response__assignment__participant_id",
    "response__assignment__trial_id",
    "response__assignment__position",
    "question_id",
    "slot",
    "value",
    "chosen_slot",
    "text",
    "response__assignment__presented",
    "response__rt_ms",
    "response__plays",
    "response__answered_at",
    "response__telemetry__unknown",
    "response__assignment__chosen_by",
)


def _in_order(rows: list[Answer], listeners: dict[int, Listener], plan: Plan) -> list[Answer]:
    place = {question.pk: index for index, question in enumerate(plan.questions)}
    return sorted(
        rows,
        key=lambda row: (
            listeners[row.participant].key,
            row.position,
            place[row.question],
            -1 if row.slot is None else row.slot,
        ),
    )


def _listener(one: Participant) -> Listener:
    return Listener(
        pk=one.pk,
        key=one.key,
        kind=one.kind,
        stage=one.stage,
        language=one.language,
        arrived_at=one.arrived_at,
        consented_at=one.consented_at,
        finished_at=one.finished_at,
        consent_version=one.consent_version,
        excluded=one.excluded,
        exclusion=one.exclusion,
        origin=one.origin,
    )
