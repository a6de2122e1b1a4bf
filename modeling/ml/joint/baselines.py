"""What a trained space is compared with, each as ranks of the same contexts in the same pool.

Audio-only and text-only are runs of their own (`JointSettings.context` names one part). The pool is all backchannels of
the given rows.
"""

import numpy as np

from modeling.ml.joint.errors import ItemsError
from modeling.ml.joint.items import Items, Numbers, Split
from modeling.ml.joint.project import project
from modeling.ml.joint.projections import JointModel
from modeling.ml.joint.settings import JointSettings
from modeling.ml.joint.state import model_shape
from modeling.ml.retrieval import Ranks, cosine_ranks, score_ranks


def untrained(items: Items, settings: JointSettings) -> JointModel:
    """Return the model as it is before training: what the shapes of two projections do by themselves."""
    return JointModel(**model_shape(items, settings))


def joint_ranks(model: JointModel, items: Items, rows: Numbers, context: tuple[str, ...]) -> Ranks:
    """Return the ranks in the model's space."""
    return cosine_ranks(*project(model, items, rows, context))


def raw_ranks(items: Items, rows: Numbers, part: str) -> Ranks:
    """Return the ranks by cosine of the embeddings as they are. Raises `ItemsError` unless both are of one encoder."""
    (context,) = items.parts([part])
    sources = items.sources
    if context.shape[1] != items.backchannel.shape[1] or sources.get(part) != sources.get("backchannel"):
        raise ItemsError(
            f"Context part {part!r} and the backchannels are not in one space.",
            "Compare embeddings of one run only: of the same encoder with the same settings.",
        )
    return cosine_ranks(context[rows], items.backchannel[rows])


def frequency_ranks(items: Items, rows: Numbers) -> Ranks:
    """Return the ranks when every context is answered with the word form that was commonest in training."""
    seen = items.form[items.rows(Split.TRAIN)]
    forms, counts = np.unique(seen[seen >= 0], return_counts=True)
    by_form = dict(zip(forms.tolist(), counts.tolist(), strict=True))
    scores = np.array([by_form.get(form, 0) for form in items.form[rows].tolist()], dtype=np.float64)
    return score_ranks(scores, np.arange(len(rows)))
