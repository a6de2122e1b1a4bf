"""Insert many rows of a large table quickly."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

_ROWS = 500  # in one statement; SQLite takes 32,766 parameters


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values are given in the order of the fields `names`, as the database takes them.

    For tables of a million rows: making a model object of each takes ten times as long as the database does. JSON is
    given as text. Inside the caller's transaction; no signals are sent.
    """
    fields = [model._meta.get_field(name) for name in names]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(getattr(field, "column", ""))) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    # Names of tables and columns come from the model, values go as parameters.
    begin = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while chunk := list(islice(waiting, _ROWS)):
            cursor.execute(begin + ", ".join([one] * len(chunk)), [value for row in chunk for value in row])
