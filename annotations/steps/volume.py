"""The volume: listeners set it against a noise that is as loud as the clips, and leave it there."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import Field

from annotations.errors import StepInvalidError
from annotations.steps._sent import MOST, Page, Play, Sent, read_result
from annotations.steps.base import Outcome, Standing, Step
from annotations.study_file.schema import StudyDefinition
from corpus.queries.audio import served_target

LEAST_HEARD_S = 3.0
"""Seconds of the noise without which nobody has judged how loud it is."""


class VolumeResult(Sent):
    """The plays of the noise, and how the page was used."""

    plays: Annotated[list[Play], Field(max_length=MOST)]
    page: Page


class Volume(Step):
    """The noise is played as long as it takes; there is nothing to pass."""

    name = "volume"
    template = "annotations/steps/volume.html"
    order = 20

    def wanted(self, definition: StudyDefinition) -> bool:
        """Tell whether the study sets the volume first."""
        return definition.screening is not None and definition.screening.volume

    def heading(self) -> str:
        """Return the title of the page."""
        return _("Set the volume")

    def display(self, standing: Standing) -> dict[str, Any]:
        """Return what makes the noise: its loudness in LUFS and 32 bits to draw it from; and the script's words."""
        person = standing.participant
        data = {
            "loudness": served_target(person.version.corpus),
            "seed": person.seed % 2**32,
            "least_heard_s": LEAST_HEARD_S,
            "next": reverse("annotations:steps", args=[standing.definition.slug]),
            "words": _words(),
        }
        return {"data": data}

    def read(self, sent: Mapping[str, str], standing: Standing) -> Outcome:
        """Return how long the noise was heard; raise `StepInvalidError` where that was not long enough."""
        result = read_result(VolumeResult, sent)
        heard = sum(play.heard_s for play in result.plays)
        if heard < LEAST_HEARD_S:
            raise StepInvalidError({"noise": _("Please play the noise for a few seconds first.")})
        told = result.model_dump()
        return Outcome(data={"heard_s": heard, "n_plays": len(result.plays), **told})


def _words() -> dict[str, str]:
    """Return what the script of the page may have to say, in the active language."""
    return {
        "play": _("Play the noise"),
        "stop": _("Stop the noise"),
        "unheard": _("not heard yet"),
        "playing": _("playing…"),
        "enough": _("playing; heard long enough ✓"),
        "longer": _("stopped; please hear it a little longer"),
        "heard": _("heard ✓"),
        "play_first": _("Play the noise first and set the volume of your device."),
        "wait": _("Let the noise play for {seconds} more s."),
        "no_sound": _("No sound came out. Check your headphones, then press play again."),
        "sending": _("saving…"),
        "kept": _("Not sent yet. This page tries again by itself; leave it open."),
    }


STEP = Volume()
