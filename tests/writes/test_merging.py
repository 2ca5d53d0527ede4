"""Merging: a twin folded in, its citations turned, its address moved, and all of it undone."""

from __future__ import annotations

import copy
from itertools import product
from typing import Any

import pytest

from app.ledger.write.ledger import Ledger
from app.ledger.write.revisions import Change
from app.nouns.registry import NOUNS
from tests.builders import issue, record, source
from tests.tables import every
from tests.writes.api import WRITER, Api
from tests.writes.basis import PLURALS, SPARE, a_meeting, a_position

_PASSING = ("version", "revision", "recorded_at")


def said(document: dict[str, Any]) -> dict[str, Any]:
    """What a document says, whenever it was recorded."""
    return {k: v for k, v in document.items() if k not in (*_PASSING, "included", "warnings")}


def test_a_twin_is_folded_in_moved_and_brought_back(api: Api) -> None:
    def holds(plural: str) -> None:
        twin, target = SPARE[plural]
        path, before = f"{plural}/{twin}", api.revision()
        stood = api.one(path), api.one(f"{plural}/{target}")
        reply = api.merge(f"{path}", target)
        merged = reply.ok()
        assert merged["id"] == target
        assert reply.headers["location"] == f"/v1/{plural}/{target}"
        assert reply.tag == api.tag(f"{plural}/{target}")
        moved = api.get(path)
        assert moved.told() == (308, "merged")
        assert moved.headers["location"] == f"/v1/{plural}/{target}"
        assert moved.body["into"] == target
        newest = api.one(f"{path}/history")["items"][0]
        assert (newest["action"], newest["merged_into"], newest["document"]) == (
            "merged",
            target,
            None,
        )
        assert twin not in [i["id"] for i in api.one(f"{plural}?limit=200")["items"]]
        assert api.faults() == []
        back = api.restore(path).ok()
        assert said(back) == said(stood[0])
        assert said(api.one(f"{plural}/{target}")) == said(stood[1])
        assert api.actions(path)[:2] == ["restored", "merged"]
        assert api.get(path).status == 200
        assert api.one(f"{path}?revision={before}") == stood[0]

    every(product(PLURALS), holds)
    assert api.faults() == []


def test_the_clocks_before_the_merge_still_show_the_old_record(api: Api) -> None:
    path, before = "people/jane-roe", api.revision()
    stood = api.one(path)
    api.merge(path, "max-muster").ok()
    assert api.one(f"{path}?revision={before}") == stood
    assert api.one(f"{path}?revision={before}&as_of=2026-01-01") == stood
    listed = api.one(f"people?revision={before}&limit=200")["items"]
    assert "jane-roe" in [i["id"] for i in listed]
    # A tombstone hides its record at every `as_of`.
    assert api.get(f"{path}?as_of=2026-01-01").status == 308
    assert api.get(f"{path}?revision={api.revision()}").status == 308


@pytest.mark.parametrize(
    "query", ["fields=id,name", "revision={now}", "as_of=2026-01-01", "include=sources"]
)
def test_the_new_address_keeps_what_was_asked(api: Api, query: str) -> None:
    """Above all the clock: who asked for a revision must not be sent to the present."""
    api.merge("people/jane-roe", "max-muster").ok()
    query = query.format(now=api.revision())
    moved = api.get(f"people/jane-roe?{query}")
    assert moved.status == 308
    assert moved.headers["location"] == f"/v1/people/max-muster?{query}"


