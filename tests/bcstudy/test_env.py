"""Settings are read from the environment and bad values refused by name."""

from pathlib import Path

import pytest

from bcstudy import env


def test_an_unset_variable_gives_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BCSTUDY_X", raising=False)
    assert env.text("BCSTUDY_X", "a") == "a"
    assert env.flag("BCSTUDY_X", default=True) is True
    assert env.number("BCSTUDY_X", default=2.5, low=0, high=3) == 2.5
    assert env.words("BCSTUDY_X", "a, b c") == ["a", "b", "c"]


@pytest.mark.parametrize(("value", "meaning"), [("1", True), ("Yes", True), ("0", False), ("off", False), ("", False)])
def test_a_flag_is_a_yes_or_a_no(monkeypatch: pytest.MonkeyPatch, value: str, meaning: bool) -> None:
    monkeypatch.setenv("BCSTUDY_X", value)
    assert env.flag("BCSTUDY_X", default=not meaning) is meaning


def test_a_bad_flag_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BCSTUDY_X", "perhaps")
    with pytest.raises(env.BadSettingError, match="BCSTUDY_X='perhaps' is not usable: give 1 or 0"):
        env.flag("BCSTUDY_X", default=True)


@pytest.mark.parametrize("value", ["loud", "-41", "nan"])
def test_a_number_out_of_range_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BCSTUDY_X", value)
    with pytest.raises(env.BadSettingError, match=r"BCSTUDY_X=.*give a number between -40 and -14"):
        env.number("BCSTUDY_X", default=-23, low=-40, high=-14)


def test_a_folder_is_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BCSTUDY_X", "here")
    assert env.folder("BCSTUDY_X", Path("/elsewhere")) == tmp_path / "here"
