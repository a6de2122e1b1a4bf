"""Kinds of question: each module of this package is one (but `base` and those named with `_`), and offers it as `KIND`.

A new kind is a new module here, its template in `templates/annotations/questions/`, and a line in the tests.
"""

import pkgutil
from functools import cache
from importlib import import_module

from annotations.questions.base import QuestionKind


@cache
def kinds() -> dict[str, QuestionKind]:
    """Return every kind of question by its name."""
    names = sorted(
        module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith(("_", "base"))
    )
    found = [import_module(f"{__name__}.{name}").KIND for name in names]
    return {kind.name: kind for kind in found}


def get_kind(name: str) -> QuestionKind:
    """Return the kind of question called `name`; raise `KeyError` naming the kinds there are."""
    try:
        return kinds()[name]
    except KeyError:
        raise KeyError(f"there is no kind of question {name!r}; there are: {', '.join(kinds())}") from None
