"""Many listeners at once, in threads with database connections of their own; some leave, some are late.

Half of them are given each page with the reply to the answer before, as browsers ask for it; the others look for it.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import numpy as np
from django.db import connection
from django.utils import timezone

from annotations.enums import AssignmentState
from annotations.errors import StudyFullError, WrongStageError
from annotations.models import Assignment, Participant, Response, StudyVersion, Trial
from annotations.services.allocation import next_assignment
from annotations.services.participation import finish
from tests.annotations.listening import answer, answer_and_look, worker


def listen(version: StudyVersion, seed: int, acknowledged: list[int]) -> None:
    """One listener: of three, one leaves or is late at some pages, one sends everything twice."""
    try:
        person = worker(version, seed=seed)
        while not work(person, seed, acknowledged):
            pass
    except StudyFullError:
        pass  # at this moment every trial is held by someone
    finally:
        connection.close()


def work(person: Participant, seed: int, acknowledged: list[int]) -> bool:
    """Answer until nothing is left; tell whether the listener is done or gone."""
    rng, habit = np.random.default_rng(seed), seed % 3
    following: Assignment | None = None
    while page := following or next_assignment(participant=person):
        if habit == 0 and rng.random() < 0.3:
            person.assignments.filter(state=AssignmentState.RESERVED).update(
                expires_at=timezone.now() - timedelta(seconds=1)
            )
            if rng.random() < 0.5:
                return True
            time.sleep(0.02)
        key = uuid4()
        if seed % 2:
            went_on = answer_and_look(person, page, idempotency_key=key)
            recorded, following = went_on.recorded, went_on.page
        else:
            recorded = answer(person, page, idempotency_key=key)
        acknowledged.append(recorded.response.pk)
        if habit == 1:
            assert answer(person, page, idempotency_key=key).replayed
    try:
        finish(participant=person)
    except WrongStageError:
        return False  # someone else gave a trial back in this moment, and the page would show it
    return True


def watch(stop: threading.Event, worst: list[int]) -> None:
    """Look again and again for a trial with more than planned."""
    while not stop.is_set():
        over = [trial.taken - trial.planned for trial in Trial.objects.all()]
        worst[0] = max(worst[0], *over)
        time.sleep(0.01)
    connection.close()


def crowd(version: StudyVersion, n_listeners: int, n_threads: int) -> dict[str, Any]:
    """Run the listeners; return what a test wants to know."""
    acknowledged: list[int] = []
    worst, stop = [-1000], threading.Event()
    watcher = threading.Thread(target=watch, args=(stop, worst))
    watcher.start()
    with ThreadPoolExecutor(n_threads) as pool:
        runs = [pool.submit(listen, version, seed, acknowledged) for seed in range(n_listeners)]
        errors = [repr(run.exception()) for run in runs if run.exception()]
    # What the last drop-outs held is taken by latecomers.
    for seed in range(1000, 1000 + n_listeners):
        listen(version, 3 * seed + 2, acknowledged)
    stop.set()
    watcher.join()
    answered = Assignment.objects.filter(state=AssignmentState.ANSWERED)
    return {
        "errors": errors,
        "worst": worst[0],
        "acknowledged": len(acknowledged),
        "lost": sorted(set(acknowledged) - set(Response.objects.values_list("pk", flat=True))),
        "stored": Response.objects.count(),
        "counted": answered.filter(counts=True).count(),
        "held": Assignment.objects.filter(state=AssignmentState.RESERVED, counts=True).count(),
        "taken": sum(Trial.objects.values_list("taken", flat=True)),
        "per_trial": sorted(answered.filter(counts=True, trial=trial).count() for trial in Trial.objects.all()),
        "people": Participant.objects.count(),
    }
