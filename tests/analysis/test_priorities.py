"""Priorities of an adaptive study: worked out, stored, asked for while people answer, and followed."""

from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from analysis.enums import PriorityBy
from analysis.errors import AnalysisError
from analysis.models import Prediction
from analysis.services.priorities import prioritise
from annotations.models import Judgement, Participant, Trial
from annotations.services.allocation import next_assignment
from annotations.signals import response_recorded
from corpus.models import Corpus
from tests.analysis.rows import Built, add_participant, add_run, answer, make_study
from tests.analysis.test_tasks import at_once  # noqa: F401 - a fixture

pytestmark = pytest.mark.data_layer


def priorities(study: Built) -> dict[str, float]:
    return dict(Trial.objects.filter(version=study.version).values_list("key", "priority"))


def set_by_hand(study: Built, **says: tuple[int, int, int]) -> None:
    """Let people choose odd slots of trials as often as told."""
    for key, counts in says.items():
        for slot, times in enumerate(counts):
            for _ in range(times):
                judge(study, key, slot)


def judge(study: Built, key: str, slot: int) -> None:
    person = add_participant(study, f"{key}-{slot}-{Participant.objects.count()}")
    answer(study, person, key, {"odd": slot})


def test_where_people_have_not_decided(study: Built) -> None:
    set_by_hand(study, t000=(5, 0, 0), t001=(2, 2, 1), t002=(3, 1, 1))
    done = prioritise(version_pk=study.version.pk, by=PriorityBy.PEOPLE)
    found = priorities(study)
    assert found["t003"] == pytest.approx(2 / 3, abs=1e-3), "nobody was asked"
    assert found["t003"] > found["t001"] > found["t002"] > found["t000"] > 0
    assert (done.trials, done.changed) == (20, 20)
    again = prioritise(version_pk=study.version.pk, by=PriorityBy.PEOPLE)
    assert again.changed == 0


def test_excluded_people_have_no_say(study: Built) -> None:
    set_by_hand(study, t000=(5, 0, 0))
    Participant.objects.update(excluded=True)
    prioritise(version_pk=study.version.pk, by=PriorityBy.PEOPLE)
    assert priorities(study)["t000"] == pytest.approx(2 / 3, abs=1e-3)


def test_where_models_disagree(study: Built, corpus: Corpus) -> None:
    add_run(corpus, "spectral")
    add_run(corpus, "prosody", seed=12)
    prioritise(version_pk=study.version.pk, by=PriorityBy.MODELS)
    said: dict[str, list[int]] = {}
    for key, similarities in Prediction.objects.values_list("trial__key", "similarities"):
        said.setdefault(key, []).append(int(np.argmax(similarities)))
    differ = {key for key, (one, other) in said.items() if one != other}
    found = priorities(study)
    assert 0 < len(differ) < len(said)
    mean = {True: [], False: []}  # type: dict[bool, list[float]]
    for key, value in found.items():
        mean[key in differ].append(value)
    assert np.mean(mean[True]) > 2 * np.mean(mean[False])
    assert max(found, key=found.__getitem__) in differ


def test_where_a_map_is_uncertain_the_same_twice(study: Built) -> None:
    for number in range(20):
        set_by_hand(study, **{f"t{number:03}": (2, 1, 0) if number % 2 else (0, 0, 3)})
    prioritise(version_pk=study.version.pk, by=PriorityBy.MAP, seed=3)
    found = priorities(study)
    assert max(found.values()) > 0
    assert prioritise(version_pk=study.version.pk, by=PriorityBy.MAP, seed=3).changed == 0
    assert len(set(found.values())) > 10


@pytest.mark.parametrize(("by", "told"), [(PriorityBy.MODELS, "0 embedding runs"), (PriorityBy.MAP, "0 judgements of")])
def test_nothing_to_go_by_is_said_and_changes_nothing(study: Built, by: PriorityBy, told: str) -> None:
    Trial.objects.update(priority=0.25)
    with pytest.raises(AnalysisError, match=told):
        prioritise(version_pk=study.version.pk, by=by)
    assert set(priorities(study).values()) == {0.25}


def test_a_study_without_triads_is_refused(corpus: Corpus) -> None:
    study = make_study(corpus, tasks=["contextual"])
    for question in study.questions.values():
        if question.kind == "pair":
            question.delete()
    with pytest.raises(CommandError, match="no triads"):
        call_command("set_priorities", study.slug, by="people", stderr=StringIO())


def test_the_command_says_what_comes_first(study: Built) -> None:
    out = StringIO()
    set_by_hand(study, t004=(5, 0, 0))
    call_command("set_priorities", study.slug, by="people", stdout=out)
    assert "20 triads have a priority, 20 of them another than before" in out.getvalue()
    assert "not adaptive" in out.getvalue()


def adaptive(study: Built, by: str) -> None:
    version = study.version
    version.definition["allocation"] |= {"design": "adaptive", "random_share": 0.0, "priority_by": by}
    version.save(update_fields=["definition"])


def test_every_tenth_page_brings_new_priorities_and_they_are_followed(
    corpus: Corpus,
    at_once: Any,  # noqa: F811
) -> None:
    study = make_study(corpus, n_triads=8, planned=50)
    adaptive(study, "people")
    set_by_hand(study, **{f"t{number:03}": (6, 0, 0) for number in range(7)})
    for page in range(9):
        response_recorded.send(Judgement, version_pk=study.version.pk, kind="person", page=page)
    assert set(priorities(study).values()) == {0.0}
    response_recorded.send(Judgement, version_pk=study.version.pk, kind="person", page=9)
    found = priorities(study)
    assert max(found, key=found.__getitem__) == "t007"
    person = Participant.objects.create(version=study.version, seed=5, stage="working")
    page = next_assignment(participant=person)
    assert page is not None
    assert (page.trial.key, page.chosen_by) == ("t007", "priority")


def test_nobody_works_priorities_out_unless_asked(study: Built, at_once: Any) -> None:  # noqa: F811
    response_recorded.send(Judgement, version_pk=study.version.pk, kind="person", page=9)
    assert set(priorities(study).values()) == {0.0}


def test_too_little_to_go_by_does_not_stop_the_worker(corpus: Corpus, at_once: Any) -> None:  # noqa: F811
    study = make_study(corpus, n_triads=8)
    adaptive(study, "models")
    response_recorded.send(Judgement, version_pk=study.version.pk, kind="person", page=9)
    assert set(priorities(study).values()) == {0.0}
