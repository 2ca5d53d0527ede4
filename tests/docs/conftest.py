"""The database that the examples in the texts are run against."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app import cli
from app.kit.sql.database import Database
from app.settings import Settings


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database, filled as `parley serve` fills it."""
    file = tmp_path_factory.mktemp("documentation") / "filled.sqlite3"
    cli.prepare_database(Settings(database_url=f"sqlite:///{file}"))
    return file


@pytest.fixture
def address(filled: Path, tmp_path: Path) -> str:
    """The address of a copy of that database, to be written to."""
    return f"sqlite:///{shutil.copy(filled, tmp_path / 'fresh.sqlite3')}"


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    with closing(Database(address)) as found:
        yield found
