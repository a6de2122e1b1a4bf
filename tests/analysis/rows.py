"""A small study made of rows: clips without audio, triads and contexts, embedding runs, answers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from annotations.enums import AssignmentState, ParticipantKind, Stage
from annotations.models import (
    Assignment,
    Judgement,
    Participant,
    Question,
    Response,
    Study,
    StudyVersion,
    Task,
    Trial,
    TrialClip,
)
from corpus.models import AudioFile, Corpus, ServedAudio, Stimulus
from modeling.enums import RunState
from modeling.models import Embedding, EmbeddingRun

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CONSENT = {"en": {"text": "You may stop at any time.", "sha256": hashlib.sha256(b"consent").hexdigest()}}
ODD = {"name": "odd", "kind": "odd_one_out", "per_clip": False, "text": {"en": "Which is odd?"}, "settings": {}}
SUITABILITY = {
    "name": "suitability",
    "kind": "rating",
    "per_clip": True,
    "text": {"en": "How suitable?"},
    "settings": {"scale": [1, 5], "step": 1, "ends": {}},
}
PAIR = {"name": "similar", "kind": "pair", "per_clip": False, "text": {"en": "Which two?"}, "settings": {}}
BEST = {"name": "best", "kind": "choice", "per_clip": False, "text": {"en": "Which is best?"}, "settings": {}}
ORDER = {
    "name": "order",
    "kind": "rank",
    "per_clip": True,
    "text": {"en": "Which first?"},
    "settings": {"ends": {}},
}
TASKS: dict[str, list[dict[str, Any]]] = {"prosodic": [ODD], "contextual": [SUITABILITY, PAIR]}


def written(folder: Path) -> dict[str, bytes]:
    """Every file of an export by its path in the folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Built:
    """The study with everything in it by name."""

    version: StudyVersion
    sounds: dict[str, Stimulus]
    trials: dict[str, Trial]
    questions: dict[tuple[str, str], Question]

    @property
    def slug(self) -> str:
        return self.version.study.slug


def make_corpus(slug: str = "clips", *, tokens: Sequence[str] = ("mhm", "yeah"), per_token: int = 6) -> Corpus:
    """Backchannels with two percepts each, and two contexts, drawn from a fixed seed."""
    rng = np.random.default_rng(3)
    corpus = Corpus.objects.create(slug=slug, digest=digest(slug), synthetic=True)
    audio = AudioFile.objects.create(
        sha256=digest(slug), path="x.wav", format="WAV", size=1, rate=8000, channels=1, duration=0.5, peak=-1.0,
        loudness=-23.0, loudness_rule="gated", clipped=0.0,
    )  # fmt: skip
    served = ServedAudio.objects.create(
        audio=audio, target=-23.0, sha256=digest("served"), gain=0.0, loudness=-23.0, peak=-1.0, duration=0.5
    )
    keys = [(f"{token}{number}", "backchannel", token) for token in tokens for number in range(per_token)]
    for key, role, token in [*keys, ("ctx0", "context", ""), ("ctx1", "context", ""), ("ctx2", "context", "")]:
        pitch, energy = rng.normal(size=2).round(3).tolist()
        Stimulus.objects.create(
            corpus=corpus, key=key, role=role, token=token, audio=audio, served=served, source_path=f"{key}.wav",
            attributes={"percept_pitch": str(pitch), "percept_energy": str(energy)},
        )  # fmt: skip
    return corpus


def make_study(
    corpus: Corpus,
    slug: str = "demo",
    *,
    tasks: Sequence[str] = ("prosodic",),
    n_triads: int = 20,
    trials_per_participant: int = 20,
    planned: int = 5,
    state: str = "live",
) -> Built:
    """Triads within a token, and one trial for each context, over the corpus' clips."""
    definition = {
        "slug": slug, "languages": ["en"], "title": {"en": "Short answers"}, "instructions": {}, "corpus": corpus.slug,
        "stimuli": "stimuli.csv", "trials": "", "design": [],
        "tasks": [{"name": name, "show": [], "questions": TASKS[name]} for name in tasks],
        "screening": None, "practice": 0, "checks": {}, "exclude": [], "recruitment": {},
        "allocation": {"ratings_per_trial": planned, "trials_per_participant": trials_per_participant},
    }  # fmt: skip
    study = Study.objects.create(slug=slug, state=state)
    version = StudyVersion.objects.create(
        study=study, number=1, corpus=corpus, corpus_digest=corpus.digest, source="", definition=definition,
        consent=CONSENT, digest=digest(slug + "1"), frozen_at=START,
    )  # fmt: skip
    built = Built(version, {sound.key: sound for sound in corpus.stimuli.all()}, {}, {})
    for position, name in enumerate(tasks):
        task = Task.objects.create(version=version, name=name, position=position)
        for at, question in enumerate(TASKS[name]):
            made = Question.objects.create(task=task, position=at, **question)
            built.questions[name, question["name"]] = made
        _add_trials(built, task, n_triads, planned)
    return built


