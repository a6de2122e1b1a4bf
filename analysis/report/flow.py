"""Who took part, step by step: what a CONSORT diagram counts. Everyone who came is in exactly one place."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analysis.enums import Population
from analysis.queries.answers import Answers, Listener
from annotations.enums import ParticipantKind, Stage
from annotations.services.exclusion import BY_RULE

STEPS = {"headphones": "headphone screening", "comprehension": "questions about the task", "volume": "volume"}
LEAVING = {
    Stage.DECLINED: "declined consent",
    Stage.RETURNED: "returned their place",
    Stage.TIMED_OUT: "ran out of time",
}
# What a rule says of one person has that person's figures in it; people are counted by the rule.
RULES = (
    ("attention trials", "failed attention trials"),
    ("median response time", "answered too quickly"),
    ("the same answer", "always the same answer"),
    ("sooner than their sounds", "answered before the sounds could be heard"),
)
FIGURES = "in the figures"


@dataclass(frozen=True, slots=True)
class Loss:
    """Why so many did not come to a step."""

    why: str
    count: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step, how many came so far, and who was lost since the step before; `parts` say what those there are."""

    name: str
    count: int
    lost: tuple[Loss, ...] = ()
    parts: tuple[Loss, ...] = ()

    @property
    def n_lost(self) -> int:
        """How many were lost since the step before."""
        return sum(loss.count for loss in self.lost)


def flow(answers: Answers, screened: Mapping[int, str] | None = None) -> list[Step]:
    """Return the steps from arrival to the figures; each is the one before less those lost.

    `screened`: by participant, the step that screened them out.
    """
    everyone, answering = answers.participants, answers.answering
    began = {one.pk for one in answering}
    agreed = [one for one in everyone if one.pk in began or _agreed(one)]
    data = _with_data(answers)
    excluded = [one for one in answering if one.excluded]
    idle = [one for one in answering if not one.excluded and one.pk not in data]
    kept = [one for one in answering if not one.excluded and one.pk in data]
    refused = _losses(_left(one, "did not consent") for one in everyone if one not in agreed)
    withdrew = (Loss("withdrew; their answers are in no file and no figure", answers.n_withdrawn),)
    unheard = (_screened(one, screened or {}) for one in agreed if one.pk not in began)
    finished = sum(one.stage == Stage.DONE for one in kept)
    ended = (Loss("finished", finished), Loss("not finished; their answers count", len(kept) - finished))
    without = (Loss("answered no trial that enters figures", len(idle)),)
    return [
        Step("came", len(everyone) + answers.n_withdrawn),
        Step("consented", len(agreed), refused + tuple(loss for loss in withdrew if loss.count)),
        Step("gave answers", len(answering), _losses(unheard)),
        Step(FIGURES, len(kept), _losses(map(_excluded, excluded)) + tuple(loss for loss in without if loss.count),
             tuple(part for part in ended if part.count)),
    ]  # fmt: skip


def _agreed(one: Listener) -> bool:
    return bool(one.consented_at) or one.kind == ParticipantKind.IMPORTED


def _with_data(answers: Answers) -> set[int]:
    """Return the participants with an answer that enters figures: no check, and of the subset."""
    data = {trial.pk for trial in answers.plan.trials if not trial.check}
    return {row.participant for row in answers.rows if row.trial in data and answers.enters(row)}


def _left(one: Listener, otherwise: str) -> str:
    return LEAVING.get(Stage(one.stage), otherwise)


def _screened(one: Listener, screened: Mapping[int, str]) -> str:
    if one.stage != Stage.SCREENED_OUT:
        return "finished without an answer" if one.stage == Stage.DONE else _left(one, "gave no answer")
    step = screened.get(one.pk, "")
    return f"screened out: {STEPS.get(step, step)}" if step else "screened out"


def _excluded(one: Listener) -> str:
    """Return why someone was excluded, without the figures of that one person where a rule did it."""
    if not one.exclusion.startswith(BY_RULE):
        return f"excluded: {one.exclusion or 'no reason given'}"
    reasons = re.split(r"; (?=\S)", one.exclusion.removeprefix(BY_RULE))
    told = [next((said for mark, said in RULES if mark in reason), reason) for reason in reasons]
    return f"excluded: {'; '.join(dict.fromkeys(told))}"


def _losses(reasons: Iterable[str]) -> tuple[Loss, ...]:
    """Return how many have each reason, the most frequent first."""
    counts = Counter(reasons)
    return tuple(Loss(why, n) for why, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def who(answers: Answers) -> str:
    """Return what the answers are from, in words that cannot be mistaken."""
    if answers.population == Population.SIMULATED:
        return "simulated listeners"
    imported = sum(one.kind == ParticipantKind.IMPORTED for one in answers.answering)
    return "people" + (f", {imported} of them imported from a file" if imported else "")


def simulated_groups(answers: Answers) -> list[str]:
    """Return how the simulated listeners were made: one line for each noise, seed and ear."""
    if answers.population != Population.SIMULATED:
        return []
    groups = Counter(
        (str(one.origin.get("noise", "?")), str(one.origin.get("seed", "?")), str(one.origin.get("like", "")))
        for one in answers.answering
    )
    return [
        f"{n} with noise {noise}, seed {seed}, hearing "
        + (f"as run {like[:12]}" if like else "by the stimuli's percepts")
        for (noise, seed, like), n in sorted(groups.items())
    ]
