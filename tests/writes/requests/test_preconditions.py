"""If-Match: a change needs it, any representation's current tag will do, a stale one will not."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.cases import check_every_case
from tests.writes.api import Api, Reply
from tests.writes.base_records import PLURALS, UNCITED, changed

CHANGES = ["put", "patch", "delete", "restore", "merge"]


def change(api: Api, verb: str, plural: str, tag: str | None, **more: Any) -> Reply:
    """A request that would change a record, by each of the ways there are."""
    path = f"{plural}/{UNCITED[plural][0]}"
    if verb == "put":
        return api.put(path, api.one(path) | changed(plural), tag=tag, **more)
    if verb == "patch":
        return api.patch(path, changed(plural), tag=tag, **more)
    if verb == "delete":
        return api.delete(path, tag=tag, **more)
    if verb == "restore":
        return api.restore(path, api.one(path)["revision"], tag=tag, **more)
    return api.merge(path, UNCITED[plural][1], tag=tag, **more)


@pytest.mark.parametrize("verb", CHANGES)
def test_without_a_tag_with_a_stale_one_and_with_the_right_one(api: Api, verb: str) -> None:
    def holds(plural: str) -> None:
        path = f"{plural}/{UNCITED[plural][0]}"
        stale = api.tag(path)
        api.patch(path, changed(plural, "Moved on.")).ok()
        before, current = api.revision(), api.get(path)
        missing = change(api, verb, plural, None)
        assert missing.summary() == (428, "if-match-required")
        assert missing.fields == ["If-Match"]
        assert missing.tag == current.tag
        assert current.tag in missing.body["errors"][0]["accepted"]
        refused = change(api, verb, plural, stale)
        assert refused.summary() == (412, "stale")
        assert refused.tag == current.tag
        assert refused.body["current"] == current.body
        assert api.revision() == before
        done = change(api, verb, plural, current.tag)
        assert done.status in (200, 204)
        if verb != "restore":  # the revision that stands already
            assert api.revision() > before

    check_every_case(product(PLURALS), holds)
    assert api.faults() == []


@pytest.mark.parametrize("plural", ["meetings", "people", "sources"])
def test_any_representations_current_tag_will_do(api: Api, plural: str) -> None:
    path = f"{plural}/{UNCITED[plural][0]}"
    ways = ["", "?fields=id", "?format=json", "?revision="]
    if plural != "sources":
        ways.append("?include=sources")
    for number, way in enumerate(ways):
        for encoding in ("identity", "gzip", "br", "zstd"):
            if way.startswith("?revision"):
                way = f"?revision={api.revision()}"  # noqa: PLW2901 - the one that stands now
            got = api.get(path + way, accept_encoding=encoding)
            text = f"{number} {encoding}"
            assert api.patch(path, changed(plural, text), tag=got.tag).ok()["version"] > 1
            stale = api.patch(path, changed(plural, "late"), tag=got.tag)
            assert stale.summary() == (412, "stale")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ("*", 200),
        (" * ", 200),
        ("{tag}", 200),
        ("W/{tag}", 200),
        ('"1", {tag}', 200),
        ('{tag},"1"', 200),
        ('"99999999999999999999999", {tag}', 200),
        ('"1"', 412),
        ('"x"', 412),
        ('"-1"', 412),
        ('"1.5"', 412),
        ('"١٢"', 412),
        ('"99999999999999999999999"', 412),
        ('"' + "9" * 5000 + '"', 412),
        ("", 400),
        (" ", 400),
        ('"', 400),
        ('""', 400),
        ("12", 400),
        ("{bare}", 400),
        ('"12', 400),
        ('12"', 400),
        ("*, {tag}", 400),
        (",", 400),
        ("'12'", 400),
    ],
)
def test_forms_of_the_header(api_on_sqlite: Api, form: str, status: int) -> None:
    tag = api_on_sqlite.tag("issues/fishing")
    given = form.format(tag=tag, bare=tag.strip('"'))
    before = api_on_sqlite.revision()
    reply = api_on_sqlite.patch("issues/fishing", {"note": "x"}, tag=given)
    assert reply.status == status
    if status != 200:
        assert reply.problem_type == {400: "bad-header", 412: "stale"}[status]
        assert reply.fields == ["If-Match"]
        assert api_on_sqlite.revision() == before
        assert len(reply.content) < 1_000


def test_the_tag_of_the_answer_is_the_next_to_send(api: Api) -> None:
    tag = api.tag("issues/fishing")
    for number in range(3):
        tag = api.patch("issues/fishing", {"note": str(number)}, tag=tag).tag
    tag = api.put("issues/fishing", {"name": "Fishing"}, tag=tag).tag
    minimal = api.patch("issues/fishing", {"note": "x"}, tag=tag, prefer="return=minimal")
    assert (minimal.status, minimal.content) == (204, b"")
    assert minimal.headers["location"] == "/v1/issues/fishing"
    assert minimal.tag == api.tag("issues/fishing")
    api.delete("issues/fishing", tag=minimal.tag).ok(204)


def test_a_write_that_changes_nothing_leaves_the_tag_as_it_was(api: Api) -> None:
    tag = api.tag("issues/fishing")
    reply = api.patch("issues/fishing", {"name": "Fishing quotas"}, tag=tag)
    assert reply.status == 200
    assert reply.tag == tag == api.tag("issues/fishing")


def test_if_match_on_what_is_not_there(api: Api) -> None:
    for tag in ("*", '"1"'):
        reply = api.put("issues/new", {"name": "New"}, tag=tag)
        assert reply.summary() == (412, "stale")
        assert "omit If-Match to create it" in reply.body["detail"]
        for reply in (api.patch("issues/new", {}, tag=tag), api.delete("issues/new", tag=tag)):
            assert reply.summary() == (404, "not-found")
    assert api.get("issues/new").status == 404


def test_a_change_of_something_else_makes_no_tag_stale(api: Api) -> None:
    tag = api.tag("issues/fishing")
    api.patch("issues/m4-highway", {"note": "x"}).ok()
    assert api.patch("issues/fishing", {"note": "x"}, tag=tag).status == 200


def test_a_cascade_makes_the_tag_of_what_hangs_on_it_stale(api: Api) -> None:
    tag = api.tag("meetings/tehran-visit")
    reply = api.patch("milestones/election", {"date": "2023-06-20"}).ok()
    moved = reply["included"]["meetings"]["tehran-visit"]
    assert moved["date"]["earliest"] == "2023-06-21"
    refused = api.patch("meetings/tehran-visit", {"note": "x"}, tag=tag)
    assert refused.summary() == (412, "stale")
    assert refused.body["current"] == moved
