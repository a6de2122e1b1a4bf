"""Dialogues as one row of tokens on disk."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modeling.ml.errors import TrainingError
from modeling.ml.lm import data
from modeling.ml.lm.data import Blocks, read_tokens, token_counts, write_tokens
from tests.modeling.ml.lm.talk import Talk


def test_whole_dialogues_stand_one_after_the_other(
    loaded: tuple[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, tokenizer = loaded
    monkeypatch.setattr(data, "BATCH", 3)
    documents = list(Talk(size=8).documents("train"))
    written = write_tokens(iter(documents), tokenizer, tmp_path / "tokens.bin")
    expected = [t for d in documents for t in [*tokenizer(d.text)["input_ids"], tokenizer.eos_token_id]]
    assert written.array().tolist() == expected
    assert (written.tokens, written.documents, written.dtype) == (len(expected), 8, "<u2")
    assert read_tokens(written.path) == written
    assert token_counts(written, len(tokenizer)).tolist() == np.bincount(expected, minlength=len(tokenizer)).tolist()


def test_blocks_cut_the_row_without_gap(loaded: tuple[Any, Any], tmp_path: Path) -> None:
    written = write_tokens(Talk(size=4).documents("train"), loaded[1], tmp_path / "tokens.bin")
    blocks = Blocks(written, length=50)
    assert len(blocks) == written.tokens // 50
    whole = blocks.batch(np.arange(len(blocks)))
    assert whole.reshape(-1).tolist() == written.array()[: len(blocks) * 50].tolist()


def test_a_row_shorter_than_a_block_is_one_block(loaded: tuple[Any, Any], tmp_path: Path) -> None:
    written = write_tokens(Talk(size=4, rounds=1).documents("test"), loaded[1], tmp_path / "tokens.bin")
    blocks = Blocks(written, length=100_000)
    assert (len(blocks), blocks.size) == (1, written.tokens)


def test_no_dialogues_are_told(loaded: tuple[Any, Any], tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no dialogue to train on"):
        write_tokens([], loaded[1], tmp_path / "tokens.bin")
    assert list(tmp_path.iterdir()) == []
