"""A complete installation in a folder of its own: real web server, real Redis, real worker processes."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from bcstudy import redis_server
from bcstudy.processes import spawn, stop

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: Path, **extra: str) -> dict[str, str]:
    """The environment of a site in `home`: its own database and Redis, whatever the tests themselves run on."""
    ours = ("BCSTUDY_", "DJANGO_ALLOW_ASYNC_UNSAFE")
    env = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    for name in ("REDIS_URL", "DATABASE_URL"):
        env.pop(name, None)
    # A hub that refuses at once: no test may wait for, or depend on, the outside.
    env |= {"BCSTUDY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "bcstudy.settings", "PYTHONUNBUFFERED": "1"}
    env |= {"HF_ENDPOINT": "http://127.0.0.1:9", "OMP_NUM_THREADS": "1"}
    return env | extra


class Site:
    """An installation in `home`. `stop()` ends every process it started."""

    def __init__(self, home: Path, **extra_env: str) -> None:
        self.home = home
        self.env = environment(home, **extra_env)
        self.url = ""
        self.workers: list[subprocess.Popen[bytes]] = []
        self.web: subprocess.Popen[bytes] | None = None
        self.redis: subprocess.Popen[bytes] | None = None

    def manage(self, *args: str, check: bool = True, timeout: float = 300) -> Any:
        """Run a management command; return its standard output, or the finished process with `check=False`."""
        command = [sys.executable, str(ROOT / "manage.py"), *args]
        done = subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=timeout, check=False
        )
        if not check:
            return done
        assert done.returncode == 0, f"manage.py {' '.join(args)} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def python(self, code: str) -> Any:
        """Run code under Django in this installation; return the last printed line as JSON."""
        out = self.manage("shell", "--no-imports", "-c", "import json\n" + code)
        return json.loads(out.strip().splitlines()[-1])

    def start_redis(self) -> None:
        if self.redis is None:
            self.redis = redis_server.start(socket=self.home / "redis.sock", home=self.home / "redis")

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker of its own process group and wait until it takes tasks."""
        self.start_redis()
        log = self.home / f"worker{len(self.workers)}.log"
        name = f"test{len(self.workers)}@{os.getpid()}"
        command = [str(BIN / "celery"), "-A", "bcstudy", "worker", "--concurrency", "1", "-n", name]
        command += ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        worker = spawn(command, log=log, env=self.env)
        self.workers.append(worker)
        self._wait(lambda: "ready." in log.read_text(errors="replace"), worker, log)
        return worker

    def kill_worker(self, worker: subprocess.Popen[bytes] | None = None) -> None:
        """SIGKILL a worker and its children, as a power cut would."""
        worker = worker or self.workers[-1]
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def start_web(self, *, processes: int = 1, same_port: bool = False) -> str:
        """Start the web server, again on the `same_port` if browsers must find it there; return its base address."""
        port = int(self.url.rsplit(":", 1)[1]) if same_port else free_port()
        log = self.home / "web.log"
        env = self.env | {"BCSTUDY_PORT": str(port), "BCSTUDY_WEB_WORKERS": str(processes)}
        command = [str(BIN / "gunicorn"), "-c", "python:bcstudy.gunicorn_conf", "bcstudy.wsgi"]
        self.web = spawn(command, log=log, env=env)
        self.url = f"http://127.0.0.1:{port}"
        self._wait(self._serves, self.web, log)
        return self.url

    def stop_web(self) -> None:
        if self.web is not None:
            stop(self.web, wait_s=5)
            self.web = None

    def stop(self) -> None:
        self.stop_web()
        for worker in self.workers:
            self.kill_worker(worker)
        if self.redis is not None:
            stop(self.redis, wait_s=5)

    def _serves(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _wait(self, ready: Any, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            text = log.read_text(errors="replace")
            assert process.poll() is None, f"the process ended:\n{text}"
            assert time.monotonic() < deadline, f"not ready after {seconds} s:\n{text}"
            time.sleep(0.1)


def copy_of(template: Path, home: Path, **extra_env: str) -> Site:
    """Make a site from a prepared home, so that migrations run once a session."""
    shutil.copytree(template, home, dirs_exist_ok=True)
    return Site(home, **extra_env)
