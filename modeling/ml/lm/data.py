"""Dialogues as one long row of tokens in a file, cut into blocks: a large corpus needs no memory.

The file holds the tokens of every dialogue, one after the other, each closed by the end token (opened by the start
token where the tokenizer has one). A block is `length` tokens of it; it may hold the end of one dialogue and the
start of the next. What remains at the end is not trained on in that epoch.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from modeling.ml.errors import TrainingError
from modeling.ml.lm.texts import Document

BATCH = 256
"""Dialogues tokenised at once."""


@dataclass(frozen=True, slots=True)
class TokenFile:
    """A row of tokens on disk and what it was made of."""

    path: Path
    tokens: int
    documents: int
    dtype: str
    digest: str

    def array(self) -> npt.NDArray[np.unsignedinteger[Any]]:
        """Return the tokens, mapped and not read."""
        return np.memmap(self.path, dtype=self.dtype, mode="r", shape=(self.tokens,))


def encode(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    """Return the tokens of texts, without special tokens."""
    encoded: list[list[int]] = tokenizer(texts, add_special_tokens=False)["input_ids"] if texts else []
    return encoded


def opening(tokenizer: Any) -> list[int]:
    """Return what stands before every text: the start token, where the tokenizer has one."""
    return [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]


def write_tokens(documents: Iterable[Document], tokenizer: Any, path: Path) -> TokenFile:
    """Tokenise dialogues into `path`, which appears when it is whole; raises `TrainingError` if there are none."""
    dtype = "<u2" if len(tokenizer) <= 1 << 16 else "<u4"
    before, after = opening(tokenizer), [tokenizer.eos_token_id]
    count = n_documents = 0
    digest = hashlib.sha256()
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        for batch in _batches(documents):
            rows = encode(tokenizer, [document.text for document in batch])
            flat = np.array([token for row in rows for token in (*before, *row, *after)], dtype=dtype)
            file.write(flat.tobytes())
            digest.update(flat.tobytes())
            count, n_documents = count + len(flat), n_documents + len(batch)
        file.flush()
        os.fsync(file.fileno())
    if not count:
        part.unlink()
        raise TrainingError(
            "There is no dialogue to train on.", "Import dialogues first, and see that the split has some."
        )
    made = TokenFile(path, count, n_documents, dtype, digest.hexdigest())
    path.with_suffix(".json").write_text(json.dumps(asdict(made) | {"path": path.name}))
    part.replace(path)  # last: where the row is, its description is too
    return made


def read_tokens(path: Path) -> TokenFile:
    """Return a row of tokens that was written before."""
    about = json.loads(path.with_suffix(".json").read_text())
    return TokenFile(**about | {"path": path})


def token_counts(tokens: TokenFile, vocabulary: int) -> npt.NDArray[np.int64]:
    """Return how often each token occurs, (vocabulary,)."""
    counts = np.zeros(vocabulary, dtype=np.int64)
    array = tokens.array()
    for start in range(0, tokens.tokens, 1 << 20):
        counts += np.bincount(array[start : start + (1 << 20)], minlength=vocabulary)
    return counts


@dataclass(frozen=True, slots=True)
class Blocks:
    """A row of tokens in blocks of `length`; shorter ones where the whole row is shorter."""

    tokens: TokenFile
    length: int

    @property
    def size(self) -> int:
        """Tokens a block."""
        return min(self.length, self.tokens.tokens)

    def __len__(self) -> int:
        return self.tokens.tokens // self.size

    def batch(self, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return these blocks, (len(indices), size)."""
        array = self.tokens.array()
        return np.stack([array[i * self.size : (i + 1) * self.size] for i in indices]).astype(np.int64)


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    rest = iter(documents)
    while batch := list(islice(rest, BATCH)):
        yield batch