def cited(api: Api) -> None:
    """A meeting and others that cite one twin of each noun wherever they can."""
    for path, body in {
        "people/a-twin": {"name": "Adam Twin"},
        "parties/a-twin": {"name": "Twin Front", "kind": "non_state"},
        "issues/a-twin": {"name": "Twin issue"},
        "sources/a-twin": {"title": "Twin article", "published": "2024-01-01"},
        "processes/a-twin": {"name": "Twin track"},
        "milestones/x-twin": {"title": "Twin event", "date": "2023-02-06"},
        "meetings/m-twin": a_meeting(title="Twin meeting", date="2023-02-07"),
    }.items():
        api.put(path, body).ok(201)
    seats = [{"party": "TUR"}, {"party": "a-twin", "person": "a-twin"}]
    api.put(
        "meetings/citing",
        a_meeting(
            date={"edtf": None, "after": "x-twin"},
            process="a-twin",
            participants=seats,
            issues=["withdrawal", "a-twin", "fishing"],
            readouts=[{"party": "a-twin", "issues": ["a-twin"], "source": "a-twin"}],
            outcomes=[{"assessment": "setback", "source": "a-twin"}],
            links=[{"relation": "follows", "meeting": "m-twin"}],
            previous_dates=[{"date": {"edtf": None, "before": "m-twin"}}],
            sources=["s1", "a-twin", "s3x"],
        ),
    ).ok(201)
    api.put(
        "positions/citing",
        a_position(party="a-twin", person="a-twin", issue="a-twin", process="a-twin",
                   meeting="m-twin", sources=["a-twin"]),
    ).ok(201)  # fmt: skip
    tenure = {"office": "Chair", "party": "a-twin"}
    api.put("people/citing", {"name": "C", "party": "a-twin", "tenures": [tenure]}).ok(201)
    api.put("issues/citing", {"name": "C", "broader": "a-twin"}).ok(201)
    api.put("processes/citing", {"name": "C", "parties": ["TUR", "a-twin"]}).ok(201)
    api.put("milestones/x-citing", {"title": "C", "process": "a-twin"}).ok(201)


CITING = {
    noun: f"{noun}/citing" for noun in ("meetings", "positions", "people", "issues", "processes")
} | {"milestones": "milestones/x-citing"}
INTO = {
    "people": ("a-twin", "max-muster"),
    "parties": ("a-twin", "arab-league"),
    "issues": ("a-twin", "fishing"),
    "sources": ("a-twin", "s3x"),
    "processes": ("a-twin", "geneva"),
    "milestones": ("x-twin", "earthquake"),
    "meetings": ("m-twin", "doha-call"),
}


@pytest.mark.parametrize("plural", INTO)
def test_what_cited_the_twin_cites_the_other_wherever_it_did(api: Api, plural: str) -> None:
    cited(api)
    twin, target = INTO[plural]
    before = {noun: api.one(path) for noun, path in CITING.items()}
    first = api.revision() + 1
    answer = api.merge(f"{plural}/{twin}", target).ok()
    assert api.faults() == []
    changed = 0
    for noun, old in before.items():
        new = api.one(CITING[noun])
        expected = turned(old, plural, twin, target)
        assert without_dates(said(new)) == without_dates(said(expected))
        if said(new) != said(old):
            changed += 1
            assert answer["included"][noun][new["id"]] == new
            assert api.one(f"{CITING[noun]}/history")["items"][0]["write"] == first
    assert changed > 0
    assert api.delete(f"{plural}/{target}").told() == (409, "in-use")
    back = api.restore(f"{plural}/{twin}").ok()
    assert "warnings" not in back
    assert {noun: said(api.one(path)) for noun, path in CITING.items()} == {
        noun: said(old) for noun, old in before.items()
    }
    assert api.faults() == []


_NAMED = {
    "people": ("person",),
    "parties": ("party", "parties"),
    "issues": ("issue", "issues", "broader"),
    "sources": ("source", "sources"),
    "processes": ("process",),
    "milestones": ("before", "after"),
    "meetings": ("meeting", "before", "after"),
}


def turned(value: Any, plural: str, old: str, new: str, name: str = "") -> Any:
    """The same, with one identifier in place of another wherever a field names such a record."""
    if isinstance(value, dict):
        return {k: turned(v, plural, old, new, k) for k, v in value.items()}
    if isinstance(value, list):
        found = [turned(v, plural, old, new, name) for v in value]
        strings = [v for v in found if isinstance(v, str)]
        if name == "parties" and plural == "parties" and "TUR" in strings:
            strings.sort()
        return list(dict.fromkeys(strings)) if strings else found
    return new if name in _NAMED[plural] and value == old else value


