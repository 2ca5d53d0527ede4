"""PUT and PATCH: creating, replacing, putting back what was read, merge patches, fields."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.cases import check_every_case
from tests.writes.api import Api
from tests.writes.base_records import DERIVED, NEW, PLURALS, TEXT, UNCITED, a_meeting, changed

Body = dict[str, Any]


def test_put_creates_and_then_replaces_whole(api: Api) -> None:
    def holds(plural: str) -> None:
        path = f"{plural}/{'gulf-council' if plural == 'parties' else f'my-{plural}'}"
        before = api.revision()
        reply = api.put(path, NEW[plural])
        made = reply.ok(201)
        assert reply.headers["location"] == f"/v1/{path}"
        assert reply.tag == f'"{before + 1}"'
        assert api.one(path) == made
        smaller = {k: v for k, v in NEW[plural].items() if k not in ("note", "sources", "text")}
        if plural in ("meetings", "sources"):
            smaller |= {"sources": ["s1"]} if plural == "meetings" else {}
        replaced = api.put(path, smaller, tag=reply.tag).ok()
        assert replaced[TEXT[plural]] is None
        assert (replaced["version"], replaced["revision"]) == (2, before + 2)
        assert api.actions(path) == ["changed", "created"]

    check_every_case(product(PLURALS), holds)
    assert api.faults() == []


@pytest.mark.parametrize("plural", PLURALS)
def test_a_tombstone_is_not_put_over(api: Api, plural: str) -> None:
    path = f"{plural}/{UNCITED[plural][0]}"
    api.delete(path).ok(204)
    before = api.revision()
    for tag in (None, "*"):
        reply = api.put(path, NEW[plural], tag=tag)
        assert reply.summary() == (410, "deleted")
        assert f"/v1/{path}/history" in reply.body["detail"]
        assert api.patch(path, {}, tag="*").summary() == (410, "deleted")
        assert api.delete(path, tag="*").summary() == (410, "deleted")
    assert api.revision() == before


@pytest.mark.parametrize("plural", PLURALS)
@pytest.mark.parametrize("way", ["put", "patch"])
def test_what_was_read_is_put_back_and_makes_no_revision(api: Api, plural: str, way: str) -> None:
    api.post(plural, NEW[plural]).ok(201)
    path = f"{plural}/{DERIVED[plural]}"
    names = {"meetings": "parties,people,sources,positions", "sources": ""}
    names |= dict.fromkeys(("people", "parties", "processes", "positions"), "sources")
    names |= {"issues": "issues", "milestones": "sources,processes"}
    include = f"?include={names[plural]}" if names[plural] else ""
    read = [api.one(path), api.one(path + include), api.one(f"{path}?revision={api.revision()}")]
    dated = "from=2000&" if plural in ("meetings", "milestones", "positions") else ""
    read += [
        i for i in api.one(f"{plural}?{dated}limit=200")["items"] if i["id"] == DERIVED[plural]
    ]
    if plural in ("meetings", "milestones", "positions"):
        found = [i for i in api.one("timeline?limit=200")["items"] if i["id"] == DERIVED[plural]]
        assert "type" in found[0]
        assert "match" in read[-1]
        read += found
    before, tag = api.revision(), api.tag(path)
    for document in read:
        answer = api.send(way.upper(), path, document, tag=tag)
        assert answer.ok() == read[0]
        assert answer.tag == tag
    assert api.revision() == before


def test_an_answer_with_warnings_is_put_back_too(api: Api) -> None:
    seat = {"party": "TUR", "person": "hulusi-akar", "office": "Prime Minister"}
    body = a_meeting(id="warned", date="2022-01-05", participants=[seat])
    answer = api.post("meetings", body)
    assert answer.ok(201)["warnings"]
    again = api.put("meetings/warned", answer.body, tag=answer.tag)
    assert again.ok()["version"] == 1
    assert api.patch("meetings/warned", again.body, tag=answer.tag).ok()["version"] == 1


def test_an_answer_that_tells_of_other_records_is_put_back_too(api: Api) -> None:
    moved = api.patch("milestones/election", {"date": "2023-06-20"})
    assert moved.ok()["included"]
    assert api.put("milestones/election", moved.body, tag=moved.tag).ok()["version"] == 2


@pytest.mark.parametrize("plural", PLURALS)
def test_what_is_derived_or_read_only_is_ignored(api_on_sqlite: Api, plural: str) -> None:
    path = f"{plural}/{UNCITED[plural][0]}"
    mine = {"version": 99, "revision": 1, "recorded_at": "x", "reported_on": [], "included": 7}
    mine |= {"match": {}, "type": None}
    if plural == "meetings":
        mine |= {"parties": ["XXX"], "levels": 1, "format": "none"}
    before = api_on_sqlite.one(path)
    assert api_on_sqlite.patch(path, mine).ok() == before
    assert api_on_sqlite.put(path, before | mine, tag="*").ok() == before
    for given in ({"earliest": "1999-01-01"}, {"precision": 7, "display": []}):
        if before.get("date"):
            assert api_on_sqlite.patch(path, {"date": before["date"] | given}).ok() == before


@pytest.mark.parametrize("plural", PLURALS)
def test_unknown_fields_are_refused_by_name(api_on_sqlite: Api, plural: str) -> None:
    path, before = f"{plural}/{UNCITED[plural][0]}", api_on_sqlite.revision()
    whole = api_on_sqlite.one(path)
    for name in ("nome", "Name", "ID", "", "created", "_id", "date.edtf", "名"):
        for reply in (
            api_on_sqlite.post(plural, NEW[plural] | {name: 1}),
            api_on_sqlite.put(path, whole | {name: None}, tag="*"),
            api_on_sqlite.patch(path, {name: {"x": 1}}),
        ):
            assert reply.summary() == (422, "invalid-body")
            assert reply.fields == [name or "body"]
    assert api_on_sqlite.revision() == before


UNKNOWN_WITHIN = [
    ("meetings", {"participants": [{"party": "TUR"}, {"party": "SYR", "rank": 1}]},
     "participants[1].rank"),
    ("meetings", {"place": {"name": "X", "city": "Y"}}, "place.city"),
    ("meetings", {"readouts": [{"party": "TUR", "url": "x"}]}, "readouts[0].url"),
    ("meetings", {"date": {"edtf": "2023", "year": 2023}}, "date.year"),
    ("meetings", {"previous_dates": [{"date": {"edtf": "2023", "day": 1}}]},
     "previous_dates[0].date.day"),
    ("meetings", {"outcomes": [{"assessment": "setback", "score": 1}]}, "outcomes[0].score"),
    ("meetings", {"links": [{"relation": "follows", "meeting": "doha-call", "x": 1}]},
     "links[0].x"),
    ("people", {"names": ["A", {"name": "B", "lang": "en"}]}, "names[1].lang"),
    ("people", {"tenures": [{"office": "X", "party": "TUR", "until": "2020"}]},
     "tenures[0].until"),
    ("people", {"tenures": [{"office": "X", "party": "TUR", "from_": "2020"}]},
     "tenures[0].from_"),
    ("sources", {"published": {"edtf": "2023", "time": "x"}}, "published.time"),
]  # fmt: skip


@pytest.mark.parametrize(("plural", "patch", "field"), UNKNOWN_WITHIN, ids=lambda v: str(v)[:30])
def test_unknown_fields_further_in_are_refused_by_path(
    api_on_sqlite: Api, plural: str, patch: Body, field: str
) -> None:
    for reply in (
        api_on_sqlite.patch(f"{plural}/{UNCITED[plural][0]}", patch),
        api_on_sqlite.post(plural, NEW[plural] | patch),
    ):
        assert reply.summary() == (422, "invalid-body")
        assert reply.fields == [field]


def test_a_null_makes_no_field_known(api_on_sqlite: Api) -> None:
    there = "meetings/2022-12-28-moscow"
    for path, patch, fields in (
        ("issues/fishing", {"nmae": None}, ["nmae"]),
        (there, {"date": {"nonsense": None}}, ["date.nonsense"]),
        ("meetings/doha-call", {"date": {"nonsense": None}}, ["date.nonsense"]),
        (there, {"place": {"citty": None, "naem": None}}, ["place.citty", "place.naem"]),
        (there, {"plaec": {"name": None}}, ["plaec"]),
    ):
        reply = api_on_sqlite.patch(path, patch)
        assert (reply.summary(), reply.fields) == ((422, "invalid-body"), fields)
    # What is derived is ignored, whatever it is.
    api_on_sqlite.patch(there, {"parties": None, "type": None, "date": {"earliest": None}}).ok()


@pytest.mark.parametrize("plural", PLURALS)
def test_null_removes_and_arrays_are_replaced_whole(api_on_sqlite: Api, plural: str) -> None:
    path = f"{plural}/{DERIVED[plural]}"
    made = api_on_sqlite.post(plural, NEW[plural]).ok(201)
    assert api_on_sqlite.patch(path, {TEXT[plural]: None}).ok()[TEXT[plural]] is None
    lists = [k for k, v in made.items() if isinstance(v, list) and k not in ("parties", "levels")]
    for name in lists:
        if name == "sources" and plural == "meetings":
            continue
        assert api_on_sqlite.patch(path, {name: None}).ok()[name] == []
        assert len(api_on_sqlite.patch(path, {name: made[name][-1:]}).ok()[name]) == 1
        back = api_on_sqlite.patch(path, {name: made[name]}).ok()
        assert back[name] == made[name]
    assert api_on_sqlite.faults() == []


REQUIRED = {
    "meetings": ["title", "status"],
    "people": ["name"],
    "parties": ["name", "kind"],
    "issues": ["name"],
    "sources": [],
    "processes": ["name"],
    "milestones": ["title"],
    "positions": ["party", "issue", "stance", "channel"],
}


@pytest.mark.parametrize("plural", PLURALS)
def test_what_is_required_cannot_be_left_out_or_removed(api_on_sqlite: Api, plural: str) -> None:
    path = f"{plural}/{UNCITED[plural][0]}"
    for name in REQUIRED[plural]:
        without = {k: v for k, v in api_on_sqlite.one(path).items() if k != name}
        for reply in (
            api_on_sqlite.patch(path, {name: None}),
            api_on_sqlite.put(path, without, tag="*"),
            api_on_sqlite.post(
                plural, {"id": "given"} | {k: v for k, v in without.items() if k != "id"}
            ),
        ):
            assert reply.summary() == (422, "invalid-body")
            assert reply.fields == [name]


def test_a_patch_reaches_into_objects(api: Api) -> None:
    path = "meetings/2022-12-28-moscow"
    patched = api.patch(path, {"place": {"latitude": 55.75, "country": None}}).ok()
    assert patched["place"] == {
        "name": "Moscow", "country": None, "latitude": 55.75, "longitude": None,
    }  # fmt: skip
    path = "meetings/tehran-visit"
    date = api.patch(path, {"date": {"edtf": "2023-08"}}).ok()["date"]
    assert (date["edtf"], date["after"]) == ("2023-08", "election")
    assert api.patch(path, {"date": {"after": None}}).ok()["date"]["after"] is None
    assert api.patch(path, {"date": "2023-09"}).ok()["date"]["edtf"] == "2023-09"
    assert api.patch(path, {"date": None}).ok()["date"] is None


@pytest.mark.parametrize("plural", PLURALS)
def test_the_identifier_cannot_be_changed(api_on_sqlite: Api, plural: str) -> None:
    path = f"{plural}/{UNCITED[plural][0]}"
    own = api_on_sqlite.one(path)
    assert api_on_sqlite.patch(path, {"id": own["id"]} | changed(plural)).status == 200
    others: list[Any] = ["other", 7, [], ""]
    for other in others:
        for reply in (
            api_on_sqlite.patch(path, {"id": other}),
            api_on_sqlite.put(path, own | {"id": other}, tag="*"),
            api_on_sqlite.put(f"{plural}/new", own | {"id": other or "other"}),
        ):
            assert reply.summary() == (422, "invalid-body")
            assert reply.fields == ["id"]


def test_a_read_sees_an_acknowledged_write_in_every_list(api: Api) -> None:
    for number in range(5):
        api.patch("issues/fishing", {"note": f"Number {number}."}).ok()
        assert api.one("issues/fishing")["note"] == f"Number {number}."
        assert api.one(f"issues?q={number}")["items"][0]["id"] == "fishing"
