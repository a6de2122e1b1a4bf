"""A small study, made without files: trials of three clips each in one context, two questions; and ways through it."""

import hashlib
from typing import Any
from uuid import uuid4

from django.test import Client

from annotations.enums import Check, ParticipantKind
from annotations.models import Assignment, Participant, Question, StudyVersion, Task, Trial, TrialClip
from annotations.queries.participants import locked_again
from annotations.services.allocation import next_assignment
from annotations.services.answers import Answer, Recorded, record_response
from annotations.services.going_on import WentOn, answer_and_go_on
from annotations.services.participation import begin, give_consent, join
from corpus.enums import StimulusRole
from corpus.models import AudioFile, Corpus, ServedAudio, Stimulus

CONSENT = {"en": "# Taking part\n\nYou **may stop** at any time.", "sv": "# Att delta\n\nDu får sluta när du vill."}


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def definition(slug: str, **changes: Any) -> dict[str, Any]:
    """A complete definition; `changes` replace keys of `allocation` and `recruitment`."""
    allocation = {
        "ratings_per_trial": 5,
        "trials_per_participant": 6,
        "design": "least_filled",
        "reservation_minutes": 30,
    }
    codes = {"completed": "DONE-1", "screened_out": "", "failed_attention": "", "no_consent": "NO-1"}
    recruitment = {"platform": "prolific", "id_parameter": "", "places": None, "codes": codes}
    recruitment |= {"return_url": "", "invitation_only": False}
    return {
        "slug": slug,
        "languages": ["en", "sv"],
        "title": {"en": "Short responses", "sv": "Korta svar"},
        "instructions": {"en": "Use *headphones*.", "sv": "Använd *hörlurar*."},
        "corpus": "demo",
        "stimuli": "stimuli.csv",
        "trials": "",
        "design": [],
        "tasks": [],
        "screening": None,
        "practice": 0,
        "checks": {"attention": 0, "repeats": 0},
        "allocation": {key: changes.get(key, value) for key, value in allocation.items()},
        "recruitment": {key: changes.get(key, value) for key, value in recruitment.items()},
        "exclude": [],
    }


def stimulus(corpus: Corpus, key: str, role: str) -> Stimulus:
    """A stimulus whose audio is described but not there."""
    audio = AudioFile.objects.create(
        sha256=sha(key),
        path=key,
        format="wav",
        size=1,
        rate=48000,
        channels=1,
        duration=0.3,
        peak=-3,
        loudness=-23,
        clipped=0,
    )
    served = ServedAudio.objects.create(
        audio=audio, target=-23, sha256=sha("served" + key), gain=0, loudness=-23, peak=-3, duration=0.3
    )
    return Stimulus.objects.create(
        corpus=corpus, key=key, role=role, transcript="so he left", source_path=key, audio=audio, served=served
    )


def add_tasks(version: StudyVersion) -> Task:
    task = Task.objects.create(version=version, name="contextual", position=0, show=["context_audio", "transcript"])
    ends = {"en": ["not at all", "extremely"], "sv": ["inte alls", "mycket"]}
    Question.objects.create(
        task=task,
        name="suitability",
        position=0,
        kind="rating",
        per_clip=True,
        text={"en": "How suitable is each?", "sv": "Hur passande är vart och ett?"},
        settings={"scale": [1, 5], "step": 1, "ends": ends},
    )
    Question.objects.create(
        task=task,
        name="similar",
        position=1,
        kind="pair",
        text={"en": "Which two are most alike?", "sv": "Vilka två är mest lika?"},
    )
    return task


def add_trials(version: StudyVersion, task: Task, n_trials: int, planned: int) -> None:
    context = stimulus(version.corpus, f"{version.study.slug}-context", StimulusRole.CONTEXT)
    clips = [
        stimulus(version.corpus, f"{version.study.slug}-clip{slot}", StimulusRole.BACKCHANNEL) for slot in range(3)
    ]
    for at in range(n_trials):
        trial = Trial.objects.create(
            version=version, key=f"t{at}", task=task, context=context, planned=planned, position=at
        )
        TrialClip.objects.bulk_create(
            [TrialClip(trial=trial, slot=slot, stimulus=clip) for slot, clip in enumerate(clips)]
        )


def add_check(version: StudyVersion, kind: str, key: str, of: str = "") -> None:
    """Add a check with the clips of trial t0, or of the trial it repeats."""
    like = version.trials.get(key=of or "t0")
    answers = {"similar": 2} if kind == Check.ATTENTION else None
    trial = Trial.objects.create(
        version=version,
        key=key,
        task=like.task,
        context=like.context,
        check_kind=kind,
        answers=answers,
        planned=0,
        position=version.trials.count(),
        attributes={"of": of} if of else {},
    )
    clips = [TrialClip(trial=trial, slot=clip.slot, stimulus=clip.stimulus) for clip in like.clips.all()]
    TrialClip.objects.bulk_create(clips)


def worker(version: StudyVersion, *, kind: str = ParticipantKind.PERSON, seed: int | None = None) -> Participant:
    """A new participant who has read everything and may get trials."""
    person = join(study_slug=version.study.slug, kind=kind, seed=seed)
    person = give_consent(participant=person, language="en", consent_sha256=sha(CONSENT["en"]))
    return begin(participant=person)


ANSWERS: dict[str, Any] = {"suitability": [3, 1, 5], "similar": 2}


def answer(participant: Participant, page: Assignment, **changes: Any) -> Recorded:
    """Answer a page; `changes` replace arguments of `record_response`."""
    return record_response(participant=participant, **(_arguments(page) | changes))


def answer_and_look(participant: Participant, page: Assignment, **changes: Any) -> WentOn:
    """Answer a page and be given the next one with the acknowledgement, as browsers ask for it."""
    sent = Answer(**(_arguments(page) | changes))
    return answer_and_go_on(locked=lambda: locked_again(participant), answer=sent)


def _arguments(page: Assignment) -> dict[str, Any]:
    return {
        "assignment_key": page.key,
        "idempotency_key": uuid4(),
        "answers": ANSWERS,
        "rt_ms": 2500.0,
        "plays": [1, 2, 1],
        "context_plays": 1,
        "telemetry": {},
    }


def answer_all(participant: Participant) -> int:
    """Answer every page that a participant gets; return how many."""
    count = 0
    while page := next_assignment(participant=participant):
        answer(participant, page)
        count += 1
    return count


def at_trial(client: Client, version: StudyVersion) -> Participant:
    """Bring a browser to its first trial; return its participant."""
    slug = version.study.slug
    agreed = {"decision": "agree", "language": "en", "sha256": sha(CONSENT["en"])}
    assert client.post(f"/s/{slug}/consent/", agreed).status_code == 302
    assert client.post(f"/s/{slug}/steps/instructions/", {"attempt": 0}).status_code == 302
    return Participant.objects.latest("pk")
