"""The database backend: as Django's, but nobody waits for a lock inside SQLite, and writers of a process form a line.

SQLite lets one transaction write at a time. Others sleep inside SQLite and try again, after 1 ms at first and 100 ms
later: the lock lies idle while all sleep, and whoever has waited longest sleeps longest. Worse, who sleeps there holds
the mutex of their connection: when Python collects garbage in the very thread that has the write lock, and finds a
cursor of that connection, it waits for the mutex with the interpreter's lock in hand, and everything stands still until
the time-out. So waiting is done here, in Python, with short sleeps; and the threads of a process wait for each other
without sleeping, so that of each process only one tries.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

FIRST_WAIT_S = 0.0002
LONGEST_WAIT_S = 0.002
PRIMARY_CODE = 0xFF
"""What of SQLite's extended error codes says the kind of error."""

T = TypeVar("T")
_lines: dict[str, threading.Lock] = {}


class Cursor(base.SQLiteCursorWrapper):
    """A cursor whose statements wait for locks in Python."""

    patience = 0.0
    """Seconds."""

    def execute(self, query: Any, params: Any = None) -> Any:
        """Run a statement as soon as the database lets it; raise `sqlite3.OperationalError` if it never does."""
        return _as_soon_as_free(lambda: super(Cursor, self).execute(query, params), self.patience)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions wait in the line of their process."""

    _line: threading.Lock | None = None
    _patience = 0.0

    def get_connection_params(self) -> dict[str, Any]:
        """Remember how many seconds statements wait for locks (`timeout`, as SQLite's own)."""
        params: dict[str, Any] = super().get_connection_params()
        self._patience = float(params.get("timeout", 5.0))
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection; once it is open it waits for nobody by itself."""
        wire = super().get_new_connection(conn_params)
        wire.execute("PRAGMA busy_timeout = 0")
        return wire

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor that waits for locks in Python."""
        cursor = self.connection.cursor(factory=Cursor)
        cursor.patience = self._patience
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        if not self.is_in_memory_db():
            self._join_line()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave_line()
            raise

    def _commit(self) -> Any:
        done = super()._commit()  # type: ignore[misc]  # where it fails, a rollback follows
        self._leave_line()
        return done

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_line()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._leave_line()

    def _join_line(self) -> None:
        line = _lines.setdefault(str(self.settings_dict["NAME"]), threading.Lock())
        if not line.acquire(timeout=self._patience):
            raise OperationalError("database is locked by another transaction of this process")
        self._line = line

    def _leave_line(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.release()


def _as_soon_as_free(run: Callable[[], T], patience: float) -> T:
    """Run a statement, again and again for `patience` seconds while another connection's lock keeps it from running."""
    until, wait = time.monotonic() + patience, FIRST_WAIT_S
    while True:
        try:
            return run()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & PRIMARY_CODE != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(wait)
        wait = min(1.5 * wait, LONGEST_WAIT_S)
