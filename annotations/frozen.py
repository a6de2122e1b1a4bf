"""What is remembered of versions that cannot change any more, so that it is not worked out with every page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, MutableMapping
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from annotations.models import StudyVersion

T = TypeVar("T")

# More versions than are live at once anywhere; of each, little is kept.
MOST_VERSIONS = 64
# A page takes some kilobytes; the trials of the studies that are live at once mostly are fewer.
MOST_TRIALS = 2048
_all_answers: list[MutableMapping[Any, Any]] = []


def remembered(ask: Callable[[StudyVersion], T]) -> Callable[[StudyVersion], T]:
    """Let a function of a version work once for each version that is frozen, and every time for others.

    What it returns is shared by all requests of the process: nobody may change it.
    """
    return _remembering(ask, MOST_VERSIONS)


def remembered_of_trials(ask: Callable[[StudyVersion, int], T]) -> Callable[[StudyVersion, int], T]:
    """Do the same for a function of a version and the primary key of one of its trials."""
    return _remembering(ask, MOST_TRIALS)


def _remembering(ask: Callable[..., T], most: int) -> Callable[..., T]:
    answers: OrderedDict[tuple[Any, ...], T] = OrderedDict()
    _all_answers.append(answers)
    lock = Lock()

    @wraps(ask)
    def answer(version: StudyVersion, *key: int) -> T:
        if version.frozen_at is None:
            return ask(version, *key)
        # The key alone could name another version, if this one was deleted.
        name = (version.pk, version.frozen_at, version.digest, *key)
        with lock:
            if name in answers:
                return answers[name]
        found = ask(version, *key)
        with lock:
            answers[name] = found
            while len(answers) > most:
                answers.popitem(last=False)
        return found

    return answer


def kept_by_version() -> dict[int, float]:
    """Return a place for what a process keeps of versions, by their key, until `forget`."""
    kept: dict[int, float] = {}
    _all_answers.append(kept)
    return kept


def forget() -> None:
    """Forget everything: for tests, in which a version is rolled back and another one gets its name."""
    for answers in _all_answers:
        answers.clear()
