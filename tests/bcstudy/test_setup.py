"""What setting up says where it cannot be done: one clear line each, before anything is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running_site import ROOT

PYTHONS = ("python3.12", "python3.11", "python3.13", "python3.14", "python3", "python")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone's scripts and locks, without an environment; programs in `bin` come before all others."""
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    return tmp_path


def program(clone: Path, name: str, body: str) -> None:
    path = clone / "bin" / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def set_up(clone: Path, *, path: str = "") -> str:
    """Set up for a web server; return the one line that was said."""
    env = os.environ | {"PATH": f"{clone / 'bin'}:{path or os.environ['PATH']}"}
    env.pop("PYTHON", None)
    command = ["/bin/sh", "scripts/setup.sh", "web"]
    done = subprocess.run(command, cwd=clone, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    said = done.stderr.strip().splitlines()
    assert len(said) == 1, done.stderr
    assert not (clone / ".venv").exists()
    return said[0]


def test_an_old_python(clone: Path) -> None:
    for name in PYTHONS:
        program(clone, name, 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac')
    said = set_up(clone)
    assert said.startswith("bcstudy: Python 3.11 or newer is needed; found Python 3.9.2.")
    assert "make run PYTHON=" in said


def test_no_disk_space(clone: Path) -> None:
    program(clone, "df", "echo 'Filesystem 1024-blocks Used Available Capacity Mounted'; echo 'disk 9 9 12345 99% /'")
    said = set_up(clone)
    assert said.startswith("bcstudy: no disk space: 12 MB are free here, about 1000 MB are needed")


def test_no_compiler_where_one_is_needed(clone: Path) -> None:
    """On a Python for which there is no ready wheel of the Redis server."""
    for name in PYTHONS:
        program(clone, name, f'case "$2" in *platform*) exit 1;; *) exec {sys.executable} "$@";; esac')
    for name in ("sh", "dirname", "df", "awk", "cmp", "command"):
        found = shutil.which(name)
        if found:
            (clone / "bin" / name).symlink_to(found)
    said = set_up(clone, path="/nowhere")
    assert said.startswith("bcstudy: a C compiler is missing")
    assert "Install gcc and make" in said
