"""The database, SQLite or PostgreSQL, with one engine for writes and one for reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.engine import URL

from app.kit.sql.read_connection import DIALECTS, ReadConnection

# Alembic can only compare and drop constraints that have names.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Older versions may corrupt the write-ahead log if two connections reset it at the same time.
SQLITE_MINIMUM = (3, 51, 3)
_REPEATABLE_READ = 3  # psycopg's number for the isolation level
_WRITE_LOCK = 0x7061_726C_6579  # "parley": the advisory lock that serializes writes
_BUSY_SECONDS = 60


class SqliteTooOld(RuntimeError):
    """No available SQLite is recent enough for a safe write-ahead log."""


def sqlite_module() -> ModuleType:
    """The DB-API module for SQLite: the bundled one, else that of the standard library.

    Raises:
        SqliteTooOld: neither is at least `SQLITE_MINIMUM`.
    """
    try:
        from pysqlite3 import dbapi2  # noqa: PLC0415 - not available on every platform
    except ImportError:
        if sqlite3.sqlite_version_info < SQLITE_MINIMUM:
            minimum = ".".join(map(str, SQLITE_MINIMUM))
            raise SqliteTooOld(
                f"SQLite {sqlite3.sqlite_version} is too old: install pysqlite3, "
                f"or a Python with SQLite {minimum} or newer"
            ) from None
        return sqlite3
    return dbapi2  # type: ignore[no-any-return]  # the package carries no types


def _sqlite_engine(url: URL, *, write: bool) -> Engine:
    if url.database:
        Path(url.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        module=sqlite_module(),
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        pool_size=1 if write else 16,
        max_overflow=0 if write else 64,
        pool_timeout=_BUSY_SECONDS,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        # The driver begins transactions late and deferred, which loses updates; see `start`.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA cache_size = -65536")
        cursor.execute("PRAGMA mmap_size = 1073741824")
        if not write:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    begin = "BEGIN IMMEDIATE" if write else "BEGIN"

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgres_engine(url: URL, *, write: bool) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        # A cached plan for a rare term is ruinous for a common one.
        connect_args={"options": "-c plan_cache_mode=force_custom_plan -c jit=off"},
        pool_size=4 if write else 16,
        max_overflow=4 if write else 16,
        pool_pre_ping=True,
    )
    if write:
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


class Database:
    """One SQLite or PostgreSQL database.

    Every statement of a `read_transaction()` sees the same snapshot. A `write_transaction()` holds
    the only write lock, over all processes, until it commits.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        engine = _sqlite_engine if self.is_sqlite else _postgres_engine
        self.write_engine = engine(parsed, write=True)
        self.read_engine = engine(parsed, write=False)
        self._version_connection: Any = None

    @contextmanager
    def read_transaction(self) -> Iterator[Connection]:
        """A read-only connection in a transaction, which sees one snapshot of the database."""
        with self.read_engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def read_connection(self) -> Iterator[Connection]:
        """Like `read_transaction`, but close to the driver, for the short reads of requests.

        It has the part of a connection's interface that reads use.
        """
        pooled = self.read_engine.raw_connection()
        try:
            if not self.is_sqlite:
                session: Any = pooled.driver_connection
                session.isolation_level, session.read_only = _REPEATABLE_READ, True
            cursor = pooled.cursor()
            if self.is_sqlite:
                cursor.execute("BEGIN")
            connection = ReadConnection(cursor, DIALECTS[self.url.get_backend_name()])
            yield cast(Connection, connection)
        finally:
            pooled.close()  # the pool rolls back

    @contextmanager
    def write_transaction(self) -> Iterator[Connection]:
        """A connection with the write lock; commits at the end, rolls back on an exception."""
        with self.write_engine.connect() as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(_LOCK, {"key": _WRITE_LOCK})
            yield connection

    def data_version(self) -> int | None:
        """A number that changes when any process commits; None on PostgreSQL, which has none.

        Not thread-safe, as it has a connection of its own.
        """
        if not self.is_sqlite:
            return None
        if self._version_connection is None:
            self._version_connection = self.read_engine.raw_connection()
        row = self._version_connection.driver_connection.execute("PRAGMA data_version").fetchone()
        return int(row[0])

    def close(self) -> None:
        """Close all connections."""
        if self._version_connection is not None:
            self._version_connection.close()
            self._version_connection = None
        self.write_engine.dispose()
        self.read_engine.dispose()


_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
