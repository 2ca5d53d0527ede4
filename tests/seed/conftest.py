"""The seed in a database of its own, written to by nobody."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest
from starlette.testclient import TestClient

from app.imports import seed
from app.kit.sql.database import Database
from app.ledger.maintenance import migrate
from app.ledger.read import history
from app.ledger.snapshot import Snapshot
from app.ledger.write.ledger import Ledger
from app.main import create_app
from app.nouns.registry import NOUNS
from app.settings import Settings
from tests.client import Client
from tests.seed.claims import Records


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('seed') / 'parley.sqlite3'}"
    database = Database(url)
    migrate.upgrade(database)
    seed.seed_database(Ledger(database, NOUNS))
    database.close()
    return url


@pytest.fixture(scope="module")
def records(url: str) -> Records:
    database = Database(url)
    with database.read_transaction() as connection:
        listed = history.revisions_after(Snapshot(connection, NOUNS), after=0, limit=10_000)
    database.close()
    return {(one.noun, one.id): orjson.loads(one.document or b"") for one in listed}


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[TestClient]:
    with Client(create_app(Settings(database_url=url))) as client:
        yield client
