"""What was known when, and what was recorded when: one record through its life, at every clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.kit.edtf import day_number
from app.ledger.selection import Clock
from app.ledger.write.revisions import RecordChange
from tests.builders import RecordWriter, deletion, issue, meeting, milestone, source

# The life of a meeting: what each write leaves of it, as its title; None is its deletion.
# (title, sources): published on the days below.
DAYS = {"mar": "2023-03-01", "apr": "2023-04-01", "may": "2023-05-01"}
LIVES: dict[str, list[tuple[str | None, list[str]]]] = {
    "better known with time": [("one", ["mar"]), ("two", ["mar", "apr"]), ("three", ["may"])],
    "an older report is added": [("one", ["apr"]), ("two", ["mar"])],
    "never a dated report": [("one", []), ("two", [])],
    "a report is withdrawn": [("one", ["apr"]), ("two", [])],
    "a report is added": [("one", []), ("two", ["apr"])],
    "deleted": [("one", ["mar"]), (None, []), ("other", [])],
    "deleted and restored": [("one", ["mar"]), (None, []), ("two", ["apr"])],
    "restored without a report": [("one", ["mar"]), (None, []), ("two", [])],
}
# What `as_of` shows of it now: before March, on 1 March, on 31 March, 1 April, 1 May, later.
AS_OF = ["2023-02-28", "2023-03-01", "2023-03-31", "2023-04-01", "2023-05-01", "2030-01-01"]
SHOWN: dict[str, list[str | None]] = {
    "better known with time": [None, "one", "one", "two", "three", "three"],
    "an older report is added": [None, "two", "two", "two", "two", "two"],
    "never a dated report": ["two"] * 6,
    "a report is withdrawn": ["two"] * 6,
    "a report is added": ["one", "one", "one", "two", "two", "two"],
    "deleted": ["other"] * 6,
    "deleted and restored": [None, None, None, "two", "two", "two"],
    "restored without a report": ["two"] * 6,
}
# The same by the time of the second write alone: its revision and `as_of` together.
SHOWN_AT_SECOND: dict[str, list[str | None]] = {
    "better known with time": [None, "one", "one", "two", "two", "two"],
    "an older report is added": [None, "two", "two", "two", "two", "two"],
    "never a dated report": ["two"] * 6,
    "a report is withdrawn": ["two"] * 6,
    "a report is added": ["one", "one", "one", "two", "two", "two"],
    "deleted": [None] * 6,
    "deleted and restored": [None] * 6,
    "restored without a report": [None] * 6,
}


def live(writer: RecordWriter, life: str) -> list[int]:
    """Write a life; gives the database's revision after each of its writes."""
    writer.write(*(source(name, day) for name, day in DAYS.items()))
    ends = []
    for title, sources in LIVES[life]:
        change: RecordChange = deletion("meeting", "m")
        if title is not None:
            change = meeting("m", "2023-06", title=title, sources=sources)
        ends.append(writer.write(change).last_revision)
    return ends


def titles(client: TestClient, **clock: object) -> Iterator[str | None]:
    """What every kind of read shows of the meeting: the record, the list, the timeline."""
    parameters = {name: str(value) for name, value in clock.items() if value is not None}
    single = client.get("/v1/meetings/m", params=parameters)
    yield single.json()["title"] if single.status_code == 200 else None
    for path in ("/v1/meetings", "/v1/timeline"):
        page = client.get(path, params=parameters).json()
        assert page["total"] == len(page["items"])
        yield page["items"][0]["title"] if page["items"] else None
    included = client.get("/v1/meetings", params={"include": "sources", **parameters}).json()
    yield included["items"][0]["title"] if included["items"] else None


@pytest.mark.parametrize("life", LIVES)
def test_as_of_shows_the_latest_revision_reported_by_then(
    writer: RecordWriter, client: TestClient, life: str
) -> None:
    live(writer, life)
    for day, shown in zip(AS_OF, SHOWN[life], strict=True):
        assert set(titles(client, as_of=day)) == {shown}, day


