"""Models by their name on the hub: from the cache on this machine, else from the hub, else a clear word soon."""

import json
import os
import selectors
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from modeling.ml.errors import WeightsUnavailableError

SILENCE_S = 9.0
"""Seconds without a sign of the hub after which it is given up; a slow download that moves goes on."""
ROOT = Path(__file__).resolve().parents[3]


def is_folder_name(name: str) -> bool:
    """Tell whether the text names a folder rather than a model on the hub.

    >>> is_folder_name("microsoft/wavlm-base-plus"), is_folder_name("/models/wavlm"), is_folder_name("./wavlm")
    (False, True, True)
    """
    if name.startswith(("/", "~", ".")) or "//" in name or name.count("/") > 1:
        return True
    return bool(name) and Path(name).is_dir()


def fetch(name: str, *, kind: str = "encoder") -> Path:
    """Return the folder with the model's files, downloaded if they are not on this machine.

    `kind` says which files make it whole (`download.COMPANIONS`).

    Raises `WeightsUnavailableError` at the latest `SILENCE_S` after the last sign of the hub.
    """
    command = [sys.executable, "-m", "modeling.ml.weights.download", name, kind]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors)
        assert process.stdout is not None
        try:
            last = _last_line(process.stdout)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
        if last is None:
            raise _unavailable(name, f"does not answer ({SILENCE_S:.0f} s of silence)")
        if "folder" not in last:
            raise _unavailable(name, last.get("said") or f"could not be asked ({_tail(errors)})")
    return Path(last["folder"])


def _last_line(stdout: IO[bytes]) -> dict[str, str] | None:
    """Return the last line that the process wrote before it ended, or None if it fell silent."""
    received = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ)
        while selector.select(timeout=SILENCE_S):
            chunk = os.read(stdout.fileno(), 65_536)
            if not chunk:
                lines = received.splitlines()
                return dict(json.loads(lines[-1])) if lines else {}
            # Only the last lines are of interest; a long download writes many.
            received = (received + chunk)[-65_536:]
    return None


def _tail(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "the process that asks was killed"


def _unavailable(name: str, what: str) -> WeightsUnavailableError:
    hub = os.environ.get("HF_ENDPOINT") or "huggingface.co"
    return WeightsUnavailableError(
        f"{name} is not on this machine, and the hub {hub} {what}.",
        f"Run `hf download {name} --local-dir FOLDER` where the hub can be reached, copy the folder here and give it "
        "as the weights; or set HF_HOME to a cache that holds the model; or ask again when the hub can be reached.",
    )
