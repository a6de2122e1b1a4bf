"""Seeing a training run through from a command: here, or by following its worker."""

import shlex
import sys
from collections.abc import Mapping
from typing import Any

from modeling.enums import RunState
from modeling.errors import RunError
from modeling.management.following import follow
from modeling.management.here import train_here
from modeling.management.progress import Output, TrainingLine
from modeling.models import TrainingRun
from modeling.queries.runs import UNFINISHED


def see_through(run: TrainingRun, out: Output, options: Mapping[str, Any]) -> None:
    """Train the run with `here`, else follow it; raise `RunError` where it did not end well."""
    if run.state in UNFINISHED:
        if options["here"]:
            train_here(run, TrainingLine(out), go_on=go_on())
        else:
            follow(run, TrainingLine(out))
        run.refresh_from_db()
    if run.state == RunState.FAILED:
        raise RunError(f"{run} failed after {_far(run)}: {run.reason} {run.advice}".strip() + f"\n{go_on()}")
    if run.state == RunState.CANCELLED:
        raise RunError(f"{run}: stopped; {_far(run)} are saved.\n{go_on()}")


def go_on() -> str:
    """Say how to go on with what was stopped."""
    words = [word for word in sys.argv[1:] if word != "--resume"]
    asked = shlex.join(["manage.py", *words]) if sys.argv[0].endswith("manage.py") else "the same command"
    return f"Go on with: {asked} --resume   (or begin anew under another --name)"


def _far(run: TrainingRun) -> str:
    return f"{run.saved} of {run.total} steps"
