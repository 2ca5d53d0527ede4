"""`parley verify`: whatever is changed behind the ledger's back is found, and named."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.cli import main
from app.kit.sql.database import Database
from app.kit.terms import scope_salt, term_id
from app.ledger import index_tables
from app.ledger.maintenance.verify import verify
from app.ledger.write.revisions import RecordChange
from app.nouns.registry import NOUNS
from tests.builders import (
    RecordWriter,
    deletion,
    issue,
    meeting,
    milestone,
    participant,
    person,
    position,
    process,
    source,
)
from tests.cases import check_every_case
from tests.conftest import database_url


@pytest.fixture
def filled(writer: RecordWriter, database: Database) -> Database:
    """Revisions 1 to 5 are the basis; the meeting is 9, its later state 12."""
    writer.basis()
    writer.write(source("s", "2023-04-01"), milestone("x", "2023-05-14"), person("p"))
    writer.write(
        meeting(
            "m",
            {"edtf": "2023-04", "before": "x"},
            participants=[participant("TUR", "host", person="p", name="P"), participant("SYR")],
            issues=["withdrawal"],
            sources=["s"],
        )
    )
    writer.write(position("q", "2023-04", sources=["s"]), process("t", parties=["TUR"]))
    writer.write(
        meeting(
            "m",
            {"edtf": "2023-04-25", "before": "x"},
            participants=[participant("TUR", "host", person="p", name="P"), participant("SYR")],
            issues=["withdrawal"],
            readouts=[{"party": "TUR", "text": "Said", "issues": ["withdrawal"], "source": "s"}],
            outcomes=[{"assessment": "progress", "by": "us"}],
            previous_dates=[{"date": "2023-04", "reason": "vague"}],
            sources=["s"],
        ),
        reason="better known",
    )
    writer.write(issue("dropped"))
    writer.write(deletion("issue", "dropped"))
    return database


def faults(database: Database) -> list[str]:
    with database.read_transaction() as connection:
        return list(verify(connection, NOUNS))


def tamper(database: Database, sql: str) -> None:
    with database.write_transaction() as connection:
        if database.is_sqlite:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        connection.execute(text(sql))


def test_nothing_is_found_where_nothing_was_changed(filled: Database) -> None:
    assert faults(filled) == []


def test_nothing_is_found_in_a_world_of_records(writable_sample: Database) -> None:
    assert faults(writable_sample) == []


def test_minus_zero_that_was_written_once_is_no_fault(
    writer: RecordWriter, database: Database
) -> None:
    body = meeting("m", place={"name": "Null Island"}).body or {}
    place = body["place"] | {"latitude": -0.0, "longitude": 12.5}
    writer.write(RecordChange("meeting", "m", body | {"place": place}))
    assert faults(database) == []


def test_an_empty_ledger_holds(database: Database) -> None:
    assert faults(database) == []


# Each statement with a text that one of the faults must hold: which revision, which record.
TAMPERED: list[tuple[str, str]] = [
    # the chain
    ("UPDATE revision SET document = NULL WHERE number = 9", "revision 9"),
    ("UPDATE revision SET version = 7 WHERE number = 9", "revision 9"),
    ("UPDATE revision SET action = 'changed' WHERE number = 9", "revision 9"),
    ("UPDATE revision SET reported_on = '2020-01-01' WHERE number = 9", "revision 9"),
    ("UPDATE revision SET record = 1 WHERE number = 9", "revision 9"),
    ("UPDATE revision SET write = 6 WHERE number = 9", "revision 9"),
    ("UPDATE revision SET hash = (SELECT hash FROM revision WHERE number = 1) WHERE number = 9",
     "revision 9"),
    ("UPDATE write SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE first_revision = 9",
     "revision 9"),
    ("UPDATE write SET author = 'someone else' WHERE first_revision = 9", "revision 9"),
    ("UPDATE write SET reason = 'no reason' WHERE first_revision = 12", "revision 12"),
    ("UPDATE write SET last_revision = 10 WHERE first_revision = 9", "revision 10"),
    ("UPDATE record SET noun = 'person' WHERE id = 'm'", "revision 9"),
    ("UPDATE record SET version = 7 WHERE id = 'm'", "meeting m"),
    # the clocks of what stands
    ("UPDATE revision_time SET earliest = earliest - 1 WHERE revision = 12", "meeting m"),
    ("UPDATE revision_time SET latest = NULL WHERE revision = 12", "meeting m"),
    ("UPDATE revision_time SET known_from = known_from - 1 WHERE revision = 12", "meeting m"),
    ("UPDATE revision_time SET recorded_to = 14 WHERE revision = 12", "meeting m"),
    ("UPDATE revision_time SET known_to = 7 WHERE revision = 12", "meeting m"),
    # the clocks of what stood
    ("UPDATE revision_time SET earliest = earliest - 1 WHERE revision = 9", "meeting m"),
    ("UPDATE revision_time SET latest = latest + 1 WHERE revision = 9", "meeting m"),
    ("UPDATE revision_time SET recorded_to = 14 WHERE revision = 9", "meeting m"),
    ("UPDATE revision_time SET known_from = known_from - 1 WHERE revision = 9", "meeting m"),
    ("UPDATE revision_time SET known_to = known_to - 1 WHERE revision = 9", "meeting m"),
    ("DELETE FROM revision_time WHERE revision = 9", "meeting m"),
    # what was deleted
    (("UPDATE record SET sort_key = (SELECT sort_key FROM revision_time WHERE revision = 13)"
      " WHERE id = 'dropped'"),
     "issue dropped"),
    ("INSERT INTO issue (id, name) VALUES ('dropped', 'Back again')", "issue dropped"),
    # the rows
    ("UPDATE meeting SET title = 'Another' WHERE id = 'm'", "meeting m"),
    ("UPDATE meeting SET date_latest = '2023-05-01' WHERE id = 'm'", "meeting m"),
    ("UPDATE meeting_participant SET role = 'observer' WHERE ordinal = 0", "meeting m"),
    ("DELETE FROM meeting_participant WHERE ordinal = 1", "meeting m"),
    (("INSERT INTO meeting_participant (meeting, ordinal, party, role)"
      " VALUES ('m', 2, 'IRN', 'host')"),
     "meeting m"),
    ("UPDATE meeting_issue SET ordinal = 3", "meeting m"),
    ("UPDATE meeting_readout SET text = 'Unsaid'", "meeting m"),
    ("DELETE FROM meeting_readout_issue", "meeting m"),
    ("UPDATE meeting_outcome SET assessment = 'setback'", "meeting m"),
    ("UPDATE meeting_previous_date SET reason = 'Another'", "meeting m"),
    (("INSERT INTO meeting_link (meeting, ordinal, relation, other_meeting)"
      " SELECT 'm', 0, 'follows', 'm'"),
     "meeting m"),
    ("UPDATE position SET stance = 'supports'", "position q"),
    ("DELETE FROM position_source", "position q"),
    ("UPDATE process_party SET party = 'SYR'", "process t"),
    ("UPDATE party SET note = 'A note' WHERE id = 'TUR'", "party TUR"),
    ("UPDATE person SET name = 'Q'", "person p"),
    ("UPDATE source SET published_latest = '2023-05-01'", "source s"),
    ("UPDATE milestone SET title = 'Another'", "milestone x"),
    ("UPDATE issue SET name = 'Another'", "issue withdrawal"),
]  # fmt: skip
# What stands for a document, as SQL of each engine: text where bytes should be, no JSON at all,
# JSON that is no document, bytes that are no text; and what only SQLite takes.
_DOCUMENTS = {
    True: (
        "replace(document, 'TUR', 'SYR')",
        "CAST(document AS TEXT)",
        "'{}'",
        "'[7]'",
        "'no JSON'",
        "X'FF'",
        "CAST(X'FF' AS TEXT)",
        "7",
        "replace(document, '2023-04', '99999999')",
    ),
    False: (
        "convert_to(replace(convert_from(document, 'UTF8'), 'TUR', 'SYR'), 'UTF8')",
        "'{}'",
        "'[7]'",
        "'no JSON'",
        "'\\xFF'",
        "convert_to(replace(convert_from(document, 'UTF8'), '2023-04', '99999999'), 'UTF8')",
    ),
}
_HASHES = {True: ("'abc'", "X''", "7", "CAST(X'FF' AS TEXT)"), False: ("'abc'", "''")}
# What only SQLite keeps in a column of another kind.
_LOOSE = [
    "UPDATE revision SET version = X'00' WHERE number = 9",
    "UPDATE revision SET version = 'x' WHERE number = 9",
    "UPDATE revision SET write = 'x' WHERE number = 9",
    "UPDATE revision SET action = CAST(X'FF' AS TEXT) WHERE number = 9",
    "UPDATE write SET author = X'FF' WHERE first_revision = 9",
    "UPDATE write SET last_revision = 'x' WHERE first_revision = 9",
    "UPDATE write SET last_revision = 'x' WHERE first_revision = 14",
    "UPDATE revision_time SET latest = 'x' WHERE revision = 9",
    "UPDATE record SET version = 'x' WHERE id = 'm'",
]
WRITE = "first_revision, last_revision, recorded_at, author"
TIME = "sort_key, revision, record, recorded_to, known_from, known_to"
# What is derived from all documents together: there is no one revision to name.
SUMS = [
    ("UPDATE noun_head SET revision = 11 WHERE noun = 'meeting'", "meeting is 12, not 11"),
    ("DELETE FROM noun_head WHERE noun = 'issue'", "issue is 14, not none"),
    ("INSERT INTO noun_head (noun, revision) VALUES ('embassy', 3)", "embassy"),
    ("DELETE FROM facet_value", "lacks"),
    ("DELETE FROM facet_value WHERE name = 'party' AND value = 'TUR'", "party “TUR”"),
    ("INSERT INTO facet_value (name, value) VALUES ('party', 'XXX')", "party “XXX”"),
    ("UPDATE revision_time SET record = 1 WHERE revision = 9", "revision 9"),
    (f"INSERT INTO revision_time ({TIME}) VALUES (7, 99, 1, 7, 7, 7)", "revision 99"),
    (f"INSERT INTO write ({WRITE}) VALUES (3, 3, '2023', 'x')", "write 3"),
]  # fmt: skip
# Where nothing is wrong with any one record, the fault names the sequence.
MISSING = [
    ("DELETE FROM revision_time WHERE revision = 14; DELETE FROM revision WHERE number = 14", "14"),
    (
        "DELETE FROM revision_time WHERE revision = 3; DELETE FROM revision WHERE number = 3",
        "revision 3 is missing",
    ),
]


def test_what_is_changed_is_found_and_named(filled: Database) -> None:
    def found_and_named(sql: str, named: str) -> None:
        # Looked at before it is rolled back, so that the next finds the ledger whole.
        with filled.write_engine.connect() as connection, connection.begin() as trying:
            if filled.is_sqlite:
                connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            for statement in sql.split("; "):
                connection.execute(text(statement))
            found = list(verify(connection, NOUNS))
            trying.rollback()
        assert any(named in fault for fault in found), found

    sqlite = filled.is_sqlite
    cases = [*TAMPERED, *MISSING, *SUMS]
    for column, values in (("document", _DOCUMENTS), ("hash", _HASHES)):
        for seq in (9, 12):
            sql = f"UPDATE revision SET {column} = {{}} WHERE number = {seq}"
            cases += [(sql.format(value), f"revision {seq}") for value in values[sqlite]]
    cases += [(sql, "") for sql in _LOOSE if sqlite]
    check_every_case(cases, found_and_named)
    assert faults(filled) == []


def test_an_index_that_holds_what_is_not_there_is_found(filled: Database) -> None:
    with filled.write_transaction() as connection:
        entry = index_tables.IndexEntry(7, [term_id("noun", "issue") ^ scope_salt("issue")])
        for table in index_tables.INDEX_TABLES:
            index_tables.add_entries(connection, table, [entry])
    assert [fault.partition(":")[0] for fault in faults(filled)] == list(index_tables.INDEX_TABLES)


def test_a_term_too_many_is_found_and_named(filled: Database) -> None:
    with filled.write_transaction() as connection:
        sql = "SELECT sort_key FROM revision_time WHERE revision = 9"
        key = connection.execute(text(sql)).scalar_one()
        if filled.is_sqlite:
            index_tables.add_entries(
                connection, "history_terms", [index_tables.IndexEntry(key, [7])]
            )
        else:
            more = text("UPDATE history_terms SET terms = terms || 7::bigint WHERE sort_key = :key")
            connection.execute(more, {"key": key})
    told = "meeting m (revision 9): the index of history terms does not match its document"
    assert faults(filled) == [told]


def test_looking_leaves_a_connection_as_it_was(filled: Database) -> None:
    if not filled.is_sqlite:
        pytest.skip("only SQLite's index is looked at by a view of its own")
    with filled.read_transaction() as connection:
        assert list(verify(connection, NOUNS)) == []
        assert connection.execute(text("SELECT name FROM temp.sqlite_master")).all() == []
        with pytest.raises(OperationalError, match="readonly"):
            connection.execute(text("DELETE FROM facet_value"))


def test_a_document_changed_by_one_letter_is_found(filled: Database) -> None:
    with filled.write_transaction() as connection:
        sql = "SELECT document FROM revision WHERE number = 9"
        content = bytes(connection.execute(text(sql)).scalar_one())
        changed = content.replace(b'"title":"m"', b'"title":"n"')
        assert changed != content
        update = text("UPDATE revision SET document = :d WHERE number = 9")
        connection.execute(update, {"d": changed})
    assert "revision 9 (meeting m) does not match its hash" in faults(filled)


@pytest.mark.parametrize("table", ["current_terms", "history_terms"])
def test_an_index_that_lost_a_record_is_found(filled: Database, table: str) -> None:
    column = "rowid" if filled.is_sqlite else "sort_key"
    seq = 12 if table == "current_terms" else 9
    if filled.is_sqlite and table == "history_terms":
        pytest.skip("SQLite's index of the past takes no deletion")
    tamper(
        filled,
        f"DELETE FROM {table} WHERE {column} ="
        f" (SELECT sort_key FROM revision_time WHERE revision = {seq})",
    )
    assert any("meeting m" in fault for fault in faults(filled))


def test_the_command_says_that_all_is_well(
    filled: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--database-url", database_url(filled)]) == 0
    assert capsys.readouterr().out == "14 revisions verified\n"


def test_the_command_prints_each_fault_and_fails(
    filled: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(filled, "UPDATE write SET author = 'someone else' WHERE first_revision = 9")
    assert main(["verify", "--database-url", database_url(filled)]) == 1
    assert "revision 9 (meeting m) does not match its hash" in capsys.readouterr().out
