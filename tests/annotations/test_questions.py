"""Every kind of question, by the same rules."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from django.template.loader import get_template
from django.utils.translation import override

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


SLIDER = {"scale": [0, 90], "display": "slider", "ends": {"en": ["calm", "lively"], "sv": ["lugn", "livlig"]}}

# A new kind of question: add a line, or several.
CASES = [
    Case("anchor", {}, False, [1, 2], [0, 3, 1.0, [1], "1"]),
    Case("choice", {}, False, [0, 1, 2], [3, 1.0, [0], "0", [0, 1, 2]]),
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
    Case("rating", SLIDER, False, [0, 50, 90], [91, -1, 0.5, [50]]),
    Case("rating", SLIDER, True, [[0, 50, 90]], [[0, 50], [0, 50, None], [0, 50, 91], 50]),
    Case(
        "rank",
        {"ends": {"en": ["best", "worst"], "sv": ["bäst", "sämst"]}},
        True,
        [[1, 2, 3], [3, 1, 2], [2.0, 1, 3]],
        [[1, 2], [1, 2, 2], [0, 1, 2], [1, 2, 4], [1, 2, 2.5], [1, 2, None], [1, 2, "3"], [True, 2, 3], 1],
    ),
    Case(
        "text",
        {"max_length": 20, "required": True},
        False,
        ["she agrees", "två\nrader", "'=1+1\"", "😀" * 20],
        ["  ", "\n", "x" * 21, "a\0b", "\ud83d", ["a"]],
    ),
    Case("text", {"required": True}, True, [["a", "b", "c"]], [["a", "b"], ["a", "b", ""], ["a", "b", 3], "a"]),
]

each_case = pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.kind}-{'clip' if case.per_clip else 'once'}"
)


def test_every_kind_is_tested():
    assert {case.kind for case in CASES} == set(kinds())


def test_an_unknown_kind_names_those_there_are():
    names = r"anchor, choice, odd_one_out, pair, rank, rating, text"
    with pytest.raises(KeyError, match=rf"there is no kind of question 'best_worst'.*{names}"):
        get_kind("best_worst")


@each_case
def test_good_answers_are_read(case: Case):
    for answer in case.good:
        given = case.read(json.loads(json.dumps(answer)))
        assert [each.slot for each in given] == ([0, 1, 2] if case.per_clip else [None])
        for each in given:
            assert (each.value is not None) + (each.chosen_slot is not None) + bool(each.text) == 1


@each_case
def test_bad_answers_are_refused(case: Case):
    words = case.kind == "text" and not case.per_clip
    for answer in [*(each for each in ANYTHING_BUT_AN_ANSWER if not (words and each in ("1", "one"))), *case.bad]:
        with pytest.raises(ValueError, match=r"wanted|there is no clip|not on the scale|there are 3 clips"):
            case.read(answer)


@each_case
def test_what_is_written_to_a_file_reads_back_the_same(case: Case):
    for answer in case.good:
        for given in case.read(answer):
            value = case.asked.to_csv(given, CLIPS)
            read = case.asked.from_csv(value, CLIPS, settings=case.settings)
            assert replace(read, slot=given.slot) == given


@pytest.mark.parametrize("case", [case for case in CASES if case.kind != "text"], ids=lambda case: case.kind)
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
    assert slots == ([2, 1] if case.kind == "anchor" else [1, 0, 2] if case.kind == "pair" else [2, 0, 1])


@each_case
@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_page_names_every_control_by_its_slot(case: Case, language: str):
    shown = case.asked.display(settings=case.settings, language=language, presented=[2, 0, 1])
    question = shown | {"name": "asked", "text": "Vad & hur?", "per_clip": case.per_clip}
    with override(language):
        page = get_template(case.asked.template).render({"question": question})
    assert "Vad &amp; hur?" in page
    assert 'data-question="asked"' in page
    assert ("data-per-clip" in page) == case.per_clip
    names = set(re.findall(r'<(?:input|textarea)[^>]* name="([^"]+)"', page))
    assert names == ({"asked-0", "asked-1", "asked-2"} if case.per_clip else {"asked"})
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    named = {
        one
        for ids in re.findall(r'(?:for|aria-labelledby|aria-describedby|data-focus)="([^"]+)"', page)
        for one in ids.split()
    }
    assert named <= {*ids, "to-hear"}


@pytest.mark.parametrize("kind", ["odd_one_out", "pair", "anchor", "choice"])
def test_a_choice_of_clips_is_not_asked_per_clip(kind: str):
    with pytest.raises(BadSettingError, match="asked once"):
        get_kind(kind).check_settings({}, per_clip=True, languages=["en"])
