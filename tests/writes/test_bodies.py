"""Bodies: strict JSON and every field's type; a client's mistake is never a server's error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from app.kit.schema.fields import FieldLocation, locate_field
from app.kit.schema.shapes import PatternHint, Shape
from app.kit.strict_json import MAX_DEPTH
from app.nouns.registry import NOUNS
from tests.tables import every
from tests.writes.api import Api, refused
from tests.writes.basis import NEW, PLURALS, SPARE, a_meeting

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
def test_what_is_no_json_is_refused_by_every_operation(door: Api, case: str) -> None:
    raw, before = NO_JSON[case], door.revision()
    for plural in ("issues", "meetings"):
        one = f"{plural}/{SPARE[plural][0]}"
        for method, path in (("POST", plural), ("PUT", one), ("PATCH", one),
                             ("POST", f"{one}/restore"), ("POST", f"{one}/merge")):  # fmt: skip
            if case == "empty" and path.endswith("/restore"):
                continue
            reply = door.send(method, path, raw=raw, tag="*")
            refused(reply, 400)
            assert reply.kind == "malformed-json"
            assert reply.fields == [FOUND_AT.get(case, "body")]
    assert door.revision() == before


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
def test_what_cannot_be_stored_is_named_by_its_path(door: Api, value: str) -> None:
    for path, body in UNSTORABLE.items():
        reply = door.post("meetings", raw=(body % value).encode())
        assert (reply.told(), reply.fields) == ((400, "malformed-json"), [path])
        assert reply.body["detail"].startswith(f"{path}: ")
    deep = "[" * 50 + "]" * 50
    reply = door.post("meetings", raw=b'{"place": {"name": %s}}' % deep.encode())
    assert (reply.told(), reply.fields) == ((400, "malformed-json"), ["place"])


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
def test_no_answer_repeats_what_is_foreign(door: Api, text: str) -> None:
    """At every place of a body, as value and as key, in every query, in rows to be imported."""
    dry = "?dry_run=true"
    plurals = PLURALS if len(text) < 100 else ["meetings"]
    replies = [door.post(p + dry, body) for p in plurals for body in hostile(p, text)]
    replies += [door.patch(f"{p}/{SPARE[p][0]}{dry}", {text: None}) for p in plurals]
    rows: tuple[Body, ...] = (
        {"noun": text},
        {"noun": "issue", "id": text},
        {"noun": "issue", text: 1},
        {text: []},
    )
    replies += [door.post(f"imports{dry}", [row]) for row in rows]
    replies.append(door.post(f"imports{dry}", {text: []}))
    if len(text) < 100:
        sent = quote(text)
        replies += [door.get(f"meetings?{name}={sent}") for name in ASKING]
        replies += [door.get(f"meetings?{sent}=1"), door.get(f"meetings/{sent}")]
        replies.append(door.post(f"issues?dry_run={sent}", NEW["issues"]))
    for reply in replies:
        if reply.status < 400 and b'"refused"' not in reply.content:
            continue  # a text that may be written as it is
        told = reply.content.decode()
        assert len(told) < 6_000, told[:300]
        read = json.dumps(reply.body, ensure_ascii=False)
        for mark in ("<script", "\\u001b", "\x1b", "\u202e", "\u2066", "z" * 200):
            assert mark not in read, read[:500]


@pytest.mark.parametrize("raw", [b"null", b"[]", b"7", b'"x"', b"true", b"[{}]", b"1.5"])
def test_what_is_no_object_is_refused(door: Api, raw: bytes) -> None:
    for plural in PLURALS:
        one = f"{plural}/{SPARE[plural][0]}"
        for method, path in (("POST", plural), ("PUT", one), ("PATCH", one)):
            reply = door.send(method, path, raw=raw, tag="*")
            refused(reply, 422)
            assert reply.fields == ["body"]


WRONG: list[Any] = [
    7,
    1.5,
    True,
    [],
    {},
    ["x"],
    {"x": 1},
    [[]],
    [None],
    -1,
    10**17,
    "",
    " ",
    0,
    False,
]
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
def test_every_field_refuses_what_it_cannot_take(door: Api, plural: str) -> None:
    before = door.revision()
    for name, value in NEW[plural].items():
        for number, given in enumerate(wrong(name, value)):
            path = plural if number % 2 else f"{plural}/put-it"
            method = "POST" if number % 2 else "PUT"
            reply = door.send(method, path, NEW[plural] | {name: given})
            assert (name, given, reply.status) == (name, given, 422)
            refused(reply, 422)
            assert [f for f in reply.fields if f.startswith(name)], (name, given, reply.fields)
    assert door.revision() == before


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
    door: Api, plural: str, patch: Body, values: list[Any], field: str
) -> None:
    before = door.revision()
    for given in values:
        reply = door.post(plural, NEW[plural] | filled(patch, given))
        assert (given, reply.status) == (given, 422)
        refused(reply, 422)
        assert all(f.startswith(field) for f in reply.fields)
    assert door.revision() == before


PLAIN = [
    ({"date": 0}, "date", "is no date", "EDTF text such as 2023-04-25, or an object"),
    ({"date": ["2023"]}, "date", "is no date", "EDTF text"),
    ({"place": "Moscow"}, "place", "is no object", 'an object such as {"name":"Moscow"}'),
    ({"participants": {}}, "participants", "is no list", 'a list such as [{"party":"RUS"}]; it re'),
    ({"participants": ["SYR"]}, "participants[0]", "is no object", 'an object such as {"party":'),
    ({"participants": [{}]}, "participants[0].party", "is missing", "this field is required"),
    ({"readouts": [{"party": "TUR", "quote": ""}]}, "readouts[0].quote", "is empty", "a text"),
    ({"title": " "}, "title", "is empty", "a text"),
    ({"title": "x" * 501}, "title", "is too long", "at most 500 characters"),
    ({"issues": ["x"] * 101}, "issues", "lists too much", "at most 100 items"),
    ({"start": "2023-08-14T10:00"}, "start", "is no time of day", "a local time such as 10:00"),
    ({"status": "done"}, "status", "is none of", "['proposed', 'planned', 'confirmed'"),
    ({"partecipants": []}, "partecipants", "did you mean `participants`?", "['date', 'end'"),
    (
        {"place": {"name": "x", "nmae": 1}},
        "place.nmae",
        "did you mean `name`?",
        "['country', 'latitude'",
    ),
    ({"sources": [7]}, "sources[0]", "is no identifier", "the identifier of a source in /v1/sourc"),
    ({"place": {"name": "x", "latitude": 91}}, "place.latitude", "", "at most 90"),
    ({"place": {"name": "x", "longitude": -181}}, "place.longitude", "", "at least -180"),
    ({"title": None}, "title", "", "a string"),
    ({"nonsense": 1}, "nonsense", "is no field here", "['date', 'end'"),
]


def test_faults_are_told_in_words_and_say_what_would_do(api: Api) -> None:
    def told(more: dict[str, Any], field: str, message: str, accepted: str) -> None:
        fault = api.post("meetings", a_meeting() | more).body["errors"][0]
        assert fault["field"] == field
        assert message in fault["message"]
        assert "Shape" not in fault["message"]
        assert str(fault["accepted"]).startswith(accepted)

    every(PLAIN, told)


ABSENT = [
    ("parties", {"id": "JOR", "name": "Jordan"}, "kind", "['state', 'organisation', 'non_state"),
    ("sources", {"title": "x", "url": "example.org"}, "url", "an address that begins with http"),
    ("sources", {"title": "x", "language": "e"}, "language", "a tag of BCP 47 such as en"),
    ("issues", {"name": "x", "id": "x y"}, "id", "letters and digits"),
]


def test_what_is_absent_or_of_no_good_form_says_what_is_taken(api: Api) -> None:
    def told(plural: str, body: Body, field: str, accepted: str) -> None:
        [fault] = api.post(plural, body).body["errors"]
        assert fault["field"] == field
        assert str(fault["accepted"]).startswith(accepted)

    every(ABSENT, told)


def test_every_pattern_says_in_words_what_it_asks_for() -> None:
    def patterns(shape: type[Shape]) -> Iterator[tuple[str, FieldLocation]]:
        for name, info in shape.model_fields.items():
            place = locate_field(shape, [info.alias or name])
            assert place is not None
            if any(getattr(marker, "pattern", None) for marker in place.markers):
                yield f"{shape.__name__}.{name}", place
            if place.shape is not None:
                yield from patterns(place.shape)

    found = {
        path: place.marker(PatternHint) for noun in NOUNS for path, place in patterns(noun.shape)
    }
    assert len(found) > 20
    assert [path for path, form in found.items() if form is None] == []


NEW_ONES = [
    ({"sources": [{"title": "A paper", "url": "https://x.org"}]}, "sources[0]"),
    ({"participants": [{"party": "TUR", "person": {"name": "Hulusi Akar"}}]},
     "participants[0].person"),
]  # fmt: skip


def test_what_only_a_post_takes_says_where_it_is_made(api: Api) -> None:
    for patch, field in NEW_ONES:
        [fault] = api.patch("meetings/doha-call", patch).body["errors"]
        assert (fault["field"], fault["message"]) == (field, "is no identifier")
    [fault] = api.patch("meetings/doha-call", NEW_ONES[0][0]).body["errors"]
    assert "POST /v1/sources" in str(fault["accepted"])
    [fault] = api.patch("meetings/doha-call", NEW_ONES[1][0]).body["errors"]
    assert fault["accepted"] == ["hulusi-akar"]
    for reply in (
        api.patch("meetings/doha-call", {"positions": []}),
        api.put("meetings/doha-call", a_meeting(id="doha-call", positions=[]), tag="*"),
    ):
        assert reply.fields == ["positions"]
        assert "POST /v1/positions" in reply.body["errors"][0]["accepted"]


def test_a_position_inside_a_meeting_is_voiced_at_it(api: Api) -> None:
    position = {"party": "TUR", "issue": "withdrawal", "stance": "demands", "channel": "reported"}
    body = a_meeting(positions=[position | {"meeting": "2022-12-28-moscow"}])
    reply = api.post("meetings", body)
    assert (reply.status, reply.fields) == (422, ["positions[0].meeting"])
