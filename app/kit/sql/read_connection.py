"""A read-only connection close to the driver, for the short reads of requests.

SQLAlchemy's connection costs 30 to 45 µs a statement, and 80 µs to begin and end a transaction;
the driver costs 2 µs. For a few short statements that is most of the time. Writes use SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ClauseElement, Dialect
from sqlalchemy.dialects import postgresql, sqlite

SqlRow = tuple[Any, ...]

# Named parameters on both engines, so that a compiled statement takes a mapping.
_sqlite: Any = sqlite.dialect
_postgresql: Any = postgresql.dialect
DIALECTS: dict[str, Dialect] = {
    "sqlite": _sqlite(paramstyle="named"),
    "postgresql": _postgresql(paramstyle="pyformat"),
}


class NoRow(LookupError):
    """A statement that must return a row returned none."""


class QueryResult:
    """The rows of a statement, with the part of SQLAlchemy's result interface that reads use."""

    __slots__ = ("_names", "_rows")

    def __init__(self, rows: list[SqlRow], names: Sequence[str]) -> None:
        self._rows = rows
        self._names = names

    def __iter__(self) -> Iterator[SqlRow]:
        return iter(self._rows)

    def all(self) -> list[SqlRow]:
        """All rows."""
        return self._rows

    def first(self) -> SqlRow | None:
        """The first row; None if there is none."""
        return self._rows[0] if self._rows else None

    def one(self) -> SqlRow:
        """The first row; raises NoRow if there is none."""
        if not self._rows:
            raise NoRow
        return self._rows[0]

    def scalar(self) -> Any:
        """The first value of the first row; None if there is none."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        """The first value of the first row; raises NoRow if there is none."""
        return self.one()[0]

    def scalars(self) -> list[Any]:
        """The first value of every row."""
        return [row[0] for row in self._rows]

    def mappings(self) -> list[dict[str, Any]]:
        """Every row as a dict by column names."""
        return [dict(zip(self._names, row, strict=True)) for row in self._rows]


class ReadConnection:
    """A read-only connection that sees the database as of its first statement."""

    __slots__ = ("_cursor", "dialect")

    def __init__(self, cursor: Any, dialect: Dialect) -> None:
        self._cursor = cursor
        self.dialect = dialect

    def execute(
        self, statement: ClauseElement, parameters: Mapping[str, Any] | None = None
    ) -> QueryResult:
        """Execute a statement that is a constant of a module, as its compiled form is cached."""
        sql, literals = _compiled(statement, self.dialect)
        return self.exec_driver_sql(sql, {**literals, **(parameters or {})})

    def exec_driver_sql(self, sql: str, parameters: Any = ()) -> QueryResult:
        """Execute SQL with parameters in the style of the driver."""
        self._cursor.execute(sql, parameters)
        return QueryResult(
            self._cursor.fetchall(), [column[0] for column in self._cursor.description]
        )


@lru_cache(maxsize=512)
def _compiled(statement: ClauseElement, dialect: Dialect) -> tuple[str, dict[str, Any]]:
    compiled = statement.compile(dialect=dialect)
    return compiled.string, {k: v for k, v in compiled.params.items() if v is not None}
