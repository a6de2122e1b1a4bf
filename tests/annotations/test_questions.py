"""Every kind of question, by the same rules."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from django.template.loader import get_template

from annotations.questions import get_kind, kinds
from annotations.questions.base import BadSettingError, Percept, QuestionKind

CLIPS = ("mhm-1", "yeah-2", "right-3")
ANYTHING_BUT_AN_ANSWER = [
    None,
    "",
    "1",
    "one",
    True,
    False,
    math.nan,
    math.inf,
    -math.inf,
    -1,
    99,
    1.5,
    [],
    {},
    [1],
    ["a"],
]


@dataclass(frozen=True)
class Case:
    """A way to ask: what is written, the answers that may be given, and those that may not."""

    kind: str
    written: Mapping[str, Any]
    per_clip: bool
    good: list[Any]
    bad: list[Any]

    @property
    def asked(self) -> QuestionKind:
        return get_kind(self.kind)

    @property
    def settings(self) -> dict[str, Any]:
        return self.asked.check_settings(self.written, per_clip=self.per_clip, languages=["en", "sv"])

    def read(self, raw: object) -> list[Any]:
        return self.asked.read_answer(raw, settings=self.settings, per_clip=self.per_clip, n_clips=3)


# A new kind of question: add a line, or several.
CASES = [
    Case("odd_one_out", {}, False, [0, 1, 2], [3, 1.0, [0], "0", [0, 1, 2]]),
    Case("pair", {}, False, [0, 1, 2], [3, 1.0, [0, 1], "1 and 2"]),
    Case("rating", {"scale": [1, 5]}, False, [1, 3, 5, 2.0], [0, 6, 2.5, [3], [1, 2, 3]]),
    Case("rating", {"scale": [0, 100], "step": 10}, False, [0, 50, 100], [5, 101, -10]),
    Case(
        "rating",
        {"scale": [1, 5], "ends": {"en": ["low", "high"], "sv": ["låg", "hög"]}},
        True,
        [[1, 3, 5], [2.0, 2, 2]],
        [[1, 2], [1, 2, 3, 4], [1, 2, 6], [1, 2, None], [1, 2, "3"], [1, 2, True], [1, 2, math.nan], 3, {"0": 1}],
    ),
]

each_case = pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.kind}-{'clip' if case.per_clip else 'once'}"
)


def test_every_kind_is_tested():
    assert {case.kind for case in CASES} == set(kinds())


def test_an_unknown_kind_names_those_there_are():
    with pytest.raises(KeyError, match=r"there is no kind of question 'anchor'.*odd_one_out, pair, rating"):
        get_kind("anchor")


@each_case
def test_good_answers_are_read(case: Case):
    for answer in case.good:
        given = case.read(json.loads(json.dumps(answer)))
        assert [each.slot for each in given] == ([0, 1, 2] if case.per_clip else [None])
        for each in given:
            assert [each.value, each.chosen_slot].count(None) == 1


@each_case
def test_bad_answers_are_refused(case: Case):
    for answer in [*ANYTHING_BUT_AN_ANSWER, *case.bad]:
        with pytest.raises(ValueError, match=r"wanted|there is no clip|not on the scale|there are 3 clips"):
            case.read(answer)


@each_case
def test_what_is_written_to_a_file_reads_back_the_same(case: Case):
    for answer in case.good:
        for given in case.read(answer):
            value = case.asked.to_csv(given, CLIPS)
            read = case.asked.from_csv(value, CLIPS, settings=case.settings)
            assert replace(read, slot=given.slot) == given


@each_case
def test_what_is_no_value_is_refused(case: Case):
    for value in ("", "x", "nan", "-1e9", "mhm", "mhm-1 yeah-2"):
        with pytest.raises(ValueError, match=r"\w"):
            case.asked.from_csv(value, CLIPS, settings=case.settings)


@each_case
def test_checked_settings_are_json_and_stay_as_they_are(case: Case):
    settings = json.loads(json.dumps(case.settings))
    assert settings == case.settings
    again = case.asked.check_settings(
        {key: value for key, value in settings.items() if value != {}}, per_clip=case.per_clip, languages=["en", "sv"]
    )
    assert again == settings
    assert set(case.written) <= set(case.asked.setting_names)


@each_case
def test_simulated_listeners_give_good_answers(case: Case):
    rng = np.random.default_rng(1)
    for noise in (0.0, 0.5, math.inf):
        percept = Percept(np.array([1.0, -1.0, 0.0]), np.array([3.0, 0.0, -3.0]), noise)
        for _ in range(50):
            answer = case.asked.simulate(percept, settings=case.settings, per_clip=case.per_clip, n_clips=3, rng=rng)
            assert case.read(json.loads(json.dumps(answer)))


@each_case
def test_what_is_shown_is_json_and_holds_slots_in_screen_order(case: Case):
    shown = case.asked.display(settings=case.settings, language="sv", presented=[2, 0, 1])
    assert json.loads(json.dumps(shown)) == shown
    slots = [each["slot"] for each in shown.get("choices", shown.get("rows"))]
    assert sorted(slots) == [0, 1, 2]
    assert get_template(case.asked.template)


@pytest.mark.parametrize("kind", ["odd_one_out", "pair"])
def test_a_triad_is_not_asked_per_clip(kind: str):
    with pytest.raises(BadSettingError, match="asked once"):
        get_kind(kind).check_settings({}, per_clip=True, languages=["en"])
