"""`joint`: a finished joint run applied to clips (docs/joint.md). Backchannels and contexts lie in one space.

`weights` is the run's folder. A backchannel is heard by the encoder that the space was trained with and projected; of a
context the last second is heard, or its transcript read, or both, as in training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from modeling.ml.encoders.base import About, Encoder, Vectors, Waveform, check_sounds, read_settings
from modeling.ml.errors import EncoderError, WeightsUnavailableError


@dataclass(frozen=True)
class Settings:
    """`weights`: the folder of a joint run."""

    weights: str = ""

    def __post_init__(self) -> None:
        if self.weights:
            object.__setattr__(self, "weights", str(Path(self.weights).expanduser().resolve()))

    def check(self) -> None:
        """Raise `ValueError` where no run is named."""
        if not self.weights:
            raise ValueError("weights is empty; give the folder of a joint run, which its page and train_joint name")


class Joint(Encoder):
    """A space with everything that embeds for it."""

    name = "joint"
    has_defaults = False

    @classmethod
    def check_settings(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings complete; raise `ValueError` saying what to write instead."""
        return asdict(read_settings(Settings, raw))

    @classmethod
    def label(cls, settings: Mapping[str, Any]) -> str:
        """Return a short name: the beginning of the run's digest, by which its folder is called."""
        return f"joint {PurePath(settings['weights']).name[:12]}"

    @classmethod
    def weights_digest_here(cls, settings: Mapping[str, Any]) -> str | None:
        """Return the digest of the checkpoint, if the folder holds one."""
        from modeling.ml.joint.applied import SPACE
        from modeling.ml.joint.checkpoint import read_card
        from modeling.ml.joint.errors import CheckpointError

        try:
            return str(read_card(Path(settings["weights"]) / SPACE)["tensors_sha256"])
        except CheckpointError:
            return None

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Load space and models. Raises `EncoderError`."""
        from modeling.ml.joint.applied import AppliedSpace
        from modeling.ml.joint.errors import JointError

        super().__init__(settings)
        try:
            self._space = AppliedSpace(Path(settings["weights"]))
        except JointError as error:
            raise WeightsUnavailableError(error.reason, error.advice) from error

    @property
    def weights_digest(self) -> str:
        """SHA-256 of the checkpoint's tensors; its card names the digests of what embeds."""
        return str(self._space.card["tensors_sha256"])

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the libraries that compute."""
        return self._space.versions

    def encode(self, waveforms: Sequence[Waveform], rates: Sequence[int]) -> Vectors:
        """Return vectors (n, dimension) of n backchannels."""
        return self.encode_clips(waveforms, rates, [About()] * len(waveforms))

    def encode_clips(self, waveforms: Sequence[Waveform], rates: Sequence[int], about: Sequence[About]) -> Vectors:
        """Return vectors (n, dimension), each by its clip's role."""
        check_sounds(waveforms)
        sounds = list(zip(waveforms, rates, strict=True))
        contexts = [number for number, each in enumerate(about) if each.role == "context"]
        others = [number for number, each in enumerate(about) if each.role != "context"]
        vectors = np.empty((len(sounds), int(self._space.card["settings"]["dimension"])), dtype=np.float32)
        if others:
            vectors[others] = self._space.backchannels([sounds[number] for number in others])
        if contexts:
            transcripts = [about[number].transcript for number in contexts]
            vectors[contexts] = self._contexts([sounds[number] for number in contexts], transcripts)
        return vectors

    def _contexts(self, sounds: Sequence[tuple[Waveform, int]], transcripts: Sequence[str]) -> Vectors:
        from modeling.ml.joint.errors import JointError

        try:
            return self._space.contexts(sounds, transcripts)
        except JointError as error:
            raise EncoderError(error.reason, error.advice) from error


ENCODER = Joint
