"""What every test may ask for: databases of both engines, a ledger to write, a client to read."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol, cast

import pytest
from hypothesis import HealthCheck, settings
from starlette.testclient import TestClient

from app.imports import seed
from app.kit.sql.database import Database
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.applications import application, cached_application
from tests.builders import RecordWriter
from tests.client import Client
from tests.databases import Databases, PostgresDatabases, SqliteDatabases, stop_server
from tests.reference_model import Model
from tests.sample_dataset import build

# `TEST_PROFILE=long` looks further, with new examples each time; the default finds the same
# examples on every run, so that a failure is nobody's bad luck.
_UNHURRIED: Any = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}
settings.register_profile("short", max_examples=40, derandomize=True, database=None, **_UNHURRIED)
settings.register_profile("long", max_examples=1000, **_UNHURRIED)
settings.load_profile(os.environ.get("TEST_PROFILE", "short"))

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
_FOLDER = pytest.StashKey[Path]()
_ROOM = 4 * 1024**3


class _Worker(Protocol):
    """A process of a parallel run, as the one that started it sees it."""

    workerinput: dict[str, str]


def _memory() -> str | None:
    """A folder in memory with ample room, where there is one: databases there wait for no disk."""
    folder = Path("/dev/shm")
    if os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > _ROOM:
        return str(folder)
    return None


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of all databases and of the PostgreSQL server, which all processes share.

    It lies outside pytest's own folders, whose doors are shut to the server's user.
    """
    given = getattr(config, "workerinput", None)
    if given is None:
        config.stash[_FOLDER] = Path(tempfile.mkdtemp(prefix="parley-tests-", dir=_memory()))
        # To be told to end is to be interrupted: pytest then still cleans up.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    else:
        config.stash[_FOLDER] = Path(given["databases_folder"])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: begun last, it would leave other processes idle."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Let no collection of garbage look through what is imported by now and stays to the end."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: _Worker) -> None:
    """Tell a process of a parallel run where the databases are."""
    config: pytest.Config = cast(Any, node).config
    node.workerinput["databases_folder"] = str(config.stash[_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the databases, and stop the server if a process died before it could."""
    if hasattr(config, "workerinput"):
        return
    folder = config.stash[_FOLDER]
    stop_server(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_databases(request: pytest.FixtureRequest, worker_id: str) -> Databases:
    folder = request.config.stash[_FOLDER] / worker_id
    folder.mkdir()
    return SqliteDatabases(folder)


@pytest.fixture(scope="session")
def postgres_databases(
    request: pytest.FixtureRequest, worker_id: str
) -> Iterator[PostgresDatabases]:
    found = PostgresDatabases(request.config.stash[_FOLDER], worker_id)
    yield found
    found.close()


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn: what asks for this is a promise about both."""
    return cast(str, request.param)


@pytest.fixture(scope="session")
def databases(engine: str, request: pytest.FixtureRequest) -> Databases:
    return cast(Databases, request.getfixturevalue(f"{engine}_databases"))


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    """A migrated database of the test's own, with nothing in it."""
    url = databases.migrated()
    found = Database(url)
    yield found
    found.close()
    databases.give_back(url)


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database, NOUNS)


@pytest.fixture
def writer(ledger: Ledger) -> RecordWriter:
    """Writes to the test's own database."""
    return RecordWriter(ledger)


def client_of(url: str) -> Iterator[TestClient]:
    """A client of an application of its own."""
    with Client(application(url)) as found:
        yield found


def database_url(database: Database) -> str:
    """A database's address, as a setting takes it."""
    return database.url.render_as_string(hide_password=False)


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    """Reads the test's own database over HTTP."""
    with Client(cached_application(database_url(database))) as found:
        yield found


@pytest.fixture(scope="session")
def sample_url(databases: Databases) -> Iterator[str]:
    url = databases.filled("world", lambda database: build(Ledger(database, NOUNS)))
    yield url
    databases.give_back(url)


@pytest.fixture(scope="session")
def sample(sample_url: str) -> Iterator[TestClient]:
    """Reads a dataset that nobody writes to, see `tests/sample_dataset.py`."""
    yield from client_of(sample_url)


@pytest.fixture(scope="session")
def model(sample_url: str) -> Model:
    """What that dataset must answer, worked out by other means."""
    database = Database(sample_url)
    found = Model.of(database)
    database.close()
    return found


@pytest.fixture
def writable_sample(databases: Databases) -> Iterator[Database]:
    """That dataset as the test's own database, to write to."""
    url = databases.filled("world", lambda database: build(Ledger(database, NOUNS)))
    found = Database(url)
    yield found
    found.close()
    databases.give_back(url)


@pytest.fixture(scope="session")
def seeded(databases: Databases) -> Iterator[TestClient]:
    """Reads the seed that a new installation begins with."""
    url = databases.filled("seeded", lambda database: seed.seed_database(Ledger(database, NOUNS)))
    yield from client_of(url)
    databases.give_back(url)
