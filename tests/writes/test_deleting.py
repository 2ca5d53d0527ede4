"""DELETE and restore: tombstones, what goes along, and what brings it back."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.builders import record
from tests.cases import check_every_case
from tests.writes.api import Api
from tests.writes.base_records import PLURALS, UNCITED, a_meeting, a_position, changed

Body = dict[str, Any]


def test_a_deleted_record_is_gone_but_not_lost(api: Api) -> None:
    def holds(plural: str) -> None:
        path = f"{plural}/{UNCITED[plural][0]}"
        stood, before = api.one(path), api.revision()
        reply = api.delete(f"{path}?reason=A+mistake")
        assert (reply.status, reply.content) == (204, b"")
        assert "location" not in reply.headers
        assert api.revision() == before + 1
        gone = api.get(path)
        assert gone.summary() == (410, "deleted")
        assert gone.body["revision"] == before + 1
        assert api.one(f"{path}?revision={before}") == stood
        newest = api.one(f"{path}/history")["items"][0]
        assert (newest["action"], newest["reason"], newest["document"]) == (
            "deleted",
            "A mistake",
            None,
        )
        assert stood["id"] not in [item["id"] for item in api.one(f"{plural}?limit=200")["items"]]

    check_every_case(product(PLURALS), holds)
    assert api.faults() == []


def test_a_tombstone_is_restored_as_it_was(api: Api) -> None:
    def holds(plural: str) -> None:
        path = f"{plural}/{UNCITED[plural][0]}"
        stood = api.one(path)
        api.delete(path).ok(204)
        reply = api.restore(path)
        back = reply.ok()
        assert reply.headers["location"] == f"/v1/{path}"
        assert reply.tag == api.tag(path) == f'"{api.revision()}"'
        assert {
            k: v for k, v in back.items() if k not in ("version", "revision", "recorded_at")
        } == {k: v for k, v in stood.items() if k not in ("version", "revision", "recorded_at")}
        assert (stood["version"], back["version"]) == (1, 3)
        assert api.actions(path) == ["restored", "deleted", "created"]
        assert api.one(path) == back

    check_every_case(product(PLURALS), holds)
    assert api.faults() == []


def test_an_earlier_revision_is_restored_as_a_new_one(api: Api) -> None:
    def holds(plural: str) -> None:
        path = f"{plural}/{UNCITED[plural][0]}"
        first = api.one(path)["revision"]
        text = next(iter(changed(plural)))
        second = api.patch(path, changed(plural, "Second.")).ok()["revision"]
        api.patch(path, changed(plural, "Third.")).ok()
        assert api.restore(path, second, tag="*").ok()[text] == "Second."
        assert api.restore(path, first, tag=api.tag(path)).ok()[text] is None
        api.delete(path).ok(204)
        # A tombstone needs no tag: nobody can have read it.
        assert api.restore(path, second).ok()[text] == "Second."
        assert api.actions(path)[:3] == ["restored", "deleted", "changed"]

    check_every_case(product(PLURALS), holds)
    assert api.faults() == []


def test_restoring_what_stands_makes_no_revision(api: Api) -> None:
    before = api.revision()
    api.restore("issues/fishing", api.one("issues/fishing")["revision"], tag="*").ok()
    assert api.revision() == before


def test_restoring_a_live_record_takes_its_tag_and_a_revision(api: Api) -> None:
    first = api.one("issues/fishing")["revision"]
    for tag in (None, "*"):
        reply = api.restore("issues/fishing", tag=tag)
        assert reply.summary() == (422, "invalid-body")
        assert reply.fields == ["revision"]
        assert "not deleted" in reply.body["detail"]
    assert api.restore("issues/fishing", first).summary() == (428, "if-match-required")
    api.patch("issues/fishing", {"note": "x"}).ok()
    assert api.restore("issues/fishing", first, tag=f'"{first}"').summary() == (412, "stale")
    assert api.restore("issues/none").summary() == (404, "not-found")


@pytest.mark.parametrize("revision", [0, -1, 10**17, 10**18 - 1, "1", 1.0, True, [], {}])
def test_revisions_that_are_none_of_the_records(api_on_sqlite: Api, revision: Any) -> None:
    for body in (
        {"revision": revision},
        {"revision": api_on_sqlite.one("issues/m4-highway")["revision"]},
    ):
        reply = api_on_sqlite.send("POST", "issues/fishing/restore", body, tag="*")
        assert reply.summary() == (422, "invalid-body")
        assert reply.fields == ["revision"]
    api_on_sqlite.delete("issues/fishing").ok(204)
    reply = api_on_sqlite.restore("issues/fishing", api_on_sqlite.revision())
    assert reply.summary() == (422, "invalid-body")
    assert "the deletion of the record" in reply.body["detail"]


NO_OBJECTS = [b"[]", b"0", b"false", b"null", b'""', b'"x"', b"[1]", b"7"]


@pytest.mark.parametrize("raw", NO_OBJECTS)
def test_a_restore_takes_an_object_or_nothing(api_on_sqlite: Api, raw: bytes) -> None:
    api_on_sqlite.delete("issues/fishing").ok(204)
    reply = api_on_sqlite.post("issues/fishing/restore", raw=raw)
    assert reply.summary() == (422, "invalid-body")
    assert reply.fields == ["body"]
    for fine in (b"{}", b'{"revision": null}', b'{"reason": "Needed again."}'):
        assert api_on_sqlite.post("issues/fishing/restore", raw=fine).status == 200
        api_on_sqlite.delete("issues/fishing").ok(204)
    assert api_on_sqlite.post("issues/fishing/restore", raw=b'{"revison": 1}').fields == ["revison"]


def test_a_meeting_takes_its_positions_along_and_brings_them_back(api: Api) -> None:
    path = "meetings/2022-12-28-moscow"
    made = [
        api.post("positions?duplicate=allow", a_position(meeting="2022-12-28-moscow")).ok(201)["id"]
        for _ in range(3)
    ]
    api.delete(f"positions/{made[0]}").ok(204)
    before = api.revision()
    api.delete(path).ok(204)
    assert api.revision() == before + 4  # the meeting, its own position and the two that are left
    for identifier in ("p-moscow", *made):
        assert api.get(f"positions/{identifier}").status == 410
    writes = {api.one(f"{p}/history")["items"][0]["write"] for p in (path, "positions/p-moscow")}
    assert writes == {before + 1}
    assert api.get(path).body["revision"] == before + 1  # the write is named by its cause
    back = api.restore(path).ok()
    assert back["revision"] == before + 5
    assert sorted(back["included"]["positions"]) == sorted(["p-moscow", *made[1:]])
    assert api.get(f"positions/{made[0]}").status == 410  # it was deleted before, on its own
    assert api.revision() == before + 8
    assert api.faults() == []


def test_what_is_brought_back_follows_the_merges_since(api: Api) -> None:
    api.put("sources/twin", {"title": "Twin"}).ok(201)
    api.put("meetings/m", a_meeting(sources=["twin", "s1"])).ok(201)
    first = api.one("meetings/m")["revision"]
    api.delete("meetings/m").ok(204)
    api.merge("sources/twin", "s3x").ok()
    api.merge("sources/s3x", "s4x").ok()
    for revision in (None, first):
        back = api.restore("meetings/m", revision, tag="*").ok()
        assert back["sources"] == ["s4x", "s1"]
        assert back["warnings"] == [
            "meeting m now cites s4x, because twin was merged into it in the meantime"
        ]
    reply = api.patch("meetings/m", {"sources": ["twin"]})
    assert reply.summary() == (422, "unknown-reference")
    assert "merged into “s4x”" in reply.body["detail"] or "“s3x”" in reply.body["detail"]
    assert api.faults() == []


def test_what_cites_the_deleted_says_what_to_restore_first(api: Api) -> None:
    api.put("meetings/m", a_meeting(sources=["s4x"])).ok(201)
    api.delete("meetings/m").ok(204)
    api.delete("sources/s4x").ok(204)
    reply = api.restore("meetings/m")
    assert (reply.summary(), reply.fields) == ((422, "unknown-reference"), ["sources[0]"])
    assert "POST /v1/sources/s4x/restore" in reply.body["detail"]
    api.restore("sources/s4x").ok()
    api.restore("meetings/m").ok()


def test_a_tag_on_a_tombstone_must_be_its_own(api: Api) -> None:
    first = api.one("issues/fishing")["revision"]
    api.delete("issues/fishing").ok(204)
    gone = api.get("issues/fishing").body["revision"]
    for revision in (None, first):
        reply = api.restore("issues/fishing", revision, tag=f'"{first}"')
        assert reply.summary() == (412, "stale")
        assert reply.body["current"] is None
    api.restore("issues/fishing", tag=f'"{gone}"').ok()
    api.delete("issues/fishing").ok(204)
    api.restore("issues/fishing", tag="*").ok()


def test_a_position_that_came_back_on_its_own_way_stays_as_it_is(api: Api) -> None:
    path = "meetings/2022-12-28-moscow"
    api.delete(path).ok(204)
    first = api.one("positions/p-moscow/history")["items"][-1]["revision"]
    reply = api.restore("positions/p-moscow", first)
    assert reply.summary() == (422, "unknown-reference")  # its meeting is not there
    assert reply.fields == ["meeting"]


CITED: list[tuple[str, str, str, list[str]]] = [
    ("parties", "RUS", "meeting", ["2022-12-28-moscow"]),
    ("people", "hulusi-akar", "meeting", ["2022-12-28-moscow"]),
    ("issues", "withdrawal", "meeting", ["2022-12-28-moscow"]),
    ("sources", "s2", "meeting", ["tehran-visit"]),
    ("milestones", "election", "meeting", ["tehran-visit"]),
    ("parties", "TUR", "person", ["hulusi-akar"]),
    ("parties", "SYR", "process", ["track"]),
    ("issues", "withdrawal", "position", ["p-irn", "p-moscow"]),
]


@pytest.mark.parametrize(("plural", "identifier", "noun", "citing"), CITED)
def test_what_is_cited_stays_with_the_list_of_what_cites_it(
    api: Api, plural: str, identifier: str, noun: str, citing: list[str]
) -> None:
    before = api.revision()
    reply = api.delete(f"{plural}/{identifier}")
    assert reply.summary() == (409, "in-use")
    assert [c["id"] for c in reply.body["cited_by"] if c["noun"] == noun] == citing
    assert citing[0] in reply.body["detail"]
    assert api.revision() == before
    assert api.get(f"{plural}/{identifier}").status == 200


def test_whatever_cites_it_from_wherever_within_holds_it(api: Api) -> None:
    api.post("people", {"id": "held", "name": "Held Fast"}).ok(201)
    api.post("sources", {"id": "held", "title": "Held fast"}).ok(201)
    api.post("issues", {"id": "held", "name": "Held fast"}).ok(201)
    body = a_meeting(
        id="holder",
        participants=[{"party": "TUR", "person": "held"}],
        readouts=[{"party": "TUR", "issues": ["held"]}],
        outcomes=[{"assessment": "setback", "source": "held"}],
        links=[{"relation": "follows", "meeting": "doha-call"}],
        previous_dates=[{"date": {"edtf": None, "after": "earthquake"}}],
    )
    api.post("meetings", body).ok(201)
    held = ["people/held", "sources/held", "issues/held", "meetings/doha-call"]
    held += ["milestones/earthquake"]
    for path in held:
        reply = api.delete(path)
        assert reply.summary() == (409, "in-use"), path
        assert reply.body["cited_by"] == [{"noun": "meeting", "id": "holder"}]
    api.delete("meetings/holder").ok(204)
    for path in held:  # tombstones hold nothing
        api.delete(path).ok(204)
    assert api.faults() == []


def test_a_long_list_is_cut_in_words_and_whole_in_data(api: Api) -> None:
    for number in range(13):
        api.put(f"issues/part-{number:02}", {"name": f"Part {number}", "broader": "fishing"}).ok(
            201
        )
    reply = api.delete("issues/fishing")
    assert len(reply.body["cited_by"]) == reply.body["total"] == 13
    assert "and 3 more" in reply.body["detail"]


def test_a_self_citation_holds_nothing(api: Api) -> None:
    """None can be written any more; there may be some that are older."""
    own = record("issue", "fishing", name="Fishing", broader="fishing")
    Ledger(api.database, NOUNS).write([own], author="tester")
    assert api.delete("issues/fishing").status == 204


def test_a_deletion_may_say_why_in_its_body(api: Api) -> None:
    api.delete("issues/fishing", raw=b'{"reason": "Out of season."}').ok(204)
    assert api.one("issues/fishing/history")["items"][0]["reason"] == "Out of season."
    api.delete("issues/m4-highway", raw=b"{}").ok(204)


def test_a_deletion_takes_nothing_else(api_on_sqlite: Api) -> None:
    for raw in NO_OBJECTS:
        reply = api_on_sqlite.delete("issues/fishing", raw=raw)
        assert (reply.summary(), reply.fields) == ((422, "invalid-body"), ["body"])
    reply = api_on_sqlite.delete("issues/fishing", raw=b'{"reson": "why"}')
    assert (reply.summary(), reply.fields) == ((422, "invalid-body"), ["reson"])
    reply = api_on_sqlite.delete("issues/fishing", raw=b'{"reason": 7}')
    assert (reply.summary(), reply.fields) == ((422, "invalid-body"), ["reason"])
    assert api_on_sqlite.delete("issues/fishing", raw=b"junk").summary() == (400, "malformed-json")
    reply = api_on_sqlite.delete("issues/fishing", raw=b"why", content_type="text/plain")
    assert reply.status == 415
    api_on_sqlite.get("issues/fishing").ok()
