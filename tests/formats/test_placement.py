"""Entries in time and on maps: what widgets draw, and what its words say of it."""

from __future__ import annotations

from typing import Any

import geojson
import pytest
from starlette.testclient import TestClient

from tests.builders import (
    RecordWriter,
    issue,
    meeting,
    milestone,
    party,
    position,
    source,
)
from tests.formats.consumers import native

MOSCOW = {"name": "Moscow", "country": "RUS", "latitude": 55.7558, "longitude": 37.6173}


def item(client: TestClient, name: str) -> dict[str, Any]:
    items = client.get("/v1/timeline.vis").json()["items"]
    found: dict[str, Any] = next(one for one in items if one["id"] == name)
    return found


def event(client: TestClient, name: str) -> dict[str, Any]:
    events = client.get("/v1/timeline.timelinejs").json()["events"]
    found: dict[str, Any] = next(one for one in events if one["unique_id"] == name)
    return found


DATES: list[tuple[Any, str, str | None, str, str]] = [
    # a date; start, end and type for vis; what its classes hold
    ("2023-04-25", "2023-04-25", None, "box", "exact"),
    ("2023-04-25?", "2023-04-25", None, "box", "uncertain"),
    ("2023-04", "2023-04-01", "2023-05-01", "range", "uncertain"),
    ("2023", "2023-01-01", "2024-01-01", "range", "uncertain"),
    ("2023-04-26/2023-04-28", "2023-04-26", "2023-04-29", "range", "exact"),
    ("2023-04-26/2023-04-28?", "2023-04-26", "2023-04-29", "range", "uncertain"),
    ("2023-04-26/2023-04", "2023-04-26", "2023-05-01", "range", "uncertain"),
    ("[2023-04-26..2023-04-28]", "2023-04-26", "2023-04-29", "range", "uncertain"),
    ("2023-04-26/..", "2023-04-26", None, "box", "uncertain open-end"),
    ("../2023-04-26", "2023-04-26", None, "box", "uncertain open-start"),
    (None, "2023-05-02", None, "box", "uncertain open-start open-end undated"),
]


@pytest.mark.parametrize(("given", "start", "end", "kind", "classes"), DATES, ids=str)
def test_vis_draws_a_date_as_sure_as_it_is(
    client: TestClient,
    writer: RecordWriter,
    given: Any,
    start: str,
    end: str | None,
    kind: str,
    classes: str,
) -> None:
    writer.write(source("paper", "2023-05-02"), meeting("talks", given, sources=["paper"]))
    found = item(client, "meeting-talks")
    assert (found["start"], found.get("end"), found["type"]) == (start, end, kind)
    assert found["className"] == f"meeting status-held {classes}"
    document = client.get("/v1/meetings/talks").json()
    if classes == "exact":
        assert found["content"] == "talks"
    elif document["date"] is not None:
        assert document["date"]["display"] in found["content"]


@pytest.mark.parametrize(("given", "start", "end", "kind", "classes"), DATES, ids=str)
def test_timelinejs_does_too(
    client: TestClient,
    writer: RecordWriter,
    given: Any,
    start: str,
    end: str | None,
    kind: str,
    classes: str,
) -> None:
    writer.write(source("paper", "2023-05-02"), meeting("talks", given, sources=["paper"]))
    found = event(client, "meeting-talks")
    year, month, day = map(int, start.split("-"))
    assert found["start_date"] == {"year": year, "month": month, "day": day}
    assert ("end_date" in found) == (kind == "range")
    document = client.get("/v1/meetings/talks").json()
    if document["date"] is None:
        assert found["display_date"].endswith("shown on the day it was reported, 2 May 2023")
    else:
        assert found["display_date"].startswith(document["date"]["display"])
    assert found["text"]["headline"] == "talks"
    assert found["group"] == "Meetings"


FAR: list[tuple[Any, tuple[int, int, int], str, str | None]] = [
    # a date; its day for TimelineJS, which counts 1 BC as year -1; its start and end for vis
    ("-0043-03-15", (-44, 3, 15), "-000043-03-15", None),
    ("0000", (-1, 1, 1), "0000-01-01", "0001-01-01"),
    ("0050-02-03", (50, 2, 3), "0050-02-03", None),
    ("9999-12-31", (9999, 12, 31), "9999-12-31", None),
    ("9999-12-30/9999-12-31", (9999, 12, 30), "9999-12-30", "+010000-01-01"),
    ("Y12345", (12345, 1, 1), "+012345-01-01", "+012346-01-01"),
    ("Y-170000002", (2023, 5, 2), "2023-05-02", None),
]


