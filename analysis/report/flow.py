"""Who took part, step by step: what a CONSORT diagram counts."""

from collections import Counter
from dataclasses import dataclass

from analysis.enums import Population
from analysis.queries.answers import Answers
from annotations.enums import ParticipantKind, Stage


@dataclass(frozen=True, slots=True)
class Step:
    """A step and how many came so far; `why` says who is missing since the step before."""

    name: str
    count: int
    why: str = ""


def flow(answers: Answers) -> list[Step]:
    """Return the steps from arrival to the figures."""
    everyone = answers.participants
    agreed = [one for one in everyone if one.consented_at or one.kind == ParticipantKind.IMPORTED]
    answering = answers.answering
    counted = [one for one in answering if not one.excluded]
    finished = sum(one.stage == Stage.DONE for one in everyone)
    reasons = Counter(one.exclusion or "no reason given" for one in answering if one.excluded)
    excluded = "; ".join(f"excluded: {n} ({why})" for why, n in sorted(reasons.items()))
    out = sum(one.stage == Stage.SCREENED_OUT for one in everyone)
    withdrawn = f"{answers.n_withdrawn} withdrew; their answers are in no file and no figure"
    return [
        Step("came", len(everyone) + answers.n_withdrawn),
        Step("consented", len(agreed), withdrawn if answers.n_withdrawn else ""),
        Step("gave answers", len(answering), f"{out} screened out" if out else ""),
        Step("finished", finished),
        Step("in the figures", len(counted), excluded),
    ]


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
