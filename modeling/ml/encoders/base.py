"""What every encoder provides. One encoder is one module of this package; torch is imported when it is loaded."""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar, get_type_hints

import numpy as np
import numpy.typing as npt

from modeling.ml.errors import UnusableSoundError

Waveform = npt.NDArray[np.float32]
Vectors = npt.NDArray[np.float32]


class Settings(Protocol):
    """A frozen dataclass of an encoder's settings, each with a default."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def check(self) -> None:
        """Raise `ValueError` for a value that cannot be."""


S = TypeVar("S", bound=Settings)


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a clip beside its sound: its `role` (backchannel or context) and the words before it."""

    role: str = "backchannel"
    transcript: str = ""


class Encoder(ABC):
    """A loaded encoder: clips in, one vector for each out, the same whatever else is in the call."""

    name: ClassVar[str]
    has_defaults: ClassVar[bool] = True
    """Whether it can be asked for without a setting."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Load what the settings name; they are complete and checked (`check_settings`). Raises `EncoderError`."""
        self.settings = dict(settings)

    @classmethod
    @abstractmethod
    def check_settings(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings complete, with defaults; raise `ValueError` saying what to write instead."""

    @classmethod
    @abstractmethod
    def label(cls, settings: Mapping[str, Any]) -> str:
        """Return a short name for figures."""

    @classmethod
    def weights_digest_here(cls, settings: Mapping[str, Any]) -> str | None:
        """Return the digest of the weights that the settings name by a folder, if they do and it holds them."""
        return None

    @property
    def weights_digest(self) -> str:
        """SHA-256 over the weights; empty where the encoder has none."""
        return ""

    @property
    @abstractmethod
    def versions(self) -> dict[str, str]:
        """Versions of the libraries that compute."""

    @abstractmethod
    def encode(self, waveforms: Sequence[Waveform], rates: Sequence[int]) -> Vectors:
        """Return vectors (n, dimension) of n mono clips, each float32 (samples,) at its rate in Hz."""

    def encode_clips(self, waveforms: Sequence[Waveform], rates: Sequence[int], about: Sequence[About]) -> Vectors:
        """Return vectors as `encode`; most encoders hear the sound alone."""
        return self.encode(waveforms, rates)


def read_settings(kind: type[S], raw: Mapping[str, Any]) -> S:
    """Return the settings dataclass `kind` filled from `raw`; text that stands for a number is read as one.

    `kind.check()` has the last word. Raises `ValueError` saying what is unknown or cannot be.
    """
    types = get_type_hints(kind)
    known = [field.name for field in dataclasses.fields(kind)]
    unknown = sorted(set(raw) - set(known))
    if unknown:
        raise ValueError(f"there is no setting {', '.join(unknown)}. Settings of this encoder: {', '.join(known)}")
    settings = kind(**{name: _read(name, value, types[name]) for name, value in raw.items()})
    settings.check()
    return settings


def _read(name: str, value: Any, kind: type) -> Any:
    number = "a whole number" if kind is int else "a number" if kind is float else "text"
    try:
        read = kind(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}={value!r} is not {number}") from None
    if kind is int and isinstance(value, float) and value != read:
        raise ValueError(f"{name}={value!r} is not {number}")
    return read


def check_sounds(waveforms: Sequence[Waveform]) -> None:
    """Raise `UnusableSoundError` for a sound without samples or with one that is not finite."""
    for index, waveform in enumerate(waveforms):
        if waveform.ndim != 1 or not waveform.size:
            raise UnusableSoundError(f"Sound {index} has shape {waveform.shape}.", "Give mono samples, at least one.")
        if not np.isfinite(waveform).all():
            raise UnusableSoundError(f"Sound {index} has samples that are not finite.", "Import the file again.")


def library_versions(*names: str) -> dict[str, str]:
    """Return the installed versions of these packages."""
    from importlib.metadata import version

    return {name: version(name) for name in names}