def test_a_known_year_is_drawn_where_it_is(client: TestClient, writer: RecordWriter) -> None:
    writer.write(source("paper", "2023-05-02"))
    writer.write(*(meeting(f"m{n}", far[0], sources=["paper"]) for n, far in enumerate(FAR)))
    items = {item["id"]: item for item in client.get("/v1/timeline.vis").json()["items"]}
    events = client.get("/v1/timeline.timelinejs").json()["events"]
    drawn = {event["unique_id"]: event for event in events}
    for number, (given, day, start, end) in enumerate(FAR):
        found, other = items[f"meeting-m{number}"], drawn[f"meeting-m{number}"]
        assert (found["start"], found.get("end")) == (start, end), given
        assert tuple(other["start_date"].values()) == day, given
        stands_in = given == "Y-170000002"
        assert ("shown on" in other["display_date"]) == stands_in, given
        assert ("undated" in found["className"]) == stands_in, given


def test_a_conference_of_three_days_needs_no_dates_in_its_title(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.write(milestone("vote", "2024-06"))
    writer.write(
        meeting("known", "2024-05-15/2024-05-17"),
        meeting("within", {"edtf": "2024-05-15/2024-05-17", "before": "vote"}),
    )
    assert item(client, "meeting-known")["content"] == "known"
    assert item(client, "meeting-within")["content"].startswith("within (15 May 2024 – 17 May 2024")


def test_a_known_hour_is_drawn(client: TestClient, writer: RecordWriter) -> None:
    hours = {"start": "10:00", "end": "12:30", "timezone": "Europe/Moscow"}
    writer.write(meeting("talks", "2023-04-25", **hours))
    found = item(client, "meeting-talks")
    assert (found["start"], found["end"]) == ("2023-04-25T07:00:00Z", "2023-04-25T09:30:00Z")
    assert event(client, "meeting-talks")["start_date"]["hour"] == 10
    assert "10:00–12:30 (Europe/Moscow)" in found["title"]


def test_the_planned_meeting_of_the_seed_is_drawn(seeded: TestClient) -> None:
    found = item(seeded, "meeting-2023-foreign-ministers")
    assert found["type"] == "range"
    assert found["start"] == "2023-04-26"
    assert {"status-planned", "uncertain"} <= set(found["className"].split())
    assert "before Turkish general elections" in found["content"]
    assert "Planned, reportedly" in found["title"]


def test_a_position_is_told_by_names(client: TestClient, writer: RecordWriter) -> None:
    writer.basis()
    writer.write(issue("withdrawal", name="Withdrawal of troops"))
    writer.write(position("p", "2023-04-25", stance="calls_for", quote="Leave."))
    found = item(client, "position-p")
    assert found["content"] == "Syria calls for: Withdrawal of troops"
    assert found["group"] == "position"
    assert "“Leave.”" in found["title"]


def test_names_are_those_of_the_clock(client: TestClient, writer: RecordWriter) -> None:
    writer.basis()
    writer.write(position("p", "2023-04-25"))
    then = writer.newest()
    etag = client.get("/v1/timeline.vis").headers["etag"]
    writer.write(party("SYR", name="The Syrian Arab Republic"))
    now = client.get("/v1/timeline.vis")
    assert "The Syrian Arab Republic demands" in now.json()["items"][0]["content"]
    assert now.headers["etag"] != etag
    old = client.get(f"/v1/timeline.vis?revision={then}").json()["items"][0]["content"]
    assert old.startswith("Syria demands")


# ---- maps


def test_a_place_is_a_point_east_first(client: TestClient, writer: RecordWriter) -> None:
    writer.write(
        meeting("talks", "2023-04-25", place=MOSCOW),
        meeting("half", "2023-04-26", place={"name": "Nowhere", "latitude": 1.0}),
        milestone("vote", "2023-05-14"),
    )
    found = geojson.loads(client.get("/v1/timeline.geojson").content)
    assert found.is_valid
    points = {f["id"]: f["geometry"] and f["geometry"]["coordinates"] for f in found["features"]}
    assert points == {
        "meeting-talks": [37.6173, 55.7558],
        "meeting-half": None,
        "milestone-vote": None,
    }


def test_a_feature_has_the_native_entry(sample: TestClient) -> None:
    found = sample.get("/v1/timeline.geojson?from=2023").json()
    wanted = native(sample, {"from": "2023"})
    assert [feature["properties"] for feature in found["features"]] == wanted
