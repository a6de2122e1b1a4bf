"""The encoders by name, without loading any: what a web process may ask of them."""

from collections.abc import Mapping
from typing import Any

from modeling.errors import EncoderSettingsError, UnknownEncoderError


def known_encoders() -> list[str]:
    """Return the names of all encoders."""
    from modeling.ml.encoders import encoder_names

    return encoder_names()


def encoders_with_defaults() -> list[str]:
    """Return the names of those that can be asked for without a setting, by a click."""
    from modeling.ml.encoders import needs_settings

    return [name for name in known_encoders() if not needs_settings(name)]


def weights_here(encoder: str, settings: Mapping[str, Any]) -> str | None:
    """Return the digest of the weights that the settings name by a folder on this machine, None in other cases.

    A folder without usable weights is such a case: a run that needs them says what is wrong with it.
    """
    from modeling.ml.encoders import weights_digest_here
    from modeling.ml.errors import EncoderError

    try:
        return weights_digest_here(encoder, settings)
    except EncoderError:
        return None


def described(encoder: str, settings: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return an encoder's settings, checked and complete, and a short label for figures.

    Raises `UnknownEncoderError` and `EncoderSettingsError`.
    """
    from modeling.ml.encoders import check_settings, label_of

    if encoder not in known_encoders():
        raise UnknownEncoderError(encoder, known_encoders())
    try:
        complete = check_settings(encoder, settings)
    except ValueError as error:
        raise EncoderSettingsError(f"Encoder {encoder}: {error}") from error
    return complete, label_of(encoder, complete)
