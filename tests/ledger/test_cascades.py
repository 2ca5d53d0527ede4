"""What hangs on a record moves with it, in the same write."""

from __future__ import annotations

from typing import Any

import pytest

from app.kit.http.problems import Problem
from app.ledger.write.revisions import RecordChange, WriteResult
from tests.builders import (
    RecordWriter,
    deletion,
    issue,
    meeting,
    milestone,
    participant,
    party,
    person,
    position,
    source,
    summary,
)


def span(
    writer: RecordWriter, identifier: str, noun: str = "meeting"
) -> tuple[str | None, str | None]:
    document = writer.now(noun, identifier)
    assert document is not None
    return document["date"]["earliest"], document["date"]["latest"]


def reported(writer: RecordWriter, noun: str, identifier: str) -> str | None:
    document = writer.now(noun, identifier)
    assert document is not None
    return str(document["reported_on"]) if document["reported_on"] else None


def refused(writer: RecordWriter, *changes: RecordChange) -> Problem:
    before = writer.newest()
    with pytest.raises(Problem) as caught:
        writer.write(*changes)
    assert writer.newest() == before
    return caught.value


# What an anchor makes of a date: the event's text, the date, the bounds that come out.
ANCHORS: list[tuple[str | None, Any, tuple[str | None, str | None]]] = [
    ("2023-05-14", {"before": "x"}, (None, "2023-05-13")),
    ("2023-05-14", {"after": "x"}, ("2023-05-15", None)),
    ("2023-05", {"before": "x"}, (None, "2023-05-30")),
    ("2023-05", {"after": "x"}, ("2023-05-02", None)),
    ("2023-05-14", {"edtf": "2023-04-26/..", "before": "x"}, ("2023-04-26", "2023-05-13")),
    ("2023-05-14", {"edtf": "2023-04", "before": "x"}, ("2023-04-01", "2023-04-30")),
    ("2023-05-14", {"edtf": "2023-05", "before": "x"}, ("2023-05-01", "2023-05-13")),
    ("2023-05-14", {"edtf": "2023-05", "after": "x"}, ("2023-05-15", "2023-05-31")),
    ("2023-05-14/..", {"edtf": "2023", "before": "x"}, ("2023-01-01", "2023-12-31")),
    ("../2023-05-14", {"edtf": "2023", "after": "x"}, ("2023-01-01", "2023-12-31")),
    (None, {"edtf": "2023", "before": "x"}, ("2023-01-01", "2023-12-31")),
    (None, {"after": "x"}, (None, None)),
    ("0001-01-01", {"before": "x"}, (None, "0000-12-31")),
    ("2023-05-14", {"before": "x", "after": "y"}, ("2021-01-02", "2023-05-13")),
]


@pytest.mark.parametrize(("event", "date", "bounds"), ANCHORS)
def test_the_tighter_of_anchor_and_text_wins(
    writer: RecordWriter, event: str | None, date: Any, bounds: tuple[str | None, str | None]
) -> None:
    writer.write(milestone("x", event), milestone("y", "2021"), meeting("m", date))
    assert span(writer, "m") == bounds


def test_when_an_anchor_moves_what_hangs_on_it_moves_in_the_same_write(
    writer: RecordWriter,
) -> None:
    writer.basis()
    writer.write(
        milestone("election", "2023-05-14"),
        meeting("before", {"before": "election"}),
        position("after", {"after": "election"}),
        person("p", tenures=[{"office": "MP", "party": "TUR", "from": {"after": "election"}}]),
        meeting("apart", "2023-05-14"),
    )
    written = writer.write(milestone("election", "2023-05-28"))
    assert summary(written)[0] == ("changed", "milestone", "election")
    assert set(summary(written)[1:]) == {
        ("changed", "meeting", "before"),
        ("changed", "position", "after"),
        ("changed", "person", "p"),
    }
    assert span(writer, "before") == (None, "2023-05-27")
    assert span(writer, "after", "position") == ("2023-05-29", None)


def test_a_chain_of_anchors_moves_to_its_end(writer: RecordWriter) -> None:
    chain = [meeting(f"m{n}", {"after": f"m{n - 1}"}) for n in range(1, 8)]
    writer.write(meeting("m0", "2023-01-01"), *chain)
    assert span(writer, "m7") == ("2023-01-08", None)
    written = writer.write(meeting("m0", "2023-02-01"))
    assert [identifier for _, _, identifier in summary(written)] == [f"m{n}" for n in range(8)]
    assert len({r.number for r in written.revisions}) == 8
    assert span(writer, "m7") == ("2023-02-08", None)


