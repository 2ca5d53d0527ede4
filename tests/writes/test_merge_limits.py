"""Merges that are refused, and what stays when one is undone."""

from __future__ import annotations

import pytest

from app.ledger.write.ledger import Ledger
from app.ledger.write.revisions import RecordChange
from app.nouns.registry import NOUNS
from tests.builders import issue, record, source
from tests.writes.api import WRITER, Api
from tests.writes.base_records import a_meeting
from tests.writes.merging import cited, said


def test_what_was_changed_since_stays_and_a_warning_says_so(api: Api) -> None:
    cited(api)
    api.merge("people/a-twin", "max-muster").ok()
    api.patch("positions/citing", {"text": "Changed since."}).ok()
    back = api.restore("people/a-twin").ok()
    assert ["position citing" in warning for warning in back["warnings"]] == [True]
    assert api.one("positions/citing")["person"] == "max-muster"
    assert api.one("meetings/citing")["participants"][1]["person"] == "a-twin"
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
        assert reply.summary() == (422, "rule-broken")
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
    assert reply.summary() == (409, "empty-date")
    assert [(a["noun"], a["id"]) for a in reply.body["affected"]] == [("meeting", "tight")]
    assert "no day is both on or after" in reply.body["affected"][0]["reason"]
    assert api.revision() == before
    api.delete("meetings/tight").ok(204)
    for reply in (
        api.merge("milestones/twin", "late"),
        api.patch("milestones/twin", {"date": "2031"}),
        api.put("milestones/twin", {"title": "T", "date": {"after": "late"}}, tag="*"),
        api.patch("milestones/twin?dry_run=true", {"date": "2031"}),
    ):
        assert reply.summary() == (409, "rule-broken")
        assert [(a["noun"], a["id"]) for a in reply.body["affected"]] == [("meeting", "held")]
        assert "2031-01-02" in reply.body["detail"] or "2031-01-03" in reply.body["detail"]
    assert api.merge("milestones/late", "twin").ok()["date"]["edtf"] == "2020-06"
    api.patch("meetings/held", {"note": "It can still be changed."}).ok()


def test_a_held_meeting_does_not_take_over_a_day_to_come(api: Api) -> None:
    api.put("meetings/undated", a_meeting(status="held")).ok(201)
    api.put("meetings/to-come", a_meeting(title="Others", date="2999")).ok(201)
    reply = api.merge("meetings/to-come", "undated")
    assert reply.summary() == (409, "rule-broken")
    assert [a["id"] for a in reply.body["affected"]] == ["undated"]


def test_what_stood_is_not_restored_into_the_future(api: Api) -> None:
    after = {"edtf": "2020/..", "after": "earthquake"}
    first = api.put("meetings/held", a_meeting(status="held", date=after)).ok(201)["revision"]
    api.delete("meetings/held").ok(204)
    api.patch("milestones/earthquake", {"date": "2999"}).ok()
    for revision in (None, first):
        reply = api.restore("meetings/held", revision)
        assert reply.summary() == (409, "rule-broken")
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
    writing.write([RecordChange("milestone", "beyond", body | {"sources": many})], author="tester")
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
            "person b has since been merged into c and is left as it is; restore it first",
            "meeting citing has since been changed and is left as it is",
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
        assert reply.summary() == (422, "invalid-body")
        assert reply.fields == ["into"]
    for into, near in (("refugee", "refugees"), ("Refugees!", "refugees")):
        assert api.merge("issues/fishing", into).body["errors"][0]["accepted"] == [near]
    for body in ({}, {"into": None}, {"into": 7}, {"into": ["x"]}, {"into": "refugees", "x": 1}):
        reply = api.send("POST", "issues/fishing/merge", body, tag="*")
        assert reply.summary() == (422, "invalid-body")
    for raw in (b"null", b"[]", b'"refugees"'):
        assert api.post("issues/fishing/merge", raw=raw, tag="*").summary() == (422, "invalid-body")
    assert api.merge("issues/none", "fishing").summary() == (404, "not-found")
    assert api.merge("issues/m4-highway", "fishing").summary() == (410, "deleted")
    assert api.merge("issues/fishing", "refugees", key=WRITER).status == 403
    assert api.revision() == before
    api.merge("issues/fishing", "refugees").ok()
    again = api.merge("issues/fishing", "withdrawal")
    assert again.summary() == (308, "merged")
    assert again.headers["location"] == "/v1/issues/refugees/merge"
    for reply in (api.put("issues/fishing", {"name": "x"}), api.patch("issues/fishing", {})):
        assert reply.status in (308, 410)
    assert api.post("issues", {"id": "fishing", "name": "New"}).summary() == (409, "id-taken")
