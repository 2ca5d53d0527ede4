"""Backups: all that a database holds, its keys included, taken while it is in use.

Of a SQLite database the backup is a database file. Of a PostgreSQL database it is the export,
with the rows of the tables beside the ledger behind it. Either kind can be put into either engine.
"""

from __future__ import annotations

import os
import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from sqlalchemy import Connection, Table, delete, insert, inspect, select, text

from app.kit.sql import sqlite_backup
from app.kit.sql.database import Database, metadata
from app.kit.sql.sqlite_backup import BackupError
from app.kit.strict_json import dumps
from app.ledger.maintenance import migrate, replay
from app.ledger.maintenance.exports import export_lines, is_export
from app.ledger.maintenance.rebuild import rebuild_if_needed
from app.ledger.noun import Nouns
from app.ledger.snapshot import latest_revision
from app.ledger.tables import (
    dataset,
    facet_value,
    noun_head,
    record,
    revision,
    revision_time,
    write,
)
from app.ledger.write import rows

_LEDGER = frozenset((write, record, revision, revision_time, noun_head, facet_value))
# Says how this database was derived; the one that a backup goes into says so itself.
_LOCAL_ROW = "projection"
_BYTES = "base64:"
_NEWEST = "SELECT last_revision FROM write ORDER BY first_revision DESC LIMIT 1"
_SCHEMA = "SELECT count(*) FROM write"


def non_ledger_tables(nouns: Nouns) -> list[Table]:
    """The tables that are neither the ledger nor made from it: API keys, stored responses."""
    projections = {table for noun in nouns for table in rows.noun_tables(noun)}
    return [
        table
        for table in metadata.sorted_tables
        if table not in _LEDGER and table not in projections
    ]


def back_up(database: Database, nouns: Nouns, target: Path) -> int:
    """Back up a database that may be in use; returns the revision that the backup ends with.

    Raises:
        BackupError: the target is there already, or the copy is not sound.
    """
    if database.is_sqlite:
        sqlite_backup.copy_database(Path(database.url.database or ""), target)
        return int(sqlite_backup.query_value(target, _NEWEST) or 0)
    try:
        # Only its owner may read it, for it holds what keys are checked against.
        opened = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise BackupError(f"{target} already exists") from None
    with os.fdopen(opened, "wb") as file, database.read_transaction() as connection:
        file.writelines(export_lines(connection))
        file.writelines(_non_ledger_lines(connection, nouns))
        file.flush()
        os.fsync(file.fileno())
        return latest_revision(connection)


def restore_backup(database: Database, nouns: Nouns, source: Path) -> int:
    """Bring back a backup, into a database that holds nothing; returns the revision it ends with.

    Raises:
        BackupError: the file is not a backup, or the database is not empty.
        InvalidExport: the file was changed, or is cut.
    """
    sqlite = source.is_file() and sqlite_backup.is_sqlite_file(source)
    if not sqlite and not _is_export_file(source):
        raise BackupError(f"{source} is not a backup")
    if sqlite and database.is_sqlite:
        return _restore_file(database, nouns, source)
    migrate.upgrade(database)
    rebuild_if_needed(database, nouns)
    with database.read_transaction() as connection:
        _check_unused(connection)
    if sqlite:
        return _restore_converted(database, nouns, source)
    with source.open("rb") as file:
        return _restore_lines(database, nouns, file)


# ---- a database file


def _restore_file(database: Database, nouns: Nouns, source: Path) -> int:
    sqlite_backup.check_integrity(source)
    _check_is_parley(source)
    with database.read_transaction() as connection:
        if inspect(connection).has_table("revision"):
            _check_unused(connection)
    database.close()  # its connections would keep what they know of the file
    sqlite_backup.replace_contents(source, Path(database.url.database or ""))
    migrate.upgrade(database)
    rebuild_if_needed(database, nouns)
    with database.read_transaction() as connection:
        return latest_revision(connection)


def _restore_converted(database: Database, nouns: Nouns, source: Path) -> int:
    """From SQLite into PostgreSQL: a copy is brought to this version's schema and read out."""
    sqlite_backup.check_integrity(source)
    _check_is_parley(source)
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.sqlite3"
        shutil.copyfile(source, copy)
        backup = Database(f"sqlite:///{copy}")
        try:
            migrate.upgrade(backup)
            with backup.read_transaction() as connection:
                lines = export_lines(connection)
                return _restore_lines(
                    database, nouns, chain(lines, _non_ledger_lines(connection, nouns))
                )
        finally:
            backup.close()


def _check_is_parley(source: Path) -> None:
    if (
        sqlite_backup.query_value(source, _NEWEST) is None
        and sqlite_backup.query_value(source, _SCHEMA) is None
    ):
        raise BackupError(f"{source} is a database, but not a Parley database")


# ---- lines


def _is_export_file(source: Path) -> bool:
    if not source.is_file():
        return False
    with source.open("rb") as file:
        return is_export(file.readline(100_000))


def _non_ledger_lines(connection: Connection, nouns: Nouns) -> Iterator[bytes]:
    for table in non_ledger_tables(nouns):
        for row in connection.execute(select(table)):
            values = {
                str(column.name): _json_value(value)
                for column, value in zip(table.columns, row, strict=True)
            }
            if table is not dataset or values["name"] != _LOCAL_ROW:
                yield dumps({"table": table.name, "row": values}) + b"\n"


def _json_value(value: Any) -> Any:
    return _BYTES + b64encode(value).decode() if isinstance(value, bytes | memoryview) else value


def _row_values(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: b64decode(value.removeprefix(_BYTES))
        if table.c[name].type.python_type is bytes and value is not None
        else value
        for name, value in row.items()
    }


def _restore_lines(database: Database, nouns: Nouns, lines: Iterable[bytes]) -> int:
    trailing_lines: list[bytes] = []
    result = replay.replay(database, nouns, lines, trailing_lines=trailing_lines)
    tables_by_name = {table.name: table for table in non_ledger_tables(nouns)}
    with database.write_transaction() as connection:
        for table in reversed(tables_by_name.values()):
            deletion = delete(table)
            connection.execute(
                deletion.where(dataset.c.name != _LOCAL_ROW) if table is dataset else deletion
            )
        for line in trailing_lines:
            entry = orjson.loads(line)
            if entry["table"] not in tables_by_name:
                raise BackupError(f"the backup contains an unknown table: {entry['table']!r}")
            table = tables_by_name[entry["table"]]
            connection.execute(insert(table), _row_values(table, entry["row"]))
    return result.revision


_USED = {"revision": "revisions", "api_key": "keys"}


def _check_unused(connection: Connection) -> None:
    for table, what in _USED.items():
        if connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).first():  # noqa: S608 - constant names
            raise BackupError(
                f"the database already contains {what}; restore a backup into an empty database"
            )
