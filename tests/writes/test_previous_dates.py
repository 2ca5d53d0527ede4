"""A meeting's life: which steps make sense, and what was expected before."""

from __future__ import annotations

from typing import Any

import pytest

from tests.writes.api import Api
from tests.writes.base_records import a_meeting

Body = dict[str, Any]

STATUSES = ("proposed", "planned", "confirmed", "held", "postponed", "cancelled")
# From each status: the steps that make no sense. What was held is no expectation any more;
# what is called off cannot simply have been held; what is confirmed is past being proposed.
SENSELESS = {
    "proposed": set(),
    "planned": set(),
    "confirmed": {"proposed"},
    "held": {"proposed", "planned", "confirmed", "postponed", "cancelled"},
    "postponed": set(),
    "cancelled": {"held", "postponed"},
}


def start(api: Api, **more: Any) -> str:
    api.post("meetings", a_meeting(id="m", date="2024-05-01") | more).ok(201)
    return "meetings/m"


@pytest.mark.parametrize("way", ["patch", "put"])
@pytest.mark.parametrize("before", STATUSES)
def test_steps(api_on_sqlite: Api, before: str, way: str) -> None:
    for after in STATUSES:
        step(api_on_sqlite, before, after, way)


def step(api_on_sqlite: Api, before: str, after: str, way: str) -> None:
    path = f"meetings/to-{after}"
    api_on_sqlite.put(path, a_meeting(date="2024-05-01", status=before)).ok(201)
    revision = api_on_sqlite.revision()
    body = {"status": after} if way == "patch" else a_meeting(status=after, date="2024-05-01")
    reply = api_on_sqlite.send(way.upper(), f"{path}?reason=News", body, tag="*")
    if after in SENSELESS[before]:
        assert reply.summary() == (422, "rule-broken")
        assert reply.fields == ["status"]
        assert (before in reply.body["detail"], after in reply.body["detail"]) == (True, True)
        assert api_on_sqlite.revision() == revision
        return
    kept = reply.ok()["previous_dates"]
    if before == after:
        assert (kept, api_on_sqlite.revision()) == ([], revision)
    else:
        assert [(k["status"], k["reason"], k["date"]["edtf"]) for k in kept] == [
            (before, "News", "2024-05-01")
        ]


@pytest.mark.parametrize("way", ["patch", "put"])
def test_what_was_expected_before_is_kept_with_the_reason(api: Api, way: str) -> None:
    path = start(api, date={"edtf": "2024-05", "after": "election"})
    steps: list[tuple[Body, str | None]] = [
        ({"date": "2024-06"}, "Put off."),
        ({"status": "confirmed"}, None),
        ({"status": "held", "date": "2024-06-07"}, "It took place."),
    ]
    for change, reason in steps:
        body = dict(change)
        if way == "put":
            body = {k: v for k, v in api.one(path).items() if k != "previous_dates"} | body
        if reason is not None:
            body["reason"] = reason
        api.send(way.upper(), path, body, tag="*").ok()
        assert api.one(f"{path}/history")["items"][0]["reason"] == reason
    kept = api.one(path)["previous_dates"]
    assert [(k["date"]["edtf"], k["date"]["after"], k["status"], k["reason"]) for k in kept] == [
        ("2024-05", "election", "planned", "Put off."),
        ("2024-06", None, "planned", None),
        ("2024-06", None, "confirmed", "It took place."),
    ]
    assert kept[0]["date"]["display"]  # completed like any date
    assert api.faults() == []


def test_a_date_that_is_taken_away_or_given_is_kept_too(api: Api) -> None:
    path = start(api)
    api.patch(path, {"date": None, "reason": "Nobody knows."}).ok()
    kept = api.patch(path, {"date": "2025"}).ok()["previous_dates"]
    assert [(k["date"] and k["date"]["edtf"], k["reason"]) for k in kept] == [
        ("2024-05-01", "Nobody knows."),
        (None, None),
    ]


