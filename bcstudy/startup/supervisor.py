"""Keeps the processes of a site running, and stops exactly those."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bcstudy.processes import started_at, stop

MOST_RESTARTS = 5
"""A process that ended this often within `RESTART_WINDOW_S` seconds is given up on."""
RESTART_WINDOW_S = 60.0


@dataclass
class Service:
    """One process: how it is started, how long it may take to end, and when it was last started."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    wait_s: float
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)


class Supervisor:
    """Starts services in order, starts again what ends by itself, stops them in reverse order.

    The processes are written to `record` (pid and the kernel's start time), so that the next start can end what a
    killed one left behind without ever touching another program that got the same pid.
    """

    def __init__(self, record: Path, say: Callable[[str], None]) -> None:
        self._record = record
        self._say = say
        self._services: list[Service] = []

    def end_leftovers(self) -> None:
        """End processes of an earlier start that was killed."""
        with suppress(FileNotFoundError, ValueError):
            for pid, began in json.loads(self._record.read_text()):
                if began is not None and started_at(pid) == began:
                    with suppress(ProcessLookupError):
                        os.killpg(pid, signal.SIGKILL)
        self._record.unlink(missing_ok=True)

    def add(self, name: str, start: Callable[[], subprocess.Popen[bytes]], *, wait_s: float) -> None:
        """Start a service and look after it from now on."""
        service = Service(name, start, wait_s)
        self._services.append(service)
        self._start(service)

    def watch(self) -> None:
        """Look after the services; return only when one cannot be kept running."""
        while True:
            for service in self._services:
                if service.process is not None and service.process.poll() is not None and not self._revive(service):
                    return
            time.sleep(0.2)

    def stop_all(self) -> None:
        """Stop every service, the last started first."""
        for service in reversed(self._services):
            if service.process is not None:
                stop(service.process, wait_s=service.wait_s)
        self._record.unlink(missing_ok=True)

    def _start(self, service: Service) -> None:
        service.starts.append(time.monotonic())
        service.process = service.start()
        running = [(s.process.pid, started_at(s.process.pid)) for s in self._services if s.process is not None]
        self._record.write_text(json.dumps(running))

    def _revive(self, service: Service) -> bool:
        now = time.monotonic()
        recent = [moment for moment in service.starts if now - moment < RESTART_WINDOW_S]
        if len(recent) >= MOST_RESTARTS:
            self._say(f"{service.name} ended {len(recent)} times within a minute; stopping. See its log.")
            return False
        self._say(f"{service.name} ended by itself; starting it again.")
        if service.process is not None:
            stop(service.process, wait_s=0)
        self._start(service)
        return True