def without_dates(document: dict[str, Any]) -> dict[str, Any]:
    """Bounds, and the day of the report, move with what a date hangs on."""
    kept = copy.deepcopy(document)
    kept.pop("reported_on")
    for date in [kept.get("date"), *(p["date"] for p in kept.get("previous_dates", []))]:
        for name in ("earliest", "latest", "display", "precision"):
            if date is not None:
                date.pop(name, None)
    return kept


def test_only_what_the_other_left_open_is_taken_over(api: Api) -> None:
    api.put("people/one", {"name": "Ali Veli", "names": ["A. Veli"], "sources": ["s1"],
                           "note": "Mine."}).ok(201)  # fmt: skip
    tenure = {"office": "Envoy", "party": "TUR"}
    two = {"name": "Aly Vely", "names": ["A. Veli", "Али"], "sources": ["s2", "s1"], "party": "TUR"}
    api.put("people/two", two | {"note": "Its own.", "tenures": [tenure]}).ok(201)
    merged = api.merge("people/two", "one").ok()
    assert merged["name"] == "Ali Veli"
    assert [n["name"] for n in merged["names"]] == ["A. Veli", "Aly Vely", "Али"]
    assert merged["sources"] == ["s1", "s2"]
    assert (merged["note"], merged["party"]) == ("Mine.", "TUR")
    assert [t["office"] for t in merged["tenures"]] == ["Envoy"]


def test_a_record_never_comes_to_cite_itself(api: Api) -> None:
    api.put("issues/narrow", {"name": "Narrow", "broader": "fishing"}).ok(201)
    assert api.merge("issues/narrow", "fishing").ok()["broader"] is None
    api.restore("issues/narrow").ok()
    assert api.merge("issues/fishing", "narrow").ok()["broader"] is None


def test_an_issue_never_becomes_a_part_of_itself_by_merging(api: Api) -> None:
    api.put("issues/middle", {"name": "Middle", "broader": "fishing"}).ok(201)
    api.put("issues/narrow", {"name": "Narrow", "broader": "middle"}).ok(201)
    reply = api.merge("issues/fishing", "narrow")
    assert reply.told() == (422, "rule-broken")
    assert set(reply.fields) == {"broader"}


def test_links_between_the_two_are_dropped_and_others_kept(api: Api) -> None:
    link = {"relation": "follows", "meeting": "doha-call"}
    other = {"relation": "prepares", "meeting": "tehran-visit"}
    api.put("meetings/one", a_meeting(title="One of two", links=[link])).ok(201)
    api.put(
        "meetings/two",
        a_meeting(title="Two", links=[{"relation": "follows", "meeting": "one"}, other]),
    ).ok(201)
    merged = api.merge("meetings/two", "one").ok()
    assert [item["meeting"] for item in merged["links"]] == ["doha-call", "tehran-visit"]


def test_dates_that_hang_between_the_two(api: Api) -> None:
    """Whatever becomes of it, nothing may hang on itself and nothing may break."""
    date = {"edtf": "2024", "after": "doha-call"}
    api.put("meetings/later", a_meeting(title="Later", date=date)).ok(201)
    for twin, target in (("later", "doha-call"), ("doha-call", "later")):
        before = api.revision()
        reply = api.merge(f"meetings/{twin}", target)
        assert reply.status in (200, 409)
        assert reply.status == 200 or api.revision() == before
        document = api.one(f"meetings/{target}")
        assert (document["date"] or {}).get("after") != target
        assert api.faults() == []
        if reply.status == 200:
            api.restore(f"meetings/{twin}").ok()


