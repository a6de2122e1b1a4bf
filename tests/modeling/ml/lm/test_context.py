"""Context embeddings: padded and shared as one by one."""

from typing import Any

import numpy as np
import pytest
import torch

from modeling.ml.lm import context
from modeling.ml.lm.context import Leaf, embed_contexts, families, leaves_of
from tests.modeling.ml.lm.talk import Talk


def one_by_one(model: Any, tokenizer: Any, texts: list[str]) -> np.ndarray:
    rows = []
    for text in texts:
        tokens = tokenizer(text, return_tensors="pt", add_special_tokens=False)["input_ids"]
        with torch.no_grad():
            rows.append(model(input_ids=tokens, output_hidden_states=True).hidden_states[-1][0, -1].numpy())
    return np.stack(rows)


def contexts() -> list[str]:
    """Windows of 1, 3 and 5 turns, and everything that was said so far."""
    windows = [item.contexts[n] for item in Talk(size=4).items("train") for n in (1, 3, 5)]
    (document, *_) = Talk().documents("test")
    turns = document.text.split(" / ")
    return windows + [" / ".join([*turns[:n], "<B>"]) for n in range(1, len(turns))]


@pytest.mark.parametrize("share", [False, True])
def test_batches_equal_one_by_one(loaded: tuple[Any, Any], share: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "TOKENS", 400)  # several batches
    texts = contexts()
    expected = one_by_one(*loaded, texts)
    assert np.ptp(expected, axis=0).max() > 1  # they differ: equal ones would prove nothing
    np.testing.assert_allclose(embed_contexts(*loaded, texts, share=share), expected, atol=2e-5)


def test_what_contexts_share_is_computed_once(loaded: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    model, _ = loaded
    (document, *_) = Talk().documents("test")
    turns = document.text.split(" / ")[:12]
    # The same beginning, told on in different ways, and the beginning itself in between.
    texts = [" / ".join([*turns, f"<A> {end}", "<B>"]) for end in ("so it went", "well", "you know")]
    texts += [" / ".join([*turns[:4], "<B>"])]
    lengths = []
    forward = type(model.get_decoder()).forward

    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        lengths.append(tuple(kwargs["input_ids"].shape))
        return forward(self, *args, **kwargs)

    expected = one_by_one(*loaded, texts)
    monkeypatch.setattr(type(model.get_decoder()), "forward", counted)
    np.testing.assert_allclose(embed_contexts(*loaded, texts), expected, atol=2e-5)
    assert lengths[0][0] == 1
    assert lengths[0][1] > 60
    assert [shape for shape in lengths[1:] if shape[1] > 20] == [(1, len(loaded[1](texts[3])["input_ids"]))]


def test_a_row_that_begins_another_is_read_from_it() -> None:
    rows = [(1, 2), (1, 2, 3), (4,), (1, 2), (1, 2, 5)]
    assert leaves_of(rows) == [Leaf((1, 2, 3), {2: [1], 1: [0, 3]}), Leaf((1, 2, 5), {2: [4]}), Leaf((4,), {0: [2]})]


def test_families_share_their_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "WORTH", 2)
    leaves = [Leaf(row) for row in [(1, 2, 3, 4), (1, 2, 3, 5), (1, 2, 9, 9), (7, 8)]]
    assert [(each.shared, len(each.leaves)) for each in families(leaves)] == [(3, 2), (0, 1), (0, 1)]


def test_an_empty_context_is_refused(loaded: tuple[Any, Any]) -> None:
    with pytest.raises(ValueError, match="without a token"):
        embed_contexts(*loaded, ["<A>", ""])
