"""Stage 1: a causal language model fine-tuned on the dialogues of a corpus (`modeling.ml.lm`)."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.models import Corpus
from modeling.errors import RunError
from modeling.models import TrainingRun
from modeling.queries.dialogues import ExtractionTexts, extraction_by_digest, extraction_to_train_on
from modeling.services.training.base import Kind, Listener, Outcome, Table


class LanguageModel(Kind):
    """Fine-tuning, with perplexities before and after."""

    title = "language model"

    def complete(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings with defaults; a folder is named by its full path."""
        from modeling.ml.lm.settings import as_json, complete
        from modeling.ml.weights import settled_name

        settled = {"base": settled_name(raw["base"])} if raw.get("base") else {}
        return as_json(complete(dict(raw) | settled))

    def label(self, settings: Mapping[str, Any]) -> str:
        """Return the model's name and how it was trained; of one from scratch `scratch-small` or `scratch-tiny`."""
        from modeling.ml.lm.settings import complete

        return complete(settings).label

    def data_digest(self, corpus: Corpus | None, settings: Mapping[str, Any]) -> str:
        """Return the digest of the corpus's latest extraction, which covers its dialogues and their parts."""
        if corpus is None:
            raise RunError("A language model is fine-tuned on a corpus; name one.")
        return extraction_to_train_on(corpus).digest

    def train(self, run: TrainingRun, folder: Path, listener: Listener) -> Outcome:
        """Fine-tune on the run's extraction."""
        from modeling.ml.lm.finetune import finetune
        from modeling.ml.lm.settings import complete

        settings = complete(run.settings)
        texts = ExtractionTexts(extraction_by_digest(run.data_digest), settings.turns)
        ended = finetune(texts, settings, folder, _Report(listener))
        return Outcome(ended.metrics, ended.step, ended.total)

    def tables(self, metrics: Mapping[str, Any]) -> Sequence[Table]:
        """Return perplexities before and after, and the baselines."""
        if not metrics:
            return []
        return [_perplexities(metrics), _baselines(metrics)]


class _Report:
    """Passes on what the training loop tells (`modeling.ml.lm.report.Report`)."""

    def __init__(self, listener: Listener) -> None:
        self.say, self.point = listener.say, listener.point
        self.saved, self.stop = listener.saved, listener.stop
        self._listener = listener

    def progress(self, progress: Any) -> None:
        """Tell the step and the speed in tokens a second."""
        self._listener.at(step=progress.step, total=progress.total, speed=progress.tokens_s)


def _perplexities(metrics: Mapping[str, Any]) -> Table:
    before, after = metrics["before"], metrics["after"]
    rows = [("all tokens", _number(before["all_tokens"]), _number(after["all_tokens"]))]
    for turns in sorted(after["backchannel"], key=int):
        name = f"backchannels, {turns} turn{'s' if turns != '1' else ''}"
        rows.append((name, _number(before["backchannel"][turns]), _number(after["backchannel"][turns])))
    part = f"{after['backchannels']} backchannels, {after['backchannel_tokens']} tokens of the {metrics['split']} part"
    return Table(f"Perplexity of {metrics['model']} ({part})", ("tokens", "before", "after"), tuple(rows))


def _baselines(metrics: Mapping[str, Any]) -> Table:
    told = {"all words": "no", "backchannel words": "yes", "backchannel forms": "yes"}
    rows = [(name, told[name], _number(value)) for name, value in metrics["frequency"].items()]
    heads = ("frequency of", "told that a backchannel comes", "perplexity")
    return Table("Backchannel tokens by frequency alone", heads, tuple(rows))


def _number(value: float) -> str:
    """Return three figures, no more than a perplexity is known to.

    >>> _number(10.7345), _number(4103.2), _number(1.0391)
    ('10.7', '4,100', '1.04')
    """
    if not math.isfinite(value):
        return "none"
    digits = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 2
    return f"{round(value, 2 - math.floor(math.log10(value))):,.{digits}f}"


KIND = LanguageModel()