def test_a_former_date_is_turned_to_the_other_and_stays_as_it_was(api: Api) -> None:
    api.put("meetings/twin", a_meeting(title="Twin", date="2023-02-07")).ok(201)
    formerly = [{"date": {"edtf": "2023", "before": "twin"}}]
    api.put("meetings/citing", a_meeting(title="Citing", previous_dates=formerly)).ok(201)
    stood = api.one("meetings/citing")["previous_dates"][0]["date"]
    api.merge("meetings/twin", "2022-12-28-moscow").ok()
    turned = api.one("meetings/citing")["previous_dates"][0]["date"]
    assert turned["before"] == "2022-12-28-moscow"
    assert (turned["earliest"], turned["latest"]) == ("2023-01-01", "2023-02-06")
    assert turned["display"] == stood["display"].replace("twin", "2022-12-28-moscow")
    api.restore("meetings/twin").ok()
    assert api.one("meetings/citing")["previous_dates"][0]["date"] == stood
    assert api.faults() == []


def test_positions_go_over_to_the_other_meeting(api: Api) -> None:
    api.merge("meetings/2022-12-28-moscow", "doha-call").ok()
    assert api.one("positions/p-moscow")["meeting"] == "doha-call"
    api.restore("meetings/2022-12-28-moscow").ok()
    assert api.one("positions/p-moscow")["meeting"] == "2022-12-28-moscow"


def test_what_was_changed_since_stays_and_a_warning_says_so(api: Api) -> None:
    cited(api)
    api.merge("people/a-twin", "max-muster").ok()
    api.patch("positions/citing", {"text": "Changed since."}).ok()
    back = api.restore("people/a-twin").ok()
    assert ["position citing" in warning for warning in back["warnings"]] == [True]
    assert api.one("positions/citing")["person"] == "max-muster"
    assert api.one("meetings/citing")["participants"][1]["person"] == "a-twin"
    assert api.faults() == []


def test_chains_of_merges(api: Api) -> None:
    api.merge("issues/fishing", "m4-highway").ok()
    api.merge("issues/m4-highway", "refugees").ok()
    assert api.get("issues/fishing").headers["location"] == "/v1/issues/m4-highway"
    assert api.get("issues/m4-highway").headers["location"] == "/v1/issues/refugees"
    api.restore("issues/m4-highway").ok()
    api.restore("issues/fishing").ok()
    assert api.get("issues/fishing").status == 200
    assert api.faults() == []


def test_a_merge_whose_result_would_break_a_bound_is_refused_and_says_which(api: Api) -> None:
    many = [f"n-{number}" for number in range(120)]
    Ledger(api.database, NOUNS).write([issue(name) for name in many], author="tester")
    api.put("meetings/one", a_meeting(issues=many[:60])).ok(201)
    api.put("meetings/two", a_meeting(issues=many[60:])).ok(201)
    before = api.revision()
    for query in ("", "?dry_run=true"):
        body = {"into": "two"}
        reply = api.send("POST", f"meetings/one/merge{query}", body, tag="*")
        assert reply.told() == (422, "rule-broken")
        assert reply.fields == ["issues"]
        assert "120" in reply.body["detail"]
        assert "at most 100" in reply.body["errors"][0]["accepted"]
    assert api.revision() == before
    api.patch("meetings/one", {"issues": many[:40]}).ok()
    assert len(api.merge("meetings/one", "two").ok()["issues"]) == 100
    api.patch("meetings/two", {"note": "Still to be changed."}).ok()


