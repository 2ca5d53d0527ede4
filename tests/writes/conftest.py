"""One application an engine for all tests of writing; each test finds its database as new."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import make_url
from starlette.testclient import TestClient

from app.kit.sql.database import Database, metadata
from app.ledger.index_tables import INDEX_TABLES
from app.main import create_app
from app.settings import Settings
from tests.client import Client
from tests.databases import _EMPTY, Databases
from tests.writes.api import Api
from tests.writes.base_records import fill


class ApplicationWithDatabase:
    """An application over a database that can be put back to the basis."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.database = Database(url)
        self.app: FastAPI = create_app(
            # Nothing is kept ready: revisions begin again with every test.
            Settings(
                database_url=url,
                seed=False,
                response_cache_bytes=0,
                key_failures_per_minute=1_000_000,
            )
        )
        self.file = Path(make_url(url).database or "")
        self.basis = self.file.read_bytes() if self.database.is_sqlite else b""
        self.rows = {} if self.database.is_sqlite else self._rows()
        self.used = False

    def _rows(self) -> dict[str, bytes]:
        """What each table holds, as PostgreSQL copies it."""
        found = {}
        with psycopg.connect(self.url) as connection, connection.cursor() as cursor:
            for name in (*metadata.tables, *INDEX_TABLES):
                with cursor.copy(f'COPY "{name}" TO STDOUT'.encode()) as copied:
                    found[name] = b"".join(copied)
        return {name: rows for name, rows in found.items() if rows and name != "dataset"}

    def put_back(self) -> None:
        """Leave nothing of what an earlier test wrote."""
        if self.used and self.database.is_sqlite:
            self.database.close()
            self.app.state.database.close()
            for beside in ("-wal", "-shm"):
                Path(f"{self.file}{beside}").unlink(missing_ok=True)
            self.file.write_bytes(self.basis)
        elif self.used:
            with psycopg.connect(self.url) as connection, connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = replica")  # no foreign keys
                cursor.execute(_EMPTY.encode())
                for name, rows in self.rows.items():
                    with cursor.copy(f'COPY "{name}" FROM STDIN'.encode()) as copied:
                        copied.write(rows)
        self.used = True


Open = Callable[[], Api]


def _opened(databases: Databases) -> Iterator[Open]:
    url = databases.filled("writes", fill)
    application = ApplicationWithDatabase(url)
    with Client(application.app, raise_server_exceptions=False) as client:

        def put_back() -> Api:
            application.put_back()
            return Api(client, application.app, application.database, application.put_back)

        yield put_back
    application.database.close()
    databases.give_back(url)


@pytest.fixture(scope="session")
def sqlite_app(sqlite_databases: Databases) -> Iterator[Open]:
    yield from _opened(sqlite_databases)


@pytest.fixture(scope="session")
def postgres_app(postgres_databases: Databases) -> Iterator[Open]:
    yield from _opened(postgres_databases)


@pytest.fixture
def api(engine: str, request: pytest.FixtureRequest) -> Api:
    """Writes to the basis over HTTP, with an admin's key; on each engine in turn."""
    application: Open = request.getfixturevalue(f"{engine}_app")
    return application()


@pytest.fixture
def api_on_sqlite(sqlite_app: Open) -> Api:
    """The same on one engine, for what is decided before any engine is asked."""
    return sqlite_app()


@pytest.fixture
def apis(databases: Databases) -> Iterator[Callable[..., Api]]:
    """Makes applications of the test's own, with settings of its own."""
    made: list[tuple[TestClient, Database, str]] = []

    def make(**settings: int) -> Api:
        url = databases.filled("writes", fill)
        database = Database(url)
        app = create_app(Settings(database_url=url, seed=False, **settings))  # type: ignore[arg-type]  # settings of any type, by name
        client = Client(app, raise_server_exceptions=False)
        client.__enter__()
        made.append((client, database, url))
        return Api(client, app, database, lambda: None)

    yield make
    for client, database, url in made:
        client.__exit__(None, None, None)
        database.close()
        databases.give_back(url)
