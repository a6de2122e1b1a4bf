"""Models by their name on the hub: from the cache on this machine, else from the hub, else a clear word soon.

The hub's own client waits and tries again for minutes where a connection hangs; here silence ends it.
"""

import io
import os
import threading
import time
from pathlib import Path
from typing import Any

from modeling.ml.errors import WeightsUnavailableError
from modeling.ml.weights.folder import CONFIG, PREPROCESSOR, WEIGHTS

SILENCE_S = 10.0
"""Seconds without a sign of the hub after which it is given up; a slow download that moves goes on."""


def is_folder_name(name: str) -> bool:
    """Tell whether the text names a folder rather than a model on the hub.

    >>> is_folder_name("microsoft/wavlm-base-plus"), is_folder_name("/models/wavlm"), is_folder_name("./wavlm")
    (False, True, True)
    """
    return name.startswith(("/", "~", ".")) or os.sep * 2 in name or name.count("/") > 1 or Path(name).is_dir()


def fetch(name: str) -> Path:
    """Return the folder with the model's files, downloaded if they are not on this machine.

    Raises `WeightsUnavailableError` within `SILENCE_S` of the last sign of the hub.
    """
    cached = _cached(name)
    return cached if cached is not None else _Download(name).result()


def _cached(name: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, IncompleteSnapshotError, LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(name, local_files_only=True, allow_patterns=[CONFIG, PREPROCESSOR]))
    except (LocalEntryNotFoundError, IncompleteSnapshotError):
        return None
    except HFValidationError as error:
        raise WeightsUnavailableError(f"{name!r} is neither a folder nor a name on the hub.", _advice(name)) from error
    whole = (folder / CONFIG).exists() and (folder / PREPROCESSOR).exists()
    return folder if whole and any((folder / weights).exists() for weights in WEIGHTS) else None


class _Download:
    """A download in a thread of its own, watched from outside: no timeout of a client covers every way to hang."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._heard = time.monotonic()
        self._folder: Path | None = None
        self._error: Exception | None = None

    def result(self) -> Path:
        """Return the folder, or raise `WeightsUnavailableError`."""
        thread = threading.Thread(target=self._run, name=f"download of {self._name}", daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(timeout=0.1)
            if time.monotonic() - self._heard > SILENCE_S:
                raise self._unavailable(f"does not answer ({SILENCE_S:.0f} s of silence)")
        if self._error is not None:
            raise self._unavailable(_said(self._error)) from self._error
        assert self._folder is not None
        return self._folder

    def _run(self) -> None:
        # Whatever ends the download is told by `result`, in the thread that asked.
        try:
            self._folder = self._download()
        except Exception as error:
            self._error = error

    def _download(self) -> Path:
        from huggingface_hub import HfApi, snapshot_download

        held = {each for each in HfApi().list_repo_files(self._name) if "/" not in each}
        self._sign()
        form = next((each for each in WEIGHTS if each in held), WEIGHTS[0])
        parts = [form.removesuffix(".index.json").replace(".", "-*.", 1)] if form.endswith(".index.json") else []
        return Path(
            snapshot_download(
                self._name, allow_patterns=[CONFIG, PREPROCESSOR, form, *parts], tqdm_class=_bar_that_calls(self._sign)
            )
        )

    def _sign(self) -> None:
        self._heard = time.monotonic()

    def _unavailable(self, what: str) -> WeightsUnavailableError:
        from huggingface_hub import constants

        reason = f"{self._name} is not on this machine, and the hub {constants.ENDPOINT} {what}."
        return WeightsUnavailableError(reason, _advice(self._name))


def _bar_that_calls(sign: Any) -> Any:
    """Return a progress bar that shows nothing and calls `sign` at every step."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    class Bar(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs | {"disable": False, "file": io.StringIO()})

        def update(self, n: float | None = 1) -> Any:
            sign()
            return super().update(n)

    return Bar


def _said(error: Exception) -> str:
    """Say in a few words what the hub, or the way to it, did."""
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    if isinstance(error, GatedRepoError):
        return "gives it only to people who accepted its terms"
    if isinstance(error, RepositoryNotFoundError):
        return "has no model of that name, or a private one"
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    line = next(iter(str(cause).strip().splitlines()), "")
    return f"cannot be reached ({type(cause).__name__}: {line})" if line else f"failed ({type(cause).__name__})"


def _advice(name: str) -> str:
    return (
        f"Run `hf download {name} --local-dir FOLDER` where the hub can be reached, copy the folder here and give it "
        "as the weights; or set HF_HOME to a cache that holds the model; or ask again when the hub can be reached."
    )
