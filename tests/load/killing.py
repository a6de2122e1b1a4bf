"""Processes of a site killed with SIGKILL, as a power cut or the kernel would, and started again."""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.running_site import Site

WEB_PROCESSES = 2
SECONDS_BETWEEN = 2.0
"""From one recovery to the next kill."""


class Killer:
    """Kills one part of a site after the other and starts it again, until stopped; the brokers and databases once.

    `kills` counts what was killed.
    """

    def __init__(self, site: Site, database: Any) -> None:
        self._site, self._database = site, database
        self.kills: Counter[str] = Counter()

    def kill_during(self, run: Future[None]) -> None:
        """Kill and start again until a run is done, and return its result.

        Call it in the main thread: what a thread has started ends with the thread (`bcstudy.processes`).
        """
        while not wait([run], SECONDS_BETWEEN).done:
            part = self._next()
            self.kills[part.__name__.lstrip("_")] += 1
            part()
        run.result()

    def _next(self) -> Callable[[], None]:
        """Each part in turn; the database and Redis once."""
        again = [self._web_process, self._web, self._worker]
        once = [self._database_server, self._redis] if self._database else [self._redis]
        parts = again[:1] + once + again[1:]
        done = self.kills.total()
        return parts[done] if done < len(parts) else again[done % len(again)]

    def _web_process(self) -> None:
        """One process of the web server; the server itself starts another one."""
        assert self._site.web is not None
        children = Path(f"/proc/{self._site.web.pid}/task/{self._site.web.pid}/children").read_text().split()
        with suppress(ProcessLookupError):
            os.kill(int(children[0]), signal.SIGKILL)

    def _web(self) -> None:
        """The web server with all its processes."""
        assert self._site.web is not None
        os.killpg(self._site.web.pid, signal.SIGKILL)
        self._site.web.wait()
        self._site.start_web(processes=WEB_PROCESSES, same_port=True)

    def _worker(self) -> None:
        self._site.kill_worker()
        self._site.start_worker()

    def _redis(self) -> None:
        assert self._site.redis is not None
        self._site.redis.kill()
        self._site.redis.wait()
        self._site.redis = None
        self._site.start_redis()

    def _database_server(self) -> None:
        """PostgreSQL's first process: the others end when they notice, and the new one recovers from the log."""
        os.kill(self._database.get_pid(), signal.SIGKILL)
        until = time.monotonic() + 60
        while True:
            try:
                self._database.ensure_postgres_running()
                psycopg.connect(self._site.env["DATABASE_URL"]).close()
                return
            except (psycopg.OperationalError, subprocess.SubprocessError):
                # Not noticed yet, or the old ones still hold the memory that the new one must not share.
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