def test_what_hangs_on_two_that_move_moves_once(writer: RecordWriter) -> None:
    writer.write(milestone("a", "2023-01-01"), milestone("b", {"after": "a"}))
    writer.write(meeting("m", {"edtf": "2023", "after": "b"}), meeting("n", {"after": "m"}))
    written = writer.write(milestone("a", "2023-03-01"))
    assert sorted(identifier for _, _, identifier in summary(written)) == ["a", "b", "m", "n"]
    assert span(writer, "n") == ("2023-03-04", None)


def test_a_move_that_changes_no_bound_changes_no_record(writer: RecordWriter) -> None:
    writer.write(milestone("x", "2023-05-14"), meeting("m", {"edtf": "2023-04", "before": "x"}))
    assert summary(writer.write(milestone("x", "2023-06-14"))) == [("changed", "milestone", "x")]
    renamed = writer.write(milestone("x", "2023-06-14", title="Renamed"))
    assert summary(renamed) == [("changed", "milestone", "x")]


def test_a_cascade_names_the_write_that_caused_it(writer: RecordWriter) -> None:
    writer.write(milestone("x", "2023-05-14"), meeting("m", {"before": "x"}))
    written = writer.write(milestone("x", "2023-06-14"))
    assert [r.number for r in written.revisions] == [3, 4]
    assert written.last_revision == 4


def test_what_was_expected_before_may_hang_on_what_is_written_along(writer: RecordWriter) -> None:
    previous = [{"date": {"before": other}} for other in ("m", "x")]
    writer.write(meeting("m", "2023", previous_dates=previous[1:]), milestone("x", "2023-05-14"))
    writer.write(
        meeting("n", "2023", previous_dates=previous),
        meeting("m", "2022", previous_dates=previous[1:]),
    )
    for identifier, latest in (("m", ["2023-05-13"]), ("n", ["2022-12-30", "2023-05-13"])):
        document = writer.now("meeting", identifier) or {}
        assert [p["date"]["latest"] for p in document["previous_dates"]] == latest


# ---- circles


CIRCLES: list[list[RecordChange]] = [
    [meeting("a", {"before": "a"})],
    [meeting("a", {"before": "b"}), meeting("b", {"before": "a"})],
    [meeting("a", {"after": "b"}), milestone("b", {"after": "c"}), meeting("c", {"before": "a"})],
]


@pytest.mark.parametrize("circle", CIRCLES, ids=["one", "two", "three"])
def test_dates_that_hang_on_each_other_in_a_circle_are_refused(
    writer: RecordWriter, circle: list[RecordChange]
) -> None:
    problem = refused(writer, *circle)
    assert (problem.status, problem.type) == (409, "date-circle")
    for change in circle:
        assert f"{change.noun} {change.id}" in problem.detail


@pytest.mark.parametrize("length", [2, 3, 6])
def test_a_circle_that_is_closed_later_is_refused(writer: RecordWriter, length: int) -> None:
    writer.write(meeting("m0", "2023"))
    for n in range(1, length):
        writer.write(meeting(f"m{n}", {"after": f"m{n - 1}"}))
    problem = refused(writer, meeting("m0", {"edtf": "2023", "before": f"m{length - 1}"}))
    assert problem.type == "date-circle"


def test_what_was_accepted_never_stands_in_the_way_of_a_later_change(writer: RecordWriter) -> None:
    """Of two meetings, one is expected before the other, and the other was expected before it."""
    writer.write(meeting("a", "2023-01-01"), meeting("b", {"before": "a"}))
    earlier = [{"date": {"before": "b"}, "reason": "it was planned the other way round"}]
    try:
        writer.write(meeting("a", "2023-01-01", previous_dates=earlier))
    except Problem as problem:
        assert problem.type == "date-circle"
    writer.write(meeting("b", {"before": "a"}, title="Renamed"))
    writer.write(meeting("a", "2023-02-01", previous_dates=[]))


# ---- emptied ranges


def test_a_move_that_empties_ranges_is_refused_with_the_list(writer: RecordWriter) -> None:
    writer.write(
        milestone("x", "2023-05-14"),
        meeting("m", {"edtf": "2023-05", "before": "x"}),
        position("p", {"edtf": "2023-05-10", "before": "x"}),
        meeting("fits", {"before": "x"}),
        party("SYR"),
        issue("withdrawal"),
    )
    problem = refused(writer, milestone("x", "2023-04-01"))
    assert (problem.status, problem.type) == (409, "empty-date")
    affected = {(a["noun"], a["id"]) for a in problem.extra["affected"]}
    assert affected == {("meeting", "m"), ("position", "p")}


