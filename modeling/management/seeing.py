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


def see_through(run: TrainingRun, out: Output, options: Mapping[str, Any], *, command: str) -> None:
    """Train the run with `here`, else follow it; raise `RunError` where it did not end well."""
    wait_for(run, out, here=options["here"], command=command)
    if run.state == RunState.FAILED:
        raise RunError(f"{run} failed after {far(run)}: {run.reason} {run.advice}".strip() + f"\n{go_on(command)}")
    if run.state == RunState.CANCELLED:
        raise RunError(f"{run}: stopped; {far(run)} are saved.\n{go_on(command)}")


def wait_for(run: TrainingRun, out: Output, *, here: bool, command: str, several: bool = False) -> None:
    """Train an unfinished run `here`, else follow its worker; the run is brought up to date."""
    if run.state not in UNFINISHED:
        return
    if here:
        train_here(run, TrainingLine(out), go_on=go_on(command), several=several)
    else:
        follow(run, TrainingLine(out))
    run.refresh_from_db()


def go_on(command: str) -> str:
    """Say how to go on with what was stopped; `command` is the name of the one that runs."""
    words = [word for word in sys.argv[1:] if word != "--resume"]
    asked = shlex.join(["manage.py", *words]) if words[:1] == [command] else "the same command"
    return f"Go on with: {asked} --resume   (or begin anew under another --name)"


def far(run: TrainingRun) -> str:
    """Say how far a run is saved."""
    return f"{run.saved} of {run.total} steps"
