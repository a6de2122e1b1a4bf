"""Stage 1 from texts to a fine-tuned model: prepare, judge, train, judge again, keep.

In the run's folder: `start/` (tokenizer, and model where it is from scratch), `tokens-*.bin`, `before.json`,
`checkpoints/` and at the end `model/` with `card.json`. Each step is done once; a run that goes on finds what was done.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from accelerate import Accelerator
from accelerate.state import AcceleratorState

from modeling.ml.errors import PrecisionUnavailableError
from modeling.ml.lm import base, lora, scratch
from modeling.ml.lm.data import Blocks, TokenFile, read_tokens, write_tokens
from modeling.ml.lm.frequency import frequency_perplexities
from modeling.ml.lm.perplexity import CHUNK, backchannel_perplexity, perplexity
from modeling.ml.lm.report import Report, Silent
from modeling.ml.lm.settings import Settings, as_json
from modeling.ml.lm.texts import Item, Texts, markers_in
from modeling.ml.lm.training import train
from modeling.ml.precision import check_bfloat16, device

LIBRARIES = ("torch", "transformers", "peft", "accelerate", "tokenizers")
JUDGED = "test"
"""The split that perplexities are reported of; the curve of the validation loss is of `validation`."""


@dataclass(frozen=True, slots=True)
class Finetuned:
    """What came of it: the figures, or None where it was stopped before the end."""

    metrics: dict[str, Any] | None
    step: int
    total: int


def finetune(texts: Texts, settings: Settings, folder: Path, report: Report) -> Finetuned:
    """Fine-tune on the `train` part of `texts`; go on from what is in `folder`. Raises `EncoderError`."""
    folder.mkdir(parents=True, exist_ok=True)
    AcceleratorState._reset_state(
        reset_partial_state=True
    )  # another run of this process may have had another precision
    accelerator = Accelerator(mixed_precision=_precision(settings), cpu=device() == "cpu")
    if not accelerator.is_main_process:
        report = Silent()
    with accelerator.main_process_first():
        model, tokenizer, tokens = _prepared(texts, settings, folder)
    if not getattr(model, "is_loaded_in_4bit", False):  # such a one is on its device already, and stays
        model.to(accelerator.device)
    asked = (lambda: False) if accelerator.num_processes > 1 else report.stop
    judge = _judge(texts, tokenizer, tokens, settings, asked)
    if not (folder / "before.json").is_file():
        report.say("Perplexity before training")
        before = judge(model)
        if before is None:
            return Finetuned(None, 0, 0)
        if accelerator.is_main_process:
            _write(folder / "before.json", before)
    accelerator.wait_for_everyone()
    about = {"settings": as_json(settings), "tokens": tokens["train"].digest, "weights": _start_digest(settings)}
    blocks = {split: Blocks(each, settings.block) for split, each in tokens.items()}
    report.say("Training")
    ended = train(
        accelerator, model, blocks["train"], blocks["validation"], settings, folder / "checkpoints",
        about=about, report=report,
    )  # fmt: skip
    if ended.stopped:
        return Finetuned(None, ended.step, ended.total)
    report.say("Perplexity after training")
    after = judge(model)
    if after is None:
        return Finetuned(None, ended.step, ended.total)
    metrics = {
        "model": settings.label,
        "split": JUDGED,
        "before": json.loads((folder / "before.json").read_text()),
        "after": after,
        "frequency": frequency_perplexities(tokenizer, tokens["train"], texts.items("train"), texts.items(JUDGED)),
        "parameters": _parameters(model),
        "tokens": {split: each.tokens for split, each in tokens.items()},
        "steps": ended.total,
        "versions": {name: version(name) for name in LIBRARIES},
    }
    if accelerator.is_main_process:
        _keep(model, tokenizer, folder / "model", {"settings": as_json(settings), "metrics": metrics, "data": about})
    accelerator.wait_for_everyone()
    return Finetuned(metrics, ended.step, ended.total)


def _prepared(texts: Texts, settings: Settings, folder: Path) -> tuple[Any, Any, dict[str, TokenFile]]:
    """Return the model as training begins, its tokenizer and the tokens of each part."""
    start = folder / "start"
    if settings.scratch and not start.is_dir():
        markers = markers_in(document.text for document in texts.documents("train"))
        plain = (document.text for document in texts.documents("train"))
        tokenizer = scratch.train_tokenizer(plain, markers=markers, size=settings.scratch)
        _keep(scratch.make_model(tokenizer, size=settings.scratch, seed=settings.seed), tokenizer, start, {})
    if settings.scratch:
        model, tokenizer = base.load_model(str(start))
    else:
        model, tokenizer = _from_base(texts, settings)
    tokens = {}
    for split in ("train", "validation", JUDGED):
        path = folder / f"tokens-{split}.bin"
        tokens[split] = read_tokens(path) if path.is_file() else write_tokens(texts.documents(split), tokenizer, path)
    return model, tokenizer, tokens


def _from_base(texts: Texts, settings: Settings) -> tuple[Any, Any]:
    four_bit = not settings.full and lora.four_bit_possible()
    dtype = "float32" if settings.full or device() == "cpu" or _precision(settings) == "no" else "bfloat16"
    markers = markers_in(document.text for document in texts.documents("train"))
    model, tokenizer = base.load_model(settings.base, markers=markers, dtype=dtype, four_bit=four_bit)
    if settings.full:
        return model, tokenizer
    new = [tokenizer.convert_tokens_to_ids(token) for token in markers if token in tokenizer.get_added_vocab()]
    return lora.with_adapters(model, settings, new), tokenizer


def _parameters(model: Any) -> dict[str, int]:
    """Return how many are trained, and how many there are (of 4 bits two are stored as one)."""
    if hasattr(model, "get_nb_trainable_parameters"):
        trained, every = model.get_nb_trainable_parameters()
        return {"trained": trained, "all": every}
    sizes = [(each.numel(), each.requires_grad) for each in model.parameters()]
    return {"trained": sum(size for size, learns in sizes if learns), "all": sum(size for size, _ in sizes)}


def _judge(
    texts: Texts, tokenizer: Any, tokens: dict[str, TokenFile], settings: Settings, asked: Callable[[], bool]
) -> Callable[[Any], dict[str, Any] | None]:
    """Return what judges a model; it returns None where it was asked to stop meanwhile."""

    def judge(model: Any) -> dict[str, Any] | None:
        try:
            found = {
                turns: backchannel_perplexity(model, tokenizer, _until(asked, texts.items(JUDGED)), turns=turns)
                for turns in settings.turns
            }
        except _StopAsked:
            return None
        first = found[settings.turns[0]]
        return {
            "all_tokens": perplexity(model, Blocks(tokens[JUDGED], settings.block)),
            "backchannel": {str(turns): each.value for turns, each in found.items()},
            "backchannel_tokens": first.tokens,
            "backchannels": first.items,
        }

    return judge


class _StopAsked(Exception):  # noqa: N818  no error: somebody wants it so
    """Judging is to end."""


def _until(asked: Callable[[], bool], items: Iterable[Item]) -> Iterator[Item]:
    for number, item in enumerate(items):
        if number % CHUNK == 0 and asked():
            raise _StopAsked
        yield item


def _precision(settings: Settings) -> str:
    """Return accelerate's word for the precision; raises `PrecisionUnavailableError` for one that was asked for."""
    if settings.precision == "float32":
        return "no"
    try:
        check_bfloat16()
    except PrecisionUnavailableError:
        if settings.precision == "bfloat16":
            raise
        return "no"
    return "bf16"


def _start_digest(settings: Settings) -> str:
    """Return a digest of the weights that training begins with; of a model from scratch the seed says it all."""
    return "" if settings.scratch else base.digest(settings.base)


def _keep(model: Any, tokenizer: Any, folder: Path, card: dict[str, Any]) -> None:
    """Save model (of an adapted one the adapters), tokenizer and card; the folder appears when it is whole."""
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    base.save_model(model, tokenizer, part, base=str(card.get("settings", {}).get("base", "")))
    _write(part / "card.json", card)
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)


def _write(path: Path, content: dict[str, Any]) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content, indent=2))
    part.replace(path)
