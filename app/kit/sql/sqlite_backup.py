"""Copies of a SQLite database: taken while others write, and put back whole or not at all."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Any

from app.kit.sql.database import sqlite_module

_MAGIC = b"SQLite format 3\x00"
_BUSY_SECONDS = 60


class BackupError(ValueError):
    """A file that is no sound copy, or a place where it cannot go; the message says why."""


def is_sqlite_file(path: Path) -> bool:
    """Whether a file begins as SQLite's files do."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as it stands at one moment, while others write to it.

    The copy is one plain file, looked through before it gets its name; only its owner may read
    it, for it holds what keys are checked against.

    Raises:
        BackupError: the target is there already, or the copy is not sound.
    """
    if target.exists():
        raise BackupError(f"{target} is there already")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(_open(source)) as live, closing(_open(part)) as copy:
            # All pages in one step: in steps, every write in between would begin it anew. In
            # write-ahead mode this holds nobody up.
            live.backup(copy, pages=-1)
        leave_wal_mode(part)
        check_integrity(part)
        _fsync(part)
        os.link(part, target)  # fails where another made the file meanwhile
    except FileExistsError:
        raise BackupError(f"{target} is there already") from None
    finally:
        part.unlink(missing_ok=True)


def leave_wal_mode(path: Path) -> None:
    """Have all of a database in its one file, with no log beside it."""
    with closing(_open(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def replace_contents(source: Path, target: Path) -> None:
    """Replace all that a database holds, in one transaction of that database.

    Raises:
        BackupError: the source is no sound copy.
    """
    check_integrity(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(_open(source)) as kept, closing(_open(target)) as live:
        kept.backup(live, pages=-1)


def check_integrity(path: Path) -> None:
    """Look a database through.

    Raises:
        BackupError: it is none, or SQLite finds fault with it.
    """
    if not path.is_file() or not is_sqlite_file(path):
        raise BackupError(f"{path} is no SQLite database")
    errors = sqlite_module().DatabaseError
    try:
        with closing(_open(path)) as connection:
            connection.execute("PRAGMA query_only = ON")
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    except errors as error:
        found = [str(error)]
    if found != ["ok"]:
        raise BackupError(f"{path} is damaged: {'; '.join(found)}")


def query_value(path: Path, statement: str) -> Any:
    """What a statement finds first in a database that nobody writes to; None for nothing.

    The file is not touched, and may lie where nothing can be written.
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
    """Have the file on the disk, not only on its way there."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
