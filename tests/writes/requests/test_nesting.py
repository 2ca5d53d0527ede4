"""One POST for a meeting with all that belongs to it: all of it or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.writes.api import Api, Reply
from tests.writes.base_records import a_meeting, a_position

Body = dict[str, Any]


def whole() -> Body:
    """A meeting as an admin types it in: four participants, three positions, new records within."""
    return a_meeting(
        status="held",
        date="2023-04-25",
        place={"name": "Moscow", "country": "RUS"},
        participants=[
            {"party": "TUR", "person": "hulusi-akar"},
            {"party": "SYR", "person": {"name": "Ali Mahmoud Abbas", "party": "SYR"}},
            {"party": "RUS", "person": {"name": "Sergey Shoigu"}, "role": "host"},
            {"party": "IRN"},
        ],
        issues=["withdrawal", {"name": "Counter-terrorism", "broader": "withdrawal"}],
        readouts=[
            {
                "party": "SYR",
                "issues": [{"name": "Airspace"}],
                "source": {"publisher": "SANA", "title": "Readout", "published": "2023-04-25"},
            }
        ],
        sources=["s1", {"publisher": "TASS", "title": "Four meet", "published": "2023-04-27"}],
        positions=[
            a_position(person={"name": "A Spokesman"}, stance="demands"),
            a_position(party="TUR", issue={"name": "Border security"}),
            a_position(party="RUS", date="2023-04-26", sources=[], stance="supports"),
        ],
    )


def test_everything_is_written_in_one_go(api: Api) -> None:
    before = api.revision()
    reply = api.post("meetings", whole())
    made = reply.ok(201)
    assert made["id"] == "2023-04-25-moscow"
    assert made["participants"][1]["person"] == "ali-mahmoud-abbas"
    assert made["issues"] == ["withdrawal", "counter-terrorism"]
    assert made["readouts"][0]["issues"] == ["airspace"]
    assert made["sources"] == ["s1", "2023-04-27-tass-four-meet"]
    assert made["reported_on"] == "2023-04-27"
    included = made["included"]
    assert sorted(included) == ["issues", "people", "positions", "sources"]
    assert sorted(included["people"]) == ["a-spokesman", "ali-mahmoud-abbas", "sergey-shoigu"]
    assert included["issues"]["counter-terrorism"]["broader"] == "withdrawal"
    assert api.revision() == before + 12
    assert {api.one(f"{noun}/{i}/history")["items"][0]["write"] for noun, records in
            included.items() for i in records} == {before + 1}  # fmt: skip
    for noun, records in included.items():
        for identifier, document in records.items():
            assert api.one(f"{noun}/{identifier}") == document
    assert api.faults() == []


def test_positions_take_over_what_they_share_with_the_meeting(api: Api) -> None:
    made = api.post("meetings", whole() | {"process": "track"}).ok(201)
    first = made["included"]["positions"]["2023-04-25-syr-withdrawal"]
    assert first["meeting"] == made["id"]
    assert first["process"] == "track"
    assert first["date"]["edtf"] == "2023-04-25"
    assert first["sources"] == made["sources"]
    assert first["person"] == "a-spokesman"
    own = made["included"]["positions"]["2023-04-26-rus-withdrawal"]
    assert (own["date"]["edtf"], own["sources"]) == ("2023-04-26", [])


def test_two_new_records_of_one_name_get_two_identifiers(api: Api) -> None:
    body = a_meeting(positions=[a_position(stance=s) for s in ("demands", "opposes", "rejects")])
    made = api.post("meetings", body).ok(201)
    assert sorted(made["included"]["positions"]) == [
        "syr-withdrawal", "syr-withdrawal-2", "syr-withdrawal-3",
    ]  # fmt: skip


def test_identifiers_within_may_be_given(api: Api) -> None:
    body = a_meeting(
        id="m", participants=[{"party": "TUR", "person": {"id": "mine", "name": "Some One"}}]
    )
    body["positions"] = [a_position(id="p-mine", person="mine")]
    made = api.post("meetings", body).ok(201)
    assert made["participants"][0]["person"] == "mine"
    assert made["included"]["positions"]["p-mine"]["person"] == "mine"


def test_new_records_stand_in_other_nouns_too(api: Api) -> None:
    made = api.post("positions", a_position(issue={"name": "Prisoners"}, sources=[{"title": "T"}]))
    assert made.ok(201)["issue"] == "prisoners"
    made = api.post("issues", {"name": "Water", "broader": {"name": "Nature"}})
    assert made.ok(201)["broader"] == "nature"
    nested = {"name": "Rain", "broader": {"name": "Sky", "broader": {"name": "World"}}}
    assert sorted(api.post("issues", nested).ok(201)["included"]["issues"]) == ["sky", "world"]


def fault(path: str, value: Any) -> Body:
    """The whole meeting with one fault in it."""
    body = whole()
    here: Any = body
    *way, last = [int(p) if p.isdigit() else p for p in path.split("/")]
    for step in way:
        here = here[step]
    here[last] = value
    return body


FAULTS: list[tuple[str, Any, str, str]] = [
    ("positions/2/issue", "withdrawl", "unknown-reference", "positions[2].issue"),
    ("positions/2/party", "Syria", "unknown-reference", "positions[2].party"),
    ("positions/0/person", "nobody", "unknown-reference", "positions[0].person"),
    ("positions/2/sources", ["s1", "s9"], "unknown-reference", "positions[2].sources[1]"),
    ("positions/2/stance", "wants", "invalid-body", "positions[2].stance"),
    ("positions/2/stanc", "wants", "invalid-body", "positions[2].stanc"),
    ("positions/2/date", "2023-02-30", "invalid-body", "positions[2].date"),
    ("positions/2/quote", "Never.", "rule-broken", "positions[2].person"),
    ("positions/2", 7, "invalid-body", "positions[2]"),
    ("positions/2", None, "invalid-body", "positions[2]"),
    ("positions/1/issue", {"name": ""}, "invalid-body", "positions[1].issue.name"),
    ("positions/1/issue", {}, "invalid-body", "positions[1].issue.name"),
    ("positions/1/party", {"name": "Oman"}, "invalid-body", "positions[1].party"),
    ("positions/2/id", "p-tur", "id-taken", "positions[2].id"),
    ("positions", {}, "invalid-body", "positions"),
    ("positions", None, "invalid-body", "positions"),
    ("participants/1/person", {"name": 7}, "invalid-body", "participants[1].person.name"),
    ("participants/1/person", {"name": "X", "party": "XYZ"}, "unknown-reference",
     "participants[1].person.party"),
    ("participants/1/person", {"id": "jane-roe", "name": "New Person"}, "id-taken",
     "participants[1].person.id"),
    ("participants/1/person", {"name": "X", "age": 7}, "invalid-body",
     "participants[1].person.age"),
    ("participants/1/person", [], "invalid-body", "participants[1].person"),
    ("participants/1/party", {"name": "X"}, "invalid-body", "participants[1].party"),
    ("issues/1", {"name": "X", "broader": "none"}, "unknown-reference", "issues[1].broader"),
    ("issues/1", {"name": "X", "broader": {"name": 1}}, "invalid-body", "issues[1].broader.name"),
    ("readouts/0/source", {"title": "T", "url": "ftp://x"}, "invalid-body",
     "readouts[0].source.url"),
    ("readouts/0/issues/0", {"id": "fishing", "name": "X"}, "id-taken",
     "readouts[0].issues[0].id"),
    ("process", {"name": "New track"}, "invalid-body", "process"),
    ("links", [{"relation": "follows", "meeting": {"title": "X"}}], "invalid-body",
     "links[0].meeting"),
    ("sources/1", {"title": "T", "published": "soon"}, "invalid-body", "sources[1].published"),
    ("status", "done", "invalid-body", "status"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "kind", "field"), FAULTS, ids=[f"{f[0]}-{f[2]}-{i}" for i, f in
                                                     enumerate(FAULTS)]
)  # fmt: skip
def test_one_fault_writes_nothing_and_is_named_by_its_path(
    api_on_sqlite: Api, path: str, value: Any, kind: str, field: str
) -> None:
    before = api_on_sqlite.revision()
    reply = api_on_sqlite.post("meetings", fault(path, value))
    assert reply.problem_type == kind
    assert api_on_sqlite.revision() == before
    for found in ("people/ali-mahmoud-abbas", "issues/counter-terrorism", "people/a-spokesman"):
        assert api_on_sqlite.get(found).status == 404
    assert field in reply.fields
    # An identifier is asked for as well where none can be derived.
    inside = field.rpartition(".")[0] + ".id"
    assert set(reply.fields) <= {field, inside}


def test_rules_broken_by_several_records_are_all_told(api: Api) -> None:
    quoted = [a_position(quote="No."), a_position(id="p-2", stance="demands", quote="Yes.")]
    reply = api.post("meetings", a_meeting(sources=[], positions=quoted))
    assert reply.summary() == (422, "rule-broken")
    assert reply.fields == ["sources", "positions[0].person", "positions[1].person"]


def test_twins_are_looked_for_within(api: Api) -> None:
    def tried(body: Body) -> Reply:
        reply = api.post("meetings", body)
        assert reply.summary() == (409, "likely-duplicate")
        return reply

    found = tried(fault("participants/1/person", {"name": "Roe, Jane"})).body
    assert (found["noun"], found["candidates"][0]["id"]) == ("person", "jane-roe")
    found = tried(fault("issues/1", {"name": "Return of the refugees"})).body
    assert (found["noun"], found["candidates"][0]["id"]) == ("issue", "refugees")
    body = fault("issues/1", {"name": "Return of the refugees"})
    assert api.post("meetings?duplicate=allow", body).status == 201


@pytest.mark.parametrize("way", ["put", "patch"])
def test_only_a_new_record_carries_others(api: Api, way: str) -> None:
    for more, field in (
        ({"positions": [a_position()]}, "positions"),
        ({"sources": [{"title": "T"}]}, "sources[0]"),
        ({"participants": [{"party": "TUR", "person": {"name": "X"}}]}, "participants[0].person"),
    ):
        body = api.one("meetings/doha-call") | more if way == "put" else more
        reply = api.send(way.upper(), "meetings/doha-call", body, tag="*")
        assert reply.summary() == (422, "invalid-body")
        assert reply.fields == [field]
    assert api.post("issues", {"name": "X", "positions": []}).fields == ["positions"]


def test_an_office_that_a_new_person_did_not_hold_then_gives_a_warning(api: Api) -> None:
    tenure = {"office": "Minister", "party": "SYR", "from": "2020", "to": "2021"}
    person = {"name": "Late Comer", "tenures": [tenure]}
    seat = {"party": "SYR", "office": "Minister", "person": person}
    made = api.post("meetings", a_meeting(date="2023-04-25", participants=[seat])).ok(201)
    assert ["late-comer" in warning for warning in made["warnings"]] == [True]
