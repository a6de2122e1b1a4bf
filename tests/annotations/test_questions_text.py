"""Free text: what is stored, and what cannot be."""

from typing import Any

import pytest

from annotations.errors import AnswerInvalidError
from annotations.models import StudyVersion
from annotations.questions.base import BadSettingError, Given
from annotations.questions.text import Text
from annotations.services.allocation import next_assignment
from tests.annotations import listening

TEXT = Text()


def settings(**raw: Any) -> dict[str, Any]:
    return TEXT.check_settings(raw, per_clip=False, languages=["en"])


def read(raw: object, *, per_clip: bool = False, **how: Any) -> list[Given]:
    return TEXT.read_answer(raw, settings=settings(**how), per_clip=per_clip, n_clips=3)


def test_defaults_are_filled_in():
    assert settings() == {"max_length": 1000, "required": False}


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ({"max_length": 0}, "max_length"),
        ({"max_length": 10_001}, "max_length"),
        ({"max_length": True}, "max_length"),
        ({"max_length": "long"}, "max_length"),
        ({"required": 1}, "required"),
        ({"required": "yes"}, "required"),
    ],
)
def test_what_is_no_setting(raw: dict[str, Any], key: str):
    with pytest.raises(BadSettingError) as caught:
        settings(**raw)
    assert caught.value.key == key


def test_white_space_around_a_text_is_not_stored():
    assert read("  one\r\n two\n") == [Given(text="one\n two")]


def test_nothing_written_is_no_judgement():
    assert read("") == read(" \n") == []
    assert read(["", "low", " "], per_clip=True) == [Given(slot=1, text="low")]


@pytest.mark.parametrize(
    ("raw", "how", "message"),
    [
        ("", {"required": True}, "a text is wanted, and nothing is written"),
        ("abcd", {"max_length": 3}, "a text of at most 3 characters is wanted, and this has 4"),
        ("a\0", {}, "halves or zeros"),
        ("\ud83d", {}, "halves or zeros"),
        (None, {}, "a text is wanted, not None"),
    ],
)
def test_refusals_say_what_is_wrong(raw: object, how: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        read(raw, **how)


def test_length_is_counted_without_white_space_around():
    assert read(" abc ", max_length=3) == [Given(text="abc")]


def test_half_a_character_is_refused_like_any_other_bad_answer(version: StudyVersion):
    person = listening.worker(version)
    page = next_assignment(participant=person)
    assert page
    with pytest.raises(AnswerInvalidError):
        listening.answer(person, page, answers={"suitability": [1, 2, 3], "similar": "\ud83d"})
