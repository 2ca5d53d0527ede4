"""Sizes, odd texts, media types, and how much of what was sent is said again."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from tests.cases import check_every_case
from tests.writes.api import Api, refused
from tests.writes.base_records import NEW, PLURALS, UNCITED, a_meeting

LONGEST = [("name", 500), ("note", 20_000)]


@pytest.mark.parametrize(("name", "most"), LONGEST)
def test_the_longest_texts_are_kept_and_no_longer_ones(api: Api, name: str, most: int) -> None:
    def kept(letter: str) -> None:
        path = f"issues/long-{ord(letter)}"
        body = {"name": "Long"} | {name: letter * most}
        assert api.put(path, body).ok(201)[name] == letter * most
        refused(api.patch(path, {name: letter * (most + 1)}), 422)
        api.patch(path, {name: f"  {letter}  "}).ok()
        assert api.one(path)[name] == letter

    check_every_case(product(["x", "ж", "𒀀", "ﷺ"]), kept)
    assert api.faults() == []


def test_texts_that_grow_when_folded_fit_every_index(api: Api) -> None:
    def holds(letter: str) -> None:
        text = "".join(f"{letter}{chr(0x3300 + n % 88)}{n}" for n in range(60))[:500]
        seat = {"party": "TUR", "office": text, "name": text}
        body = a_meeting(
            title=text, place={"name": text}, hedge=text, participants=[seat], id=f"m-{ord(letter)}"
        )
        api.post("meetings?duplicate=allow", body).ok(201)
        tenure = {"office": text, "party": "TUR"}
        person = {"id": f"p-{ord(letter)}", "name": text, "names": [text], "tenures": [tenure]}
        api.post("people", person).ok(201)

    check_every_case(product(["ﷺ", "㍐", "𒀀", "Ω"]), holds)
    assert api.faults() == []


ODD = [
    "\u200b\u200dx", "\u202eabc", "\u202c", "a\u0301", "\ufeffx", "\x7f", "\x1b[31m", "<script>",
    "\U0001f469\u200d\U0001f467", "' OR 1=1 --", "%s %(x)s {0} ${x}", "a\r\nb\tc", "\\u0000",
    "\ue000\ue001", "\uffff", "\U0010ffff", '"*" NEAR(a b)', "NOT x",
]  # fmt: skip


def test_odd_texts_are_kept_as_they_are(api: Api) -> None:
    def kept(number: int, text: str) -> None:
        body = {"id": f"odd-{number}", "name": f"x{text}x", "note": f"x{text}x"}
        made = api.post("issues?duplicate=allow", body).ok(201)
        assert made["name"] == made["note"] == f"x{text}x"
        assert api.one(f"issues/odd-{number}") == made

    check_every_case(enumerate(ODD), kept)
    assert api.faults() == []


def test_nothing_is_echoed_at_length(api_on_sqlite: Api) -> None:
    long = "Qz" * 4_000
    replies = [
        api_on_sqlite.post("issues", {"name": "x", long: 1}),
        api_on_sqlite.post("issues", {"name": "x", "broader": long}),
        api_on_sqlite.post("issues", {"id": long, "name": "x"}),
        api_on_sqlite.post("meetings", a_meeting(status=long)),
        api_on_sqlite.post("meetings", a_meeting(date=long)),
        api_on_sqlite.post("meetings", a_meeting(place={"name": "x", "country": long})),
        api_on_sqlite.post("sources", {"url": long}),
        api_on_sqlite.post("parties", {"id": "x", "name": long[:400], "kind": "state"}),
        api_on_sqlite.put(f"issues/{long}", {"name": "x"}),
        api_on_sqlite.put(f"issues/{long}", {"id": "other", "name": "x"}),
        api_on_sqlite.put(f"issues/{long}", {"name": "x"}, tag='"1"'),
        api_on_sqlite.patch(f"issues/{long}", {}),
        api_on_sqlite.delete(f"issues/{long}"),
        api_on_sqlite.restore(f"issues/{long}"),
        api_on_sqlite.merge(f"issues/{long}", "fishing"),
        api_on_sqlite.merge("issues/fishing", long),
        api_on_sqlite.send("POST", "issues/fishing/merge", {long: 1, "into": "x"}, tag="*"),
        api_on_sqlite.post("issues", raw=f'{{"{long}": 1, "{long}": 2}}'.encode()),
        api_on_sqlite.post(f"issues?{long}=1", {"name": "x"}),
        api_on_sqlite.post(f"issues?dry_run={long}", {"name": "x"}),
        api_on_sqlite.post("issues", {"name": "x"}, content_type=long),
    ]
    assert {reply.status // 100 for reply in replies} == {4}
    assert [n for n, reply in enumerate(replies) if "Qz" * 55 in reply.content.decode()] == []


def test_a_thousand_faults_are_not_told_one_by_one(api_on_sqlite: Api) -> None:
    body = {"name": "x"} | {f"unknown-{n}": 1 for n in range(20_000)}
    many = a_meeting(participants=[{"party": "TUR", "person": f"nobody-{n}"} for n in range(400)])
    for reply in (api_on_sqlite.post("issues", body), api_on_sqlite.post("meetings", many)):
        assert reply.status == 422
        assert len(reply.content) < 100_000


@pytest.mark.parametrize("plural", PLURALS)
def test_identifiers_in_paths_that_cannot_be(api: Api, plural: str) -> None:
    """Alike on every engine."""
    for identifier in ("a%00b", "%00", "a%ED%A0%80b", "%FF", "a%20b", "..%2f", "%C3%A4",
                       "-9223372036854775809", "%EF%BF%BF"):  # fmt: skip
        path = f"{plural}/{identifier}"
        refused(api.put(path, NEW[plural]), 404, 422)
        refused(api.patch(path, {}), 404, 422)
        refused(api.delete(path), 404, 422)
        refused(api.restore(path), 404, 422)
        refused(api.merge(path, UNCITED[plural][0]), 404, 422)
        refused(api.get(path), 404)
        refused(api.get(f"{path}/history"), 404)


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/xml", "application/x-www-form-urlencoded", "text/json", "json",
     "multipart/form-data", "application/jsonp", "*/*", "application/json2"],
)  # fmt: skip
def test_other_media_types(api_on_sqlite: Api, kind: str) -> None:
    for method, path in (("POST", "issues"), ("PUT", "issues/new"), ("PATCH", "issues/fishing"),
                         ("POST", "issues/fishing/merge")):  # fmt: skip
        reply = api_on_sqlite.send(method, path, {"name": "x"}, tag="*", content_type=kind)
        refused(reply, 415)
        assert reply.fields == ["Content-Type"]
        assert "application/json" in reply.headers["accept"]


def test_media_types_that_will_do(api_on_sqlite: Api) -> None:
    for number, kind in enumerate(
        ("application/json", "Application/JSON", "application/json; charset=utf-8",
         "application/json;charset=UTF-8 ")
    ):  # fmt: skip
        api_on_sqlite.put(f"issues/n{number}", {"name": "x"}, content_type=kind).ok(201)
        api_on_sqlite.patch(f"issues/n{number}", {}, content_type=kind).ok()
    api_on_sqlite.patch("issues/fishing", {}, content_type="application/merge-patch+json").ok()
    assert (
        api_on_sqlite.put("issues/z", {}, content_type="application/merge-patch+json").status == 415
    )


def test_bodies_have_a_size(api_on_sqlite: Api) -> None:
    limit = 1024 * 1024
    head = b'{"id": "big", "name": "Big"'
    fits = head + b" " * (limit - len(head) - 1) + b"}"
    api_on_sqlite.post("issues", raw=fits).ok(201)
    for method, path in (("POST", "issues"), ("PUT", "issues/x"), ("PATCH", "issues/big"),
                         ("POST", "issues/big/restore"), ("POST", "issues/big/merge")):  # fmt: skip
        reply = api_on_sqlite.send(method, path, raw=fits + b" ", tag="*")
        refused(reply, 413)
        assert str(limit) in reply.body["detail"]
        key = f"Bearer {api_on_sqlite.key}"
        stream = api_on_sqlite.client.request(
            method,
            f"/v1/{path}",
            content=iter([fits, b" " * 10]),
            headers={"authorization": key, "content-type": "application/json"},
        )
        assert stream.status_code == 413


@pytest.mark.parametrize("reason", [7, "", " ", None, [], {}, True, "x" * 2001])
def test_reasons_that_are_none(api_on_sqlite: Api, reason: Any) -> None:
    for reply in (
        api_on_sqlite.patch("issues/fishing", {"note": "x", "reason": reason}),
        api_on_sqlite.post("issues", {"name": "x", "reason": reason}),
        api_on_sqlite.send(
            "POST", "issues/fishing/merge", {"into": "refugees", "reason": reason}, tag="*"
        ),
    ):
        refused(reply, 422)
        assert reply.fields == ["reason"]
    for query in ("reason=", "reason=%00", "reason=%ED%A0%80", f"reason={'x' * 2001}"):
        refused(api_on_sqlite.delete(f"issues/fishing?{query}"), 400, 422)
    detail = api_on_sqlite.delete("issues/fishing?reason=+").body["detail"]
    assert detail == "reason: is empty or too long"
    assert api_on_sqlite.get("issues/fishing").status == 200


def test_a_body_is_what_it_says_whatever_else_is_sent(api: Api) -> None:
    assert (
        json.loads(api.post("issues", raw=b' \n{"name":"\\u0054ides"}\n ').content)["id"] == "tides"
    )
