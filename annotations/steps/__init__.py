"""Steps before and after the trials: each module of this package is one (but `base`), and offers it as `STEP`.

A new step is a new module here, its template in `templates/annotations/steps/`, and its test.
"""

import pkgutil
from functools import cache
from importlib import import_module

from annotations.steps.base import Step


@cache
def steps() -> dict[str, Step]:
    """Return every step by its name, in the order in which participants come to them."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    found = [import_module(f"{__name__}.{name}").STEP for name in names if not name.startswith(("_", "base"))]
    return {step.name: step for step in sorted(found, key=lambda step: step.order)}
