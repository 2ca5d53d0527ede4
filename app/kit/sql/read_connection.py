"""Reading close to the driver: one snapshot, and nothing between a statement and its rows.

SQLAlchemy's connection costs some 30 to 45 µs a statement and 80 µs to begin and end; the driver
costs two. A read of a few statements is then mostly SQLAlchemy. Writes keep it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ClauseElement, Dialect
from sqlalchemy.dialects import postgresql, sqlite

SqlRow = tuple[Any, ...]

# Parameters by name on both: a statement compiled once takes a mapping.
_sqlite: Any = sqlite.dialect
_postgresql: Any = postgresql.dialect
DIALECTS: dict[str, Dialect] = {
    "sqlite": _sqlite(paramstyle="named"),
    "postgresql": _postgresql(paramstyle="pyformat"),
}


class NoRow(LookupError):
    """A statement that must find a row found none."""


class QueryResult:
    """What a statement found; the part of SQLAlchemy's result that reads use."""

    __slots__ = ("_names", "_rows")

    def __init__(self, rows: list[SqlRow], names: Sequence[str]) -> None:
        self._rows = rows
        self._names = names

    def __iter__(self) -> Iterator[SqlRow]:
        return iter(self._rows)

    def all(self) -> list[SqlRow]:
        """Every row."""
        return self._rows

    def first(self) -> SqlRow | None:
        """The first row; None if there is none."""
        return self._rows[0] if self._rows else None

    def one(self) -> SqlRow:
        """The first row, which there must be."""
        if not self._rows:
            raise NoRow
        return self._rows[0]

    def scalar(self) -> Any:
        """The first value of the first row; None if there is none."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        """The first value of the first row, which there must be."""
        return self.one()[0]

    def scalars(self) -> list[Any]:
        """The first value of every row."""
        return [row[0] for row in self._rows]

    def mappings(self) -> list[dict[str, Any]]:
        """Every row by the names of its columns."""
        return [dict(zip(self._names, row, strict=True)) for row in self._rows]


class ReadConnection:
    """A read-only connection that sees the database as it was at its first statement."""

    __slots__ = ("_cursor", "dialect")

    def __init__(self, cursor: Any, dialect: Dialect) -> None:
        self._cursor = cursor
        self.dialect = dialect

    def execute(
        self, statement: ClauseElement, parameters: Mapping[str, Any] | None = None
    ) -> QueryResult:
        """Run a prepared statement: one that a module makes once."""
        sql, own = _compiled(statement, self.dialect)
        return self.exec_driver_sql(sql, {**own, **(parameters or {})})

    def exec_driver_sql(self, sql: str, parameters: Any = ()) -> QueryResult:
        """Run SQL in the driver's own form."""
        self._cursor.execute(sql, parameters)
        return QueryResult(
            self._cursor.fetchall(), [column[0] for column in self._cursor.description]
        )


@lru_cache(maxsize=512)
def _compiled(statement: ClauseElement, dialect: Dialect) -> tuple[str, dict[str, Any]]:
    compiled = statement.compile(dialect=dialect)
    return compiled.string, {k: v for k, v in compiled.params.items() if v is not None}
