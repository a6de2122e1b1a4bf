"""The embedder that settings name."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.models import Extraction
from modeling.enums import RunState
from modeling.errors import RunError
from modeling.models import TrainingRun
from modeling.queries.items import common_forms
from modeling.queries.training import training_by_digest
from modeling.services.training.vectors.settings import VectorSettings

if TYPE_CHECKING:
    from modeling.ml.vectors.embedders import Embedder


def embedder_of(extraction: Extraction, settings: VectorSettings) -> "Embedder":
    """Return the embedder, loaded. Raises `RunError` and `modeling.ml.errors.EncoderError`."""
    from modeling.ml.vectors.embedders import FormEmbedder, SoundEmbedder

    if settings.source == "audio":
        return SoundEmbedder(settings.model, settings.options)
    if settings.source == "form":
        return FormEmbedder(common_forms(extraction, settings.forms))
    return text_embedder(settings)


def text_embedder(settings: VectorSettings) -> "Embedder":
    """Return the embedder of texts."""
    from modeling.ml.sentences import SentenceEmbedder
    from modeling.ml.vectors.embedders import TextEmbedder

    if settings.source == "sentences":
        return SentenceEmbedder(settings.model)
    name, markers = model_of(settings)
    return TextEmbedder(name, markers=markers, precision=settings.precision)


def model_of(settings: VectorSettings) -> tuple[str, list[str]]:
    """Return the name or folder of a language model, and the markers that it must know as tokens."""
    if not settings.run:
        return settings.model, []
    run = training_by_digest(settings.run)
    if run.kind != "language_model" or run.state != RunState.FINISHED:
        raise RunError(
            f"Run {run.digest[:12]} ({run}) is no finished language model. Finish it: manage.py finetune_llm"
        )
    if not settings.before:
        return str(run.folder / "model"), []
    if run.settings["scratch"]:
        return str(run.folder / "start"), []  # tokenizer and weights as they were drawn
    return str(run.settings["base"]), _markers(run)


def _markers(run: TrainingRun) -> list[str]:
    """Return the speakers' tags that the fine-tuned model has tokens for: the base shall read them alike."""
    from modeling.ml.lm.texts import MARKER

    added = _json(run.folder / "model" / "tokenizer.json").get("added_tokens", [])
    return [each["content"] for each in added if MARKER.fullmatch(each["content"])]


def _json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {error}. Fine-tune the model again.") from error
    return found
