"""Exports: everything comes back, on either engine, with the same chain of hashes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from app.cli import main
from app.kit.http import api_keys
from app.kit.sql.database import Database
from app.kit.sql.sqlite_backup import BackupError
from app.kit.strict_json import dumps
from app.ledger.maintenance import backup
from app.ledger.maintenance import replay as replay_module
from app.ledger.maintenance.exports import EXPORT_FORMAT_VERSION, InvalidExport, export_lines
from app.ledger.maintenance.replay import LedgerMismatch, ReplayResult, replay
from app.ledger.maintenance.verify import verify
from app.ledger.write.ledger import Ledger
from app.ledger.write.revisions import ZERO_HASH, chain_hash
from app.nouns.registry import NOUNS
from tests.applications import application
from tests.builders import RecordWriter, deletion, issue, record
from tests.client import Client
from tests.conftest import database_url
from tests.databases import Databases
from tests.sample_dataset import build

READS = (
    "/v1/meetings?limit=200",
    "/v1/meetings?limit=0&facets=party,level,status,source",
    "/v1/meetings?as_of=2023-04-26",
    "/v1/people?q=akar",
    "/v1/timeline?limit=1000",
    "/v1/timeline?revision=30",
    "/v1/changes?limit=200",
    "/v1/positions",
    "/v1/meetings/2023-04-25-moscow/history",
    "/v1/positions/syr-1",
    "/v1/meetings/foreign-ministers?revision=30&include=parties",
)


def exported(database: Database) -> list[bytes]:
    with database.read_transaction() as connection:
        return list(export_lines(connection))


def faults(database: Database) -> list[str]:
    with database.read_transaction() as connection:
        return list(verify(connection, NOUNS))


def derived(database: Database) -> dict[str, list[str]]:
    """The tables that are made from the documents, apart from the index."""
    names = ["revision_time", "noun_head", "facet_value", "record"]
    names += ["meeting", "meeting_participant", "person_name"]
    with database.read_transaction() as connection:
        return {
            name: sorted(map(repr, map(tuple, connection.execute(text(f"SELECT * FROM {name}")))))
            for name in names
        }


def answers(database: Database) -> list[bytes]:
    with Client(application(database_url(database))) as client:
        found = [client.get(path).content for path in READS]
    # Cursors are sealed with a secret that each database has of its own.
    return [re.sub(rb"cursor=[^&\"]*", b"", content) for content in found]


@pytest.fixture
def other(request: pytest.FixtureRequest, engine: str) -> Iterator[Database]:
    """An empty database of the other engine."""
    kind = {"sqlite": "postgres", "postgres": "sqlite"}[engine]
    databases: Databases = request.getfixturevalue(f"{kind}_databases")
    url = databases.migrated()
    found = Database(url)
    yield found
    found.close()
    databases.give_back(url)


@pytest.fixture
def same(databases: Databases) -> Iterator[Database]:
    """A second empty database of the same engine."""
    url = databases.migrated()
    found = Database(url)
    yield found
    found.close()
    databases.give_back(url)


def test_there_and_back_again(database: Database, other: Database, same: Database) -> None:
    build(Ledger(database, NOUNS))
    lines = exported(database)
    assert replay(other, NOUNS, lines) == ReplayResult(0, 53, 53)
    across = exported(other)
    assert across == lines
    assert replay(same, NOUNS, across) == ReplayResult(0, 53, 53)
    assert exported(same) == lines
    for one in (other, same):
        assert faults(one) == []
        assert derived(one) == derived(database)
        assert answers(one) == answers(database)


def test_what_was_replayed_goes_on(database: Database, same: Database) -> None:
    build(Ledger(database, NOUNS))
    replay(same, NOUNS, exported(database))
    for one in (database, same):
        RecordWriter(Ledger(one, NOUNS)).write(
            issue("new"), deletion("meeting", "dropped"), at="2030-01-01"
        )
    assert exported(database) == exported(same)
    assert faults(same) == []


def test_records_that_change_in_every_write(writer: RecordWriter, same: Database) -> None:
    for number in range(40):
        writer.write(issue("one", name=f"name {number}"), issue(f"other-{number % 3}"))
        if number % 5 == 0:
            writer.write(deletion("issue", "one"))
    lines = exported(writer.ledger.database)
    replay(same, NOUNS, lines)
    assert exported(same) == lines
    assert faults(same) == []
    assert derived(same) == derived(writer.ledger.database)


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_a_replay_that_stopped_goes_on(
    database: Database, same: Database, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(replay_module, "_BATCH_SIZE", batch)
    build(Ledger(database, NOUNS))
    lines = exported(database)
    with pytest.raises(InvalidExport, match=r"the file ends after revision \d+ of 53"):
        replay(same, NOUNS, lines[:50])
    done = len(exported(same)) - 1
    assert (done > 0) == (batch < 1000)
    found = replay(same, NOUNS, lines)
    assert found.revision == 53
    assert found.existing + found.written == 53
    assert exported(same) == lines
    assert replay(same, NOUNS, lines) == ReplayResult(53, 0, 53)
    assert faults(same) == []


def test_an_older_export_of_the_same_ledger_changes_nothing(writer: RecordWriter) -> None:
    writer.basis()
    older = exported(writer.ledger.database)
    writer.write(issue("more"))
    newer = exported(writer.ledger.database)
    assert replay(writer.ledger.database, NOUNS, older) == ReplayResult(5, 0, 6)
    assert exported(writer.ledger.database) == newer


@pytest.mark.parametrize("ours", [["x"], ["x", "y", "z"], ["x", "y", "z", "extra"]])
def test_another_ledger_is_left_alone(
    writer: RecordWriter, same: Database, ours: list[str]
) -> None:
    for name in ours:
        writer.write(issue(name))
    theirs = RecordWriter(Ledger(same, NOUNS))
    for name in ("a", "b", "c"):
        theirs.write(issue(name))
    before = exported(writer.ledger.database)
    with pytest.raises(LedgerMismatch, match="a different history"):
        replay(writer.ledger.database, NOUNS, exported(same))
    assert exported(writer.ledger.database) == before


def test_an_empty_ledger(database: Database, same: Database) -> None:
    lines = exported(database)
    assert len(lines) == 1
    assert replay(same, NOUNS, lines) == ReplayResult(0, 0, 0)
    assert replay(database, NOUNS, lines) == ReplayResult(0, 0, 0)


Spoil = Callable[[list[bytes]], list[bytes]]


def header(**members: object) -> bytes:
    """The first line of an export, some of it replaced."""
    end = {"revision": 6, "hash": "00"} | members
    return dumps({"parley": "export", "format": EXPORT_FORMAT_VERSION, **end}) + b"\n"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda lines: [], "line 1 is not valid JSON"),
        (lambda lines: lines[1:], "line 1 is not an export header"),
        (lambda lines: [b'{"parley":1,"revision":1,"hash":"00"}\n', *lines[1:]], "of format 1, "),
        (lambda lines: [b'{"parley":"export","format":99}\n', *lines[1:]], "of format 99, "),
        (lambda lines: [header(revision="6"), *lines[1:]], "`revision`"),
        (lambda lines: [header(hash="zz"), *lines[1:]], "`hash`"),
        (lambda lines: lines[:4], "ends after revision 2 of 6"),
        (lambda lines: [*lines[:4], lines[4][:-1]], "file ends after revision 2"),
        (lambda lines: [*lines[:3], *lines[4:]], "line 4 should be revision 2"),
        (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], "should be revision 2, but"),
        (lambda lines: [line.replace(b"Syria", b"Syrix") for line in lines], "its hash does not"),
        (lambda lines: [line.replace(b"tester", b"editor") for line in lines], "but its hash"),
        (lambda lines: [line.replace(b"created", b"changed") for line in lines], "its hash does"),
        (lambda lines: [lines[0], b"[]\n", *lines[2:]], "line 2 is not an object"),
        (lambda lines: [lines[0], b'{"write":2}\n', *lines[2:]], "`last`"),
        (lambda lines: [*lines[:2], b'{"revision":1}\n', *lines[3:]], "without a document"),
        (lambda lines: [*lines, b'{"table":"api_key"}\n'], "it is a backup"),
    ],
)
def test_a_spoilt_export_is_refused(
    writer: RecordWriter, same: Database, spoil: Spoil, why: str
) -> None:
    writer.basis()
    writer.write(issue("more"))
    lines = exported(writer.ledger.database)
    with pytest.raises(InvalidExport, match=why):
        replay(same, NOUNS, spoil(lines))
    left = exported(same)
    assert left in (exported(writer.ledger.database), lines[:1], [left[0]])
    assert faults(same) == []


def test_an_export_of_an_older_format_is_refused_with_one_sentence(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "old.ndjson"
    file.write_bytes(b'{"parley":1,"revision":0,"hash":"%s"}\n' % ZERO_HASH.hex().encode())
    for command in ("import", "restore"):
        assert main([command, str(file), "--database-url", database_url(database)]) == 2
        assert capsys.readouterr().err == (
            "parley: the file is an export of format 1, but this version of Parley reads only "
            "format 2\n"
        )


def test_what_makes_no_record_is_refused_though_its_chain_holds(
    database: Database, same: Database
) -> None:
    """A chain can be made up for anything; what would break the tables is still refused."""
    writer = RecordWriter(Ledger(database, NOUNS))
    writer.write(record("issue", "one", name="One"))
    with database.write_transaction() as connection:
        connection.execute(text("UPDATE revision SET document = :d"), {"d": b'{"id":"one"}'})
        row = connection.execute(text("SELECT recorded_at, author, reason FROM write")).one()
    fields = [1, 1, "issue", "one", 1, "created", None, *row]
    with database.write_transaction() as connection:
        forged = chain_hash(ZERO_HASH, fields, b'{"id":"one"}')
        connection.execute(text("UPDATE revision SET hash = :h"), {"h": forged})
    with pytest.raises(InvalidExport, match="records that are not valid"):
        replay(same, NOUNS, exported(database))
    assert len(exported(same)) == 1


# ---- backups, which bring the keys along


def made_key(database: Database) -> str:
    with database.write_transaction() as connection:
        return api_keys.create_key(connection, "desk", "admin", datetime.now(UTC))


def knows(database: Database, key: str) -> bool:
    with database.read_transaction() as connection:
        return api_keys.find_key(connection, key) is not None


@pytest.mark.parametrize("into", ["same", "other"])
def test_a_backup_comes_back_in_either_engine(
    database: Database, request: pytest.FixtureRequest, into: str, tmp_path: Path
) -> None:
    build(Ledger(database, NOUNS))
    key, file = made_key(database), tmp_path / "backup"
    assert backup.back_up(database, NOUNS, file) == 53
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]
    target: Database = request.getfixturevalue(into)
    assert backup.restore_backup(target, NOUNS, file) == 53
    assert exported(target) == exported(database)
    assert faults(target) == []
    assert answers(target) == answers(database)
    assert knows(target, key)
    with pytest.raises(BackupError, match="into an empty database"):
        backup.restore_backup(target, NOUNS, file)
    with pytest.raises(BackupError, match="already exists"):
        backup.back_up(database, NOUNS, file)


@pytest.mark.parametrize("content", [b"", b"text\n", b"SQLite format 3\x00", b'{"noun":"x"}\n'])
def test_what_is_no_backup(database: Database, content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(BackupError):
        backup.restore_backup(database, NOUNS, file)
    with pytest.raises(BackupError):
        backup.restore_backup(database, NOUNS, tmp_path / "none")
    assert len(exported(database)) == 1


def test_a_database_with_a_key_is_not_empty(
    database: Database, same: Database, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    backup.back_up(database, NOUNS, file)
    key = made_key(same)
    with pytest.raises(BackupError, match="keys"):
        backup.restore_backup(same, NOUNS, file)
    assert knows(same, key)
