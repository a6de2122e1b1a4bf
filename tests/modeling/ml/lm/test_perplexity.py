"""Perplexities against a plain loop, one token at a time."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from modeling.ml.lm import perplexity as batched
from modeling.ml.lm.data import Blocks, write_tokens
from modeling.ml.lm.frequency import FORMS, TOKENS, WORDS, frequency_perplexities
from modeling.ml.lm.perplexity import backchannel_perplexity, perplexity
from modeling.ml.lm.texts import Document, Item
from tests.modeling.ml.lm.talk import Talk


def log_probability(model: Any, before: list[int], token: int) -> float:
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([before])).logits[0, -1].double()
    return float(torch.log_softmax(logits, -1)[token])


@pytest.mark.parametrize("turns", [1, 3, 5])
def test_backchannel_perplexity_is_that_of_a_plain_loop(
    loaded: tuple[Any, Any], turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, tokenizer = loaded
    items = list(Talk(size=5, rounds=3).items("train"))
    monkeypatch.setattr(batched, "TOKENS", 300)  # several batches
    monkeypatch.setattr(batched, "CHUNK", 7)
    total, count = 0.0, 0
    for item in items:
        before = tokenizer(item.contexts[turns], add_special_tokens=False)["input_ids"]
        for token in tokenizer(" " + item.target, add_special_tokens=False)["input_ids"]:
            total -= log_probability(model, before, token)
            before, count = [*before, token], count + 1
    found = backchannel_perplexity(model, tokenizer, items, turns=turns)
    assert (found.tokens, found.items) == (count, len(items))
    assert found.value == pytest.approx(math.exp(total / count), rel=1e-4)


def test_a_context_and_its_backchannel_are_the_tokens_of_the_dialogue(loaded: tuple[Any, Any]) -> None:
    _, tokenizer = loaded
    (document, *_), (item, *_) = list(Talk().documents("test")), list(Talk().items("test"))
    start = tokenizer(item.contexts[5] + " " + item.target, add_special_tokens=False)["input_ids"]
    apart = [*tokenizer(item.contexts[5])["input_ids"], *tokenizer(" " + item.target)["input_ids"]]
    assert apart == start
    assert tokenizer(document.text)["input_ids"][: len(start)] == start


def test_perplexity_of_all_tokens_is_that_of_a_plain_loop(loaded: tuple[Any, Any], tmp_path: Path) -> None:
    model, tokenizer = loaded
    blocks = Blocks(write_tokens(Talk(size=4).documents("test"), tokenizer, tmp_path / "tokens.bin"), length=24)
    losses = []
    for index in range(len(blocks)):
        row = blocks.batch(np.array([index]))[0].tolist()
        losses += [-log_probability(model, row[:at], row[at]) for at in range(1, len(row))]
    assert perplexity(model, blocks) == pytest.approx(math.exp(np.mean(losses)), rel=1e-4)


def test_frequency_baselines_by_hand(loaded: tuple[Any, Any], tmp_path: Path) -> None:
    _, tokenizer = loaded
    one = {text: tokenizer(" " + text)["input_ids"] for text in ("mhm", "sure", "wow")}
    training = write_tokens([Document("a", "mhm / mhm")], tokenizer, tmp_path / "tokens.bin")
    seen = [Item(str(i), {}, text) for i, text in enumerate(["mhm", "mhm", "sure"])]
    found = frequency_perplexities(tokenizer, training, seen, [Item("x", {}, "mhm"), Item("y", {}, "wow")])
    size, judged = len(tokenizer), one["mhm"] + one["wow"]
    tokens_seen = one["mhm"] * 2 + one["sure"]
    words = training.array().tolist()
    for name, counted in ((TOKENS, tokens_seen), (WORDS, words)):
        logs = [math.log((counted.count(token) + 1) / (len(counted) + size)) for token in judged]
        assert found[name] == pytest.approx(math.exp(-sum(logs) / len(judged)))
    assert found[FORMS] == pytest.approx(math.exp(-(math.log(3 / 6) + math.log(1 / 6)) / len(judged)))
