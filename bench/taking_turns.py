"""Processes that do the same work in different ways, and take turns: other load on the machine strikes all alike."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class Process:
    """A process of a script that says when it is ready, and does a round whenever a line comes in."""

    def __init__(self, script: str, *arguments: str) -> None:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "TQDM_DISABLE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, script, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.rounds: list[dict[str, float]] = []
        self._answer()

    def round(self) -> None:
        """Do the work once and keep what it answers."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        self.rounds.append(self._answer())

    def end(self) -> None:
        """Let the process end."""
        self._process.communicate()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"the process ended with {self._process.wait()}")
        return json.loads(line)


def has_bfloat16() -> bool:
    """Tell whether this machine computes in bfloat16."""
    from modeling.ml.errors import PrecisionUnavailableError
    from modeling.ml.precision import check_bfloat16

    try:
        check_bfloat16()
    except PrecisionUnavailableError:
        return False
    return True
