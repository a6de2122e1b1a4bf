"""Fetch a model from the hub, as a process of its own: `python -m modeling.ml.weights.download NAME KIND`.

Writes a line of JSON at every sign of progress and at last one that holds the `folder`, or what the hub `said`. A
process, because it can be ended whatever it hangs in: no timeout of the hub's client covers name look-ups, slow
answers and its own attempts to try again.
"""

import io
import json
import sys
import threading
from pathlib import Path
from typing import Any

from modeling.ml.errors import WeightsUnavailableError
from modeling.ml.weights.folder import CONFIG, MODULES, PREPROCESSOR, TOKENIZER, WEIGHTS, weight_files

COMPANIONS = {
    "encoder": (PREPROCESSOR,),
    "language_model": (TOKENIZER, "tokenizer*", "special_tokens_map.json", "vocab.json", "merges.txt"),
    "sentences": (MODULES, "tokenizer*", "special_tokens_map.json", "vocab*", "merges.txt", "*.json", "*_*/*"),
}
"""What belongs to a model of each kind beside configuration and weights; the first must be there."""


def main(name: str, kind: str) -> None:
    """Fetch and tell."""
    try:
        folder = cached(name, kind) or download(name, kind)
    # Whatever went wrong is told: the process that asked decides what to make of it.
    except Exception as error:
        tell(said=said(error))
    else:
        tell(folder=str(folder))


def tell(**content: str) -> None:
    """Write one line at once."""
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def cached(name: str, kind: str) -> Path | None:
    """Return the model's folder in the hub's cache on this machine if it is there whole."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import IncompleteSnapshotError, LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(name, local_files_only=True, allow_patterns=[CONFIG, *COMPANIONS[kind]]))
        weight_files(folder)
    except (LocalEntryNotFoundError, IncompleteSnapshotError, WeightsUnavailableError):
        return None
    return folder if (folder / CONFIG).exists() and (folder / COMPANIONS[kind][0]).exists() else None


def download(name: str, kind: str) -> Path:
    """Return the folder after downloading what is needed of the model, weights in one form only."""
    from huggingface_hub import HfApi, snapshot_download

    tell(sign="asking")
    # One request that is not tried again: a hub that refuses is known at once.
    about = HfApi().model_info(name)
    tell(sign="listing")
    held = {each.rfilename for each in about.siblings or ()}
    form = next((each for each in WEIGHTS if each in held), WEIGHTS[0])
    parts = [form.removesuffix(".index.json").replace(".", "-*.", 1)] if form.endswith(".index.json") else []
    wanted = [CONFIG, *COMPANIONS[kind], form, *parts]
    return Path(snapshot_download(name, allow_patterns=wanted, tqdm_class=_telling_bar()))


def _telling_bar() -> Any:
    """Return a class of progress bars that show nothing and tell every step."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    lock = threading.Lock()

    class Bar(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs | {"disable": False, "file": io.StringIO()})

        def update(self, n: float | None = 1) -> Any:
            with lock:
                tell(sign="bytes")
            return super().update(n)

    return Bar


def said(error: Exception) -> str:
    """Say in a few words what the hub, or the way to it, did."""
    from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError

    if isinstance(error, HFValidationError):
        return "can have no model of that name"
    if isinstance(error, GatedRepoError):
        return "gives it only to people who accepted its terms"
    if isinstance(error, RepositoryNotFoundError):
        return "has no model of that name, or a private one"
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    line = next(iter(str(cause).strip().splitlines()), "no further word")
    return f"cannot be reached ({type(cause).__name__}: {line})"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
