"""Sessions in the database, as Django keeps them, found by a statement that is built once: every request asks."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from annotations.queries.prepared import Parameter, Rows

_found = Rows(
    lambda: (
        Session.objects.filter(session_key=Parameter("key"), expire_date__gt=Parameter("now"))
        .order_by()
        .values_list("session_data")
    )
)


class SessionStore(DatabaseStore):
    """Django's store, with a quicker way to load."""

    def load(self) -> dict[str, Any]:
        """Return what the session holds; nothing, and no key any more, if there is none or it is past its time."""
        rows = _found(key=self.session_key, now=timezone.now())
        if not rows:
            self._session_key = None
            return {}
        return dict(self.decode(rows[0][0]))
