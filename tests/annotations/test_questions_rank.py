"""Rankings: a rank for each slot, 1 for the best."""

import math
from typing import Any

import numpy as np
import pytest

from annotations.questions._clip_choice import choice_probabilities
from annotations.questions.base import BadSettingError, Given, Percept
from annotations.questions.rank import Rank
from annotations.study_file.reading import ReadStudy
from tests.annotations.study_folder import SMALL, StudyFolder

RANK = Rank()
SETTINGS: dict[str, Any] = {"ends": {}}


def simulate(percept: Percept, n: int, n_clips: int = 3) -> list[list[int]]:
    rng = np.random.default_rng(1)
    return [RANK.simulate(percept, settings=SETTINGS, per_clip=True, n_clips=n_clips, rng=rng) for _ in range(n)]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([1, 2], "there are 3 clips and 2 ranks"),
        (2, "a list with a rank for each of the 3 clips is wanted, not 2"),
        ([1, 1, 2], "each rank is wanted once, not 1, 1, 2"),
        ([0, 1, 2], "a rank from 1 to 3 is wanted, not 0"),
        ([1, 2, 2.5], "a rank from 1 to 3 is wanted, not 2.5"),
    ],
)
def test_refusals_say_what_is_wrong(answer: object, message: str):
    with pytest.raises(ValueError, match=message):
        RANK.read_answer(answer, settings=SETTINGS, per_clip=True, n_clips=3)


def test_the_ranks_of_the_slots_are_stored():
    given = RANK.read_answer([3, 1, 2], settings=SETTINGS, per_clip=True, n_clips=3)
    assert given == [Given(slot=0, value=3), Given(slot=1, value=1), Given(slot=2, value=2)]


def test_the_list_begins_in_screen_order():
    shown = RANK.display(settings=SETTINGS, language="sv", presented=[2, 0, 1])
    assert [row["slot"] for row in shown["rows"]] == [2, 0, 1]
    assert shown["rows"][0]["label"] == "Klipp 1"
    assert shown["ends"] == ["bäst", "sämst"]
    own = {"ends": {"sv": ["livligast", "lugnast"]}}
    assert RANK.display(settings=own, language="sv", presented=[0])["ends"] == ["livligast", "lugnast"]


def test_without_noise_the_best_fit_is_first():
    assert simulate(Percept(None, np.array([0.1, -1.0, 2.0]), 0.0), 5) == [[2, 3, 1]] * 5


def test_who_comes_first_follows_luces_rule():
    fits = np.array([0.0, 1.0, -0.5])
    firsts = [ranks.index(1) for ranks in simulate(Percept(None, fits, 0.7), 6000)]
    np.testing.assert_allclose(np.bincount(firsts) / 6000, choice_probabilities(fits, 0.7), atol=0.02)


@pytest.mark.parametrize("percept", [Percept(None, np.array([3.0, 0, -3]), math.inf), Percept(np.ones(3), None, 0.0)])
def test_without_anything_to_go_by_every_order_is_as_likely(percept: Percept):
    orders = [tuple(ranks) for ranks in simulate(percept, 6000)]
    shares = [orders.count(order) / 6000 for order in set(orders)]
    np.testing.assert_allclose(shares, [1 / 6] * 6, atol=0.02)


def test_ends_are_two_texts_in_every_language():
    with pytest.raises(BadSettingError, match="missing in sv"):
        RANK.check_settings({"ends": {"en": ["a", "b"]}}, per_clip=True, languages=["en", "sv"])


@pytest.mark.parametrize("per", ["", ", per: clip"])
def test_each_clip_gets_a_rank_whether_or_not_the_study_says_so(tmp_path: Any, per: str):
    read: ReadStudy = StudyFolder(tmp_path).read(SMALL.replace("kind: odd_one_out", f"kind: rank{per}"))
    question = read.definition.tasks[0].questions[0]
    assert (question.kind, question.per_clip) == ("rank", True)
