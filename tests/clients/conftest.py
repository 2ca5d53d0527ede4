"""A server to be asked by programs of others, and a key to write to it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from app.imports import seed
from app.kit.http import api_keys
from app.kit.sql.database import Database
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.browser.servers import served
from tests.databases import SqliteDatabases

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden" / "openapi.json"


def run(*command: str, at: Path) -> str:
    """What a command says; it must succeed."""
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


class RunningServer(NamedTuple):
    """A server, and a key that may write to it."""

    address: str
    key: str


@pytest.fixture
def parley(sqlite_databases: SqliteDatabases) -> Iterator[RunningServer]:
    """A server with the seed, of the test's own."""
    url = sqlite_databases.filled("seeded", lambda d: seed.seed_database(Ledger(d, NOUNS)))
    database = Database(url)
    with database.write_transaction() as connection:
        key = api_keys.create_key(connection, "reader", "write", datetime.now(UTC))
    database.close()
    with served(url) as address:
        yield RunningServer(address, key)
    sqlite_databases.give_back(url)
