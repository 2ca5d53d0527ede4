"""Calendars that behave: one UID for good, a rising SEQUENCE, and what is off is cancelled."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import icalendar
import pytest
from starlette.testclient import TestClient

from tests.builders import RecordWriter, deletion, meeting, milestone, participant, source
from tests.formats.consumers import events


def calendar(client: TestClient, query: str = "") -> dict[str, Any]:
    """The events of a calendar by their UIDs' own part."""
    answer = client.get(f"/v1/timeline.ics{query}")
    assert answer.status_code == 200
    return {str(e["uid"]).partition("@")[0]: e for e in events(answer.content)}


def when(event: Any) -> tuple[Any, Any]:
    return event["dtstart"].dt, event["dtend"].dt if "dtend" in event else None


def test_a_calendar_says_what_it_is(client: TestClient) -> None:
    found: Any = icalendar.Calendar.from_ical(client.get("/v1/timeline.ics").content)
    assert found["version"] == "2.0"
    assert found["x-wr-calname"] == "Parley"
    assert found["refresh-interval"].dt.total_seconds() == 3600
    assert found["refresh-interval"].params["VALUE"] == "DURATION"


def test_a_calendar_of_nothing_is_one_all_the_same(
    client: TestClient, writer: RecordWriter
) -> None:
    def components(query: str) -> list[str]:
        content = client.get(f"/v1/timeline.ics{query}").content
        found = icalendar.Calendar.from_ical(content)
        assert not found.errors
        assert icalendar.Calendar.from_ical(found.to_ical()) == found
        assert b"\n" not in content.replace(b"\r\n", b"")
        for zone in found.timezones:
            noon = datetime(2023, 4, 25, 12, tzinfo=UTC)
            assert noon.astimezone(zone.to_tz()).hour == noon.hour
        return [str(component.name) for component in found.subcomponents]

    assert components("") == components("?limit=1") == ["VTIMEZONE"]
    writer.write(meeting("talks", "2023-04-25"))
    assert components("?id=nothing") == ["VTIMEZONE"]
    assert components("") == ["VEVENT"]
    writer.write(deletion("meeting", "talks"))
    assert components("") == ["VEVENT"]  # cancelled


STATUSES = [
    ("held", "CONFIRMED"),
    ("confirmed", "CONFIRMED"),
    ("planned", "TENTATIVE"),
    ("proposed", "TENTATIVE"),
    ("postponed", "TENTATIVE"),
    ("cancelled", "CANCELLED"),
]


@pytest.mark.parametrize(("status", "said"), STATUSES)
def test_a_status_is_told(client: TestClient, writer: RecordWriter, status: str, said: str) -> None:
    writer.write(meeting("talks", "2023-04-25", status=status))
    assert calendar(client)["meeting-talks"]["status"] == said


def test_a_day_ends_where_the_next_begins(client: TestClient, writer: RecordWriter) -> None:
    writer.write(meeting("talks", "2023-04-25"))
    found = calendar(client)["meeting-talks"]
    assert when(found) == (date(2023, 4, 25), date(2023, 4, 26))
    assert found["summary"] == "talks"
    assert found["transp"] == "TRANSPARENT"


ENDS = [
    ("0001-01-01", (date(1, 1, 1), date(1, 1, 2))),
    ("9999-12-30", (date(9999, 12, 30), date(9999, 12, 31))),
    ("9999-12-31", (date(9999, 12, 31), None)),  # which without an end lasts this day
]


@pytest.mark.parametrize(("given", "days"), ENDS)
def test_a_calendar_has_all_days_of_its_years(
    client: TestClient, writer: RecordWriter, given: str, days: tuple[date, date | None]
) -> None:
    hours = {"start": "00:30", "timezone": "Asia/Tokyo"}
    writer.write(meeting("talks", given, **hours))
    assert when(calendar(client)["meeting-talks"]) == days


HOURS = [
    ({"start": "10:00", "end": "12:30", "timezone": "Europe/Moscow"}, "07:00", "09:30"),
    ({"start": "10:00", "timezone": "Europe/Moscow"}, "07:00", None),
    ({"start": "23:00", "end": "01:00", "timezone": "UTC"}, "23:00", "01:00"),
]


@pytest.mark.parametrize(("given", "start", "end"), HOURS)
def test_an_hour_is_told_where_its_zone_is(
    client: TestClient, writer: RecordWriter, given: dict[str, str], start: str, end: str | None
) -> None:
    writer.write(meeting("talks", "2023-04-25", **given))
    begun, ended = when(calendar(client)["meeting-talks"])
    assert begun == datetime.fromisoformat(f"2023-04-25T{start}").replace(tzinfo=UTC)
    if end is None:
        assert ended is None
    else:
        assert ended.strftime("%H:%M") == end
        assert ended > begun


def test_an_hour_without_its_zone_is_words_alone(client: TestClient, writer: RecordWriter) -> None:
    writer.write(meeting("talks", "2023-04-25", start="10:00"))
    found = calendar(client)["meeting-talks"]
    assert when(found) == (date(2023, 4, 25), date(2023, 4, 26))
    assert "10:00 (local time)" in found["description"]


