"""Bodies: strict JSON, every field's type, sizes; a client's mistake is never a server's error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.kit.strict_json import MAX_DEPTH
from tests.writes.api import Api, Reply
from tests.writes.basis import NEW, PLURALS, SPARE, a_meeting

Body = dict[str, Any]


def refused(reply: Reply, *statuses: int) -> None:
    """A problem that a client can learn from, and that gives away nothing."""
    assert reply.status in statuses
    assert reply.kind
    assert b"Traceback" not in reply.content
    assert len(reply.content) < 4_000


NO_JSON: dict[str, bytes] = {
    "empty": b"",
    "blank": b"  \n",
    "NaN": b'{"name": "x", "note": NaN}',
    "Infinity": b'{"name": Infinity}',
    "-Infinity": b'{"name": -Infinity}',
    "1e999": b'{"name": 1e999}',
    "-1e999": b'{"x": [-1e999]}',
    "a key twice": b'{"name": "x", "name": "y"}',
    "a key twice, escaped": b'{"name": "x", "n\\u0061me": "y"}',
    "a key twice within": b'{"x": [{"a": 1, "a": 1}]}',
    "byte-order mark": b'\xef\xbb\xbf{"name": "x"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "UTF-16 LE": '{"name": "x"}'.encode("utf-16-le"),
    "UTF-32": '{"name": "x"}'.encode("utf-32"),
    "Latin-1": '{"name": "Türkiye"}'.encode("latin-1"),
    "overlong": b'{"name": "\xc0\xaf"}',
    "lone surrogate": b'{"name": "\\ud800"}',
    "lone low surrogate": b'{"name": "x\\udc00y"}',
    "surrogates the wrong way": b'{"name": "\\udc00\\ud800"}',
    "surrogate in a key": b'{"\\ud800": 1}',
    "raw surrogate": b'{"name": "\xed\xa0\x80"}',
    "NUL": b'{"name": "a\\u0000b"}',
    "NUL in a key": b'{"a\\u0000": 1}',
    "raw NUL": b'{"name": "a\x00b"}',
    "raw line break": b'{"name": "a\nb"}',
    "30 digits": b'{"name": ' + b"1" * 30 + b"}",
    "5000 digits": b'{"name": ' + b"1" * 5000 + b"}",
    "nested arrays": b"[" * 200 + b"]" * 200,
    "nested far too deeply": b"[" * 100_000,
    "nested objects": b'{"a":' * (MAX_DEPTH + 5) + b"1" + b"}" * (MAX_DEPTH + 5),
    "unclosed": b'{"name": "x"',
    "trailing comma": b'{"name": "x",}',
    "more after it": b'{"name": "x"} x',
    "two values": b'{"name": "x"}{"name": "y"}',
    "comment": b'{"name": "x"} // note',
    "single quotes": b"{'name': 'x'}",
    "hexadecimal": b'{"name": 0x10}',
    "leading zero": b'{"name": 01}',
    "plus": b'{"name": +1}',
    "bare word": b"{name: 1}",
    "undefined": b"undefined",
    "form": b"name=x&note=y",
    "bad escape": b'{"name": "\\x41"}',
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}


@pytest.mark.parametrize("case", NO_JSON)
def test_what_is_no_json_is_refused_by_every_operation(api: Api, case: str) -> None:
    raw, before = NO_JSON[case], api.revision()
    for plural in ("issues", "meetings"):
        one = f"{plural}/{SPARE[plural][0]}"
        for method, path in (("POST", plural), ("PUT", one), ("PATCH", one),
                             ("POST", f"{one}/restore"), ("POST", f"{one}/merge")):  # fmt: skip
            if case == "empty" and path.endswith("/restore"):
                continue
            reply = api.send(method, path, raw=raw, tag="*")
            refused(reply, 400)
            assert reply.kind == "malformed-json"
            assert reply.fields == ["body"]
    assert api.revision() == before


@pytest.mark.parametrize("raw", [b"null", b"[]", b"7", b'"x"', b"true", b"[{}]", b"1.5"])
def test_what_is_no_object_is_refused(api: Api, raw: bytes) -> None:
    for plural in PLURALS:
        one = f"{plural}/{SPARE[plural][0]}"
        for method, path in (("POST", plural), ("PUT", one), ("PATCH", one)):
            reply = api.send(method, path, raw=raw, tag="*")
            refused(reply, 422)
            assert reply.fields == ["body"]


WRONG: list[Any] = [7, 1.5, True, [], {}, ["x"], {"x": 1}, [[]], [None], -1, 10**17, "", " ", 0, False]
DATES: list[Any] = [0, 1, 20230425, 1682380800, "", " ", "2023-13", "2023-02-29", "25.04.2023",
                    "2023-04-25 10:00", " 2023", "2023 ", "yesterday", "2023-05/2023-04",
                    "x" * 65, "1" * 64, [], ["2023"], True, {}, {"edtf": 0}, {"edtf": ""},
                    {"edtf": None}, {"edtf": {}}, {"edtf": "2023", "before": 7}, {"before": ""},
                    {"edtf": "2023", "after": "no such"}, {"day": 1}]  # fmt: skip


def wrong(name: str, value: Any) -> list[Any]:
    """Values that a field cannot take."""
    if name in ("date", "published"):
        return DATES
    if isinstance(value, dict):
        return [w for w in WRONG if not isinstance(w, dict)]
    if isinstance(value, list):
        return [w for w in WRONG if w not in ([], ["x"])]
    return WRONG


@pytest.mark.parametrize("plural", PLURALS)
def test_every_field_refuses_what_it_cannot_take(api: Api, plural: str) -> None:
    before = api.revision()
    for name, value in NEW[plural].items():
        for number, given in enumerate(wrong(name, value)):
            path = plural if number % 2 else f"{plural}/put-it"
            method = "POST" if number % 2 else "PUT"
            reply = api.send(method, path, NEW[plural] | {name: given})
            assert (name, given, reply.status) == (name, given, 422)
            refused(reply, 422)
            assert [f for f in reply.fields if f.startswith(name)], (name, given, reply.fields)
    assert api.revision() == before


WITHIN: list[tuple[str, Body, list[Any], str]] = [
    ("meetings", {"place": {"name": "X", "latitude": "?"}},
     [91, -90.1, "1.5", "nan", True, [], {}, 1e308, ""], "place.latitude"),
    ("meetings", {"place": {"name": "X", "longitude": "?"}},
     [181, -180.5, "7", False, "inf", 10**17], "place.longitude"),
    ("meetings", {"place": {"name": "X", "country": "?"}},
     ["rus", "RU", "XXX", "Russia", 7, "", []], "place.country"),
    ("meetings", {"place": {"name": "?"}}, [7, "", " ", None, [], "x" * 501], "place.name"),
    ("meetings", {"start": "?"},
     ["25:00", "10", "10:60", "1000", "10:00Z", " 10:00", 10, "10:00:61", "٠١:٠٠", "10:0٠"],
     "start"),
    ("meetings", {"status": "?"}, ["Held", "done", "", 7, None, ["held"]], "status"),
    ("meetings", {"participants": [{"party": "?"}]}, [7, "", None, [], "a b"],
     "participants[0].party"),
    ("meetings", {"participants": [{"party": "TUR", "role": "?"}]}, ["guest", 1, None, []],
     "participants[0].role"),
    ("meetings", {"participants": [{"party": "TUR", "level": "?"}]}, ["king", 1, "", []],
     "participants[0].level"),
    ("meetings", {"issues": ["withdrawal", "?"]}, [7, "", None, [], "a b"], "issues[1]"),
    ("meetings", {"participants": ["?"]}, ["TUR", 7, None, []], "participants[0]"),
    ("meetings", {"outcomes": [{"assessment": "?"}]}, ["good", None, 7], "outcomes[0].assessment"),
    ("people", {"names": ["?"]}, [7, "", None, [], {"language": "en"}], "names[0]"),
    ("people", {"names": [{"name": "X", "language": "?"}]}, ["e", "en_GB", "", 7, "x" * 36],
     "names[0].language"),
    ("people", {"tenures": [{"office": "X", "party": "TUR", "from": "?"}]}, DATES,
     "tenures[0].from"),
    ("sources", {"url": "?"},
     ["x", "ftp://x.org", "https://", "https://a b", 'https://x"', "javascript:alert(1)", "",
      "https://x.org/" + "x" * 2000, "HTTP://x.org", " https://x.org"], "url"),
    ("sources", {"published": {"edtf": "2023", "before": "?"}}, ["election"], "published"),
]  # fmt: skip


def filled(value: Any, given: Any) -> Any:
    if isinstance(value, dict):
        return {k: filled(v, given) for k, v in value.items()}
    if isinstance(value, list):
        return [filled(v, given) for v in value]
    return given if value == "?" else value


@pytest.mark.parametrize(("plural", "patch", "values", "field"), WITHIN, ids=[
    f"{w[0]}-{w[3]}-{i}" for i, w in enumerate(WITHIN)])  # fmt: skip
def test_values_further_in(
    api: Api, plural: str, patch: Body, values: list[Any], field: str
) -> None:
    before = api.revision()
    for given in values:
        reply = api.post(plural, NEW[plural] | filled(patch, given))
        assert (given, reply.status) == (given, 422)
        refused(reply, 422)
        assert all(f.startswith(field) for f in reply.fields)
    assert api.revision() == before


LONGEST = [("name", 500), ("note", 20_000)]


@pytest.mark.parametrize(("name", "most"), LONGEST)
@pytest.mark.parametrize("letter", ["x", "ж", "𒀀", "ﷺ"])
def test_the_longest_texts_are_kept_and_no_longer_ones(
    api: Api, name: str, most: int, letter: str
) -> None:
    body = {"id": "long", "name": "Long"} | {name: letter * most}
    assert api.post("issues", body).ok(201)[name] == letter * most
    refused(api.patch("issues/long", {name: letter * (most + 1)}), 422)
    api.patch("issues/long", {name: f"  {letter}  "}).ok()
    assert api.one("issues/long")[name] == letter
    assert api.faults() == []


@pytest.mark.parametrize("letter", ["ﷺ", "㍐", "𒀀", "Ω"])
def test_texts_that_grow_when_folded_fit_every_index(api: Api, letter: str) -> None:
    text = "".join(f"{letter}{chr(0x3300 + n % 88)}{n}" for n in range(60))[:500]
    seat = {"party": "TUR", "office": text, "name": text}
    body = a_meeting(title=text, place={"name": text}, hedge=text, participants=[seat], id="m")
    api.post("meetings", body).ok(201)
    tenure = {"office": text, "party": "TUR"}
    api.post("people", {"id": "p", "name": text, "names": [text], "tenures": [tenure]}).ok(201)
    assert api.faults() == []


ODD = [
    "\u200b\u200dx", "\u202eabc", "a\u0301", "\ufeffx", "\x7f", "\x1b[31m", "👩‍👩‍👧", "<script>",
    "' OR 1=1 --", "%s %(x)s {0} ${x}", "a\r\nb\tc", "\\u0000", "\ue000\ue001", "\uffff", "\U0010ffff",
    '"*" NEAR(a b)', "NOT x", "‮",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_kept_as_they_are(api: Api, text: str) -> None:
    made = api.post("issues", {"id": "odd", "name": f"x{text}x", "note": f"x{text}x"}).ok(201)
    assert made["name"] == made["note"] == f"x{text}x"
    assert api.one("issues/odd") == made
    assert api.faults() == []


def test_nothing_is_echoed_at_length(api: Api) -> None:
    long = "Qz" * 4_000
    replies = [
        api.post("issues", {"name": "x", long: 1}),
        api.post("issues", {"name": "x", "broader": long}),
        api.post("issues", {"id": long, "name": "x"}),
        api.post("meetings", a_meeting(status=long)),
        api.post("meetings", a_meeting(date=long)),
        api.post("meetings", a_meeting(place={"name": "x", "country": long})),
        api.post("sources", {"url": long}),
        api.post("parties", {"id": "x", "name": long[:400], "kind": "state"}),
        api.put(f"issues/{long}", {"name": "x"}),
        api.put(f"issues/{long}", {"id": "other", "name": "x"}),
        api.put(f"issues/{long}", {"name": "x"}, tag='"1"'),
        api.patch(f"issues/{long}", {}),
        api.delete(f"issues/{long}"),
        api.restore(f"issues/{long}"),
        api.merge(f"issues/{long}", "fishing"),
        api.merge("issues/fishing", long),
        api.send("POST", "issues/fishing/merge", {long: 1, "into": "x"}, tag="*"),
        api.post("issues", raw=f'{{"{long}": 1, "{long}": 2}}'.encode()),
        api.post(f"issues?{long}=1", {"name": "x"}),
        api.post(f"issues?dry_run={long}", {"name": "x"}),
        api.post("issues", {"name": "x"}, content_type=long),
    ]
    assert {reply.status // 100 for reply in replies} == {4}
    assert [n for n, reply in enumerate(replies) if "Qz" * 55 in reply.content.decode()] == []


def test_a_thousand_faults_are_not_told_one_by_one(api: Api) -> None:
    body = {"name": "x"} | {f"unknown-{n}": 1 for n in range(20_000)}
    many = a_meeting(participants=[{"party": "TUR", "person": f"nobody-{n}"} for n in range(400)])
    for reply in (api.post("issues", body), api.post("meetings", many)):
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
        refused(api.merge(path, SPARE[plural][0]), 404, 422)
        refused(api.get(path), 404)
        refused(api.get(f"{path}/history"), 404)


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data",
     "text/json", "application/jsonp", "json", "*/*", "application/json2"],
)  # fmt: skip
def test_other_media_types(api: Api, kind: str) -> None:
    for method, path in (("POST", "issues"), ("PUT", "issues/new"), ("PATCH", "issues/fishing"),
                         ("POST", "issues/fishing/merge")):  # fmt: skip
        reply = api.send(method, path, {"name": "x"}, tag="*", content_type=kind)
        refused(reply, 415)
        assert reply.fields == ["Content-Type"]
        assert "application/json" in reply.headers["accept"]


def test_media_types_that_will_do(api: Api) -> None:
    for number, kind in enumerate(
        ("application/json", "Application/JSON", "application/json; charset=utf-8",
         "application/json;charset=UTF-8 ")
    ):  # fmt: skip
        api.put(f"issues/n{number}", {"name": "x"}, content_type=kind).ok(201)
        api.patch(f"issues/n{number}", {}, content_type=kind).ok()
    api.patch("issues/fishing", {}, content_type="application/merge-patch+json").ok()
    assert api.put("issues/z", {}, content_type="application/merge-patch+json").status == 415


def test_bodies_have_a_size(api: Api) -> None:
    limit = 1024 * 1024
    head = b'{"id": "big", "name": "Big"'
    fits = head + b" " * (limit - len(head) - 1) + b"}"
    api.post("issues", raw=fits).ok(201)
    for method, path in (("POST", "issues"), ("PUT", "issues/x"), ("PATCH", "issues/big"),
                         ("POST", "issues/big/restore"), ("POST", "issues/big/merge")):  # fmt: skip
        reply = api.send(method, path, raw=fits + b" ", tag="*")
        refused(reply, 413)
        assert str(limit) in reply.body["detail"]
        stream = api.client.request(
            method, f"/v1/{path}", content=iter([fits, b" " * 10]),
            headers={"authorization": f"Bearer {api.key}", "content-type": "application/json"},
        )  # fmt: skip
        assert stream.status_code == 413


@pytest.mark.parametrize("reason", [7, "", " ", None, [], {}, True, "x" * 2001])
def test_reasons_that_are_none(api: Api, reason: Any) -> None:
    for reply in (
        api.patch("issues/fishing", {"note": "x", "reason": reason}),
        api.post("issues", {"name": "x", "reason": reason}),
        api.send("POST", "issues/fishing/merge", {"into": "refugees", "reason": reason}, tag="*"),
    ):
        refused(reply, 422)
        assert reply.fields == ["reason"]
    for query in ("reason=", "reason=%00", "reason=%ED%A0%80", f"reason={'x' * 2001}"):
        refused(api.delete(f"issues/fishing?{query}"), 400, 422)
    assert api.get("issues/fishing").status == 200


def test_a_body_is_what_it_says_whatever_else_is_sent(api: Api) -> None:
    assert json.loads(api.post("issues", raw=b' \n{"name":"\\u0054ides"}\n ').content)["id"] == "tides"
