"""A trained space applied to clips: each part of a backchannel or context embedded as in training, then projected."""

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from modeling.ml.joint import checkpoint
from modeling.ml.joint.errors import CheckpointError
from modeling.ml.joint.items import Vectors
from modeling.ml.joint.project import in_space
from modeling.ml.vectors.embedders import Embedder, SoundEmbedder, TextEmbedder

SPACE, RECIPE = "space", "recipe.json"
SEPARATOR = " / "
Waveform = np.ndarray


def read_recipe(folder: Path) -> dict[str, Any]:
    """Return how each part was made, by name, backchannel first. Raises `CheckpointError`."""
    try:
        recipe: dict[str, Any] = json.loads((folder / RECIPE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{folder / RECIPE} cannot be read: {error}.", "Give a joint run's folder.") from error
    return recipe


class AppliedSpace:
    """The two sides of a finished joint run with everything that embeds for them."""

    def __init__(self, folder: Path) -> None:
        """Load it. Raises `JointError` where it, or a model it was trained with, is not what it was."""
        self._recipe, self._folder = read_recipe(folder), folder
        sources = {name: how["space"] for name, how in self._recipe.items()}
        model, self.card = checkpoint.load_model(folder / SPACE, sources=sources)
        self._model = copy.deepcopy(model).cpu().double().eval()
        self.parts: list[str] = self.card["settings"]["context"]
        loaded: dict[str, Embedder] = {}
        for name, how in self._recipe.items():
            if how["space"] not in loaded:
                loaded[how["space"]] = self._embedder(how)
            if loaded[how["space"]].space != how["space"]:
                raise CheckpointError(
                    f"What embeds {name} ({how['label']}) has other weights than in training.",
                    "Put the earlier weights back, or train the space again.",
                )
        self._embedders = {name: loaded[how["space"]] for name, how in self._recipe.items()}
        self.versions = {name: v for each in loaded.values() for name, v in each.versions.items()}

    def backchannels(self, sounds: Sequence[tuple[Waveform, int]]) -> Vectors:
        """Return unit vectors (n, dimension) of backchannels."""
        return in_space(self._model.backchannels, self._embedders["backchannel"].embed(sounds))

    def contexts(self, sounds: Sequence[tuple[Waveform, int]], transcripts: Sequence[str]) -> Vectors:
        """Return unit vectors (n, dimension) of contexts: of the end of each sound, and of its transcript's last turns.

        Raises `CheckpointError` where the space reads words and a context has none.
        """
        parts = []
        for name in self.parts:
            settings = self._recipe[name]["settings"]
            if settings["source"] == "audio":
                heard = [(sound[-round(settings["seconds"] * rate) :], rate) for sound, rate in sounds]
                parts.append(self._embedders[name].embed(heard))
            else:
                _check_words(transcripts, self._folder)
                parts.append(self._embedders[name].embed([last_turns(each, settings["turns"]) for each in transcripts]))
        return in_space(self._model.contexts, np.concatenate(parts, axis=1))

    def _embedder(self, how: Mapping[str, Any]) -> Embedder:
        from modeling.ml.sentences import SentenceEmbedder

        settings = how["settings"]
        if settings["source"] == "form" or settings["side"] == "other":
            raise CheckpointError(
                f"{self._folder} was trained on {how['label']}, which no clip holds.",
                "Train a space on sounds of backchannels, and of both speakers where contexts are heard.",
            )
        if settings["source"] == "audio":
            return SoundEmbedder(settings["model"], settings["options"])
        if settings["source"] == "sentences":
            return SentenceEmbedder(settings["model"])
        if settings["part"] == "backchannel":
            raise CheckpointError(
                f"{self._folder} was trained on words of backchannels.",
                "Train one on their sounds (--backchannel audio).",
            )
        model = how["model"]
        folder = str((self._folder / model).resolve()) if model.startswith("../") else model
        return TextEmbedder(folder, markers=how["markers"], precision=settings["precision"])


def last_turns(transcript: str, turns: int) -> str:
    """Return the last turns of a transcript that ends in the next speaker's tag; one of fewer turns is left as it is.

    >>> last_turns("<A> so / <B> yes / <A> we went / <B>", 1)
    '<A> we went / <B>'
    """
    return SEPARATOR.join(transcript.split(SEPARATOR)[-turns - 1 :])


def _check_words(transcripts: Sequence[str], folder: Path) -> None:
    missing = [number for number, each in enumerate(transcripts) if not each.strip()]
    if missing:
        raise CheckpointError(
            f"{folder} reads what was said, and {len(missing)} contexts have no transcript.",
            "Give contexts a transcript in stimuli.csv: the last turns, `<A> words / <B> words / <A>`.",
        )
