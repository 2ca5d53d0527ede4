"""`parley verify`: whatever is changed behind the ledger's back is found, and named."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.cli import main
from app.kit.database import Database
from app.ledger.verifying import verify
from app.records.registry import NOUNS
from tests.conftest import address
from tests.records.builders import (
    Pen,
    gone,
    issue,
    meeting,
    milestone,
    person,
    position,
    process,
    seat,
    source,
)
from tests.tables import every


@pytest.fixture
def filled(pen: Pen, database: Database) -> Database:
    """Revisions 1 to 5 are the basis; the meeting is 9, its later state 12."""
    pen.basis()
    pen.write(source("s", "2023-04-01"), milestone("x", "2023-05-14"), person("p"))
    pen.write(
        meeting(
            "m",
            {"edtf": "2023-04", "before": "x"},
            participants=[seat("TUR", "host", person="p", name="P"), seat("SYR")],
            issues=["withdrawal"],
            sources=["s"],
        )
    )
    pen.write(position("q", "2023-04", sources=["s"]), process("t", parties=["TUR"]))
    pen.write(
        meeting(
            "m",
            {"edtf": "2023-04-25", "before": "x"},
            participants=[seat("TUR", "host", person="p", name="P"), seat("SYR")],
            issues=["withdrawal"],
            readouts=[{"party": "TUR", "text": "Said", "issues": ["withdrawal"], "source": "s"}],
            outcomes=[{"assessment": "progress", "by": "us"}],
            previous_dates=[{"date": "2023-04", "reason": "vague"}],
            sources=["s"],
        ),
        reason="better known",
    )
    pen.write(issue("dropped"))
    pen.write(gone("issue", "dropped"))
    return database


def faults(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(verify(connection, NOUNS))


def tamper(database: Database, sql: str) -> None:
    with database.writing() as connection:
        if database.sqlite:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        connection.execute(text(sql))


def test_nothing_is_found_where_nothing_was_changed(filled: Database) -> None:
    assert faults(filled) == []


def test_nothing_is_found_in_a_world_of_records(worldly: Database) -> None:
    assert faults(worldly) == []


def test_an_empty_ledger_holds(database: Database) -> None:
    assert faults(database) == []


# Each statement with a text that one of the faults must hold: which revision, which record.
TAMPERED: list[tuple[str, str]] = [
    # the chain
    ("UPDATE revision SET document = NULL WHERE seq = 9", "revision 9"),
    ("UPDATE revision SET version = 7 WHERE seq = 9", "revision 9"),
    ("UPDATE revision SET action = 'changed' WHERE seq = 9", "revision 9"),
    ("UPDATE revision SET reported_on = '2020-01-01' WHERE seq = 9", "revision 9"),
    ("UPDATE revision SET record = 1 WHERE seq = 9", "revision 9"),
    ("UPDATE revision SET write = 6 WHERE seq = 9", "revision 9"),
    ("UPDATE revision SET hash = (SELECT hash FROM revision WHERE seq = 1) WHERE seq = 9",
     "revision 9"),
    ("UPDATE write SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE first = 9", "revision 9"),
    ("UPDATE write SET author = 'someone else' WHERE first = 9", "revision 9"),
    ("UPDATE write SET reason = 'no reason' WHERE first = 12", "revision 12"),
    ("UPDATE write SET last = 10 WHERE first = 9", "revision 10"),
    ("UPDATE record SET noun = 'person' WHERE id = 'm'", "revision 9"),
    ("UPDATE record SET version = 7 WHERE id = 'm'", "meeting m"),
    # the clocks of what stands
    ("UPDATE clock SET earliest = earliest - 1 WHERE seq = 12", "meeting m"),
    ("UPDATE clock SET latest = NULL WHERE seq = 12", "meeting m"),
    ("UPDATE clock SET known_from = known_from - 1 WHERE seq = 12", "meeting m"),
    ("UPDATE clock SET recorded_to = 14 WHERE seq = 12", "meeting m"),
    ("UPDATE clock SET known_to = 7 WHERE seq = 12", "meeting m"),
    # the clocks of what stood
    ("UPDATE clock SET earliest = earliest - 1 WHERE seq = 9", "meeting m"),
    ("UPDATE clock SET latest = latest + 1 WHERE seq = 9", "meeting m"),
    ("UPDATE clock SET recorded_to = 14 WHERE seq = 9", "meeting m"),
    ("UPDATE clock SET known_from = known_from - 1 WHERE seq = 9", "meeting m"),
    ("UPDATE clock SET known_to = known_to - 1 WHERE seq = 9", "meeting m"),
    ("DELETE FROM clock WHERE seq = 9", "meeting m"),
    # what was deleted
    ("UPDATE record SET key = (SELECT key FROM clock WHERE seq = 13) WHERE id = 'dropped'",
     "issue dropped"),
    ("INSERT INTO issue (id, name) VALUES ('dropped', 'Back again')", "issue dropped"),
    # the rows
    ("UPDATE meeting SET title = 'Another' WHERE id = 'm'", "meeting m"),
    ("UPDATE meeting SET date_latest = '2023-05-01' WHERE id = 'm'", "meeting m"),
    ("UPDATE participant SET role = 'observer' WHERE ordinal = 0", "meeting m"),
    ("DELETE FROM participant WHERE ordinal = 1", "meeting m"),
    ("INSERT INTO participant (meeting, ordinal, party, role) VALUES ('m', 2, 'IRN', 'host')",
     "meeting m"),
    ("UPDATE meeting_issue SET ordinal = 3", "meeting m"),
    ("UPDATE readout SET text = 'Unsaid'", "meeting m"),
    ("DELETE FROM readout_issue", "meeting m"),
    ("UPDATE outcome SET assessment = 'setback'", "meeting m"),
    ("UPDATE previous_date SET reason = 'Another'", "meeting m"),
    ("INSERT INTO meeting_link (meeting, ordinal, relation, target) SELECT 'm', 0, 'follows', 'm'",
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
# Where nothing is wrong with any one record, the fault names the sequence.
MISSING = [
    ("DELETE FROM clock WHERE seq = 14; DELETE FROM revision WHERE seq = 14", "14"),
    (
        "DELETE FROM clock WHERE seq = 3; DELETE FROM revision WHERE seq = 3",
        "revision 3 is missing",
    ),
]


def test_what_is_changed_is_found_and_named(filled: Database) -> None:
    def found_and_named(sql: str, named: str) -> None:
        # Looked at before it is rolled back, so that the next finds the ledger whole.
        with filled.writer.connect() as connection, connection.begin() as trying:
            if filled.sqlite:
                connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            for statement in sql.split("; "):
                connection.execute(text(statement))
            found = list(verify(connection, NOUNS))
            trying.rollback()
        assert any(named in fault for fault in found), found

    every([*TAMPERED, *MISSING], found_and_named)
    assert faults(filled) == []


def test_a_document_changed_by_one_letter_is_found(filled: Database) -> None:
    with filled.writing() as connection:
        sql = "SELECT document FROM revision WHERE seq = 9"
        content = bytes(connection.execute(text(sql)).scalar_one())
        changed = content.replace(b'"title":"m"', b'"title":"n"')
        assert changed != content
        update = text("UPDATE revision SET document = :d WHERE seq = 9")
        connection.execute(update, {"d": changed})
    assert "revision 9 (meeting m) does not match its hash" in faults(filled)


@pytest.mark.parametrize("table", ["current_terms", "history_terms"])
def test_an_index_that_lost_a_record_is_found(filled: Database, table: str) -> None:
    column = "rowid" if filled.sqlite else "key"
    seq = 12 if table == "current_terms" else 9
    if filled.sqlite and table == "history_terms":
        pytest.skip("SQLite's index of the past takes no deletion")
    tamper(
        filled, f"DELETE FROM {table} WHERE {column} = (SELECT key FROM clock WHERE seq = {seq})"
    )
    assert any("meeting m" in fault for fault in faults(filled))


def test_the_command_says_that_all_is_well(
    filled: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--database-url", address(filled)]) == 0
    assert capsys.readouterr().out == "14 revisions hold\n"


def test_the_command_prints_each_fault_and_fails(
    filled: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(filled, "UPDATE write SET author = 'someone else' WHERE first = 9")
    assert main(["verify", "--database-url", address(filled)]) == 1
    assert "revision 9 (meeting m) does not match its hash" in capsys.readouterr().out
