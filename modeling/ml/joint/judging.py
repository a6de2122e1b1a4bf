"""How a trained space retrieves on a pool: each way of counting as ranks of the same contexts.

Everything is one number per context, so that dialogues can be resampled afterwards.
"""

from dataclasses import dataclass

import numpy as np

from modeling.ml.joint.items import Items, Numbers, Split, Vectors
from modeling.ml.retrieval import FormPrior, Ranks, batch_ranks, cosine_ranks, form_item_ranks, form_ranks

ALL, SAME_FORM, FORMS, FORMS_EXPECTED, BATCH = "all", "same_form", "forms", "forms_expected", "batch"
BATCH_POOLED = 1024
SMALL_POOL = 100
"""In a smaller pool top-10 % means a handful of candidates, and one context moves a figure by more than 1 %."""


@dataclass(frozen=True, eq=False)
class Judged:
    """Ranks, and which of the pool's contexts (m,) they are of."""

    ranks: Ranks
    contexts: Numbers


def test_pool(items: Items, largest: int) -> Numbers:
    """Return the rows of the test pool, ascending: all, or a fixed choice of `largest` of them."""
    rows = items.rows(Split.TEST)
    if len(rows) > largest:
        rows = np.sort(np.random.default_rng(0).choice(rows, largest, replace=False))
    return rows


def judged(
    contexts: Vectors, backchannels: Vectors, forms: Numbers, *, seed: int = 0, prior: FormPrior | None = None
) -> dict[str, Judged]:
    """Return ranks among all candidates, of the first of the same word form, of the form, and within random batches.

    `contexts`, `backchannels` (n, d): the pool in one space; `forms` (n,), −1 unknown: such contexts are left out where
    forms are ranked. With a `prior` forms are also ranked with their frequency counted in. Batches hold `BATCH_POOLED`
    items, or half of a smaller pool.
    """
    everything = np.arange(len(contexts))
    found = {ALL: Judged(cosine_ranks(contexts, backchannels), everything)}
    known = np.flatnonzero(forms >= 0)
    if len(known):
        told = (contexts[known], backchannels, forms[known], forms)
        found[SAME_FORM] = Judged(form_item_ranks(*told), known)
        among = (contexts[known], backchannels[known], forms[known], forms[known])
        found[FORMS] = Judged(form_ranks(*among), known)
        if prior is not None:
            found[FORMS_EXPECTED] = Judged(form_ranks(*among, prior=prior), known)
    batch = min(BATCH_POOLED, len(contexts) // 2)
    if batch > 1:
        ranks, order = batch_ranks(contexts, backchannels, batch=batch, seed=seed)
        found[BATCH] = Judged(ranks, order)
    return found


def small_pool(pool: int) -> str:
    """Return what to say of a pool that is too small to say much; empty for others."""
    if pool >= SMALL_POOL:
        return ""
    return f"only {pool} items: one of them moves a figure by {100 / max(pool, 1):.1f} %, so these say little"
