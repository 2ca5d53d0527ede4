"""One application an engine for all tests of writing; each test finds its database as new."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import make_url
from starlette.testclient import TestClient

from app.kit.database import Database
from app.main import create_app
from app.settings import Settings
from tests.databases import _EMPTY, Databases
from tests.writes.api import Api
from tests.writes.basis import fill


class House:
    """An application over a database that can be put back to the basis."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.database = Database(url)
        self.app: FastAPI = create_app(
            # Nothing is kept ready: revisions begin again with every test.
            Settings(database_url=url, seed=False, shelf_bytes=0, key_failures_per_minute=1_000_000)
        )
        self.file = Path(make_url(url).database or "")
        self.basis = self.file.read_bytes() if self.database.sqlite else b""
        self.used = False

    def put_back(self) -> None:
        """Leave nothing of what an earlier test wrote."""
        if self.used and self.database.sqlite:
            self.database.close()
            self.app.state.database.close()
            for beside in ("-wal", "-shm"):
                Path(f"{self.file}{beside}").unlink(missing_ok=True)
            self.file.write_bytes(self.basis)
        elif self.used:
            with psycopg.connect(self.url) as connection:
                connection.execute("SET session_replication_role = replica")  # no foreign keys
                connection.execute(_EMPTY.encode())
            fill(self.database)
        self.used = True


@pytest.fixture(scope="session")
def house(databases: Databases) -> Iterator[tuple[House, TestClient]]:
    url = databases.filled("writes", fill)
    found = House(url)
    with TestClient(found.app, raise_server_exceptions=False) as client:
        yield found, client
    found.database.close()
    databases.give_back(url)


@pytest.fixture
def api(house: tuple[House, TestClient]) -> Api:
    """Writes to the basis over HTTP, with an admin's key."""
    found, client = house
    found.put_back()
    return Api(client, found.app, found.database, found.put_back)


@pytest.fixture
def apis(databases: Databases) -> Iterator[Callable[..., Api]]:
    """Makes applications of the test's own, with settings of its own."""
    made: list[tuple[TestClient, Database, str]] = []

    def make(**settings: int) -> Api:
        url = databases.filled("writes", fill)
        database = Database(url)
        app = create_app(Settings(database_url=url, seed=False, **settings))  # type: ignore[arg-type]
        client = TestClient(app, raise_server_exceptions=False)
        client.__enter__()
        made.append((client, database, url))
        return Api(client, app, database, lambda: None)

    yield make
    for client, database, url in made:
        client.__exit__(None, None, None)
        database.close()
        databases.give_back(url)
