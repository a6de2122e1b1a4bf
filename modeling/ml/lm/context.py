"""Embeddings of contexts: the last hidden layer at the last token, after the model's closing normalisation.

`embed_contexts` pads on the left and batches. Contexts that begin alike share work: one that is the beginning of
another is read from the same pass, and what several have in common is computed once, its keys and values kept for
all of them. The vectors are those of contexts computed one by one, up to rounding (see tests).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from transformers import DynamicCache

from modeling.ml.batching import length_batches
from modeling.ml.lm.data import encode, opening
from modeling.ml.lm.padding import left_padded

TOKENS = 8192
"""Most tokens in a batch, padding included."""
WORTH = 32
"""Tokens that contexts must have in common for keeping their keys and values to be worth its while."""

Row = tuple[int, ...]


@dataclass(slots=True)
class Leaf:
    """A row of tokens that no other continues, and where in it contexts end: place → their numbers."""

    row: Row
    ends: dict[int, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Family:
    """Leaves whose first `shared` tokens are the same; 0: computed whole."""

    shared: int
    leaves: list[Leaf]


def embed_contexts(model: Any, tokenizer: Any, texts: Sequence[str], *, share: bool = True) -> npt.NDArray[np.float32]:
    """Return vectors (len(texts), hidden) of contexts; `share=False` computes each on its own in batches.

    An empty text needs a tokenizer with a start token; raises `ValueError` where there is none.
    """
    rows = [tuple(opening(tokenizer) + row) for row in encode(tokenizer, list(texts))]
    if not all(rows):
        raise ValueError("a context without a token has no embedding")
    vectors = np.empty((len(rows), model.config.hidden_size), dtype=np.float32)
    leaves = leaves_of(rows) if share else [Leaf(row, {len(row) - 1: [i]}) for i, row in enumerate(rows)]
    lonely: list[Leaf] = []
    for family in families(leaves) if share else [Family(0, leaves)]:
        if not family.shared:
            lonely += family.leaves
            continue
        for batch in _batches(family.leaves):
            first, rest = _continued(model, family.leaves[0].row[: family.shared], batch)
            _read(rest, batch, vectors, first)
    for batch in _batches(lonely):
        _read(_whole(model, batch), batch, vectors)
    return vectors


def leaves_of(rows: Sequence[Row]) -> list[Leaf]:
    """Return the rows that none other continues, sorted, each with the ends of all rows that begin it."""
    leaves: list[Leaf] = []
    for number in sorted(range(len(rows)), key=lambda each: rows[each], reverse=True):
        row = rows[number]
        # Sorted downwards, what continues a row comes just before it.
        if not leaves or leaves[-1].row[: len(row)] != row:
            leaves.append(Leaf(row))
        leaves[-1].ends.setdefault(len(row) - 1, []).append(number)
    return leaves[::-1]


def families(leaves: Sequence[Leaf]) -> Iterator[Family]:
    """Yield neighbours that share at least `WORTH` tokens together, the others each in a family of its own."""
    group: list[Leaf] = []
    shared = 0
    for leaf in leaves:
        common = _common(group[-1].row, leaf.row) if group else 0
        # One that shares much less than the others would take from them what they share.
        if group and common >= max(WORTH, 0.75 * shared):
            shared = min(common, shared or common)
        else:
            if group:
                yield Family(shared, group)
            group, shared = [], 0
        group.append(leaf)
    if group:
        yield Family(shared, group)


def _common(first: Row, second: Row) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))


def _batches(leaves: list[Leaf]) -> Iterator[list[Leaf]]:
    for batch in length_batches([len(leaf.row) for leaf in leaves], budget=TOKENS):
        yield [leaves[index] for index in batch]


@torch.no_grad()
def _whole(model: Any, leaves: Sequence[Leaf]) -> torch.Tensor:
    """Return the last layer of rows computed whole, (n, longest, hidden)."""
    model.eval()
    batch = left_padded([leaf.row for leaf in leaves], device=model.device)
    hidden: torch.Tensor = _decoder(model)(**batch, use_cache=False).last_hidden_state
    return hidden


@torch.no_grad()
def _continued(model: Any, beginning: Row, leaves: Sequence[Leaf]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the last layer of the beginning (length, hidden) and of what follows in each row (n, longest, hidden)."""
    model.eval()
    cache = DynamicCache()
    alone = left_padded([beginning], device=model.device)
    first = _decoder(model)(**alone, past_key_values=cache, use_cache=True).last_hidden_state[0]
    cache.batch_repeat_interleave(len(leaves))
    batch = left_padded([leaf.row[len(beginning) :] for leaf in leaves], device=model.device)
    known = torch.ones(len(leaves), len(beginning), dtype=torch.long, device=model.device)
    rest = _decoder(model)(
        input_ids=batch["input_ids"],
        attention_mask=torch.cat([known, batch["attention_mask"]], dim=1),
        position_ids=batch["position_ids"] + len(beginning),
        past_key_values=cache,
        use_cache=True,
    ).last_hidden_state
    return first, rest


def _read(
    hidden: torch.Tensor, leaves: Sequence[Leaf], vectors: npt.NDArray[np.float32], first: torch.Tensor | None = None
) -> None:
    """Put the vectors at the contexts' ends where they belong; `first` is of what all leaves begin with."""
    shared = 0 if first is None else len(first)
    for number, leaf in enumerate(leaves):
        for place, contexts in leaf.ends.items():
            # Rows end in the last column.
            vector = first[place] if first is not None and place < shared else hidden[number, place - len(leaf.row)]
            vectors[contexts] = vector.float().cpu().numpy()


def _decoder(model: Any) -> Any:
    """Return the model without its output layer, also where adapters are around it."""
    whole = model.get_base_model() if hasattr(model, "get_base_model") else model
    return whole.get_decoder()
