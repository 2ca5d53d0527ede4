"""Fields that hold what they cannot take, and what the refusals say of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.kit.schema.fields import FieldLocation, locate_field
from app.kit.schema.shapes import PatternHint, Shape
from app.nouns.registry import NOUNS
from tests.cases import check_every_case
from tests.writes.api import Api, refused
from tests.writes.base_records import NEW, PLURALS, a_meeting

Body = dict[str, Any]


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
def test_every_field_refuses_what_it_cannot_take(api_on_sqlite: Api, plural: str) -> None:
    before = api_on_sqlite.revision()
    for name, value in NEW[plural].items():
        for number, given in enumerate(wrong(name, value)):
            path = plural if number % 2 else f"{plural}/put-it"
            method = "POST" if number % 2 else "PUT"
            reply = api_on_sqlite.send(method, path, NEW[plural] | {name: given})
            assert (name, given, reply.status) == (name, given, 422)
            refused(reply, 422)
            assert [f for f in reply.fields if f.startswith(name)], (name, given, reply.fields)
    assert api_on_sqlite.revision() == before


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
    api_on_sqlite: Api, plural: str, patch: Body, values: list[Any], field: str
) -> None:
    before = api_on_sqlite.revision()
    for given in values:
        reply = api_on_sqlite.post(plural, NEW[plural] | filled(patch, given))
        assert (given, reply.status) == (given, 422)
        refused(reply, 422)
        assert all(f.startswith(field) for f in reply.fields)
    assert api_on_sqlite.revision() == before


PLAIN = [
    ({"date": 0}, "date", "is not a valid date", "EDTF text such as 2023-04-25, or an object"),
    ({"date": ["2023"]}, "date", "is not a valid date", "EDTF text"),
    ({"place": "Moscow"}, "place", "is not an object", 'an object such as {"name":"Moscow"}'),
    (
        {"participants": {}},
        "participants",
        "is not a list",
        'a list such as [{"party":"RUS"}]; it re',
    ),
    (
        {"participants": ["SYR"]},
        "participants[0]",
        "is not an object",
        'an object such as {"party":',
    ),
    ({"participants": [{}]}, "participants[0].party", "is required", "a value"),
    (
        {"readouts": [{"party": "TUR", "quote": ""}]},
        "readouts[0].quote",
        "is empty",
        "a non-empty string",
    ),
    ({"title": " "}, "title", "is empty", "a non-empty string"),
    ({"title": "x" * 501}, "title", "is too long", "at most 500 characters"),
    ({"issues": ["x"] * 101}, "issues", "has too many items", "at most 100 items"),
    (
        {"start": "2023-08-14T10:00"},
        "start",
        "is not a valid time of day",
        "a local time such as 10:00",
    ),
    ({"status": "done"}, "status", "is not a valid value", "['proposed', 'planned', 'confirmed'"),
    ({"partecipants": []}, "partecipants", "did you mean `participants`?", "['date', 'end'"),
    (
        {"place": {"name": "x", "nmae": 1}},
        "place.nmae",
        "did you mean `name`?",
        "['country', 'latitude'",
    ),
    (
        {"sources": [7]},
        "sources[0]",
        "is not a valid identifier",
        "the identifier of a source in /v1/sourc",
    ),
    ({"place": {"name": "x", "latitude": 91}}, "place.latitude", "", "at most 90"),
    ({"place": {"name": "x", "longitude": -181}}, "place.longitude", "", "at least -180"),
    ({"title": None}, "title", "", "a string"),
    ({"nonsense": 1}, "nonsense", "unknown field", "['date', 'end'"),
]


def test_faults_are_told_in_words_and_say_what_would_do(api: Api) -> None:
    def told(more: dict[str, Any], field: str, message: str, accepted: str) -> None:
        fault = api.post("meetings", a_meeting() | more).body["errors"][0]
        assert fault["field"] == field
        assert message in fault["message"]
        assert "Shape" not in fault["message"]
        assert str(fault["accepted"]).startswith(accepted)

    check_every_case(PLAIN, told)


ABSENT = [
    ("parties", {"id": "JOR", "name": "Jordan"}, "kind", "['state', 'organisation', 'non_state"),
    ("sources", {"title": "x", "url": "example.org"}, "url", "a URL that starts with http"),
    ("sources", {"title": "x", "language": "e"}, "language", "a BCP 47 tag such as en"),
    ("issues", {"name": "x", "id": "x y"}, "id", "letters and digits"),
]


def test_what_is_absent_or_of_no_good_form_says_what_is_taken(api: Api) -> None:
    def told(plural: str, body: Body, field: str, accepted: str) -> None:
        [fault] = api.post(plural, body).body["errors"]
        assert fault["field"] == field
        assert str(fault["accepted"]).startswith(accepted)

    check_every_case(ABSENT, told)


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
        assert (fault["field"], fault["message"]) == (field, "is not a valid identifier")
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
