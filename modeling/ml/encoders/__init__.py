"""The encoders by name. A new encoder is a new module here whose `ENCODER` is its subclass of `Encoder`."""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from modeling.ml.encoders.base import Encoder

_SHARED = {"base"}


def encoder_names() -> list[str]:
    """Return the names of all encoders.

    >>> encoder_names()
    ['joint', 'prosody', 'spectral', 'wavlm']
    """
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in _SHARED)


def needs_settings(name: str) -> bool:
    """Tell whether an encoder cannot be asked for by its name alone.

    >>> needs_settings("joint"), needs_settings("prosody")
    (True, False)
    """
    return not _class(name).has_defaults


def check_settings(name: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return an encoder's settings, checked and complete. Raises `ValueError`."""
    return _class(name).check_settings(raw)


def label_of(name: str, settings: Mapping[str, Any]) -> str:
    """Return the short name for figures of an encoder with complete settings."""
    return _class(name).label(settings)


def weights_digest_here(name: str, settings: Mapping[str, Any]) -> str | None:
    """Return the digest of the weights that complete settings name by a folder on this machine, else None."""
    return _class(name).weights_digest_here(settings)


def load_encoder(name: str, settings: Mapping[str, Any]) -> Encoder:
    """Return the encoder, ready to encode. Raises `modeling.ml.errors.EncoderError`."""
    return _class(name)(settings)


def _class(name: str) -> type[Encoder]:
    if name not in encoder_names():
        raise ValueError(f"there is no encoder {name!r}. Encoders: {', '.join(encoder_names())}")
    found: type[Encoder] = import_module(f"{__name__}.{name}").ENCODER
    return found
