"""The processes of a site: Redis where none is named, the web server, a worker."""

import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings

from bcstudy import redis_server
from bcstudy.processes import spawn
from bcstudy.startup.checks import StartError
from bcstudy.startup.supervisor import Supervisor

BIN = Path(sys.executable).parent


def start_redis(supervisor: Supervisor) -> None:
    """Start the embedded Redis, unless REDIS_URL names a server."""
    if not settings.REDIS_URL:
        home = settings.BCSTUDY_HOME / "redis"
        supervisor.add("Redis", lambda: redis_server.start(socket=settings.REDIS_SOCKET, home=home), wait_s=10)


def start_web(supervisor: Supervisor, *, address: str, port: int) -> None:
    """Start the web server and wait until it serves."""
    log = settings.BCSTUDY_HOME / "web.log"
    env = os.environ | {"BCSTUDY_BIND": address, "BCSTUDY_PORT": str(port)}
    command = [str(BIN / "gunicorn"), "-c", "python:bcstudy.gunicorn_conf", "bcstudy.wsgi"]
    supervisor.add("The web server", lambda: spawn(command, log=log, env=env), wait_s=15)
    _wait_until_served(f"http://{address}:{port}/healthz", log=log)


def start_worker(supervisor: Supervisor) -> None:
    """Start a Celery worker for every queue that BCSTUDY_QUEUES names; asked to end, training saves a checkpoint."""
    log = settings.BCSTUDY_HOME / "worker.log"
    command = [str(BIN / "celery"), "-A", "bcstudy", "worker", "--concurrency", "1", "--loglevel", "INFO"]
    supervisor.add("The worker", lambda: spawn(command, log=log), wait_s=30)


def can_compute() -> bool:
    """Tell whether this installation has the models' libraries, without loading them."""
    import importlib.util

    return importlib.util.find_spec("torch") is not None


def _wait_until_served(url: str, *, log: Path, wait_s: float = 30.0) -> None:
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    last = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
    raise StartError(f"The web server did not answer at {url}. Its last words ({log}):\n{last}")
