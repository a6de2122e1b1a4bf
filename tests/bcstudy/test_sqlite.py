"""Writers on SQLite: they wait for each other, in Python, so that none is lost and nobody stands still."""

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

BEGINNING = """
import gc, os, threading, time, django
django.setup()
from django.db import connection, transaction
"""

# Each transaction reads before it writes: any two at once would lose one.
ADDING = """
def add():
    for _ in range(100):
        with transaction.atomic(), connection.cursor() as cursor:
            seen = cursor.execute("SELECT n FROM counter").fetchone()[0]
            cursor.execute("UPDATE counter SET n = %s", [seen + 1])
        connection.cursor().execute("UPDATE alone SET n = n + 1")
    connection.close()

threads = [threading.Thread(target=add) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""

# The holder of the write lock collects a cursor of the connection that waits for the lock.
COLLECTING = """
held, waits = threading.Event(), threading.Event()
gc.disable()

def wait():
    connection.ensure_connection()
    wire = connection.connection
    cycle = [wire.execute("SELECT n FROM counter")]
    cycle.append(cycle)
    del cycle
    held.wait()
    waits.set()
    connection.cursor().execute("UPDATE alone SET n = n + 1")
    connection.close()

waiting = threading.Thread(target=wait)
waiting.start()
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute("UPDATE counter SET n = n + 1")
    held.set()
    waits.wait()
    time.sleep(0.2)  # until it is in the middle of waiting
    begun = time.monotonic()
    gc.collect()
waiting.join()
assert time.monotonic() - begun < 5, "everything stood still"
"""

# Somebody else, who knows no lines, keeps the lock.
LOCKED = """
from django.db.utils import OperationalError
connection.settings_dict["OPTIONS"]["timeout"] = 0.3
for statement in ("transaction", "alone"):
    begun = time.monotonic()
    try:
        with transaction.atomic() if statement == "transaction" else connection.cursor() as cursor:
            cursor and cursor.execute("UPDATE alone SET n = n + 1")
    except OperationalError as error:
        assert "locked" in str(error), error
    else:
        raise AssertionError("it did not wait")
    assert 0.25 < time.monotonic() - begun < 5
open(os.environ["RELEASE"], "w").close()
connection.settings_dict["OPTIONS"]["timeout"] = 20
connection.close()
with transaction.atomic(), connection.cursor() as cursor:  # the line was left, and the lock is waited for
    cursor.execute("UPDATE counter SET n = n + 1")
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "lines.sqlite3"
    with sqlite3.connect(path) as wire:
        wire.executescript("CREATE TABLE counter (n); CREATE TABLE alone (n);")
        wire.executescript("INSERT INTO counter VALUES (0); INSERT INTO alone VALUES (0);")
    wire.close()
    return path


def begun(script: str, database: Path, **env: str) -> "subprocess.Popen[str]":
    told = {"DATABASE_URL": f"sqlite:///{database}", "BCSTUDY_HOME": str(database.parent / "home")}
    told |= {"DJANGO_SETTINGS_MODULE": "bcstudy.settings"} | env
    code = [sys.executable, "-c", BEGINNING + script]
    return subprocess.Popen(code, env=os.environ | told, stderr=subprocess.PIPE, text=True)


def ended(*running: "subprocess.Popen[str]") -> None:
    for each in running:
        _, told = each.communicate(timeout=60)
        assert each.returncode == 0, told
        assert "Error" not in told


def numbers(database: Path) -> tuple[int, int]:
    wire = sqlite3.connect(database)
    found = wire.execute("SELECT counter.n, alone.n FROM counter, alone").fetchone()
    wire.close()
    return tuple(found)


def test_no_transaction_is_lost_among_threads_of_two_processes(database: Path) -> None:
    ended(begun(ADDING, database), begun(ADDING, database))
    assert numbers(database) == (1600, 1600)


def test_collecting_garbage_of_who_waits_stops_nobody(database: Path) -> None:
    ended(begun(COLLECTING, database))
    assert numbers(database) == (1, 1)


def test_who_waits_in_vain_is_told_and_leaves_the_line(database: Path) -> None:
    release = database.parent / "release"
    wire = sqlite3.connect(database, isolation_level=None)
    wire.execute("PRAGMA journal_mode=WAL")
    wire.execute("BEGIN IMMEDIATE")
    running = begun(LOCKED, database, RELEASE=str(release))
    while not release.exists() and running.poll() is None:
        time.sleep(0.01)
    wire.execute("COMMIT")
    wire.close()
    ended(running)
    assert numbers(database) == (1, 0)
