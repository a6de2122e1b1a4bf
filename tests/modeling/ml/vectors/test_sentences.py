"""A tiny sentence encoder, saved and loaded as real ones are."""

from pathlib import Path

import numpy as np
import pytest

from modeling.ml.errors import WeightsUnavailableError
from modeling.ml.sentences import SentenceEmbedder


def save_tiny(folder: Path) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules
    from tokenizers import Tokenizer, pre_tokenizers
    from tokenizers import models as pieces
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "so", "yes", "we", "went"]
    tokenizer = Tokenizer(pieces.WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]")
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=len(words), **shape)).save_pretrained(folder / "bert")
    fast.save_pretrained(folder / "bert")
    bert = modules.Transformer(str(folder / "bert"))
    whole = SentenceTransformer(modules=[bert, modules.Pooling(16)], device="cpu")
    whole.save(str(folder / "whole"), create_model_card=False)
    return folder / "whole"


def test_vectors_are_those_of_the_library_whatever_the_batch(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path)
    embedder = SentenceEmbedder(str(folder))
    texts = ["so yes", "we went so so", "yes"]
    together = embedder.embed(texts)
    assert together.shape == (3, embedder.width) == (3, 16)
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert embedder.space == SentenceEmbedder(str(folder)).space
    assert set(embedder.versions) == {"torch", "transformers", "sentence-transformers"}


def test_what_is_no_sentence_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsUnavailableError, match=r"has no modules\.json: it is no sentence encoder"):
        SentenceEmbedder(str(tmp_path))
    (tmp_path / "modules.json").write_text("[]")
    with pytest.raises(WeightsUnavailableError, match="holds no weights"):
        SentenceEmbedder(str(tmp_path))