def test_a_move_by_merging_is_refused_with_all_that_it_would_break(api: Api) -> None:
    """Neither may a date lose its last day, nor what was held come to lie in the future."""
    api.put("milestones/twin", {"title": "Twin", "date": "2020-06"}).ok(201)
    api.put("milestones/late", {"title": "Later", "date": "2031"}).ok(201)
    api.put("milestones/open", {"title": "Open", "process": "track"}).ok(201)
    api.put("meetings/tight", a_meeting(date={"edtf": "2020", "after": "twin"})).ok(201)
    after = {"edtf": "2020/..", "after": "twin"}
    api.put("meetings/held", a_meeting(status="held", date=after)).ok(201)
    api.put("meetings/led", a_meeting(date={"edtf": None, "before": "held"})).ok(201)
    before = api.revision()
    reply = api.merge("milestones/twin", "late")
    assert reply.told() == (409, "empty-date")
    assert [(a["noun"], a["id"]) for a in reply.body["affected"]] == [("meeting", "tight")]
    assert "nothing is left between" in reply.body["affected"][0]["reason"]
    assert api.revision() == before
    api.delete("meetings/tight").ok(204)
    for reply in (
        api.merge("milestones/twin", "late"),
        api.patch("milestones/twin", {"date": "2031"}),
        api.put("milestones/twin", {"title": "T", "date": {"after": "late"}}, tag="*"),
        api.patch("milestones/twin?dry_run=true", {"date": "2031"}),
    ):
        assert reply.told() == (409, "rule-broken")
        assert [(a["noun"], a["id"]) for a in reply.body["affected"]] == [("meeting", "held")]
        assert "2031-01-02" in reply.body["detail"] or "2031-01-03" in reply.body["detail"]
    assert api.merge("milestones/late", "twin").ok()["date"]["edtf"] == "2020-06"
    api.patch("meetings/held", {"note": "It can still be changed."}).ok()


def test_a_held_meeting_does_not_take_over_a_day_to_come(api: Api) -> None:
    api.put("meetings/undated", a_meeting(status="held")).ok(201)
    api.put("meetings/to-come", a_meeting(title="Others", date="2999")).ok(201)
    reply = api.merge("meetings/to-come", "undated")
    assert reply.told() == (409, "rule-broken")
    assert [a["id"] for a in reply.body["affected"]] == ["undated"]


def test_what_stood_is_not_restored_into_the_future(api: Api) -> None:
    after = {"edtf": "2020/..", "after": "earthquake"}
    first = api.put("meetings/held", a_meeting(status="held", date=after)).ok(201)["revision"]
    api.delete("meetings/held").ok(204)
    api.patch("milestones/earthquake", {"date": "2999"}).ok()
    for revision in (None, first):
        reply = api.restore("meetings/held", revision)
        assert reply.told() == (409, "rule-broken")
        assert [a["id"] for a in reply.body["affected"]] == ["held"]
    api.patch("milestones/earthquake", {"date": "2023-02-06"}).ok()
    api.restore("meetings/held").ok()


def test_a_merge_and_its_undoing_are_named_by_what_was_asked_for(api: Api) -> None:
    cited(api)
    for undo in (False, True):
        first = api.revision() + 1
        path = "people/a-twin"
        (api.restore(path) if undo else api.merge(path, "max-muster")).ok()
        entries = api.one(f"changes?after={first - 1}")["items"]
        assert {entry["write"] for entry in entries} == {first}
        assert (entries[0]["noun"], entries[0]["id"]) == ("person", "a-twin")
        assert (entries[1]["noun"], entries[1]["id"]) == ("person", "max-muster")


def test_what_stands_beyond_a_bound_can_still_be_moved_deleted_and_brought_back(api: Api) -> None:
    """A bound may be newer than a record."""
    many = [f"n-{number}" for number in range(201)]
    writing = Ledger(api.database, NOUNS)
    writing.write([source(name) for name in many], author="tester")
    body = record("milestone", "beyond", title="Beyond", date={"after": "earthquake"}).body or {}
    writing.write([Change("milestone", "beyond", body | {"sources": many})], author="tester")
    api.patch("milestones/earthquake", {"date": "2023-02-07"}).ok()
    assert api.one("milestones/beyond")["date"]["earliest"] == "2023-02-08"
    api.patch("sources/n-0", {"published": "2023-03-01"}).ok()
    assert api.one("milestones/beyond")["reported_on"] == "2023-03-01"
    api.merge("sources/n-1", "n-2").ok()
    api.restore("sources/n-1").ok()
    api.merge("milestones/earthquake", "readmission").ok()
    api.restore("milestones/earthquake").ok()
    api.merge("milestones/readmission", "beyond").ok()
    api.restore("milestones/readmission").ok()
    stood = api.one("milestones/beyond")
    api.delete("milestones/beyond").ok(204)
    assert said(api.restore("milestones/beyond").ok()) == said(stood)
    assert stood["sources"] == many
    assert api.patch("milestones/beyond", {"note": "x"}).fields == ["sources"]
    assert api.faults() == []


