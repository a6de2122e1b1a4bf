"""A study with steps before and after its trials, and someone who takes them in a browser without scripts."""

from typing import Any

from django.test import Client

from annotations.enums import Check
from annotations.models import Participant, StudyVersion, Trial
from tests.annotations.listening import CONSENT, add_check, sha

YES_NO = [{"name": "yes", "text": {"en": "Yes", "sv": "Ja"}}, {"name": "no", "text": {"en": "No", "sv": "Nej"}}]
HEADPHONES = {
    "name": "headphones",
    "kind": "choice",
    "text": {"en": "Do you wear headphones?", "sv": "Har du hörlurar?"},
    "options": YES_NO,
    "required": True,
}
AGE = {
    "name": "age",
    "kind": "number",
    "text": {"en": "How old are you?", "sv": "Hur gammal är du?"},
    "required": False,
}
WORDS = {"name": "words", "kind": "text", "text": {"en": "Anything else?", "sv": "Något mer?"}, "required": False}
UNDERSTOOD: dict[str, Any] = {
    "tries": 2,
    "on_fail": "screen_out",
    "questions": [
        {"name": "stop", "text": {"en": "May you stop?", "sv": "Får du sluta?"}, "options": YES_NO, "right": "yes"},
        {"name": "rush", "text": {"en": "Must you rush?", "sv": "Är det bråttom?"}, "options": YES_NO, "right": "no"},
    ],
}
RIGHT = {"answer-stop": "yes", "answer-rush": "no"}
WRONG = {"answer-stop": "no", "answer-rush": "no"}


def with_steps(version: StudyVersion, **parts: Any) -> StudyVersion:
    """Change parts of a version's definition."""
    version.definition |= parts
    version.save()
    return version


def add_practice(version: StudyVersion, key: str, answers: dict[str, Any] | None, **attributes: str) -> Trial:
    """Add a practice trial with the clips of t0."""
    add_check(version, Check.PRACTICE, key)
    Trial.objects.filter(version=version, key=key).update(answers=answers, attributes=attributes)
    return Trial.objects.get(version=version, key=key)


def consent(client: Client) -> Participant:
    """Agree to take part; return who that is."""
    agreed = {"decision": "agree", "language": "en", "sha256": sha(CONSENT["en"])}
    assert client.post("/s/short/consent/", agreed).status_code == 302
    return Participant.objects.latest("pk")


def send(client: Client, step: str, attempt: int = 0, **fields: str) -> Any:
    """Send the form of a step."""
    return client.post(f"/s/short/steps/{step}/", {"attempt": attempt, **fields})


def place(client: Client) -> str:
    """Where the participant is sent from the start of the study: the end of the address."""
    path = client.get("/s/short/", follow=True).request["PATH_INFO"]
    return str(path.removeprefix("/s/short/").strip("/"))
