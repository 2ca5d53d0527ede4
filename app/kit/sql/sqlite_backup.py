"""Copies of SQLite databases: online backup, and atomic restore."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Any

from app.kit.sql.database import sqlite_module

_MAGIC = b"SQLite format 3\x00"
_BUSY_SECONDS = 60


class BackupError(ValueError):
    """A file is not a valid copy, or cannot be written; the message says why."""


def is_sqlite_file(path: Path) -> bool:
    """Whether a file has the header of a SQLite database."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def copy_database(source: Path, target: Path) -> None:
    """Copy a consistent state of a database while others write to it.

    The copy is a single file, checked before it gets its name. Only its owner may read it, as it
    has the hashes of API keys.

    Raises:
        BackupError: the target exists already, or the copy is damaged.
    """
    if target.exists():
        raise BackupError(f"{target} already exists")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(_open(source)) as live, closing(_open(part)) as copy:
            # All pages in one step, as a write between two steps would restart the copy. With a
            # write-ahead log this blocks nobody.
            live.backup(copy, pages=-1)
        leave_wal_mode(part)
        check_integrity(part)
        _fsync(part)
        os.link(part, target)  # fails if the file has been created meanwhile
    except FileExistsError:
        raise BackupError(f"{target} already exists") from None
    finally:
        part.unlink(missing_ok=True)


def leave_wal_mode(path: Path) -> None:
    """Merge the write-ahead log into the file of a database, and stop using one."""
    with closing(_open(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def replace_contents(source: Path, target: Path) -> None:
    """Replace the contents of a database in a single transaction.

    Raises:
        BackupError: the source is not a valid copy.
    """
    check_integrity(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(_open(source)) as copy, closing(_open(target)) as live:
        copy.backup(live, pages=-1)


def check_integrity(path: Path) -> None:
    """Check the integrity of a database.

    Raises:
        BackupError: the file is not a SQLite database, or it is damaged.
    """
    if not path.is_file() or not is_sqlite_file(path):
        raise BackupError(f"{path} is not a SQLite database")
    errors = sqlite_module().DatabaseError
    try:
        with closing(_open(path)) as connection:
            connection.execute("PRAGMA query_only = ON")
            messages = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    except errors as error:
        messages = [str(error)]
    if messages != ["ok"]:
        raise BackupError(f"{path} is damaged: {'; '.join(messages)}")


def query_value(path: Path, statement: str) -> Any:
    """The first value that a query returns in a database that nobody writes to; None if none.

    The file is not modified, and may be on a read-only file system.
    """
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite_module().connect(uri, uri=True)) as connection:
        try:
            row = connection.execute(statement).fetchone()
        except sqlite_module().DatabaseError:
            return None
    return None if row is None else row[0]


def _open(path: Path) -> Any:
    return sqlite_module().connect(str(path), timeout=_BUSY_SECONDS, isolation_level=None)


def _fsync(path: Path) -> None:
    """Flush a file to the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
