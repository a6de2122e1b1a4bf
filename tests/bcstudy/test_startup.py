"""Starting and stopping: what is refused beforehand, what is kept running, what is left behind (nothing)."""

import json
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from bcstudy.processes import spawn, started_at, stop
from bcstudy.startup import checks
from bcstudy.startup.supervisor import Supervisor
from tests.running_site import ROOT, environment, free_port


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def until(true: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(checks.StartError, match=rf"Port {port} on 127.0.0.1 cannot be used .*PORT={port + 1}"):
            checks.check_port("127.0.0.1", port)
    checks.check_port("127.0.0.1", port)


def test_a_full_disk_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "ROOM_NEEDED", shutil.disk_usage(tmp_path).total * 2)
    with pytest.raises(checks.StartError, match=r"No disk space: \d+ MB are free in .*BCSTUDY_HOME"):
        checks.check_room(tmp_path)


def test_a_home_is_held_by_one_start_at_a_time(tmp_path: Path) -> None:
    with checks.hold_home(tmp_path), pytest.raises(checks.StartError, match="already running in"):
        checks.hold_home(tmp_path)
    checks.hold_home(tmp_path).close()


def test_stopping_takes_the_group_and_nothing_else(tmp_path: Path) -> None:
    bystander = subprocess.Popen(["sleep", "60"])
    stubborn = spawn(["sh", "-c", "trap '' TERM; sleep 60 & echo $!; wait; sleep 60"], log=tmp_path / "log")
    until(lambda: (tmp_path / "log").read_text().strip())
    grandchild = int((tmp_path / "log").read_text())
    stop(stubborn, wait_s=0.3)
    until(lambda: not alive(grandchild))
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_leftovers_of_a_killed_start_are_ended_and_a_reused_pid_is_not(tmp_path: Path) -> None:
    leftover, stranger = spawn(["sleep", "60"]), spawn(["sleep", "60"])
    record = tmp_path / "processes.json"
    record.write_text(json.dumps([[leftover.pid, started_at(leftover.pid)], [stranger.pid, "1"], [2**22 + 1, "5"]]))
    Supervisor(record, print).end_leftovers()
    assert leftover.wait(5) == -signal.SIGKILL
    assert stranger.poll() is None
    assert not record.exists()
    stop(stranger, wait_s=1)


def test_what_ends_by_itself_is_started_again_but_not_for_ever(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(tmp_path / "processes.json", said.append)
    supervisor.add("The clock", lambda: spawn(["true"]), wait_s=1)
    supervisor.watch()
    supervisor.stop_all()
    assert said == ["The clock ended by itself; starting it again."] * 4 + [
        "The clock ended 5 times within a minute; stopping. See its log."
    ]


class Start:
    """`manage.py start` in a home of its own, as `make run` calls it."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        command = [sys.executable, "manage.py", "start", "--port", str(port)]
        self.said = home.parent / f"start-{time.monotonic_ns()}.out"
        self.output = self.said.open("wb")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment(home), stdout=self.output, stderr=self.output, start_new_session=True
        )

    def text(self) -> str:
        return self.said.read_text()

    def wait(self, words: str) -> None:
        until(lambda: words in self.text() or self.process.poll() is not None, 180)
        assert words in self.text(), self.text()

    def children(self) -> list[int]:
        return [pid for pid, _ in json.loads((self.home / "processes.json").read_text())]

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(30)
        self.output.close()


def demo_runs(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "db.sqlite3")) as database:
        return [row[0] for row in database.execute("SELECT encoder FROM modeling_embeddingrun ORDER BY encoder")]


@pytest.mark.worker
def test_start_serves_ctrl_c_stops_all_and_a_kill_does_not_spoil_the_next_start(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    first = Start(home, port)
    first.wait("Ctrl-C\n")
    password = re.search(r"name researcher, password (\S+)", first.text())
    assert password
    assert f"http://127.0.0.1:{port}/s/demo/" in first.text()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/s/demo/") as answer:
        assert answer.url.endswith("/s/demo/consent/")
    children = first.children()
    assert len(children) == 3
    second = Start(home, free_port())
    second.wait("already running in")
    second.end(signal.SIGCONT)
    assert second.process.returncode == 1
    first.end(signal.SIGINT)
    assert first.process.returncode == 0
    assert not any(alive(pid) for pid in children)

    killed = Start(home, port)
    killed.wait("Ctrl-C\n")
    killed.end(signal.SIGKILL)

    again = Start(home, port)
    again.wait("Ctrl-C\n")
    assert password.group(1) in again.text()
    assert demo_runs(home) == ["prosody", "spectral", "wavlm"]
    again.end(signal.SIGTERM)
    assert again.process.returncode == 0
