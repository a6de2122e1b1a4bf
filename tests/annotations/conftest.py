"""Studies to take part in."""

from collections.abc import Callable
from typing import Any

import pytest

from annotations.enums import StudyState
from annotations.models import Study, StudyVersion
from corpus.models import Corpus
from tests.annotations.listening import CONSENT, add_tasks, add_trials, definition, sha

MakeStudy = Callable[..., StudyVersion]


@pytest.fixture
def make_study(db: None) -> MakeStudy:
    """Return a function that makes a study; its keywords are those of `definition`, `n_trials`, `planned`, `state`."""

    def make(
        slug: str = "short", *, n_trials: int = 6, planned: int = 5, state: str = StudyState.LIVE, **changes: Any
    ) -> StudyVersion:
        corpus, _ = Corpus.objects.get_or_create(slug="demo")
        study = Study.objects.create(slug=slug, state=state)
        version = StudyVersion.objects.create(
            study=study,
            number=1,
            corpus=corpus,
            definition=definition(slug, **changes),
            consent={language: {"text": text, "sha256": sha(text)} for language, text in CONSENT.items()},
        )
        add_trials(version, add_tasks(version), n_trials, planned)
        return version

    return make


@pytest.fixture
def version(make_study: MakeStudy) -> StudyVersion:
    return make_study()