def test_nothing_is_kept_where_nothing_moves(api: Api) -> None:
    path = start(api)
    moved = api.patch(path, {"date": "2024-05-02", "reason": "A day later."}).ok()
    assert len(moved["previous_dates"]) == 1
    revision = api.revision()
    whole = api.one(path)
    for reply in (
        api.patch(path, {"date": "2024-05-02", "reason": "Again."}),
        api.patch(path, {"date": {"edtf": "2024-05-02", "before": None}}),
        api.patch(path, {"status": "planned"}),
        api.put(path, whole, tag="*"),
        api.put(path, {k: v for k, v in whole.items() if k != "previous_dates"}, tag="*"),
        api.put(path, whole | {"date": "2024-05-02"}, tag="*"),
    ):
        assert reply.ok()["previous_dates"] == moved["previous_dates"]
    assert api.revision() == revision
    # Other fields may change without another entry.
    assert len(api.patch(path, {"title": "Another"}).ok()["previous_dates"]) == 1


def test_the_list_can_be_written_on_purpose(api: Api) -> None:
    path = start(api)
    own = [{"date": "2023", "status": "proposed", "reason": "From the archive."}]
    said = api.patch(path, {"date": "2024-06", "previous_dates": own}).ok()["previous_dates"]
    assert [(k["date"]["edtf"], k["status"]) for k in said] == [("2023", "proposed")]
    assert api.patch(path, {"previous_dates": []}).ok()["previous_dates"] == []
    # The old list sent along with a move is no purpose: what moved is still kept.
    whole = api.one(path)
    kept = api.put(path, whole | {"date": "2024-07"}, tag="*").ok()["previous_dates"]
    assert [k["date"]["edtf"] for k in kept] == ["2024-06"]


def test_a_meeting_moved_by_what_it_hangs_on_keeps_no_entry(api: Api) -> None:
    """It said nothing else before: only the election moved."""
    api.patch("milestones/election", {"date": "2023-06-20"}).ok()
    assert api.one("meetings/tehran-visit")["previous_dates"] == []


def test_a_mistaken_step_is_undone_by_restoring(api: Api) -> None:
    path = start(api)
    first = api.one(path)["revision"]
    api.patch(path, {"status": "held"}).ok()
    back = api.restore(path, first, tag="*").ok()
    assert (back["status"], back["previous_dates"]) == ("planned", [])
    assert api.actions(path) == ["changed", "changed", "created"]


def test_a_life_of_many_moves_can_still_be_written(api: Api) -> None:
    """What the ledger itself adds must never make a record unwritable."""
    path = start(api, previous_dates=[{"reason": f"Move {n}."} for n in range(200)])
    moved = api.patch(path, {"date": "2024-05-02"})
    assert moved.status == 200
    assert api.patch(path, {"note": "Still alive."}).status == 200
    assert api.put(path, api.one(path), tag="*").status == 200


def test_what_was_expected_before_stays_as_it_was(api: Api) -> None:
    """It no longer hangs on the event, however that moves and whatever is reported of it."""
    path = start(api, date={"edtf": "2023-05-01/..", "before": "election"}, sources=["s1"])
    was = api.one(path)["date"]
    assert (was["latest"], was["display"]) == (
        "2023-05-13",
        "1 May 2023 – 13 May 2023, before election",
    )
    found = api.patch(path, {"date": "2024-07-01"}).ok()
    kept = found["previous_dates"]
    assert [{k: v for k, v in item["date"].items() if k in was} for item in kept] == [was]
    revision = found["revision"]
    moved = api.patch("milestones/election", {"date": "2023-05-28", "sources": ["s2"]}).ok()
    assert "meetings" not in moved.get("included", {})
    found = api.one(path)
    assert found["revision"] == revision
    assert (found["previous_dates"], found["reported_on"]) == (kept, "2023-04-26")
    # Neither by what is put back, nor by other changes, by going back or by being brought back.
    assert api.put(path, found, tag="*").ok()["revision"] == revision
    later = api.patch(path, {"note": "Seen."}).ok()
    assert (later["previous_dates"], later["reported_on"]) == (kept, "2023-04-26")
    assert api.restore(path, revision, tag="*").ok()["previous_dates"] == kept
    api.delete(path).ok(204)
    assert api.restore(path).ok()["previous_dates"] == kept
    # What is put among them anew is completed by what is known now.
    given = [{"date": {"edtf": None, "before": "election"}, "status": "planned"}]
    own = api.patch(path, {"previous_dates": [*kept, *given]}).ok()["previous_dates"]
    assert (own[0], own[1]["date"]["latest"]) == (kept[0], "2023-05-27")
    assert api.faults() == []
