"""Typed readers of environment variables that refuse a bad value by name."""

import os
from pathlib import Path

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class BadSettingError(SystemExit):
    """An environment variable holds a value that cannot be used; the message says which and why."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        super().__init__(f"{name}={value!r} is not usable: {wanted}.")


def text(name: str, default: str = "") -> str:
    """Return the variable, or `default` where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """Return a yes/no variable."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in _TRUE:
        return True
    if value.strip().lower() in _FALSE:
        return False
    raise BadSettingError(name, value, "give 1 or 0")


def number(name: str, *, default: float, low: float, high: float) -> float:
    """Return a number between `low` and `high`."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        parsed = float(value)
    except ValueError:
        raise BadSettingError(name, value, f"give a number between {low:g} and {high:g}") from None
    if not low <= parsed <= high:
        raise BadSettingError(name, value, f"give a number between {low:g} and {high:g}")
    return parsed


def words(name: str, default: str = "") -> list[str]:
    """Return a list of words separated by commas or spaces."""
    return text(name, default).replace(",", " ").split()


def folder(name: str, default: Path) -> Path:
    """Return an absolute folder path; the folder need not exist yet."""
    return Path(text(name, str(default))).expanduser().resolve()
