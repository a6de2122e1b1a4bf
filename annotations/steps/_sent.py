"""What the script of a listening step sends: JSON in the field `result`, checked before anything of it is stored.

Times are milliseconds of the browser's monotonic clock, counted from when the page was opened.
"""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from annotations.errors import StepInvalidError

FIELD = "result"
MOST = 1000
"""Plays that are told one by one; a page sends its last ones."""

Milliseconds = Annotated[float, Field(ge=0, le=30 * 24 * 3600 * 1000)]
Seconds = Annotated[float, Field(ge=0, le=24 * 3600)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class Sent(BaseModel):
    """A mapping that a page sends: unknown keys and values of another type are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Device(Sent):
    """What the browser tells of the way out; `channels` that the device takes, where 1 means that it plays mono."""

    sample_rate: Annotated[float, Field(gt=0, le=1_000_000)]
    channels: Annotated[int, Field(ge=0, le=1000)]
    output_latency_ms: Milliseconds | None


class Play(Sent):
    """One play: when it began, and how much of it was heard."""

    at_ms: Milliseconds
    heard_s: Seconds


class WholePlay(Play):
    """A play of something that ends; `completed` tells whether it came to its end by itself."""

    completed: bool


class Page(Sent):
    """How the page was used; `reloaded` tells that it was not the first time that it was opened."""

    device: Device
    sent_ms: Milliseconds
    hidden_count: Count
    hidden_ms: Milliseconds
    play_failures: Count
    reloaded: bool


Result = TypeVar("Result", bound=Sent)


def read_result(model: type[Result], sent: Mapping[str, str]) -> Result:
    """Return what was sent; raise `StepInvalidError` where it is not what the page's script sends."""
    try:
        return model.model_validate_json(sent.get(FIELD, ""))
    except ValidationError as error:
        raise StepInvalidError({FIELD: _("What this page sent cannot be read. Please begin here again.")}) from error
