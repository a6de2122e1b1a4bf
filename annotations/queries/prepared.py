"""Statements that Django builds once per process and then only runs: those of each page that a listener answers.

Building a query and turning it into SQL takes Django several times as long as the database needs to run it. What is
prepared here is built by the same means as any query, with `Parameter` in the place of what changes, and gives the same
rows and objects.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Expression, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery

M = TypeVar("M", bound=Model)

# PostgreSQL keeps the plan of a statement that a connection has run so often. Django's own statements hold their values
# and are never kept.
TIMES_BEFORE_PLANNED = 3


class Parameter(Expression):
    """A value that is known when the statement runs: a number, a text or a time."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Leave a place for the value and remember whose it is."""
        return "%s", [self]


@dataclass(slots=True)
class _Statement:
    """SQL as one kind of database takes it, and the compiler that knows what its columns mean."""

    sql: str
    params: Sequence[Any]
    compiler: Any
    converters: Any = None
    maker: Any = None

    def execute(self, cursor: Any, values: dict[str, Any]) -> None:
        cursor.execute(
            self.sql, [_adapted(values[each.name]) if isinstance(each, Parameter) else each for each in self.params]
        )


class _Prepared(Generic[M]):
    """Holds the statement for each kind of database that this process has met."""

    def __init__(self, build: Callable[[], QuerySet[M, Any]]) -> None:
        self._build = build
        self._statements: dict[str, _Statement] = {}

    def _statement(self) -> _Statement:
        statement = self._statements.get(connection.vendor)
        if statement is None:
            # Two threads may both do this once; they come to the same.
            statement = self._statements[connection.vendor] = self._compiled()
        return statement

    def _compiled(self) -> _Statement:
        compiler = self._build().query.get_compiler(connection=connection)
        sql, params = _with_words(*compiler.as_sql())
        return _Statement(sql, params, compiler, compiler.get_converters(column[0] for column in compiler.select))


class Rows(_Prepared[M]):
    """A query of columns, made by `values_list`."""

    def __call__(self, **values: Any) -> list[Any]:
        """Return the rows as lists or tuples of columns."""
        statement = self._statement()
        with _cursor() as cursor:
            statement.execute(cursor, values)
            rows = cursor.fetchall()
        return list(statement.compiler.apply_converters(rows, statement.converters)) if statement.converters else rows


class Objects(_Prepared[M]):
    """A query of objects, with whatever `select_related` and `annotate` name."""

    def __call__(self, **values: Any) -> list[M]:
        """Return the objects."""
        statement = self._statement()
        with _cursor() as cursor:
            statement.execute(cursor, values)
            rows = cursor.fetchall()
        if not rows:
            return []
        make = statement.maker or _Maker(statement.compiler)
        statement.maker = make
        return [make(row) for row in statement.compiler.apply_converters(rows, statement.converters)]

    def first(self, **values: Any) -> M | None:
        """Return the first object, None if there is none. The query itself should be limited to one."""
        found = self(**values)
        return found[0] if found else None


class _Maker:
    """Makes objects of rows as `QuerySet` does."""

    def __init__(self, compiler: Any) -> None:
        info = compiler.klass_info
        self._model = info["model"]
        self._first, self._last = info["select_fields"][0], info["select_fields"][-1] + 1
        self._names = [column[0].target.attname for column in compiler.select[self._first : self._last]]
        self._related = get_related_populators(info, compiler.select, connection.alias)  # type: ignore[call-arg]  # of Django 6
        self._more = dict(compiler.annotation_col_map or {})

    def __call__(self, row: Sequence[Any]) -> Any:
        made = self._model.from_db(connection.alias, self._names, row[self._first : self._last])
        for populator in self._related:
            populator.populate(row, made)
        for name, at in self._more.items():
            setattr(made, name, row[at])
        return made


class Update(_Prepared[M]):
    """A change of all rows of a query."""

    def __init__(self, build: Callable[[], QuerySet[M, Any]], **changes: Any) -> None:
        super().__init__(build)
        self._changes = changes

    def __call__(self, **values: Any) -> int:
        """Change the rows; return how many."""
        with _cursor() as cursor:
            self._statement().execute(cursor, values)
            return int(cursor.rowcount)

    def _compiled(self) -> _Statement:
        query: Any = self._build().query.chain(UpdateQuery)
        query.add_update_values(self._changes)
        compiler = query.get_compiler(connection=connection)
        sql, params = _with_words(*compiler.as_sql())
        return _Statement(sql, params, compiler)


class Insert:
    """New rows of a model, in one statement. No signals are sent and nothing is validated, as with `bulk_create`."""

    def __init__(self, model: type[Model]) -> None:
        self._table = model._meta.db_table
        self._fields = [field for field in model._meta.concrete_fields if not field.primary_key]

    def __call__(self, *objects: M) -> None:
        """Store the objects; one that is stored alone gets its primary key."""
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(field.column)) for field in self._fields)
        places = ", ".join(["(" + ", ".join(["%s"] * len(self._fields)) + ")"] * len(objects))
        values = [
            field.get_db_prep_save(field.pre_save(each, add=True), connection)
            for each in objects
            for field in self._fields
        ]
        with _cursor() as cursor:
            # SQLite returns new rows in any order; only of one row the key is wanted.
            returning = f" RETURNING {quote('id')}" if len(objects) == 1 else ""
            cursor.execute(f"INSERT INTO {quote(self._table)} ({columns}) VALUES {places}{returning}", values)  # noqa: S608
            if returning:
                objects[0].pk = cursor.fetchone()[0]
        for each in objects:
            each._state.adding, each._state.db = False, connection.alias


class Written:
    """A statement that is written out, since Django has no words for it: for each kind of database in its own SQL.

    Values have the form `%(name)s`.
    """

    def __init__(self, *, sqlite: str, postgresql: str) -> None:
        self._sql = {"sqlite": sqlite, "postgresql": postgresql}

    def __call__(self, **values: Any) -> list[Any]:
        """Run it; return the rows as lists or tuples of columns."""
        with _cursor() as cursor:
            cursor.execute(self._sql[connection.vendor], values)
            return list(cursor.fetchall())


def _with_words(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """Put words that never change, such as the name of a state, into the statement: an index may be of those alone."""
    parts = sql.split("%s")
    assert len(parts) == len(params) + 1, f"a % that is no place for a value: {sql}"
    kept: list[Any] = []
    said = parts[0]
    for param, part in zip(params, parts[1:], strict=True):
        is_word = isinstance(param, str) and re.fullmatch("[a-z_]*", param) is not None
        if not is_word:
            kept.append(param)
        said += (f"'{param}'" if is_word else "%s") + part
    return said, kept


def _cursor() -> Any:
    """Return a cursor; on PostgreSQL one whose statements the server plans once for each connection."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    from psycopg import Cursor

    connection.ensure_connection()
    wire: Any = connection.connection
    wire.prepare_threshold = TIMES_BEFORE_PLANNED
    return connection._prepare_cursor(Cursor(wire))  # type: ignore[attr-defined]  # logs and wraps errors as always


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
