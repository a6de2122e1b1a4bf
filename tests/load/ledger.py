"""A site's database seen from outside, while its servers work on it: by SQL, through a connection of its own."""

import sqlite3
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from tests.running_site import Site

TRIALS = """
SELECT t.key, t.planned, t.taken, COUNT(CASE WHEN a.counts THEN 1 END),
  COUNT(CASE WHEN a.counts AND a.state = 'answered' THEN 1 END)
FROM annotations_trial t LEFT JOIN annotations_assignment a ON a.trial_id = t.id
GROUP BY t.id, t.key, t.planned, t.taken ORDER BY t.key
"""
EXPIRE = "UPDATE annotations_assignment SET expires_at = '2000-01-01 00:00:00' WHERE state = 'reserved' AND key = ?"
EXPIRE_ALL = "UPDATE annotations_assignment SET expires_at = '2000-01-01 00:00:00' WHERE state = 'reserved'"
ANSWERS = """
SELECT r.idempotency_key, a.key, COUNT(j.id)
FROM annotations_response r JOIN annotations_assignment a ON a.id = r.assignment_id
LEFT JOIN annotations_judgement j ON j.response_id = r.id GROUP BY r.id, r.idempotency_key, a.key
"""


@dataclass(frozen=True, slots=True)
class Filled:
    """How full a trial is: what its row says, how many pages count, and how many of these are answered."""

    trial: str
    planned: int
    taken: int
    counted: int
    answered: int


class Ledger:
    """A connection to the database of a site. It is made anew when the server has been away, for up to 30 s."""

    def __init__(self, site: Site) -> None:
        self._address = site.env.get("DATABASE_URL", "")
        self._file = site.home / "db.sqlite3"
        self._connection: Any = None

    def trials(self) -> list[Filled]:
        """Return how full each trial is, all at one moment."""
        return [Filled(*row) for row in self._do(TRIALS)]

    def answers(self) -> dict[UUID, str]:
        """Return the page that each stored answer belongs to, by the answer's idempotency key."""
        rows = self._do(ANSWERS)
        assert len({n_judgements for _, _, n_judgements in rows}) <= 1, "an answer is stored in part"
        return {UUID(str(key)): page for key, page, _ in rows}

    def let_expire(self, page: str) -> None:
        """Let the time of a page run out, if it is not answered yet."""
        self._do(EXPIRE, page)

    def let_all_expire(self) -> None:
        """Let the time of every page run out that is not answered yet."""
        self._do(EXPIRE_ALL)

    def snapshots(self) -> int:
        """Return how many figures of the study page a worker has computed."""
        return int(self._do("SELECT COUNT(*) FROM analysis_agreementsnapshot")[0][0])

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _do(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        until = time.monotonic() + 30
        while True:
            try:
                return self._once(sql, *values)
            except psycopg.OperationalError:
                self.close()
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def _once(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        if self._address:
            if self._connection is None:
                self._connection = psycopg.connect(self._address, autocommit=True)
            sql = sql.replace("?", "%s")
        elif self._connection is None:
            self._connection = sqlite3.connect(self._file, timeout=20, isolation_level=None, check_same_thread=False)
        cursor = self._connection.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []
