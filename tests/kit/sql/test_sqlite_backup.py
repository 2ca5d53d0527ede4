"""Copies of a SQLite database, and backups that are taken while others write."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.kit.sql import sqlite_backup
from app.kit.sql.database import Database, sqlite_module
from app.kit.sql.sqlite_backup import BackupError
from app.ledger.maintenance import backup
from app.ledger.maintenance.exports import export_lines
from app.ledger.maintenance.verify import verify
from app.ledger.snapshot import Snapshot, latest_revision
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.builders import RecordWriter
from tests.conftest import database_url
from tests.databases import Databases

ROOT = Path(__file__).resolve().parents[3]
WRITER = """
import sys
from app.kit.sql.database import Database
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.builders import RecordWriter, issue
writer = RecordWriter(Ledger(Database(sys.argv[1]), NOUNS))
print("begun", flush=True)
number = 0
while True:
    number += 1
    writer.write(*(issue(f"{sys.argv[2]}-{number}-{n}", name="one of three") for n in range(3)))
"""


def made(path: Path, rows: int = 100) -> Path:
    connection = sqlite_module().connect(str(path))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE one (number INTEGER PRIMARY KEY, words TEXT)")
    connection.executemany("INSERT INTO one (words) VALUES (?)", [("a word " * 40,)] * rows)
    connection.commit()
    connection.close()
    return path


def test_a_copy_is_one_plain_file(tmp_path: Path) -> None:
    source, target = made(tmp_path / "source"), tmp_path / "target"
    sqlite_backup.copy_database(source, target)
    assert sorted(p.name for p in tmp_path.iterdir() if "source" not in p.name) == ["target"]
    assert sqlite_backup.query_value(target, "SELECT count(*) FROM one") == 100
    assert sqlite_backup.query_value(target, "PRAGMA journal_mode") == "delete"
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_copy_replaces_nothing(tmp_path: Path) -> None:
    source, target = made(tmp_path / "source"), tmp_path / "target"
    target.write_text("precious")
    with pytest.raises(BackupError, match="already exists"):
        sqlite_backup.copy_database(source, target)
    assert target.read_text() == "precious"


def test_what_is_damaged_is_not_put_back(tmp_path: Path) -> None:
    source, target = made(tmp_path / "source", 500), made(tmp_path / "target", 3)
    kept = tmp_path / "kept"
    sqlite_backup.copy_database(source, kept)
    content = bytearray(kept.read_bytes())
    content[8192:8300] = b"\xff" * 108
    kept.write_bytes(content)
    with pytest.raises(BackupError, match="damaged"):
        sqlite_backup.replace_contents(kept, target)
    assert sqlite_backup.query_value(target, "SELECT count(*) FROM one") == 3


def test_what_is_put_back_replaces_all(tmp_path: Path) -> None:
    source, target = made(tmp_path / "source"), made(tmp_path / "target", 3)
    kept = tmp_path / "kept"
    sqlite_backup.copy_database(source, kept)
    sqlite_backup.replace_contents(kept, target)
    connection = sqlite_module().connect(str(target))
    assert connection.execute("SELECT count(*) FROM one").fetchone() == (100,)
    connection.close()


@pytest.mark.slow
def test_a_backup_under_writers_is_the_database_at_one_revision(
    database: Database, databases: Databases, tmp_path: Path
) -> None:
    """Two processes write three records at a time; no backup shows one or two of three."""
    RecordWriter(Ledger(database, NOUNS)).basis()
    url = database_url(database)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, name],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
            stdout=subprocess.PIPE,
        )
        for name in ("ann", "ben")
    ]
    revisions = []
    try:
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"begun\n"
        for number in range(3):
            time.sleep(0.2)
            revisions.append(backup.back_up(database, NOUNS, tmp_path / f"{number}"))
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    assert revisions == sorted(revisions)
    assert len(set(revisions)) > 1  # they went on writing; a quick machine may see them end
    with database.read_transaction() as connection:
        everything = list(export_lines(connection))[1:]
    for number, revision in enumerate(revisions):
        _check_restored(databases, tmp_path / f"{number}", revision, everything)


def _check_restored(
    databases: Databases, file: Path, revision: int, everything: list[bytes]
) -> None:
    url = databases.empty()
    restored = Database(url)
    try:
        assert backup.restore_backup(restored, NOUNS, file) == revision
        with restored.read_transaction() as connection:
            assert latest_revision(connection) == revision
            assert Snapshot(connection, NOUNS).at(revision, None).revision == revision
            assert list(verify(connection, NOUNS)) == []
            lines = list(export_lines(connection))[1:]
        assert lines == everything[: len(lines)]
    finally:
        restored.close()
        databases.give_back(url)
