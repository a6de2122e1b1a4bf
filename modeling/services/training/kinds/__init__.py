"""The kinds of training by name. A new kind is a new module here whose `KIND` is an instance of `base.Kind`."""

import pkgutil
from importlib import import_module

from modeling.errors import UnknownKindError
from modeling.services.training.base import Kind


def kind_names() -> list[str]:
    """Return the names of all kinds."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def kind_named(name: str) -> Kind:
    """Return the kind of that name; raise `UnknownKindError` if there is none."""
    if name not in kind_names():
        raise UnknownKindError(name, kind_names())
    found: Kind = import_module(f"{__name__}.{name}").KIND
    return found
