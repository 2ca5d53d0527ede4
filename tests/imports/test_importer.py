"""Imports: a verdict a row, and nothing written twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson
import pytest

from app.imports.importer import Importer, ImportOptions
from app.imports.readers import NounResolver, read_ndjson
from app.imports.verdicts import Verdict
from app.kit.sql.database import Database
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.builders import RecordWriter, deletion
from tests.imports.import_rows import (
    filled,
    issue,
    ledger_of,
    lines,
    meeting,
    run,
    verdict_texts,
    written,
)


@pytest.fixture
def basis(database: Database) -> Database:
    return filled(database)


def test_every_verdict_and_none_the_second_time(basis: Database) -> None:
    rows = [
        meeting("one", place={"name": "Geneva"}),
        meeting("two", place={"name": "Geneva"}),
        meeting("three", status="hold"),
        meeting("four", participants=[{"party": "FRA"}]),
        {"noun": "party", "id": "TUR", "name": "Turkey", "kind": "state"},
        {"noun": "party", "id": "SYR", "name": "Syria", "kind": "state"},
    ]
    outcome, verdicts = run(basis, rows)
    assert verdict_texts(verdicts) == [
        "created",
        "duplicate",
        "refused",
        "refused",
        "changed",
        "unchanged",
    ]
    assert verdicts[1].candidates[0]["id"] == "one"
    assert verdicts[2].errors[0].field == "status"
    assert "planned" in str(verdicts[2].errors[0].accepted)
    assert verdicts[3].errors[0].field == "participants[0].party"
    assert outcome.counts == Counter(verdict_texts(verdicts))
    before = ledger_of(basis)
    assert [(w["author"], w["reason"]) for w in written(basis)[1:]] == [("importer", "a test")]
    outcome, verdicts = run(basis, rows)
    again = ["unchanged", "duplicate", "refused", "refused", "unchanged", "unchanged"]
    assert verdict_texts(verdicts) == again
    assert ledger_of(basis) == before


# Each row that keeps itself out, and what is said of it.
BAD: dict[str, tuple[dict[str, Any] | bytes, str]] = {
    "not json": (b"{", "body"),
    "a key twice": (b'{"noun":"issue","noun":"issue"}', "body"),
    "no object": (b"[]", "body"),
    "no noun": ({"id": "x", "name": "x"}, "noun"),
    "no such noun": ({"noun": "isue", "id": "x"}, "noun"),
    "unknown field": (issue("x", nam="y"), "nam"),
    "bad identifier": (issue("x y"), "id"),
    "unknown reference": (issue("x", broader="nothing"), "broader"),
    "no source": (meeting("x", sources=[]), "sources"),
    "held in the future": (meeting("x", date="2999-01-01"), "status"),
    "impossible day": (meeting("x", date="2023-02-29"), "date"),
    "no room between anchors": (
        meeting("x", date={"edtf": "2024", "before": "anchor"}),
        "date",
    ),
    "a circle": (meeting("x", status="planned", date={"after": "x"}), "date"),
    "a name for a reference": (
        meeting("x", participants=[{"party": "Türkiye"}]),
        "participants[0].party",
    ),
    "identifier of a milestone": (meeting("anchor"), "id"),
    "deleted": (issue("deleted"), "id"),
    "a nested fault": (meeting("x", sources=[{"id": "s", "url": "no"}]), "sources[0].url"),
    "positions no list": (meeting("x", positions={}), "positions"),
    "a bad position": (
        meeting("x", positions=[{"party": "TUR", "issue": "good-1", "stance": "likes"}]),
        "positions[0].stance",
    ),
    "a position at another meeting": (
        meeting("x", positions=[{"party": "TUR", "issue": "good-1", "meeting": "y"}]),
        "positions[0].meeting",
    ),
    "a position that is no object": (meeting("x", positions=["y"]), "positions[0]"),
}


@pytest.fixture
def prepared(basis: Database) -> Database:
    run(
        basis,
        [issue("deleted"), {"noun": "milestone", "id": "anchor", "title": "A", "date": "2020"}],
    )
    RecordWriter(Ledger(basis, NOUNS)).write(deletion("issue", "deleted"))
    return basis


@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_is_refused_and_keeps_no_other_out(prepared: Database, name: str) -> None:
    bad, field = BAD[name]
    rows = [*lines([issue("good-1")]), bad if isinstance(bad, bytes) else orjson.dumps(bad)]
    rows += lines([issue("good-2"), issue("good-3", broader="good-1")])
    told: list[Verdict] = []
    Importer(Ledger(prepared, NOUNS), ImportOptions("x"), told.extend).run(
        read_ndjson(rows, NounResolver(NOUNS, None))
    )
    told.sort(key=lambda verdict: verdict.row)
    assert verdict_texts(told) == ["created", "refused", "created", "created"]
    assert told[1].errors[0].field == field
    ledger_of(prepared)


@pytest.mark.parametrize("batch", [1, 2, 3, 500])
def test_verdicts_do_not_depend_on_batches(prepared: Database, batch: int) -> None:
    bad = [
        row if row.get("id") != "x" else row | {"id": f"x-{number}"}
        for number, (row, _) in enumerate(BAD.values())
        if isinstance(row, dict)
    ]
    good = (issue(str(number) * 5) for number in range(100, 200))
    rows = [row for one in bad for row in (one, next(good))]
    _, verdicts = run(prepared, rows, batch=batch)
    assert verdict_texts(verdicts) == ["refused", "created"] * len(bad)


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_rows_may_cite_rows_further_down(prepared: Database, batch: int) -> None:
    rows = [
        issue("narrow", broader="wide"),
        issue("lost", broader="nowhere"),
        issue("child-of-lost", broader="lost"),
        meeting("a", links=[{"relation": "follows", "meeting": "b"}]),
        meeting(
            "b",
            date="2023-09-09",
            links=[{"relation": "prepares", "meeting": "a"}],
        ),
        issue("wide"),
    ]
    outcome, verdicts = run(prepared, rows, batch=batch)
    assert verdict_texts(verdicts) == [
        "created",
        "refused",
        "refused",
        "created",
        "created",
        "created",
    ]
    before = ledger_of(prepared)
    outcome, verdicts = run(prepared, rows, batch=batch)
    assert outcome.counts == {"unchanged": 4, "refused": 2}
    assert ledger_of(prepared) == before


@pytest.mark.parametrize("batch", [1, 500])
def test_issues_that_would_be_parts_of_each_other_are_refused(basis: Database, batch: int) -> None:
    rows = [issue("a", broader="b"), issue("b", broader="a"), issue("c")]
    _, verdicts = run(basis, rows, batch=batch)
    assert verdict_texts(verdicts) == ["refused", "refused", "created"]
    assert [v.errors[0].field for v in verdicts[:2]] == ["broader", "broader"]
    assert "part of itself" in verdicts[0].errors[0].message


@pytest.mark.parametrize("batch", [1, 500])
def test_dates_of_new_rows_that_hang_on_each_other_are_told_so(basis: Database, batch: int) -> None:
    ring = [
        meeting(str(n), status="planned", date={"after": str((n + 1) % 3)}, place={"name": f"P{n}"})
        for n in range(3)
    ]
    _, verdicts = run(basis, [ring[0], issue("a"), *ring[1:], issue("b")], batch=batch)
    assert verdict_texts(verdicts) == ["refused", "created", "refused", "refused", "created"]
    if batch > 3:  # alone, none of them can tell what the others hang on
        faults = [fault for v in verdicts for fault in v.errors]
        assert [fault.field for fault in faults] == ["date"] * 3
        assert all("would depend on itself" in fault.message for fault in faults)


def test_names_for_references_name_the_identifier(basis: Database) -> None:
    rows = [meeting("x", participants=[{"party": "Türkiye"}]), issue("y", broader="the m4 road")]
    outcome, verdicts = run(basis, rows)
    assert verdicts[0].errors[0].accepted == ["TUR"]
    assert "closest matches: TUR" in next(outcome.summary_lines())


def test_the_same_identifier_twice(basis: Database) -> None:
    rows = [issue("one"), issue("one", name="another"), issue("one")]
    for first in ("created", "unchanged"):
        _, verdicts = run(basis, rows)
        assert verdict_texts(verdicts) == [first, "refused", "unchanged"]
        assert "row 1" in verdicts[1].errors[0].message


def test_rows_without_identifiers(basis: Database) -> None:
    rows = [
        meeting(None, place={"name": "Geneva"}),
        {"noun": "person", "name": "Ada Byron"},
        {"noun": "person", "name": "Ada Byron"},
        {"noun": "party", "name": "Türkiye", "kind": "state"},
    ]
    _, verdicts = run(basis, rows)
    assert [v.id for v in verdicts] == ["2024-05-02-geneva", "ada-byron", "ada-byron", "TUR"]
    assert verdict_texts(verdicts) == ["created", "created", "unchanged", "unchanged"]
    before = ledger_of(basis)
    _, verdicts = run(basis, rows)
    assert verdict_texts(verdicts) == ["unchanged"] * 4
    assert ledger_of(basis) == before
    rows[1]["note"] = "a mathematician"
    _, verdicts = run(basis, rows[:2])
    assert verdict_texts(verdicts) == ["unchanged", "duplicate"]


def test_new_records_inside_a_row(basis: Database) -> None:
    new = {"name": "Ada Byron", "party": "TUR"}
    seat = {"party": "TUR", "person": new}
    position = {"party": "TUR", "issue": {"name": "Peace"}, "stance": "proposes",
                "channel": "reported"}  # fmt: skip
    rows = [
        meeting("one", participants=[seat], positions=[position]),
        meeting("two", date="2024-06-01", participants=[seat]),
    ]
    for expected in ("created", "unchanged"):
        _, verdicts = run(basis, rows)
        assert verdict_texts(verdicts) == [expected] * 2
    writer = RecordWriter(Ledger(basis, NOUNS))
    assert (writer.now("meeting", "two") or {})["participants"][0]["person"] == "ada-byron"
    assert (writer.now("position", "2024-05-02-tur-peace") or {})["meeting"] == "one"
    rows[0]["participants"][0]["person"]["note"] = "changed"
    rows[0]["participants"][0]["person"]["id"] = "ada-byron"
    _, verdicts = run(basis, rows[:1])
    assert [e.field for e in verdicts[0].errors] == ["participants[0].person.id"]


def test_a_meeting_moves_on_and_keeps_what_was_expected(basis: Database) -> None:
    rows = [meeting("one", status="planned", date="2024-06")]
    run(basis, rows)
    rows[0] |= {"status": "held", "date": "2024-05-02", "previous_dates": []}
    for expected in ("changed", "unchanged", "unchanged"):
        _, verdicts = run(basis, rows)
        assert verdict_texts(verdicts) == [expected]
    kept = (RecordWriter(Ledger(basis, NOUNS)).now("meeting", "one") or {})["previous_dates"]
    assert [(p["date"]["edtf"], p["status"], p["reason"]) for p in kept] == [
        ("2024-06", "planned", "a test")
    ]
    rows[0]["status"] = "planned"
    _, verdicts = run(basis, rows)
    assert verdict_texts(verdicts) == ["refused"]


def test_twins_among_many(basis: Database) -> None:
    """The one search of a batch and the search for each row find the same."""
    rows = [
        meeting(f"{month}-{place}-{n}", date=f"2024-{month:02}-03", place={"name": place})
        for month in (1, 2)
        for place in ("Geneva", "Oslo")
        for n in (1, 2)
    ]
    expected = ["created", "duplicate"] * 4
    for batch in (1, 3, 500):
        outcome, verdicts = run(basis, rows, batch=batch, dry_run=True)
        assert verdict_texts(verdicts) == expected
        assert not outcome.written
    _, verdicts = run(basis, rows, allow_duplicates=True)
    assert verdict_texts(verdicts) == ["created"] * 8


# ---- all or nothing, and nothing at all


@pytest.mark.parametrize("bad", [issue("y", nam=1), meeting("twin"), issue("y", broader="none")])
def test_all_or_nothing(basis: Database, bad: dict[str, Any]) -> None:
    run(basis, [meeting("there")])
    before = ledger_of(basis)
    rows = [issue("one"), bad, *(issue(f"n-{n}") for n in range(20))]
    outcome, verdicts = run(basis, rows, atomic=True, batch=4)
    assert not outcome.written
    assert verdict_texts(verdicts)[0] == "created"
    assert verdict_texts(verdicts)[1] in {"refused", "duplicate"}
    assert ledger_of(basis) == before
    outcome, _ = run(basis, [rows[0], *rows[2:]], atomic=True, batch=4)
    assert outcome.written
    assert len(written(basis)) == len([x for x in before if x.startswith(b'{"write"')]) + 1


@pytest.mark.parametrize("atomic", [True, False])
def test_a_dry_run_says_what_would_be(basis: Database, atomic: bool) -> None:
    before = ledger_of(basis)
    rows = [issue("one"), issue("two", broader="one"), issue("three", broader="none")]
    dry = run(basis, rows, dry_run=True, atomic=atomic)
    assert ledger_of(basis) == before
    real = run(basis, rows)
    assert dry[1] == real[1]
