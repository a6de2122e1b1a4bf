"""Store a planned study as a version: the same again, in place of a draft, or as the next one."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from annotations.models import Question, Study, StudyVersion, Task, Trial, TrialClip
from annotations.signals import version_planned
from annotations.study_file.plan import TrialPlan
from annotations.study_file.schema import StudyDefinition, TaskDefinition
from corpus.models import Corpus, Stimulus

BATCH = 500


@dataclass(frozen=True, slots=True)
class VersionPlan:
    """Everything that a version stores; `source` is the study file as read, `consent` per language."""

    corpus: Corpus
    source: str
    definition: StudyDefinition
    consent: dict[str, dict[str, str]]
    trials: tuple[TrialPlan, ...]

    @property
    def definition_json(self) -> dict[str, Any]:
        """Return the definition as it is stored."""
        return self.definition.model_dump(mode="json")

    @property
    def digest(self) -> str:
        """Return the SHA-256 over definition, consent, the corpus's digest and the planned trials."""
        content = {
            "definition": self.definition_json,
            "consent": {language: text["sha256"] for language, text in self.consent.items()},
            "corpus": self.corpus.digest,
            "trials": [trial.as_json() for trial in self.trials],
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def store_version(*, plan: VersionPlan) -> tuple[StudyVersion, bool]:
    """Return the version that holds `plan`, and whether it is new; sends `version_planned` after the commit if so."""
    slug, digest = plan.definition.slug, plan.digest
    Study.objects.get_or_create(slug=slug)
    # Whoever joins locks the study too, so that no version is replaced under someone's feet.
    study = Study.objects.select_for_update().get(slug=slug)
    newest = study.versions.order_by("number").last()
    if newest is not None and newest.digest == digest:
        return newest, False
    number = 1 if newest is None else newest.number + 1
    if newest is not None and newest.frozen_at is None and not newest.participants.exists():
        number = newest.number
        newest.trials.all().delete()
        newest.delete()
    version = StudyVersion.objects.create(
        study=study,
        number=number,
        corpus=plan.corpus,
        corpus_digest=plan.corpus.digest,
        source=plan.source,
        definition=plan.definition_json,
        consent=plan.consent,
        digest=digest,
    )
    _store_trials(version, plan, _store_tasks(version, plan))
    transaction.on_commit(lambda: _announce(version.pk))
    return version, True


def _announce(version_pk: int) -> None:
    version_planned.send(sender=StudyVersion, version_pk=version_pk)


def _store_tasks(version: StudyVersion, plan: VersionPlan) -> dict[str, Task]:
    tasks = {}
    for position, definition in enumerate(plan.definition.tasks):
        task = Task.objects.create(version=version, name=definition.name, position=position, show=definition.show)
        Question.objects.bulk_create(_questions(task, definition))
        tasks[task.name] = task
    return tasks


def _questions(task: Task, definition: TaskDefinition) -> list[Question]:
    return [
        Question(
            task=task,
            name=question.name,
            position=position,
            kind=question.kind,
            per_clip=question.per_clip,
            text=question.text,
            settings=question.settings,
        )
        for position, question in enumerate(definition.questions)
    ]


def _store_trials(version: StudyVersion, plan: VersionPlan, tasks: dict[str, Task]) -> None:
    stimuli = dict(Stimulus.objects.filter(corpus=plan.corpus).values_list("key", "pk"))
    planned = plan.definition.allocation.ratings_per_trial
    trials = [
        Trial(
            version=version,
            key=trial.key,
            task=tasks[trial.task],
            context_id=stimuli[trial.context] if trial.context else None,
            true_slot=trial.true_slot,
            stratum=trial.stratum,
            block=trial.block,
            check_kind=trial.check,
            answers=trial.answers,
            planned=0 if trial.check else planned,
            position=position,
            attributes=dict(trial.attributes),
        )
        for position, trial in enumerate(plan.trials)
    ]
    Trial.objects.bulk_create(trials, batch_size=BATCH)
    clips = [
        TrialClip(trial=stored, slot=slot, stimulus_id=stimuli[key])
        for stored, trial in zip(trials, plan.trials, strict=True)
        for slot, key in enumerate(trial.clips)
    ]
    TrialClip.objects.bulk_create(clips, batch_size=BATCH)