UNCERTAIN: list[tuple[Any, tuple[date, date], str]] = [
    ("2023-04", (date(2023, 4, 1), date(2023, 5, 1)), "April 2023"),
    ("2023-04-25~", (date(2023, 4, 25), date(2023, 4, 26)), "about 25 April 2023"),
    ("2023-04-26/..", (date(2023, 4, 26), date(2023, 4, 27)), "first possible day"),
    ("../2023-04-26", (date(2023, 4, 26), date(2023, 4, 27)), "last possible day"),
    ({"before": "vote"}, (date(2023, 5, 13), date(2023, 5, 14)), "before The vote"),
    (
        {"edtf": "2023-04-26/..", "before": "vote"},
        (date(2023, 4, 26), date(2023, 5, 14)),
        "before The vote",
    ),
    (None, (date(2023, 5, 2), date(2023, 5, 3)), "day it was reported, 2 May 2023"),
    ("../..", (date(2023, 5, 2), date(2023, 5, 3)), "day it was reported, 2 May 2023"),
    ("9999", (date(9999, 1, 1), date(9999, 12, 31)), "9999"),
    (
        "-0043-03-15",
        (date(2023, 5, 2), date(2023, 5, 3)),
        "44 BC, shown on the day it was reported",
    ),
    ("Y-170000002", (date(2023, 5, 2), date(2023, 5, 3)), "shown on the day it was reported"),
]


@pytest.mark.parametrize(("given", "days", "words"), UNCERTAIN, ids=lambda v: str(v)[:30])
def test_an_uncertain_date_is_drawn_and_said_to_be_so(
    client: TestClient, writer: RecordWriter, given: Any, days: tuple[date, date], words: str
) -> None:
    writer.write(
        source("paper", "2023-05-02"),
        milestone("vote", "2023-05-14", title="The vote"),
        meeting("talks", given, sources=["paper"]),
    )
    found = calendar(client, "?type=meeting")["meeting-talks"]
    assert when(found) == days
    assert words in found["summary"]
    assert words in found["description"]


def test_without_a_report_the_day_of_the_record_stands_in(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.write(meeting("talks", None), at="2024-03-01T09:00")
    found = calendar(client)["meeting-talks"]
    assert when(found)[0] == date(2024, 3, 1)
    assert "date not known, shown on the day it was recorded, 1 March 2024" in found["summary"]


# ---- subscriptions


def test_a_change_raises_the_sequence_and_keeps_the_uid(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.write(meeting("talks", "2023-04-25", status="planned"), at="2024-01-01T09:00")
    first = calendar(client)["meeting-talks"]
    writer.write(meeting("talks", "2023-04-27", status="planned"), at="2024-01-02T09:00")
    second = calendar(client)["meeting-talks"]
    writer.write(meeting("talks", "2023-04-27", status="cancelled"), at="2024-01-03T09:00")
    third = calendar(client)["meeting-talks"]
    assert first["uid"] == second["uid"] == third["uid"]
    assert [e["sequence"] for e in (first, second, third)] == [0, 1, 2]
    assert [e["status"] for e in (first, second, third)] == ["TENTATIVE", "TENTATIVE", "CANCELLED"]
    assert second["last-modified"].dt == datetime(2024, 1, 2, 9, tzinfo=UTC)
    assert second["dtstamp"].dt == second["last-modified"].dt


def test_a_uid_does_not_depend_on_the_address(client: TestClient, writer: RecordWriter) -> None:
    writer.write(meeting("talks", "2023-04-25"))
    here = client.get("/v1/timeline.ics")
    there = client.get("/v1/timeline.ics", headers={"host": "parley.example"})
    uids = [[e["uid"] for e in events(a.content)] for a in (here, there)]
    assert uids[0] == uids[1]
    assert "http://parley.example/#meeting/talks" in there.text
    assert here.headers["etag"] != there.headers["etag"]


def test_an_anchor_that_moves_raises_the_sequence_of_what_hangs_on_it(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.write(milestone("vote", "2023-05-14"), meeting("talks", {"before": "vote"}))
    before = calendar(client)["meeting-talks"]
    writer.write(milestone("vote", "2023-05-28"))
    after = calendar(client)["meeting-talks"]
    assert after["sequence"] == before["sequence"] + 1
    assert when(after)[0] == date(2023, 5, 27)


def test_a_deleted_meeting_is_cancelled_in_the_calendar(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.basis()
    writer.write(
        meeting("talks", "2023-04-25", participants=[participant("TUR")]), meeting("other", None)
    )
    kept = calendar(client)["meeting-talks"]
    writer.write(deletion("meeting", "talks"), at="2030-01-01T09:00")
    assert client.get("/v1/timeline?type=meeting").json()["total"] == 1
    found = calendar(client)["meeting-talks"]
    assert found["uid"] == kept["uid"]
    assert found["status"] == "CANCELLED"
    assert found["sequence"] == kept["sequence"] + 1
    assert found["last-modified"].dt == datetime(2030, 1, 1, 9, tzinfo=UTC)
    # Only where it had matched, and not in the past.
    assert "meeting-talks" in calendar(client, "?party=TUR")
    assert "meeting-talks" not in calendar(client, "?party=SYR")
    assert "meeting-talks" not in calendar(client, "?as_of=2031-01-01")
    assert "meeting-talks" in calendar(client, "?updated_since=2029-01-01")
    assert "meeting-talks" not in calendar(client, "?updated_since=2030-01-02")
    revision = client.get("/v1").json()["revision"]
    writer.write(meeting("talks", "2023-04-25"))
    assert calendar(client)["meeting-talks"]["status"] == "CONFIRMED"
    assert calendar(client)["meeting-talks"]["sequence"] == kept["sequence"] + 2
    then = calendar(client, f"?revision={revision}")["meeting-talks"]
    assert then["status"] == "CANCELLED"