@pytest.mark.parametrize("order", [("b", "a"), ("a", "b")])
def test_chains_of_merges_are_undone_or_it_is_said_what_stays(
    api: Api, order: tuple[str, str]
) -> None:
    for name in "abc":
        api.put(f"people/{name}", {"name": f"Name {name}", "note": f"Of {name}."}).ok(201)
    seats = [{"party": "TUR", "person": "a"}]
    after = {"edtf": None, "after": "earthquake"}
    api.put("meetings/citing", a_meeting(title="Citing", date=after, participants=seats)).ok(201)
    paths = ["people/a", "people/b", "people/c", "meetings/citing"]
    stood = [said(api.one(path)) for path in paths]
    api.merge("people/a", "b").ok()
    api.merge("people/b", "c").ok()
    back = [api.restore(f"people/{name}").ok() for name in order]
    if order == ("b", "a"):
        assert [reply.get("warnings") for reply in back] == [None, None]
        assert [said(api.one(path)) for path in paths] == stood
    else:
        assert back[0]["warnings"] == [
            "person b was folded into c since, and stays so: restore it first",
            "meeting citing was changed since, and stays as it is",
        ]
        (kept,) = back[1]["warnings"]
        assert kept.startswith("person b keeps what it took over from a")
    assert api.faults() == []


def test_what_only_moved_since_is_undone_as_well(api: Api) -> None:
    cited(api)
    api.merge("people/a-twin", "max-muster").ok()
    api.patch("milestones/x-twin", {"date": "2023-02-05"}).ok()
    assert "warnings" not in api.restore("people/a-twin").ok()
    assert api.one("meetings/citing")["participants"][1]["person"] == "a-twin"


def test_merges_that_cannot_be(api: Api) -> None:
    api.delete("issues/m4-highway").ok(204)
    before = api.revision()
    for into in ("fishing", "none", "m4-highway", "TUR", "s1", "", " "):
        reply = api.merge("issues/fishing", into)
        assert reply.told() == (422, "invalid-body")
        assert reply.fields == ["into"]
    for into, near in (("refugee", "refugees"), ("Refugees!", "refugees")):
        assert api.merge("issues/fishing", into).body["errors"][0]["accepted"] == [near]
    for body in ({}, {"into": None}, {"into": 7}, {"into": ["x"]}, {"into": "refugees", "x": 1}):
        reply = api.send("POST", "issues/fishing/merge", body, tag="*")
        assert reply.told() == (422, "invalid-body")
    for raw in (b"null", b"[]", b'"refugees"'):
        assert api.post("issues/fishing/merge", raw=raw, tag="*").told() == (422, "invalid-body")
    assert api.merge("issues/none", "fishing").told() == (404, "not-found")
    assert api.merge("issues/m4-highway", "fishing").told() == (410, "deleted")
    assert api.merge("issues/fishing", "refugees", key=WRITER).status == 403
    assert api.revision() == before
    api.merge("issues/fishing", "refugees").ok()
    again = api.merge("issues/fishing", "withdrawal")
    assert again.told() == (308, "merged")
    assert again.headers["location"] == "/v1/issues/refugees/merge"
    for reply in (api.put("issues/fishing", {"name": "x"}), api.patch("issues/fishing", {})):
        assert reply.status in (308, 410)
    assert api.post("issues", {"id": "fishing", "name": "New"}).told() == (409, "id-taken")
