"""What would stop a start, found out before anything is started; each with what to do about it."""

import fcntl
import shutil
import socket
from pathlib import Path
from typing import IO

from corpus.errors import DomainError

ROOM_NEEDED = 500_000_000
"""Bytes that have to be free where the database and the audio are kept."""


class StartError(DomainError):
    """The system cannot be started; the message says why and what to do."""


def check_port(address: str, port: int) -> None:
    """Raise `StartError` where the port cannot be listened on."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise StartError(
                f"Port {port} on {address} cannot be used ({error.strerror}). "
                f"Stop the program that holds it, or choose another: make run PORT={port + 1}"
            ) from None


def check_room(home: Path) -> None:
    """Raise `StartError` where too little disk space is left."""
    free = shutil.disk_usage(home).free
    if free < ROOM_NEEDED:
        raise StartError(
            f"No disk space: {free // 1_000_000} MB are free in {home}, {ROOM_NEEDED // 1_000_000} MB are needed. "
            "Make room, or set BCSTUDY_HOME to a folder on another disk."
        )


def hold_home(home: Path) -> IO[str]:
    """Return the lock that says this home is running; the kernel lets go of it however the process ends.

    Raises `StartError` where another start holds it.
    """
    lock = (home / "start.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise StartError(f"bcstudy is already running in {home}. Stop it first with Ctrl-C where it runs.") from None
    return lock
