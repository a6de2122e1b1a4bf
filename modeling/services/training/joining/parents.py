"""The runs that a run builds on are seen through first, here or by whichever worker is at them."""

import time

from modeling.enums import RunState
from modeling.errors import RunError
from modeling.models import TrainingRun
from modeling.queries.runs import UNFINISHED
from modeling.services.training.base import Listener

LOOK_EVERY_S = 1.0


def see_through(parent: TrainingRun, listener: Listener, *, owner: str) -> bool:
    """Do the parent if it is not finished, or wait for the worker that is at it; tell whether it is finished.

    `owner` is the worker that holds the run itself: whoever takes that one over waits for the parent's lease too.
    False where the listener stops. Raises `RunError` where the parent has failed or was cancelled.
    """
    from modeling.services.training.doing import train_run

    while parent.state in UNFINISHED:
        if listener.stop():
            return False
        listener.say(f"First: {parent}"[:80])
        if not train_run(digest=parent.digest, owner=owner, stopping=listener.stop):
            time.sleep(LOOK_EVERY_S)
        parent.refresh_from_db()
    if parent.state != RunState.FINISHED:
        raise RunError(
            f"{parent} (run {parent.digest[:12]}) was {parent.state}: {parent.reason or 'nothing more is known'} "
            f"{parent.advice} Ask for it again with --resume."
        )
    return True
