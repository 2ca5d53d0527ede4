"""Merging: a twin folded in, its citations turned, its address moved, and all of it undone."""

from __future__ import annotations

from itertools import product

import pytest

from tests.cases import check_every_case
from tests.writes.api import Api
from tests.writes.base_records import PLURALS, UNCITED, a_meeting
from tests.writes.merging import CITING, INTO, cited, said, turned, without_dates


def test_a_twin_is_folded_in_moved_and_brought_back(api: Api) -> None:
    def holds(plural: str) -> None:
        twin, target = UNCITED[plural]
        path, before = f"{plural}/{twin}", api.revision()
        stood = api.one(path), api.one(f"{plural}/{target}")
        reply = api.merge(f"{path}", target)
        merged = reply.ok()
        assert merged["id"] == target
        assert reply.headers["location"] == f"/v1/{plural}/{target}"
        assert reply.tag == api.tag(f"{plural}/{target}")
        moved = api.get(path)
        assert moved.summary() == (308, "merged")
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

    check_every_case(product(PLURALS), holds)
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
    assert api.delete(f"{plural}/{target}").summary() == (409, "in-use")
    back = api.restore(f"{plural}/{twin}").ok()
    assert "warnings" not in back
    assert {noun: said(api.one(path)) for noun, path in CITING.items()} == {
        noun: said(old) for noun, old in before.items()
    }
    assert api.faults() == []


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


def test_lists_of_citations_are_united(api: Api) -> None:
    api.put("processes/one", {"name": "One", "parties": ["TUR"], "sources": ["s1"]}).ok(201)
    api.put("processes/two", {"name": "Two", "parties": ["SYR", "TUR"], "sources": ["s2"]}).ok(201)
    merged = api.merge("processes/two", "one").ok()
    assert (merged["parties"], merged["sources"]) == (["TUR", "SYR"], ["s1", "s2"])


def test_a_record_never_comes_to_cite_itself(api: Api) -> None:
    api.put("issues/narrow", {"name": "Narrow", "broader": "fishing"}).ok(201)
    assert api.merge("issues/narrow", "fishing").ok()["broader"] is None
    api.restore("issues/narrow").ok()
    assert api.merge("issues/fishing", "narrow").ok()["broader"] is None


def test_an_issue_never_becomes_a_part_of_itself_by_merging(api: Api) -> None:
    api.put("issues/middle", {"name": "Middle", "broader": "fishing"}).ok(201)
    api.put("issues/narrow", {"name": "Narrow", "broader": "middle"}).ok(201)
    reply = api.merge("issues/fishing", "narrow")
    assert reply.summary() == (422, "rule-broken")
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


def test_chains_of_merges(api: Api) -> None:
    api.merge("issues/fishing", "m4-highway").ok()
    api.merge("issues/m4-highway", "refugees").ok()
    assert api.get("issues/fishing").headers["location"] == "/v1/issues/m4-highway"
    assert api.get("issues/m4-highway").headers["location"] == "/v1/issues/refugees"
    api.restore("issues/m4-highway").ok()
    api.restore("issues/fishing").ok()
    assert api.get("issues/fishing").status == 200
    assert api.faults() == []
