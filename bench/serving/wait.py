"""Waiting for a server to come up."""

import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, *, wait_s: float = 60.0) -> None:
    """Wait until an address answers; end the bench with the server's last words if it does not."""
    deadline = time.monotonic() + wait_s
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(url, timeout=2).read()
            return
        time.sleep(0.1)
    raise SystemExit(f"The server did not answer at {url}. Its last words:\n{log.read_text()[-3000:]}")