def _add_trials(built: Built, task: Task, n_triads: int, planned: int) -> None:
    rng = np.random.default_rng(5)
    clips = [sound for sound in built.sounds.values() if sound.role == "backchannel"]
    tokens = sorted({clip.token for clip in clips})
    contexts = [sound for sound in built.sounds.values() if sound.role == "context"]
    if task.name == "prosodic":
        for number in range(n_triads):
            same = [clip for clip in clips if clip.token == tokens[number % len(tokens)]]
            chosen = [same[at] for at in rng.permutation(len(same))[:3]]
            add_trial(built, f"t{number:03d}", task, chosen, planned=planned, stratum=chosen[0].token)
    else:
        for number, context in enumerate(contexts):
            chosen = [clips[at] for at in rng.permutation(len(clips))[:3]]
            add_trial(built, f"c{number:03d}", task, chosen, planned=planned, context=context, true_slot=number % 3)


def add_trial(built: Built, key: str, task: Task, clips: Sequence[Stimulus], **fields: Any) -> Trial:
    trial = Trial.objects.create(
        version=built.version, key=key, task=task, position=len(built.trials), **({"planned": 5} | fields)
    )
    for slot, clip in enumerate(clips):
        TrialClip.objects.create(trial=trial, slot=slot, stimulus=clip)
    built.trials[key] = trial
    return trial


def add_run(
    corpus: Corpus,
    label: str = "spectral",
    *,
    lacking: Sequence[str] = (),
    vectors: dict[str, Sequence[float]] | None = None,
    state: str = RunState.FINISHED,
    seed: int = 11,
) -> EmbeddingRun:
    """A run with random vectors, or the given ones; the stimuli in `lacking` have none."""
    rng = np.random.default_rng(seed)
    run = EmbeddingRun.objects.create(
        corpus=corpus, corpus_digest=corpus.digest, digest=digest(f"{corpus.slug}{label}"), encoder=label.split()[0],
        label=label, state=state, total=corpus.stimuli.count(), done=corpus.stimuli.count(), dimension=4,
        settings={"layer": label.split()[-1]}, finished_at=START,
    )  # fmt: skip
    for sound in corpus.stimuli.order_by("key"):
        drawn = rng.normal(size=4)
        vector = np.asarray((vectors or {}).get(sound.key, drawn), dtype="<f4")
        if sound.key not in lacking:
            Embedding.objects.create(run=run, stimulus=sound, vector=vector.tobytes())
    return run


def add_participant(built: Built, key: str, **fields: Any) -> Participant:
    given = {"kind": ParticipantKind.PERSON, "stage": Stage.DONE, "arrived_at": START, "seed": 1} | fields
    return Participant.objects.create(version=built.version, key=key, **given)


def answer(
    built: Built,
    participant: Participant,
    trial_key: str,
    answers: dict[str, Any],
    *,
    rt_ms: float | None = 2350.5,
    plays: Sequence[int] = (1, 1, 1),
    at: int = 0,
) -> Response:
    """Store an answer: a slot for a triad's question, a list of ratings for one asked per clip."""
    trial = built.trials[trial_key]
    position = participant.assignments.count()
    moment = START + timedelta(seconds=10 * position + at, microseconds=250_000)
    page = Assignment.objects.create(
        participant=participant, trial=trial, position=position, presented=[2, 0, 1], counts=True,
        state=AssignmentState.ANSWERED, reserved_at=moment, expires_at=moment,
    )  # fmt: skip
    response = Response.objects.create(
        assignment=page, idempotency_key=uuid4(), body_digest="", rt_ms=rt_ms, plays=list(plays), answered_at=moment
    )
    for name, said in answers.items():
        question = built.questions[trial.task.name, name]
        if question.per_clip:
            for slot, value in enumerate(said):
                Judgement.objects.create(response=response, question=question, slot=slot, value=value)
        else:
            Judgement.objects.create(response=response, question=question, chosen_slot=said)
    return response
