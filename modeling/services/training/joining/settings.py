"""What a run of stage 2 is asked for: the item vectors that it joins, and how it is trained."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from modeling.models import TrainingRun
from modeling.queries.training import training_by_digest
from modeling.services.training.vectors.settings import VectorSettings

if TYPE_CHECKING:
    from modeling.ml.joint.settings import JointSettings

OWN = ("backchannel", "context", "parts")


def complete(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings complete, with the names of the contexts' parts; raise `ValueError` saying what to write.

    `backchannel`: the digest of a run of item vectors; `context`: those of one or more. Raises `RunError` for a run
    that there is not.
    """
    from modeling.ml.joint.errors import JointError
    from modeling.ml.joint.settings import read_settings

    if not raw.get("backchannel") or not raw.get("context"):
        raise ValueError("give the item vectors of backchannels and of at least one context")
    backchannel = _vectors(raw["backchannel"], "backchannel")
    contexts = [_vectors(digest, "context") for digest in raw["context"]]
    parts = tuple(settings_of(run).name for run in contexts)
    if len(set(parts)) < len(parts):
        raise ValueError(f"two contexts are called alike: {', '.join(parts)}; join different ones")
    try:
        settings = read_settings(parts, {name: value for name, value in raw.items() if name not in OWN})
    except JointError as error:
        raise ValueError(str(error)) from error
    asked = {name: value for name, value in settings.as_json().items() if name != "context"}
    joined = {"backchannel": backchannel.digest, "context": [run.digest for run in contexts], "parts": list(parts)}
    return joined | asked


def joint_settings(settings: Mapping[str, Any]) -> "JointSettings":
    """Return complete settings as the training loop takes them."""
    from modeling.ml.joint.settings import read_settings

    return read_settings(tuple(settings["parts"]), {k: v for k, v in settings.items() if k not in OWN})


def label(settings: Mapping[str, Any]) -> str:
    """Return a short name: the parts, and what tells runs apart."""
    words = ["+".join(settings["parts"]), f"d{settings['dimension']}", f"b{settings['batch']}"]
    if settings["depth"] > 1:
        words.append(f"depth {settings['depth']}")
    if settings["excluded"] != "none":
        words.append(f"same {settings['excluded']} masked")
    if settings["seed"]:
        words.append(f"seed {settings['seed']}")
    return " ".join(words)[:120]


def settings_of(run: TrainingRun) -> VectorSettings:
    """Return the settings of a run of item vectors."""
    return VectorSettings(**run.settings)


def parent_digests(settings: Mapping[str, Any]) -> Sequence[str]:
    """Return the digests of the runs of item vectors: the backchannels' first, then the contexts' in order."""
    return [settings["backchannel"], *settings["context"]]


def _vectors(digest: str, part: str) -> TrainingRun:
    run = training_by_digest(digest)
    if run.kind != "item_vectors":
        raise ValueError(f"run {digest[:12]} is no item_vectors run but a {run.kind}")
    if run.settings["part"] != part:
        raise ValueError(f"run {digest[:12]} embeds {run.settings['part']}s, and {part}s are needed")
    return run
