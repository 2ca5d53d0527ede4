"""Warnings: what is odd is written all the same, and said."""

from __future__ import annotations

from typing import Any

import pytest

from tests.writes.api import Api
from tests.writes.base_records import a_meeting, a_position

Body = dict[str, Any]
AKAR = {"party": "TUR", "person": "hulusi-akar"}
ENVOY = {"party": "TUR", "office": "Envoy"}

# The noun, the body, and how its one warning begins; none where it is None.
ODD: list[tuple[str, Body, str | None]] = [
    ("meetings", a_meeting(status="held", date=None), "date: the meeting was held"),
    ("meetings", a_meeting(status="planned", date=None), None),
    ("meetings", a_meeting(participants=[AKAR, AKAR]), "participants: hulusi-akar of TUR"),
    ("meetings", a_meeting(participants=[ENVOY, ENVOY]), None),
    (
        "meetings",
        a_meeting(date="2023-02-01", start="10:00", end="09:00"),
        "end: the meeting ends at 09",
    ),
    ("meetings", a_meeting(date="2023-02", start="10:00", end="09:00"), None),
    ("meetings", a_meeting(date="2023-02-01", start="10:00", end="11:00"), None),
    ("meetings", a_meeting(timezone="CEST"), "timezone: CEST is not an IANA time zone"),
    ("meetings", a_meeting(timezone="Europe/Moscow"), None),
    ("sources", {"title": "A forecast", "published": "2999-01-01"}, "published: 1 January 2999"),
    ("sources", {"title": "A forecast", "published": "2023-01-01/.."}, None),
    ("positions", a_position(sources=[]), "sources: none is given"),
    ("positions", a_position(sources=["s1"]), None),
]


@pytest.mark.parametrize(("plural", "body", "told"), ODD, ids=[str(n) for n in range(len(ODD))])
def test_what_is_odd_is_written_and_said(
    api_on_sqlite: Api, plural: str, body: Body, told: str | None
) -> None:
    answer = api_on_sqlite.post(f"{plural}?duplicate=allow", body | {"id": "odd"}).ok(201)
    found = answer.get("warnings", [])
    assert [w.startswith(told or "") for w in found] == ([] if told is None else [True]), found
    # Who changes something else is not told again.
    field = "summary" if plural == "meetings" else "title" if plural == "sources" else "text"
    assert "warnings" not in api_on_sqlite.patch(f"{plural}/odd", {field: "Changed"}).ok()


def test_what_is_odd_in_a_record_inside_names_the_record(api: Api) -> None:
    source = {"id": "forecast", "title": "A forecast", "published": "2999-01-01"}
    body = a_meeting(id="odd", sources=["s1", source], date=None, status="held")
    first, second = sorted(api.post("meetings", body).ok(201)["warnings"])
    assert first.startswith("date: ")
    assert second.startswith("source forecast, published: ")


def test_positions_that_keep_the_date_of_their_meeting_are_named(api_on_sqlite: Api) -> None:
    voiced = {"party": "SYR", "issue": "withdrawal", "stance": "opposes", "channel": "reported"}
    other = voiced | {"id": "other", "date": "2023-02-03", "stance": "demands"}
    body = a_meeting(id="m", date="2023-02-02", positions=[voiced | {"id": "kept"}, other])
    api_on_sqlite.post("meetings", body).ok(201)
    warned = api_on_sqlite.patch("meetings/m", {"date": "2023-02-04"}).ok()["warnings"]
    assert warned == ["date: positions voiced at the meeting keep the date 2 February 2023: kept"]
    assert "warnings" not in api_on_sqlite.patch("meetings/m", {"title": "Another"}).ok()
    assert api_on_sqlite.one("positions/kept")["date"]["edtf"] == "2023-02-02"


def test_a_new_record_under_the_name_of_one_that_was_deleted_says_so(api_on_sqlite: Api) -> None:
    first = api_on_sqlite.post("issues", {"name": "River water"}).ok(201)["id"]
    api_on_sqlite.delete(f"issues/{first}").ok(204)
    again = api_on_sqlite.post("issues", {"name": "River water"}).ok(201)
    assert again["id"] != first
    [told] = again["warnings"]
    assert told.startswith(f"id: “{first}” is already taken: that issue was deleted")
    assert f"POST /v1/issues/{first}/restore" in told