def test_a_move_may_empty_a_range_at_the_end_of_a_chain(writer: RecordWriter) -> None:
    writer.write(meeting("a", "2023-01-01"), meeting("b", {"after": "a"}))
    writer.write(meeting("c", {"edtf": "2023", "after": "b"}))
    problem = refused(writer, meeting("a", "2024-01-01"))
    assert [a["id"] for a in problem.extra["affected"]] == ["c"]


def test_a_date_whose_own_anchor_leaves_no_day_is_refused(writer: RecordWriter) -> None:
    writer.write(milestone("x", "2023-05-14"))
    problem = refused(writer, meeting("m", {"edtf": "2023-06", "before": "x"}))
    assert (problem.status, problem.type) == (422, "empty-date")
    assert problem.errors[0].field == "date"
    tenures = [{"office": "MP", "party": "TUR", "from": {"edtf": "2024", "before": "x"}}]
    problem = refused(writer, party("TUR"), person("p", tenures=tenures))
    assert problem.errors[0].field == "tenures[0].from"


# ---- reported_on


def test_reported_on_is_the_latest_publication_day_among_all_that_is_cited(
    writer: RecordWriter,
) -> None:
    writer.basis()
    days = {"a": "2023-01-01", "b": "2023-02", "c": "2023-03-03", "d": None}
    writer.write(*(source(name, day) for name, day in days.items()))
    readouts = [{"party": "TUR", "source": "b"}]
    outcomes = [{"assessment": "progress", "source": "c"}]
    cases: list[tuple[dict[str, Any], str | None]] = [
        ({}, None),
        ({"sources": ["d"]}, None),
        ({"sources": ["a", "d"]}, "2023-01-01"),
        ({"sources": ["a"], "readouts": readouts}, "2023-02-28"),
        ({"sources": ["a"], "readouts": readouts, "outcomes": outcomes}, "2023-03-03"),
    ]
    for body, day in cases:
        writer.write(meeting("m", **body, note=str(day)))
        assert reported(writer, "meeting", "m") == day


def test_reported_on_counts_the_sources_of_what_a_date_hangs_on(writer: RecordWriter) -> None:
    writer.write(source("a", "2023-01-01"), source("b", "2023-02-01"))
    writer.write(milestone("x", "2023-05-14", sources=["b"]))
    writer.write(meeting("m", {"before": "x"}, sources=["a"]), meeting("n", {"before": "m"}))
    assert reported(writer, "meeting", "m") == "2023-02-01"
    assert reported(writer, "meeting", "n") == "2023-02-01"


def test_a_meeting_that_is_merely_named_lends_no_report(writer: RecordWriter) -> None:
    writer.basis()
    writer.write(source("a", "2023-01-01"), meeting("m", sources=["a"]))
    follows = [{"relation": "follows", "meeting": "m"}]
    writer.write(position("p", meeting="m"), meeting("n", links=follows))
    assert reported(writer, "position", "p") is None
    assert reported(writer, "meeting", "n") is None


def test_when_a_source_is_dated_otherwise_what_cites_it_is_reported_otherwise(
    writer: RecordWriter,
) -> None:
    writer.basis()
    writer.write(source("s", "2023-01-01"))
    writer.write(
        party("QAT", sources=["s"]),
        milestone("x", "2023-05-14", sources=["s"]),
        meeting("m", {"before": "x"}, participants=[participant("TUR")]),
        meeting("n", outcomes=[{"assessment": "progress", "source": "s"}]),
        meeting("apart"),
    )
    written: WriteResult = writer.write(source("s", "2023-06-01"))
    assert {(noun, i) for _, noun, i in summary(written)} == {
        ("source", "s"),
        ("party", "QAT"),
        ("milestone", "x"),
        ("meeting", "m"),
        ("meeting", "n"),
    }
    assert reported(writer, "meeting", "m") == "2023-06-01"
    assert reported(writer, "source", "s") == "2023-06-01"


def test_an_anchor_may_be_let_go_and_deleted_in_one_write(writer: RecordWriter) -> None:
    writer.write(milestone("x", "2023-05-14"), meeting("m", {"before": "x"}))
    written = writer.write(deletion("milestone", "x"), meeting("m", "2023-05"))
    assert set(summary(written)) == {("deleted", "milestone", "x"), ("changed", "meeting", "m")}
