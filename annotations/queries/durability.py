"""Transactions that may be lost in a power cut, since nobody was told of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def without_waiting_for_the_disk() -> Iterator[None]:
    """Make a transaction, or be part of the one that is open, whose commit SQLite does not write through to the disk.

    It is safe from a crash of the process as any other. A power cut can undo it, unless a later transaction was
    written through: then everything before that one is on the disk too, so no stored answer is ever without its page.
    On SQLite all writers wait for each other, and this halves what they wait for. PostgreSQL's do not.
    """
    with not_written_through(), transaction.atomic():
        yield


@contextmanager
def not_written_through() -> Iterator[None]:
    """Let SQLite commit without waiting for the disk; within a transaction, and elsewhere, change nothing.

    See `without_waiting_for_the_disk`, which makes a transaction too.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    connection.connection.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        connection.connection.execute("PRAGMA synchronous=FULL")
