"""Fixtures of a small study made of rows; see rows.py."""

from collections.abc import Callable

import pytest

from corpus.models import Corpus
from tests.analysis.rows import Built, add_participant, answer, make_corpus, make_study


@pytest.fixture
def corpus(db: None) -> Corpus:
    return make_corpus()


@pytest.fixture
def study(corpus: Corpus) -> Built:
    """Twenty triads, live, without answers or runs."""
    return make_study(corpus)


@pytest.fixture
def answered(study: Built) -> Callable[..., Built]:
    """Let some people answer some triads, each choosing slot (participant + trial) % 3, or always `choose`."""

    def give(n_people: int = 4, n_trials: int = 6, choose: int | None = None) -> Built:
        for person in range(n_people):
            participant = add_participant(study, f"p{person:02d}")
            for number, key in enumerate(list(study.trials)[:n_trials]):
                answer(study, participant, key, {"odd": (person // 2 + number) % 3 if choose is None else choose})
        return study

    return give
