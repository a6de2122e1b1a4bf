"""What pages of the admin share: they are to look at, and numbers and sounds are shown in one way."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from corpus.models import ServedAudio


class ReadOnlyMixin:
    """Pages to look at: nothing is added, changed or deleted here, because results rest on what was imported."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


class PlayerMedia:
    """The style sheet of pages with players."""

    css = {"all": ["corpus/admin.css"]}


def player(served: ServedAudio) -> SafeString:
    """Return a player of what listeners hear; it fetches nothing before it is pressed."""
    return format_html('<audio controls preload="none" src="{}"></audio>', served.get_absolute_url())


def measured(name: str, heading: str, digits: int = 1) -> Callable[[Any], str]:
    """Return a column that shows the number `name` (dots lead to related rows) to so many digits."""

    @admin.display(ordering=name.replace(".", "__"), description=heading)
    def column(row: Any) -> str:
        return f"{attrgetter(name)(row):.{digits}f}"

    return column
