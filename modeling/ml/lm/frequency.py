"""The word-frequency baselines: what is gained by knowing only how often tokens or whole backchannels occur.

Perplexities of the same backchannel tokens as in `perplexity`, from counts of the training part, each count plus
one: of all tokens of its dialogues (which, like the language model, does not know that a backchannel follows), of the
tokens of its backchannels, and of its backchannels as wholes (one unseen form counts as one more). The last two are
told what the language model is not: that a backchannel follows.
"""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from modeling.ml.lm.data import TokenFile, encode, token_counts
from modeling.ml.lm.perplexity import CHUNK, chunks, target_text
from modeling.ml.lm.texts import Item

WORDS, TOKENS, FORMS = "all words", "backchannel words", "backchannel forms"


def frequency_perplexities(
    tokenizer: Any, training: TokenFile, seen: Iterable[Item], judged: Iterable[Item]
) -> dict[str, float]:
    """Return the baselines' perplexities of the `judged` items' tokens, by name."""
    size = len(tokenizer)
    forms, tokens = _counted(tokenizer, seen, size)
    unigrams = {WORDS: _smoothed(token_counts(training, size)), TOKENS: _smoothed(tokens)}
    all_forms = sum(forms.values()) + len(forms) + 1
    losses: dict[str, float] = dict.fromkeys((WORDS, TOKENS, FORMS), 0.0)
    count = 0
    for chunk in chunks(judged, CHUNK):
        for item, row in zip(chunk, encode(tokenizer, [target_text(item) for item in chunk]), strict=True):
            for name, logs in unigrams.items():
                losses[name] -= float(logs[row].sum())
            losses[FORMS] -= math.log((forms[target_text(item)] + 1) / all_forms)
            count += len(row)
    return {name: math.exp(loss / count) for name, loss in losses.items()} if count else {}


def _counted(tokenizer: Any, items: Iterable[Item], size: int) -> tuple[Counter[str], Any]:
    forms, tokens = Counter[str](), np.zeros(size, dtype=np.int64)
    for chunk in chunks(items, CHUNK):
        texts = [target_text(item) for item in chunk]
        forms.update(texts)
        tokens += np.bincount([t for row in encode(tokenizer, texts) for t in row], minlength=size)
    return forms, tokens


def _smoothed(counts: Any) -> Any:
    """Return log probabilities of counts, each plus one (Laplace)."""
    return np.log((counts + 1) / (counts.sum() + len(counts)))
