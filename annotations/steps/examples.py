"""Worked examples: pages that look like those of the trials, with the right answers marked and said in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from annotations.errors import StepInvalidError
from annotations.models import Assignment, Trial, TrialClip
from annotations.queries.examples import example_trials, explanation_of
from annotations.queries.right_answers import right_answers
from annotations.queries.trial_page import shown_page
from annotations.steps.base import Outcome, Standing, Step, Verdict
from annotations.study_file.schema import StudyDefinition
from annotations.words import page_words

MOST_PLAYS = 1000


class Examples(Step):
    """One example a page, each an attempt of this step. `data`: the trial, and completed plays by sound.

    Clips stand in the order of their slots, so that an explanation can speak of the first one and the third.
    """

    name = "examples"
    template = "annotations/steps/examples.html"
    order = 50

    def wanted(self, definition: StudyDefinition) -> bool:
        """Tell whether the study shows examples."""
        return definition.examples > 0

    def heading(self) -> str:
        """Return the title of the page."""
        return _("A worked example")

    def display(self, standing: Standing) -> dict[str, Any]:
        """Return the page of the example with its right answers, and why they are right."""
        page = _page(standing)
        shown = shown_page(page, standing.language)
        return shown.context | {
            "data": {**shown.sounds, "right": page.trial.answers, "words": page_words()},
            "explanation": explanation_of(page.trial, standing.language),
            "right_answers": right_answers(page, standing.language),
            "choice_keys": [],
            "number": standing.attempt + 1,
            "of": standing.definition.examples,
        }

    def read(self, sent: Mapping[str, str], standing: Standing) -> Outcome:
        """Return what was heard; raise `StepInvalidError` before everything was."""
        page = _page(standing)
        shown = shown_page(page, standing.language).sounds
        sounds = [clip["id"] for clip in shown["clips"]] + (["context"] if shown["context"] else [])
        plays = {sound: _plays(sent.get(f"heard-{sound}", "")) for sound in sounds}
        if not all(plays.values()):
            raise StepInvalidError({"sounds": _("Please hear every sound to its end before you go on.")})
        last = standing.attempt + 1 >= standing.definition.examples
        return Outcome(verdict=Verdict.GO_ON if last else Verdict.AGAIN, data={"trial": page.trial.key, "plays": plays})


def _page(standing: Standing) -> Assignment:
    """Return the page of the example that comes now. It is given to nobody, and never stored."""
    trial: Trial = example_trials(standing.participant.version, standing.definition)[standing.attempt]
    n_clips = TrialClip.objects.filter(trial=trial).count()
    return Assignment(participant=standing.participant, trial=trial, presented=list(range(n_clips)))


def _plays(raw: str) -> int:
    """Return how often a sound was heard to its end; 0 for anything that is no number."""
    return min(int(raw), MOST_PLAYS) if raw.isascii() and raw.isdigit() and len(raw) <= len(str(MOST_PLAYS)) else 0


STEP = Examples()
