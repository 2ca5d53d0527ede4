"""Bodies that are no JSON, no object, or hold what cannot be stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from app.kit.strict_json import MAX_DEPTH
from tests.writes.api import Api, refused
from tests.writes.base_records import NEW, PLURALS, UNCITED

Body = dict[str, Any]


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


# What is found to be wrong in its place; all else is about the body.
FOUND_AT = (
    dict.fromkeys(("lone surrogate", "lone low surrogate", "NUL"), "name")
    | dict.fromkeys(("surrogates the wrong way", "30 digits", "5000 digits", "1e999"), "name")
    | {
        "-1e999": "x[0]",
        "a key twice within": "x[0]",
        "nested objects": "a",
        "nested arrays": "[0]",
    }
    | {"surrogate in a key": "“\N{REPLACEMENT CHARACTER}”"}
    | {"NUL in a key": "“a\N{REPLACEMENT CHARACTER}”"}
)


@pytest.mark.parametrize("case", NO_JSON)
def test_what_is_no_json_is_refused_by_every_operation(api_on_sqlite: Api, case: str) -> None:
    raw, before = NO_JSON[case], api_on_sqlite.revision()
    for plural in ("issues", "meetings"):
        one = f"{plural}/{UNCITED[plural][0]}"
        for method, path in (("POST", plural), ("PUT", one), ("PATCH", one),
                             ("POST", f"{one}/restore"), ("POST", f"{one}/merge")):  # fmt: skip
            if case == "empty" and path.endswith("/restore"):
                continue
            reply = api_on_sqlite.send(method, path, raw=raw, tag="*")
            refused(reply, 400)
            assert reply.problem_type == "malformed-json"
            assert reply.fields == [FOUND_AT.get(case, "body")]
    assert api_on_sqlite.revision() == before


# Where in a body it stands, and what cannot be stored.
UNSTORABLE = {
    "note": '{"note": %s}',
    "place.latitude": '{"place": {"latitude": %s}}',
    "participants[3].name": '{"participants": [{}, {}, {}, {"name": %s}]}',
    "readouts[0].text": '{"readouts": [{"text": %s}]}',
    "participants[0].person.names[1].name": (
        '{"participants": [{"person": {"names": ["x", {"name": %s}]}}]}'
    ),
}


@pytest.mark.parametrize("value", ['"a\\u0000"', '"\\ud800"', "1" * 30, "1e999", '{"a":1,"a":1}'])
def test_what_cannot_be_stored_is_named_by_its_path(api_on_sqlite: Api, value: str) -> None:
    for path, body in UNSTORABLE.items():
        reply = api_on_sqlite.post("meetings", raw=(body % value).encode())
        assert (reply.summary(), reply.fields) == ((400, "malformed-json"), [path])
        assert reply.body["detail"].startswith(f"{path}: ")
    deep = "[" * 50 + "]" * 50
    reply = api_on_sqlite.post("meetings", raw=b'{"place": {"name": %s}}' % deep.encode())
    assert (reply.summary(), reply.fields) == ((400, "malformed-json"), ["place"])


HOSTILE = ["<script>alert(1)</script>", "\x1b[2J\x1b]0;x", "\u202eevil\u2066", "z" * 1_000_000]


def hostile(plural: str, text: str) -> Iterator[Body]:
    """Bodies that hold a text at every place, as a value and as a key."""
    yield NEW[plural] | {text: text}
    for name, value in NEW[plural].items():
        for odd in (text, [text], {text: text}, {name: text}, [{text: text}, {"id": text}]):
            yield NEW[plural] | {name: odd}
        if isinstance(value, list) and isinstance(value[0], dict):
            for inner in (*value[0], text):
                yield NEW[plural] | {name: [value[0] | {inner: text}]}


# Queries in which a text stands for a value, or for a name.
ASKING = ("party", "status", "from", "as_of", "sort", "fields", "limit", "revision", "x")


@pytest.mark.parametrize("text", HOSTILE, ids=["script", "escape", "bidi", "long"])
def test_no_answer_repeats_what_is_foreign(api_on_sqlite: Api, text: str) -> None:
    """At every place of a body, as value and as key, in every query, in rows to be imported."""
    dry = "?dry_run=true"
    plurals = PLURALS if len(text) < 100 else ["meetings"]
    replies = [api_on_sqlite.post(p + dry, body) for p in plurals for body in hostile(p, text)]
    replies += [api_on_sqlite.patch(f"{p}/{UNCITED[p][0]}{dry}", {text: None}) for p in plurals]
    rows: tuple[Body, ...] = (
        {"noun": text},
        {"noun": "issue", "id": text},
        {"noun": "issue", text: 1},
        {text: []},
    )
    replies += [api_on_sqlite.post(f"imports{dry}", [row]) for row in rows]
    replies.append(api_on_sqlite.post(f"imports{dry}", {text: []}))
    if len(text) < 100:
        sent = quote(text)
        replies += [api_on_sqlite.get(f"meetings?{name}={sent}") for name in ASKING]
        replies += [api_on_sqlite.get(f"meetings?{sent}=1"), api_on_sqlite.get(f"meetings/{sent}")]
        replies.append(api_on_sqlite.post(f"issues?dry_run={sent}", NEW["issues"]))
    for reply in replies:
        if reply.status < 400 and b'"refused"' not in reply.content:
            continue  # a text that may be written as it is
        told = reply.content.decode()
        assert len(told) < 6_000, told[:300]
        read = json.dumps(reply.body, ensure_ascii=False)
        for mark in ("<script", "\\u001b", "\x1b", "\u202e", "\u2066", "z" * 200):
            assert mark not in read, read[:500]


@pytest.mark.parametrize("raw", [b"null", b"[]", b"7", b'"x"', b"true", b"[{}]", b"1.5"])
def test_what_is_no_object_is_refused(api_on_sqlite: Api, raw: bytes) -> None:
    for plural in PLURALS:
        one = f"{plural}/{UNCITED[plural][0]}"
        for method, path in (("POST", plural), ("PUT", one), ("PATCH", one)):
            reply = api_on_sqlite.send(method, path, raw=raw, tag="*")
            refused(reply, 422)
            assert reply.fields == ["body"]
