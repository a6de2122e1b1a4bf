"""What is queued when an app below has finished something, and what happens while the queue is away."""

import logging
from typing import Any

import pytest
from celery import current_app

from analysis import tasks
from analysis.models import AgreementSnapshot, Prediction
from annotations.signals import version_planned
from corpus.models import Corpus
from modeling.signals import run_finished
from tests.analysis.rows import Built, add_run, make_study

pytestmark = pytest.mark.data_layer


@pytest.fixture
def at_once() -> Any:
    """Tasks run where they are queued."""
    current_app.conf.task_always_eager = True
    current_app.conf.task_eager_propagates = True
    yield
    current_app.conf.task_always_eager = False


def test_a_finished_run_is_predicted_for_every_study_of_its_corpus(corpus: Corpus, at_once: None) -> None:
    make_study(corpus, "one", n_triads=3)
    make_study(corpus, "two", n_triads=4)
    run = add_run(corpus)
    run_finished.send(type(run), run_digest=run.digest)
    assert Prediction.objects.filter(run=run).count() == 7


def test_planned_trials_are_predicted_by_every_finished_run(study: Built, corpus: Corpus, at_once: None) -> None:
    add_run(corpus)
    add_run(corpus, "prosody", seed=12)
    version_planned.send(type(study.version), version_pk=study.version.pk)
    assert Prediction.objects.count() == 40


def test_the_refreshing_task_stores_a_snapshot(study: Built, at_once: None) -> None:
    assert tasks.queue(tasks.refresh, study.version.pk, "people")
    assert AgreementSnapshot.objects.get().n_judgements == 0


def test_without_a_queue_nobody_is_stopped_and_the_log_says_what_to_do(
    study: Built, corpus: Corpus, caplog: pytest.LogCaptureFixture
) -> None:
    run = add_run(corpus)
    with caplog.at_level(logging.WARNING):
        run_finished.send(type(run), run_digest=run.digest)
        version_planned.send(type(study.version), version_pk=study.version.pk)
    assert caplog.text.count("manage.py predict STUDY") == 2
    assert Prediction.objects.count() == 0
