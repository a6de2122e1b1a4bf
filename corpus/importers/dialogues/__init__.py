"""Formats of dialogues: each module of this package is one (but those named with `_`), and offers it as `FORMAT`.

A new format is a new module here and its test.
"""

import pkgutil
from functools import cache
from importlib import import_module

from corpus.importers.dialogues._base import Draft, Format, Options, Reading, Source

__all__ = ["Draft", "Format", "Options", "Reading", "Source", "format_called", "formats"]


@cache
def formats() -> dict[str, Format]:
    """Return every format by its name.

    >>> sorted(formats())
    ['csv', 'eaf', 'fisher', 'jsonl', 'swbd-timed', 'swda', 'textgrid']
    """
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    found = [import_module(f"{__name__}.{name}").FORMAT for name in names]
    return {one.name: one for one in found}


def format_called(name: str) -> Format:
    """Return the format called `name`; raise `KeyError` naming the formats there are."""
    try:
        return formats()[name]
    except KeyError:
        raise KeyError(f"there is no format {name!r}; there are: {', '.join(formats())}") from None
