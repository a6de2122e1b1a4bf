"""A tokenizer and a small Llama-style model made of one corpus alone, for places without a pretrained one.

What comes of it knows nothing but this corpus. It is called `scratch-…` everywhere, so that nobody takes it for a
pretrained model.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

END, PAD = "<|end|>", "<|pad|>"
# Words keep their hyphens and apostrophes (uh-huh and don't are one piece each); what stands before them is a space.
PIECES = r" ?[\w'’\-]+| ?[^\s\w]+|\s+"


@dataclass(frozen=True, slots=True)
class Size:
    """The shape of a model from scratch."""

    vocabulary: int
    hidden: int
    layers: int
    heads: int
    inner: int


SIZES = {
    "small": Size(vocabulary=4096, hidden=256, layers=4, heads=4, inner=640),
    "tiny": Size(vocabulary=512, hidden=64, layers=2, heads=2, inner=160),
}
"""`small` has 4.1 million parameters."""


def train_tokenizer(texts: Iterable[str], *, markers: Iterable[str], size: str) -> Any:
    """Return a byte-level BPE tokenizer (Sennrich et al. 2016) of these texts; every marker is one token of it."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZES[size].vocabulary,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=[END, PAD],
        show_progress=False,
    )
    # Markers are taken out first: they are tokens whatever surrounds them, and must not shape the pieces.
    tokenizer.add_tokens([AddedToken(marker, lstrip=True, normalized=False) for marker in markers])
    # The library asks for texts from threads of its own, where the database of whoever gives them has no business.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        file.writelines(text.replace("\n", " ") + "\n" for text in texts)
        file.seek(0)
        tokenizer.train_from_iterator((line.rstrip("\n") for line in file), trainer)
    tokenizer.add_tokens([AddedToken(marker, lstrip=True, normalized=False) for marker in markers])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END, pad_token=PAD)


def make_model(tokenizer: Any, *, size: str, seed: int) -> Any:
    """Return a Llama-style model with seeded weights for the tokenizer, float32."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    shape = SIZES[size]
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return LlamaForCausalLM(config)