@pytest.mark.parametrize("life", LIVES)
def test_revision_shows_what_stood_after_its_write(
    writer: RecordWriter, client: TestClient, life: str
) -> None:
    ends = live(writer, life)
    for end, (title, _) in zip(ends, LIVES[life], strict=True):
        assert set(titles(client, revision=end)) == {title}
    assert set(titles(client, revision=1)) == {None}


@pytest.mark.parametrize("life", LIVES)
def test_both_clocks_together_look_first_at_what_was_recorded(
    writer: RecordWriter, client: TestClient, life: str
) -> None:
    ends = live(writer, life)
    for day, shown in zip(AS_OF, SHOWN_AT_SECOND[life], strict=True):
        assert set(titles(client, revision=ends[1], as_of=day)) == {shown}, day
    for day, shown in zip(AS_OF, SHOWN[life], strict=True):
        assert set(titles(client, revision=ends[-1], as_of=day)) == {shown}, day


def test_a_revision_inside_a_write_answers_as_at_its_last(
    writer: RecordWriter, client: TestClient
) -> None:
    writer.write(issue("a"))
    writer.write(issue("b"), issue("c"), issue("d"))
    writer.write(issue("e"))
    for revision, total in [(1, 1), (2, 4), (3, 4), (4, 4), (5, 5)]:
        found = client.get(f"/v1/issues?revision={revision}").json()
        assert found["total"] == total, revision
    assert client.get("/v1/issues/d?revision=2").status_code == 200
    assert client.get("/v1/changes?revision=2").json()["total"] == 4
    assert client.get("/v1?revision=2").json()["revision"] == 4
    assert client.get("/v1/issues/d/history?revision=2").json()["total"] == 1


@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/v1/meetings",
        "/v1/timeline",
        "/v1/changes",
        "/v1/issues/a",
        "/v1/issues/a/history",
    ],
)
def test_a_revision_above_the_current_one_is_not_there(
    writer: RecordWriter, client: TestClient, path: str
) -> None:
    writer.write(issue("a"))
    assert client.get(f"{path}?revision=1").status_code == 200
    answer = client.get(f"{path}?revision=2")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["field"] == "revision"
    writer.write(issue("b"))
    assert client.get(f"{path}?revision=2").status_code == 200


def test_a_moved_anchor_is_seen_by_every_clock(writer: RecordWriter, client: TestClient) -> None:
    writer.write(source("early", "2023-04-01"), source("late", "2023-05-20"))
    writer.write(milestone("x", "2023-05-14", sources=["early"]))
    writer.write(meeting("m", {"before": "x"}))
    end = writer.newest()
    writer.write(milestone("x", "2023-05-28", sources=["late"]))

    def latest(clock: str) -> str:
        return str(client.get(f"/v1/meetings/m{clock}").json()["date"]["latest"])

    assert latest("") == "2023-05-27"
    assert latest("?as_of=2023-05-20") == "2023-05-27"
    assert latest("?as_of=2023-05-19") == "2023-05-13"
    assert latest(f"?revision={end}") == "2023-05-13"
    assert client.get("/v1/meetings/m?as_of=2023-03-31").status_code == 404


def test_what_is_announced_long_ahead_is_seen_from_the_past(
    writer: RecordWriter, client: TestClient
) -> None:
    writer.write(source("s", "2020-01-01"))
    days = ["2020-06-01", "2021-02-03", "2021-02-04", "2021-02-05", "2024-01-01", "2090", "../2090"]
    writer.write(*(meeting(f"m{n}", day, sources=["s"]) for n, day in enumerate(days)))
    writer.write(meeting("unreported", "2024-01-01"), meeting("undated", None, sources=["s"]))
    assert client.get("/v1/meetings?as_of=2020-01-01").json()["total"] == len(days) + 2
    assert client.get("/v1/meetings?as_of=2019-12-31").json()["total"] == 1


def test_the_ledger_reads_a_clock_from_python_too(writer: RecordWriter) -> None:
    live(writer, "better known with time")
    document = writer.at("meeting", "m", Clock(None, day_number("2023-04-01")))
    assert document is not None
    assert document["title"] == "two"
