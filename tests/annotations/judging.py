"""A researcher who excludes and includes people all the time while a crowd is listening, and erases some."""

import threading
from typing import Any

import numpy as np
from django.db import connection

from annotations.models import Assignment, Erasure, Participant, StudyVersion, Trial
from annotations.services.erasure import erase_participant
from annotations.services.exclusion import exclude_participant, include_participant
from annotations.services.exclusion_rules import apply_exclusion_rules
from tests.annotations.crowd import crowd


def judge(version: StudyVersion, stop: threading.Event, errors: list[str]) -> None:
    rng = np.random.default_rng(1)
    try:
        while not stop.wait(0.05):
            people = list(Participant.objects.filter(version=version))
            if not people:
                continue
            person = people[int(rng.integers(len(people)))]
            if person.excluded:
                include_participant(participant=person)
            else:
                exclude_participant(participant=person, reason="by chance")
            apply_exclusion_rules(study_slug=version.study.slug)
    except Exception as error:
        errors.append(repr(error))
    finally:
        connection.close()


def judged_crowd(version: StudyVersion, n_listeners: int, n_threads: int) -> dict[str, Any]:
    """Run a crowd under judgement; then erase three people. Return what a test wants to know."""
    stop, errors = threading.Event(), []
    judging = threading.Thread(target=judge, args=(version, stop, errors))
    judging.start()
    seen = crowd(version, n_listeners=n_listeners, n_threads=n_threads)
    stop.set()
    judging.join()
    # Whoever was excluded may have been included again: one is for certain, and stays.
    last = Participant.objects.filter(version=version, excluded=False).order_by("pk").last()
    if last is not None:
        exclude_participant(participant=last, reason="the last")
    for person in Participant.objects.filter(version=version).order_by("pk")[:3]:
        erase_participant(participant=person)
    apply_exclusion_rules(study_slug=version.study.slug)
    pages = Assignment.objects.filter(counts=True)
    return seen | {
        "judging": errors,
        "excluded": Participant.objects.filter(excluded=True).count(),
        "erased": Erasure.objects.count(),
        "counted_of_excluded": pages.filter(participant__excluded=True).count(),
        "uneven": [trial.key for trial in Trial.objects.all() if trial.taken != pages.filter(trial=trial).count()],
    }
