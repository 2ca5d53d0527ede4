"""Writes to the ledger: numbering, atomicity, tombstones, restoring."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import text

from app.kit.http.problems import Problem
from app.kit.sql.database import Database
from app.ledger.selection import Clock
from app.ledger.write.ledger import Ledger
from tests.builders import (
    RecordWriter,
    deletion,
    issue,
    meeting,
    milestone,
    participant,
    party,
    person,
    source,
    summary,
)


def ledger_of(database: Database) -> list[tuple[int, int, int]]:
    with database.read_transaction() as connection:
        sql = "SELECT number, write, version FROM revision ORDER BY number"
        rows = connection.execute(text(sql))
        return [(row[0], row[1], row[2]) for row in rows]


def test_revisions_are_numbered_from_one_without_a_gap(
    writer: RecordWriter, database: Database
) -> None:
    writer.basis()
    writer.write(meeting("a"), meeting("b"))
    writer.write(meeting("a", title="Another title"))
    assert [seq for seq, _, _ in ledger_of(database)] == list(range(1, 9))


def test_the_revisions_of_a_write_are_consecutive_and_carry_its_first_number(
    writer: RecordWriter, database: Database
) -> None:
    writer.write(issue("a"), issue("b"), issue("c"))
    writer.write(issue("d"))
    assert [write for _, write, _ in ledger_of(database)] == [1, 1, 1, 4]


def test_each_changed_document_gets_exactly_one_revision(writer: RecordWriter) -> None:
    writer.write(issue("a"), issue("b"), issue("c"))
    written = writer.write(issue("a", note="New"), issue("b"), issue("c", note="New"))
    assert summary(written) == [("changed", "issue", "a"), ("changed", "issue", "c")]


def test_a_write_that_changes_nothing_makes_no_revision(
    writer: RecordWriter, database: Database
) -> None:
    writer.basis()
    body = meeting("a", "2023-04", participants=[participant("TUR")])
    writer.write(body)
    before = ledger_of(database)
    assert writer.write(body).revisions == ()
    assert writer.write(body).last_revision == writer.newest()
    assert ledger_of(database) == before
    with database.read_transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM write")).scalar() == 2


def test_deleting_what_is_not_there_makes_no_revision(writer: RecordWriter) -> None:
    writer.write(issue("a"))
    writer.write(deletion("issue", "a"))
    assert writer.write(deletion("issue", "a"), deletion("issue", "never")).revisions == ()


def test_a_document_tells_its_version_and_the_revision_that_made_it(writer: RecordWriter) -> None:
    writer.write(issue("a"), at="2024-01-01T12:00")
    writer.write(issue("b"))
    writer.write(issue("a", note="More"), at="2030-01-02T12:00")
    document = writer.now("issue", "a")
    assert document is not None
    assert (document["version"], document["revision"]) == (2, 3)
    assert document["recorded_at"] == "2030-01-02T12:00:00.000000Z"


def test_recording_times_never_run_backwards(writer: RecordWriter, database: Database) -> None:
    writer.write(issue("a"), at="2030-01-02T12:00")
    writer.write(issue("b"), at="2024-01-01T12:00")
    with database.read_transaction() as connection:
        sql = "SELECT recorded_at FROM write ORDER BY first_revision"
        found = connection.execute(text(sql)).scalars()
        assert list(found) == ["2030-01-02T12:00:00.000000Z"] * 2


def test_a_write_that_fails_leaves_nothing_behind(writer: RecordWriter, database: Database) -> None:
    writer.write(issue("a"))
    with pytest.raises(Problem):
        writer.write(issue("b"), issue("c", broader="nowhere"))
    assert [seq for seq, _, _ in ledger_of(database)] == [1]
    assert writer.now("issue", "b") is None
    assert [r.number for r in writer.write(issue("d")).revisions] == [2]


def test_records_of_one_write_may_cite_each_other_in_any_order(writer: RecordWriter) -> None:
    written = writer.write(
        meeting("m", participants=[participant("TUR", person="p")], issues=["i"], sources=["s"]),
        person("p", party="TUR"),
        party("TUR"),
        issue("i", broader="wider"),
        issue("wider"),
        source("s"),
    )
    assert len(written.revisions) == 6


def test_one_record_may_not_stand_twice_in_a_write(writer: RecordWriter) -> None:
    with pytest.raises(ValueError, match="twice"):
        writer.write(issue("a"), deletion("issue", "a"))


# ---- tombstones


def test_a_tombstone_is_a_revision_without_a_document(writer: RecordWriter) -> None:
    writer.write(issue("a"))
    written = writer.write(deletion("issue", "a"))
    assert summary(written) == [("deleted", "issue", "a")]
    assert written.revisions[0].content is None
    assert writer.now("issue", "a") is None
    assert writer.at("issue", "a", Clock(1)) is not None


@pytest.mark.parametrize("as_of", [1, 738_000, 10**6])
def test_a_tombstone_hides_its_record_at_every_as_of(writer: RecordWriter, as_of: int) -> None:
    writer.write(source("s", "2023-01-01"))
    writer.write(party("TUR", sources=["s"]), issue("free"))
    writer.write(deletion("party", "TUR"), deletion("issue", "free"))
    assert writer.at("party", "TUR", Clock(None, as_of)) is None
    assert writer.at("issue", "free", Clock(None, as_of)) is None


def test_a_deleted_record_is_restored_by_writing_it_again(writer: RecordWriter) -> None:
    writer.write(issue("a"))
    writer.write(deletion("issue", "a"))
    written = writer.write(issue("a"))
    assert summary(written) == [("restored", "issue", "a")]
    document = writer.now("issue", "a")
    assert document is not None
    assert document["version"] == 3


def test_a_record_may_be_deleted_and_restored_again_and_again(
    writer: RecordWriter, database: Database
) -> None:
    writer.basis()
    body = meeting(
        "a", "2023-04", participants=[participant("TUR"), participant("SYR")], issues=["withdrawal"]
    )
    for _ in range(3):
        writer.write(body)
        writer.write(deletion("meeting", "a"))
    with database.read_transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM meeting_participant")).scalar() == 0
    assert [version for _, _, version in ledger_of(database)][-6:] == [1, 2, 3, 4, 5, 6]


# ---- identifiers


@pytest.mark.parametrize("deleted", [False, True])
def test_meetings_and_milestones_share_one_space_of_identifiers(
    writer: RecordWriter, *, deleted: bool
) -> None:
    writer.write(meeting("a"), milestone("b"))
    if deleted:
        writer.write(deletion("meeting", "a"), deletion("milestone", "b"))
    for taken in (milestone("a"), meeting("b")):
        with pytest.raises(Problem) as caught:
            writer.write(taken)
        assert (caught.value.status, caught.value.type) == (409, "id-taken")


def test_one_write_may_not_give_one_identifier_to_a_meeting_and_a_milestone(
    writer: RecordWriter,
) -> None:
    with pytest.raises(Problem, match="409 id-taken"):
        writer.write(milestone("a"), meeting("a"))


def test_other_nouns_may_have_the_same_identifiers(writer: RecordWriter) -> None:
    written = writer.write(meeting("a"), issue("a"), person("a"), source("a"))
    assert len(written.revisions) == 4


# ---- the relational tables


def test_the_record_as_it_stands_can_be_asked_for_in_sql(
    writer: RecordWriter, database: Database
) -> None:
    writer.basis()
    writer.write(
        meeting("a", "2023-04", participants=[participant("TUR", "host"), participant("SYR")])
    )
    writer.write(meeting("a", "2023-05", participants=[participant("SYR"), participant("IRN")]))
    sql = (
        "SELECT m.date_earliest, m.date_latest, p.party, p.role FROM meeting AS m"
        " JOIN meeting_participant AS p ON p.meeting = m.id ORDER BY p.ordinal"
    )
    with database.read_transaction() as connection:
        rows = [tuple(row) for row in connection.execute(text(sql))]
    assert rows == [
        ("2023-05-01", "2023-05-31", "SYR", "participant"),
        ("2023-05-01", "2023-05-31", "IRN", "participant"),
    ]


def test_threads_that_write_at_once_leave_no_gap(writer: RecordWriter, ledger: Ledger) -> None:
    def write(number: int) -> int:
        changes = [issue(f"i{number}"), issue("shared", note=str(number))]
        return ledger.write(changes, author=str(number)).last_revision

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))
    assert writer.newest() == 24
    document = writer.now("issue", "shared")
    assert document is not None
    assert document["version"] == 12


def test_a_time_is_kept_to_the_microsecond(writer: RecordWriter) -> None:
    writer.write(issue("a"))
    document = writer.now("issue", "a")
    assert document is not None
    assert datetime.fromisoformat(document["recorded_at"]).tzinfo is not None
    assert len(document["recorded_at"]) == len("2024-01-01T12:00:00.000000Z")
