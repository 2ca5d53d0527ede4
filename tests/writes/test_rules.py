"""Rules beyond the shape: what is refused, what is only said, and unknown references."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.writes.api import Api
from tests.writes.base_records import a_meeting, a_position

Body = dict[str, Any]

TODAY = datetime.now(UTC).date()


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


HELD: list[tuple[Any, bool]] = [
    (None, True),
    ("2023-04-25", True),
    (day(-1), True),
    (day(0), True),
    (day(2), False),
    (day(400), False),
    ("2999", False),
    (f"{day(-5)}/{day(5)}", True),
    (f"{day(3)}/..", False),
    (f"../{day(900)}", True),
    (f"{TODAY.year}", True),
    (f"{TODAY.year + 1}", False),
    ({"edtf": None, "after": "far-off"}, False),
    ({"edtf": "../2999", "after": "far-off"}, False),
    ({"edtf": None, "before": "far-off"}, True),
    ({"edtf": None, "after": "election"}, True),
]


@pytest.mark.parametrize(("date", "fine"), HELD, ids=[str(h[0]) for h in HELD])
def test_what_was_held_does_not_lie_in_the_future(
    api_on_sqlite: Api, date: Any, fine: bool
) -> None:
    api_on_sqlite.post("milestones", {"id": "far-off", "title": "Far off", "date": "2998"}).ok(201)
    api_on_sqlite.post("meetings", a_meeting(id="expected", status="planned", date=date)).ok(201)
    replies = [
        api_on_sqlite.post("meetings?duplicate=allow", a_meeting(status="held", date=date)),
        api_on_sqlite.put("meetings/put-new", a_meeting(status="held", date=date)),
        api_on_sqlite.patch("meetings/expected", {"status": "held"}),
    ]
    for reply in replies:
        if fine:
            assert reply.status in (200, 201)
        else:
            assert reply.summary() == (422, "rule-broken")
            assert reply.fields == ["status"]


def test_a_meeting_that_was_held_cannot_be_moved_into_the_future(api: Api) -> None:
    for patch in ({"date": "2999"}, {"date": "2999", "status": "held"}):
        reply = api.patch("meetings/2022-12-28-moscow", patch)
        assert reply.summary() == (422, "rule-broken")


SOURCED: list[tuple[Body, bool]] = [
    ({"sources": []}, False),
    ({"sources": None}, False),
    ({"sources": [], "readouts": [{"party": "TUR", "text": "Said."}]}, False),
    ({"sources": [], "readouts": [{"party": "TUR", "source": "s1"}]}, True),
    ({"sources": [], "outcomes": [{"assessment": "setback"}]}, False),
    ({"sources": [], "outcomes": [{"assessment": "setback", "source": "s1"}]}, True),
    ({"sources": ["s3"]}, True),
]


@pytest.mark.parametrize(("more", "fine"), SOURCED)
def test_a_meeting_has_a_source(api_on_sqlite: Api, more: Body, fine: bool) -> None:
    body = {k: v for k, v in (a_meeting() | more).items() if v is not None}
    for reply in (
        api_on_sqlite.post("meetings", body),
        api_on_sqlite.put("meetings/put-new", body),
        api_on_sqlite.patch("meetings/doha-call", more),
    ):
        if fine:
            assert reply.status in (200, 201)
        else:
            assert reply.summary() == (422, "rule-broken")
            assert reply.fields == ["sources"]


def test_a_quote_has_its_speaker(api: Api) -> None:
    quoted = {"party": "TUR", "quote": "Never."}
    body = a_meeting(readouts=[{"party": "SYR", "text": "Said."}, quoted])
    reply = api.post("meetings", body)
    assert reply.summary() == (422, "rule-broken")
    assert reply.fields == ["readouts[1].issuer"]
    api.post("meetings", a_meeting(readouts=[quoted | {"issuer": "Its ministry"}])).ok(201)
    reply = api.post("positions", a_position(quote="Never."))
    assert reply.summary() == (422, "rule-broken")
    assert reply.fields == ["person"]
    reply = api.patch("positions/p-irn", {"quote": "Never."})
    assert reply.fields == ["person"]
    api.patch("positions/p-irn", {"quote": "Never.", "office": "Spokesman"}).ok()
    reply = api.patch("positions/p-irn", {"office": None})
    assert reply.summary() == (422, "rule-broken")
    api.patch("positions/p-irn", {"office": None, "person": "jane-roe"}).ok()


def test_nothing_is_linked_to_itself_or_a_part_of_itself(api: Api) -> None:
    links = [{"relation": "follows", "meeting": name} for name in ("doha-call", "tehran-visit")]
    reply = api.patch("meetings/tehran-visit", {"links": links})
    assert (reply.summary(), reply.fields) == ((422, "rule-broken"), ["links[1].meeting"])
    reply = api.patch("issues/fishing", {"broader": "fishing"})
    assert (reply.summary(), reply.fields) == ((422, "rule-broken"), ["broader"])
    api.put("issues/middle", {"name": "Middle", "broader": "fishing"}).ok(201)
    api.put("issues/narrow", {"name": "Narrow", "broader": "middle"}).ok(201)
    reply = api.patch("issues/fishing", {"broader": "narrow"})
    assert (reply.summary(), reply.fields) == ((422, "rule-broken"), ["broader"])
    assert "fishing → narrow → middle → fishing" in reply.body["detail"]
    api.patch("issues/middle", {"broader": None}).ok()
    api.patch("issues/fishing", {"broader": "narrow"}).ok()


def test_minus_zero_is_zero(api: Api) -> None:
    place = {"name": "Null Island", "latitude": -0.0, "longitude": -0.0}
    api.put("meetings/there", a_meeting(place=place)).ok(201)
    assert b'"latitude":0.0,"longitude":0.0' in api.get("meetings/there").content
    assert api.faults() == []


def test_every_rule_that_is_broken_is_told_at_once(api: Api) -> None:
    body = a_meeting(status="held", date="2999", sources=[])
    body["readouts"] = [{"party": "TUR", "quote": "x"}]
    assert api.post("meetings", body).fields == ["status", "sources", "readouts[0].issuer"]


TENURES: list[tuple[Body, Any, str | None]] = [
    # The seat, the date, and what the warning speaks of.
    ({"office": "Minister of Defence"}, "2022-01-05", None),
    ({"office": "minister of DEFENCE"}, "2022-01-05", None),
    ({"office": None}, "2022-01-05", None),
    ({"office": "Defence chief", "level": "defence_minister"}, "2022-01-05", None),
    ({"office": "Minister of Defence"}, "2018-07-10", None),
    ({"office": "Minister of Defence"}, "2023-06-04", None),
    ({"office": "Minister of Defence"}, "2023", None),
    ({"office": "Minister of Defence"}, None, None),
    ({"office": "Minister of Defence"}, "2018-07-09", "no office"),
    ({"office": "Minister of Defence"}, "2023-06-05", "no office"),
    ({"office": "Prime Minister"}, "2022-01-05", "not as Prime Minister"),
    ({"office": "Prime Minister", "level": "head_of_government"}, "2022-01-05", "not as"),
    ({"office": "Minister of Defence", "party": "RUS"}, "2022-01-05", "for RUS"),
    ({"office": None}, "2030", "no office"),
    (
        {"office": "minister of defence", "level": "head_of_state"},
        "2022-01-05",
        "not head_of_state",
    ),
    ({"person": "jane-roe", "office": "Queen"}, "2022-01-05", None),  # nothing is recorded
]


@pytest.mark.parametrize(("seat", "date", "told"), TENURES)
def test_an_office_that_does_not_fit_the_tenure_gives_a_warning(
    api_on_sqlite: Api, seat: Body, date: Any, told: str | None
) -> None:
    seat = {"party": "TUR", "person": "hulusi-akar"} | seat
    body = a_meeting(id="m", date=date, participants=[{"party": "SYR"}, seat])
    made = api_on_sqlite.post("meetings", body).ok(201)
    for answer in (
        made,
        api_on_sqlite.put("meetings/m", body | {"note": "x"}, tag="*").ok(),
        api_on_sqlite.patch("meetings/m", {"note": "y"}).ok(),
        api_on_sqlite.patch("meetings/m?dry_run=true", {"note": "z"}).ok(),
    ):
        warnings = answer.get("warnings", [])
        assert len(warnings) == (0 if told is None else 1)
        if told is not None:
            assert warnings[0].startswith("participants[1]: ")
            assert told in warnings[0]
    assert "warnings" not in api_on_sqlite.one("meetings/m")
    assert made["participants"][1]["office"] == seat["office"]  # said, not mended


SPOKEN: list[tuple[Body, str, str | None]] = [
    # Who voiced a position, the date, and what the warning speaks of.
    ({"office": "Minister of Defence"}, "2022-01-05", None),
    ({"office": None}, "2022-01-05", None),
    ({"office": "Prime Minister"}, "2022-01-05", "not as Prime Minister"),
    ({"office": "Minister of Defence"}, "2030", "no office"),
    ({"office": None, "party": "RUS"}, "2022-01-05", "for RUS"),
]


@pytest.mark.parametrize(("said", "date", "told"), SPOKEN)
def test_so_does_the_office_of_who_voices_a_position(
    api_on_sqlite: Api, said: Body, date: str, told: str | None
) -> None:
    body = {"id": "p", "party": "TUR", "person": "hulusi-akar", "issue": "refugees",
            "stance": "proposes", "channel": "speech", "date": date, "sources": ["s1"]}  # fmt: skip
    made = api_on_sqlite.post("positions", body | said).ok(201)
    within = a_meeting(id="m", date="2022-03-01", positions=[body | said | {"id": "q"}])
    for answer, place in (
        (made, "person: "),
        (api_on_sqlite.patch("positions/p", {"text": "x"}).ok(), "person: "),
        (api_on_sqlite.post("meetings?duplicate=allow", within).ok(201), "position q, person: "),
    ):
        warnings = answer.get("warnings", [])
        assert [w.startswith(place) for w in warnings] == ([] if told is None else [True])
        assert told is None or told in warnings[0]


UNKNOWN: list[tuple[str, Body, str, str]] = [
    ("meetings", {"participants": [{"party": "TUK"}]}, "participants[0].party", "TUR"),
    ("meetings", {"participants": [{"party": "Syria"}]}, "participants[0].party", "SYR"),
    ("meetings", {"participants": [{"party": "TUR", "person": "hulusi-acar"}]},
     "participants[0].person", "hulusi-akar"),
    ("meetings", {"participants": [{"party": "TUR", "person": "akar"}]},
     "participants[0].person", "hulusi-akar"),
    ("meetings", {"sources": ["s1", "S2"]}, "sources[1]", "s2"),
    ("meetings", {"issues": ["withdrawl"]}, "issues[0]", "withdrawal"),
    ("meetings", {"readouts": [{"party": "TUR", "issues": ["refugee"]}]},
     "readouts[0].issues[0]", "refugees"),
    ("meetings", {"links": [{"relation": "follows", "meeting": "2022-12-29-moscow"}]},
     "links[0].meeting", "2022-12-28-moscow"),
    ("meetings", {"process": "tracks"}, "process", "track"),
    ("meetings", {"date": {"edtf": None, "before": "elections"}}, "date.before", "election"),
    ("meetings", {"date": {"edtf": None, "after": "2022-12-28-moskow"}}, "date.after",
     "2022-12-28-moscow"),
    ("positions", {"meeting": "2022-moscow"}, "meeting", "2022-12-28-moscow"),
    ("people", {"tenures": [{"office": "X", "party": "Russia"}]}, "tenures[0].party", "RUS"),
    ("milestones", {"date": {"edtf": None, "after": "earthquakes"}}, "date.after", "earthquake"),
    ("issues", {"broader": "fishery"}, "broader", "fishing"),
]  # fmt: skip


@pytest.mark.parametrize(("plural", "patch", "field", "near"), UNKNOWN, ids=[
    f"{i}-{u[2]}" for i, u in enumerate(UNKNOWN)])  # fmt: skip
def test_unknown_references_name_the_nearest(
    api: Api, plural: str, patch: Body, field: str, near: str
) -> None:
    spare = {"meetings": "doha-call", "positions": "p-irn", "people": "jane-roe"}
    spare |= {"milestones": "earthquake", "issues": "m4-highway"}
    before = api.revision()
    reply = api.patch(f"{plural}/{spare[plural]}", patch)
    assert reply.summary() == (422, "unknown-reference")
    assert reply.fields == [field]
    assert api.revision() == before
    assert near in reply.body["errors"][0]["accepted"]
    assert near in reply.body["detail"]


NAMES: list[tuple[Body, str, list[str]]] = [
    ({"participants": [{"party": "Türkiye"}]}, "participants[0].party", ["TUR"]),
    ({"participants": [{"party": "TUR", "person": "Hulusi Akar"}]},
     "participants[0].person", ["hulusi-akar"]),
    ({"date": {"edtf": None, "before": "the election"}}, "date.before", ["election"]),
]  # fmt: skip


@pytest.mark.parametrize(("patch", "field", "near"), NAMES, ids=[n[1] for n in NAMES])
def test_a_name_in_place_of_an_identifier_names_the_record_that_has_it(
    api: Api, patch: Body, field: str, near: list[str]
) -> None:
    for reply in (
        api.patch("meetings/doha-call", patch),
        api.post("meetings", a_meeting(id="new") | patch),
        api.put("meetings/doha-call", a_meeting(id="doha-call") | patch, tag="*"),
    ):
        assert reply.summary() == (422, "invalid-body")
        assert reply.fields == [field]
        fault = reply.body["errors"][0]
        assert fault["message"] == "is not a valid identifier"
        assert fault["accepted"][:1] == near
        assert near[0] in reply.body["detail"]


def test_an_identifier_of_its_own_that_is_none_says_the_form(api: Api) -> None:
    reply = api.post("issues", {"id": "a b", "name": "x"})
    assert (reply.status, reply.fields) == (422, ["id"])
    assert reply.body["errors"][0]["accepted"].startswith("letters and digits")


def test_where_nothing_is_near_the_list_is_named(api: Api) -> None:
    reply = api.patch("meetings/doha-call", {"issues": ["zzzzqqqq"]})
    assert reply.body["errors"][0]["accepted"] == (
        "the identifier of an issue in /v1/issues; to create one: POST /v1/issues"
    )


def test_a_tombstone_is_no_reference(api: Api) -> None:
    api.delete("issues/fishing").ok(204)
    reply = api.patch("meetings/doha-call", {"issues": ["fishing"]})
    assert reply.summary() == (422, "unknown-reference")
    accepted = reply.body["errors"][0]["accepted"]
    assert accepted == "restore it first: POST /v1/issues/fishing/restore"


def test_references_of_another_noun_do_not_do(api: Api) -> None:
    for patch in ({"issues": ["s1"]}, {"process": "SYR"}, {"sources": ["election"]}):
        assert api.patch("meetings/doha-call", patch).summary() == (422, "unknown-reference")
    link = {"relation": "follows", "meeting": "election"}
    assert api.patch("meetings/doha-call", {"links": [link]}).problem_type == "unknown-reference"


def test_dates_that_hang_on_each_other_in_a_circle_are_refused(api: Api) -> None:
    reply = api.patch("milestones/election", {"date": {"edtf": None, "after": "tehran-visit"}})
    assert reply.status == 409
    assert reply.problem_type == "date-circle"
    own = a_meeting(id="own", date={"edtf": None, "after": "own"})
    assert api.post("meetings", own).summary() == (409, "date-circle")
