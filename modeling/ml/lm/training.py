"""The training loop of a language model, on one processor or, under `accelerate launch`, on several GPUs.

Everything that a step does follows from the settings and its number: which blocks it sees (`_order`), what dropout
leaves out (`_seed`), the learning rate (`rate`). So a run that was stopped and goes on from a checkpoint ends with
the same weights as one that was not stopped.
"""

import math
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list

from modeling.ml.errors import TrainingError
from modeling.ml.lm import checkpoint
from modeling.ml.lm.data import Blocks
from modeling.ml.lm.perplexity import mean_loss
from modeling.ml.lm.report import Progress, Report
from modeling.ml.lm.settings import Settings

SAVE_EVERY_S = 60.0
"""Seconds between checkpoints: what a killed worker computes again."""
POINTS, CHECKS = 200, 20
"""Points of the curve of the training loss and of the validation loss, about."""
CHECKED_BLOCKS = 64
CLIP = 1.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How training ended: after the last step, or `stopped` before it with a checkpoint."""

    step: int
    total: int
    stopped: bool


def train(
    accelerator: Accelerator, model: Any, blocks: Blocks, validation: Blocks, settings: Settings, folder: Path,
    *, about: dict[str, Any], report: Report,
) -> Ended:  # fmt: skip
    """Train what of the model may be trained, going on from the last checkpoint in `folder` if there is one."""
    optimizer = torch.optim.AdamW(
        [parameter for _, parameter in checkpoint.trained(model)], lr=settings.lr, weight_decay=settings.weight_decay
    )
    if settings.batch % accelerator.num_processes:
        raise TrainingError(
            f"{accelerator.num_processes} processes cannot share {settings.batch} blocks a step evenly.",
            "Give a --batch that their number divides.",
        )
    begun = step = checkpoint.load(folder, model=model, optimizer=optimizer, about=about)
    total = total_steps(len(blocks), settings)
    prepared, prepared_optimizer = accelerator.prepare(model, optimizer)
    clock = saved_at = time.monotonic()
    losses: list[float] = []
    while step < total:
        loss = _step(accelerator, prepared, prepared_optimizer, blocks, settings, step, total)
        step += 1
        losses.append(loss)
        pace = (step - begun) / max(time.monotonic() - clock, 1e-9)
        tokens_s = pace * settings.batch * blocks.size
        report.progress(Progress(step, total, loss, tokens_s, (total - step) / pace))
        if _due(step, total, POINTS):
            report.point(step, "train", "loss", sum(losses) / len(losses))
            report.point(step, "train", "learning rate", settings.lr * rate(step - 1, total, settings.warmup))
            losses.clear()
        if _due(step, total, CHECKS):
            report.point(step, "validation", "loss", mean_loss(model, validation, limit=CHECKED_BLOCKS))
        stop, save = _agreed(accelerator, report.stop(), time.monotonic() - saved_at > SAVE_EVERY_S)
        if stop or save or step == total:
            if accelerator.is_main_process:
                checkpoint.save(folder, step=step, model=model, optimizer=optimizer, about=about)
                report.saved(step)
            accelerator.wait_for_everyone()
            saved_at = time.monotonic()
        if stop and step < total:
            return Ended(step, total, stopped=True)
    return Ended(step, total, stopped=False)


def _step(
    accelerator: Accelerator, model: Any, optimizer: Any, blocks: Blocks, settings: Settings, step: int, total: int
) -> float:
    """Take one step on `settings.batch` blocks, `micro` at a time on each processor; return the mean loss."""
    indices = _order(len(blocks), settings, step)
    own = indices[accelerator.process_index :: accelerator.num_processes]
    parts = [own[start : start + settings.micro] for start in range(0, len(own), settings.micro)]
    _seed(settings.seed, step, accelerator.process_index)
    model.train()
    mean = torch.zeros((), device=accelerator.device)
    for number, part in enumerate(parts):
        tokens = torch.from_numpy(blocks.batch(part)).to(accelerator.device)
        # Gradients travel between processors once a step, with the last part.
        with accelerator.no_sync(model) if number < len(parts) - 1 else nullcontext():
            loss = model(input_ids=tokens, labels=tokens, use_cache=False).loss * (len(part) / len(own))
            accelerator.backward(loss)
        mean += loss.detach()
    for group in optimizer.param_groups:
        group["lr"] = settings.lr * rate(step, total, settings.warmup)
    accelerator.clip_grad_norm_(model.parameters(), CLIP)
    optimizer.step()
    optimizer.zero_grad()
    model.eval()
    return float(accelerator.reduce(mean, "mean"))


def total_steps(n_blocks: int, settings: Settings) -> int:
    """Return how many steps see `n_blocks` blocks `settings.epochs` times."""
    return max(1, math.ceil(settings.epochs * n_blocks / settings.batch))


def rate(step: int, total: int, warmup: float) -> float:
    """Return the share of the learning rate at a step: it rises in a line, then falls as half a cosine to 0.

    >>> [round(rate(step, 10, 0.2), 3) for step in (0, 1, 2, 6, 9)]
    [0.5, 1.0, 1.0, 0.5, 0.038]
    """
    rising = math.ceil(warmup * total)
    if step < rising:
        return (step + 1) / rising
    return 0.5 * (1 + math.cos(math.pi * (step - rising) / max(total - rising, 1)))


def _order(n_blocks: int, settings: Settings, step: int) -> npt.NDArray[np.int64]:
    """Return the blocks of a step: every epoch is a shuffle of all, one epoch follows the other without a gap."""
    wanted = range(step * settings.batch, (step + 1) * settings.batch)
    shuffles = {
        epoch: np.random.default_rng([settings.seed, epoch]).permutation(n_blocks)
        for epoch in {position // n_blocks for position in wanted}
    }
    return np.array([shuffles[position // n_blocks][position % n_blocks] for position in wanted])


def _seed(seed: int, step: int, process: int) -> None:
    torch.manual_seed(int(np.random.default_rng([seed, step, process]).integers(1 << 62)))


def _due(step: int, total: int, times: int) -> bool:
    return step % max(1, total // times) == 0 or step == total


def _agreed(accelerator: Accelerator, *wishes: bool) -> Iterator[bool]:
    """Return what the first process wants, on every process."""
    agreed: list[Any] = list(wishes)
    if accelerator.num_processes > 1:
        broadcast_object_list(agreed)
    return iter(agreed)
