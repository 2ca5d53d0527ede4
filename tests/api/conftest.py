"""An application with nothing in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.conftest import client_of
from tests.databases import SqliteDatabases
from tests.sample_dataset import build


@pytest.fixture(scope="module")
def api_on_sqlite(sqlite_databases: SqliteDatabases) -> Iterator[TestClient]:
    """Reads the sample dataset on one engine: for what is refused before any engine is asked."""
    url = sqlite_databases.filled("world", lambda database: build(Ledger(database, NOUNS)))
    yield from client_of(url)
    sqlite_databases.give_back(url)
