"""What the pages of the listening steps send, and people who are at them."""

import json
from collections.abc import Sequence
from typing import Any

from annotations.models import Participant, StudyVersion
from annotations.services.participation import give_consent, join
from annotations.services.steps import complete_step
from tests.annotations.listening import CONSENT, sha

PAGE: dict[str, Any] = {
    "device": {"sample_rate": 48000, "channels": 2, "output_latency_ms": 21.5},
    "sent_ms": 9000.5,
    "hidden_count": 0,
    "hidden_ms": 0,
    "play_failures": 0,
    "reloaded": False,
}


def screen(version: StudyVersion, **screening: Any) -> StudyVersion:
    """Give a study a screening; what is not said is as in a study file."""
    version.definition["screening"] = {"headphones": None, "volume": False} | screening
    version.save(update_fields=["definition"])
    return version


def consented(version: StudyVersion, seed: int = 7) -> Participant:
    """Someone at the first step."""
    person = join(study_slug=version.study.slug, seed=seed)
    return give_consent(participant=person, language="en", consent_sha256=sha(CONSENT["en"]))


def take(person: Participant, step: str, result: Any, attempt: int = 0) -> Participant:
    """Send the result of a step."""
    sent = {"result": json.dumps(result)}
    return complete_step(participant=person, step=step, attempt=attempt, sent=sent, language="en")


def headphones(answers: Sequence[int], *, completed: int = 1, **changes: Any) -> dict[str, Any]:
    """What the page of the headphone screening sends for these answers."""
    plays = [{"at_ms": 1000.0 * at, "heard_s": 5.0, "completed": True} for at in range(completed)]
    trials = [{"answer": answer, "rt_ms": 800.25, "plays": plays} for answer in answers]
    return {"trials": trials, "starts": 1, "page": PAGE} | changes


def volume(*heard_s: float) -> dict[str, Any]:
    """What the page of the volume sends after plays of so many seconds."""
    return {"plays": [{"at_ms": 500.0, "heard_s": seconds} for seconds in heard_s], "page": PAGE}
