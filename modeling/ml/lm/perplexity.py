"""Perplexity: of all tokens, and of backchannels given the turns before them.

All tokens: exp of the mean negative log-likelihood of every token but the first of each block (`data.Blocks`), given
the tokens before it in its block.

Backchannel tokens given n turns: for every item the tokens of the backchannel's words (with the space before them,
without what follows them) are predicted, each from the context of n turns that ends in the speaker's tag and from the
backchannel's tokens before it; exp of the sum of all negative log-likelihoods over the number of these tokens. Every
token counts once, so long backchannels weigh more than short ones.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch

from modeling.ml.batching import length_batches
from modeling.ml.lm.data import Blocks, encode, opening
from modeling.ml.lm.padding import left_padded
from modeling.ml.lm.texts import Item

CHUNK = 1024
"""Items in memory at once."""
TOKENS = 8192
"""Most tokens in a batch, padding included."""
LONGEST = 1024
"""Of a longer context only the last tokens are read."""


@dataclass(frozen=True, slots=True)
class Perplexity:
    """A perplexity and how many tokens and items it is over."""

    value: float
    tokens: int
    items: int


@torch.no_grad()
def mean_loss(model: Any, blocks: Blocks, *, limit: int | None = None, batch: int = 8) -> float:
    """Return the mean negative log-likelihood in nats of the tokens of (the first `limit`) blocks."""
    model.eval()
    number = min(len(blocks), limit or len(blocks))
    losses = 0.0
    for start in range(0, number, batch):
        indices = np.arange(start, min(start + batch, number))
        tokens = torch.from_numpy(blocks.batch(indices)).to(model.device)
        losses += float(model(input_ids=tokens, labels=tokens, use_cache=False).loss) * len(indices)
    return losses / number


def perplexity(model: Any, blocks: Blocks) -> float:
    """Return the perplexity of all tokens."""
    return math.exp(mean_loss(model, blocks))


def backchannel_perplexity(model: Any, tokenizer: Any, items: Iterable[Item], *, turns: int) -> Perplexity:
    """Return the perplexity of the backchannels given `turns` turns; of no items it is not a number."""
    total, tokens, n_items = 0.0, 0, 0
    model.eval()
    for chunk in chunks(items, CHUNK):
        contexts = encode(tokenizer, [item.contexts[turns] for item in chunk])
        targets = encode(tokenizer, [target_text(item) for item in chunk])
        start = opening(tokenizer)
        rows = [(start + context)[-LONGEST:] for context in contexts]
        for batch in length_batches([len(r) + len(t) for r, t in zip(rows, targets, strict=True)], budget=TOKENS):
            total += _log_loss(model, [rows[i] for i in batch], [targets[i] for i in batch])
        tokens, n_items = tokens + sum(map(len, targets)), n_items + len(chunk)
    return Perplexity(math.exp(total / tokens) if tokens else math.nan, tokens, n_items)


def target_text(item: Item) -> str:
    """Return the backchannel's words as they stand in a dialogue, after the speaker's tag and a space."""
    return " " + item.target.strip()


@torch.no_grad()
def _log_loss(model: Any, contexts: Sequence[list[int]], targets: Sequence[list[int]]) -> float:
    """Return the sum of the targets' negative log-likelihoods in nats."""
    rows = [context + target for context, target in zip(contexts, targets, strict=True)]
    batch = left_padded(rows, device=model.device)
    longest = max(map(len, targets))
    # On the left padded, all targets lie in the last places: only these need the output layer.
    logits = model(**batch, use_cache=False, logits_to_keep=longest + 1).logits[:, :-1].float()
    wanted = batch["input_ids"][:, -longest:]
    losses = torch.nn.functional.cross_entropy(logits.transpose(1, 2), wanted, reduction="none")
    lengths = torch.tensor([len(target) for target in targets], device=losses.device)
    inside = torch.arange(longest, device=losses.device) >= longest - lengths[:, None]
    return float((losses * inside).sum(dtype=torch.float64))


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of `size`."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
