"""The headphone screening: trials of three sounds that only two separate ears can tell apart."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import Field

from annotations.design.screening import ScreeningTrial, outcome, page_data, plan_screening, score
from annotations.errors import StepInvalidError
from annotations.models import StepResult
from annotations.steps._sent import MOST, Count, Milliseconds, Page, Sent, WholePlay, read_result
from annotations.steps.base import Outcome, Standing, Step, Verdict
from annotations.study_file.parts import Screening
from annotations.study_file.schema import StudyDefinition
from corpus.queries.audio import served_target

MOST_PLAYS = 2
"""How often the sounds of a trial may be heard to their end. Milne et al. play them once; whoever was disturbed may
hear them again, and `plays` tells who did."""
TRIES = {"warn": 1, "second_try": 2, "screen_out": 1}


class TrialResult(Sent):
    """The position chosen, how long after the end of the last play that was, and every play of the trial."""

    answer: Annotated[int, Field(ge=1, le=3)]
    rt_ms: Milliseconds
    plays: Annotated[list[WholePlay], Field(max_length=MOST)]


class HeadphonesResult(Sent):
    """Every trial in the order of the plan; `starts`: how often the page began with them, reloads included."""

    trials: list[TrialResult]
    starts: Count
    page: Page


class Headphones(Step):
    """Scored by the server from the plan that it keeps; what follows a failure is the study's choice (`on_fail`)."""

    name = "headphones"
    template = "annotations/steps/headphones.html"
    order = 30

    def wanted(self, definition: StudyDefinition) -> bool:
        """Tell whether the study screens for headphones."""
        return definition.screening is not None and definition.screening.headphones is not None

    def heading(self) -> str:
        """Return the title of the page."""
        return _("Headphone check")

    def display(self, standing: Standing) -> dict[str, Any]:
        """Return what the sounds are made from, and the script's words. A reload shows the same trials."""
        trials = _plan(standing)
        data = page_data(trials, loudness=served_target(standing.participant.version.corpus))
        data["most_plays"] = MOST_PLAYS
        data["next"] = reverse("annotations:steps", args=[standing.definition.slug])
        data["words"] = _words()
        return {"data": data, "kind": trials[0].kind, "of": len(trials), "again": standing.attempt > 0}

    def read(self, sent: Mapping[str, str], standing: Standing) -> Outcome:
        """Return the score; raise `StepInvalidError` where a trial was not heard or not answered."""
        result = read_result(HeadphonesResult, sent)
        targets = [trial.target for trial in _plan(standing)]
        _check_complete(result.trials, len(targets))
        correct = score([trial.answer for trial in result.trials], targets)
        screening = _screening(standing)
        passed = outcome(correct, pass_mark=screening.pass_mark) == "pass"
        told = {"kind": screening.headphones, "pass_mark": screening.pass_mark, "targets": targets}
        return Outcome(
            verdict=_verdict(screening, standing.attempt, passed=passed),
            passed=passed,
            score=correct,
            out_of=len(targets),
            data=told | result.model_dump(),
        )

    def notice(self, result: StepResult) -> str:
        """Return kind words for who failed and goes on all the same."""
        if result.passed is not False or not result.settled:
            return ""
        return _(
            "The headphone check did not go well this time. You can go on: please see that you wear headphones on both "
            "ears, as the differences that you will hear are small."
        )


def _screening(standing: Standing) -> Screening:
    if standing.definition.screening is None:
        raise ValueError(f"the study {standing.definition.slug} has no screening")
    return standing.definition.screening


def _plan(standing: Standing) -> list[ScreeningTrial]:
    screening = _screening(standing)
    if screening.headphones is None:
        raise ValueError(f"the study {standing.definition.slug} does not screen for headphones")
    seed = standing.participant.seed
    return plan_screening(kind=screening.headphones, n_trials=screening.of, seed=seed, attempt=standing.attempt)


def _check_complete(trials: list[TrialResult], wanted: int) -> None:
    if len(trials) != wanted:
        raise StepInvalidError({"trials": _("Please answer all %(n)d trials.") % {"n": wanted}})
    for trial in trials:
        if not 1 <= sum(play.completed for play in trial.plays) <= MOST_PLAYS:
            raise StepInvalidError({"trials": _("Please hear the sounds of every trial to their end, twice at most.")})


def _verdict(screening: Screening, attempt: int, *, passed: bool) -> Verdict:
    if passed or screening.on_fail == "warn":
        return Verdict.GO_ON
    return Verdict.AGAIN if attempt + 1 < TRIES[screening.on_fail] else Verdict.OUT


def _words() -> dict[str, str]:
    """Return what the script of the page may have to say, in the active language."""
    return {
        "trial": _("Trial {number} of {of}"),
        "unheard": _("not heard yet"),
        "preparing": _("one moment…"),
        "playing": _("playing…"),
        "sounding": _("sound {number}"),
        "heard": _("heard ✓; you may hear it once more"),
        "heard_again": _("heard twice ✓"),
        "to_hear": _("Hear the three sounds to their end first."),
        "ended": _("That was all three. Which one was it?"),
        "no_more": _("Each trial can be heard twice, and you have heard this one twice."),
        "to_answer": _("Choose 1, 2 or 3. If you are not sure, guess."),
        "no_sound": _("The sound did not play to its end. Check your headphones, then press play again."),
        "next": _("Next trial"),
        "last": _("Finish the check"),
        "sending": _("saving…"),
        "kept": _("Not sent yet. This page tries again by itself; leave it open."),
    }


STEP = Headphones()
