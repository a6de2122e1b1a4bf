"""Sessions in the database, as Django keeps them, found by a statement that is built once: every request asks."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from annotations.queries.durability import not_written_through
from annotations.queries.prepared import Parameter, Rows

_found = Rows(
    lambda: (
        Session.objects.filter(session_key=Parameter("key"), expire_date__gt=Parameter("now"))
        .order_by()
        .values_list("session_data")
    )
)


_there = Rows(lambda: Session.objects.filter(session_key=Parameter("key")).order_by().values_list("pk"))


class SessionStore(DatabaseStore):
    """Django's store, with quicker ways to load and to save.

    That a session is on the disk is waited for by nobody: who loses one in a power cut opens their link again, and
    answers that are acknowledged after it take it along (`annotations/queries/durability.py`).
    """

    def exists(self, session_key: str) -> bool:
        """Tell whether there is a session with this key."""
        return bool(_there(key=session_key))

    def save(self, must_create: bool = False) -> None:
        """Store what the session holds."""
        with not_written_through():
            super().save(must_create)

    def load(self) -> dict[str, Any]:
        """Return what the session holds; nothing, and no key any more, if there is none or it is past its time."""
        rows = _found(key=self.session_key, now=timezone.now())
        if not rows:
            self._session_key = None
            return {}
        return dict(self.decode(rows[0][0]))
