"""POST: what is created, what it is called, and what the answer says."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.cases import check_every_case
from tests.writes.api import Api
from tests.writes.base_records import DERIVED, NEW, PLURALS, a_meeting, a_position

Body = dict[str, Any]


def test_a_new_record_is_answered_whole_and_stands_where_it_says(api: Api) -> None:
    def holds(plural: str) -> None:
        before = api.revision()
        reply = api.post(plural, NEW[plural])
        made = reply.ok(201)
        assert made["id"] == DERIVED[plural]
        assert reply.headers["location"] == f"/v1/{plural}/{made['id']}"
        assert reply.headers["content-type"] == "application/json"
        assert reply.tag == f'"{before + 1}"'
        assert (made["version"], made["revision"]) == (1, before + 1)
        found = api.get(f"{plural}/{made['id']}")
        assert found.ok() == made
        assert found.tag == reply.tag
        assert api.revision() == before + 1
        assert api.actions(f"{plural}/{made['id']}") == ["created"]

    check_every_case(product(PLURALS), holds)
    assert api.faults() == []


@pytest.mark.parametrize("plural", PLURALS)
def test_whatever_was_sent_is_there(api_on_sqlite: Api, plural: str) -> None:
    made = api_on_sqlite.post(plural, NEW[plural]).ok(201)

    def holds(sent: Any, got: Any) -> None:
        if isinstance(sent, dict):
            for name, value in sent.items():
                holds(value, got[name])
        elif isinstance(sent, list):
            assert len(sent) == len(got)
            for one, other in zip(sent, got, strict=True):
                holds(one, other)
        elif isinstance(got, dict):  # a bare date or a bare name
            assert sent in (got.get("edtf"), got.get("name"))
        else:
            assert sent == got

    holds(NEW[plural], made)


@pytest.mark.parametrize("plural", PLURALS)
@pytest.mark.parametrize("prefer", ["return=minimal", "RETURN=MINIMAL", "wait=5, return=minimal"])
def test_minimal_leaves_the_record_out(api_on_sqlite: Api, plural: str, prefer: str) -> None:
    reply = api_on_sqlite.post(plural, NEW[plural], prefer=prefer)
    assert (reply.status, reply.content) == (201, b"")
    assert reply.headers["preference-applied"] == "return=minimal"
    assert reply.headers["location"] == f"/v1/{plural}/{DERIVED[plural]}"
    assert reply.tag == api_on_sqlite.tag(f"{plural}/{DERIVED[plural]}")


@pytest.mark.parametrize("prefer", ["return=representation", "", "minimal", "respond-async"])
def test_otherwise_the_record_is_there(api_on_sqlite: Api, prefer: str) -> None:
    assert api_on_sqlite.post("issues", {"name": "Tides"}, prefer=prefer).ok(201)["id"] == "tides"


@pytest.mark.parametrize("plural", PLURALS)
def test_an_identifier_that_is_given_is_taken(api: Api, plural: str) -> None:
    given = "KAZ" if plural == "parties" else "Mine_1.x-y"
    body = NEW[plural] | {"id": given}
    if plural == "parties":
        body |= {"kind": "state", "name": "Kazakhstan"}
    assert api.post(plural, body).ok(201)["id"] == given


CALLED: list[tuple[str, Body, str]] = [
    ("meetings", a_meeting(date="2023-04-25", place={"name": "Moscow"}), "2023-04-25-moscow"),
    ("meetings", a_meeting(date="2023-04", place={"name": "Nur-Sultan"}), "2023-04-nur-sultan"),
    ("meetings", a_meeting(date="2023", place={"name": "Sochi"}), "2023-sochi"),
    ("meetings", a_meeting(date="2023-04-25~", place={"name": "İzmir"}), "2023-04-25-izmir"),
    ("meetings", a_meeting(date={"edtf": "2023-04-25"}), "2023-04-25-some-talks"),
    ("meetings", a_meeting(), "some-talks"),
    ("meetings", a_meeting(title="Straße & Café № 7"), "strasse-cafe-no-7"),
    ("people", {"name": "Hakan Fidan"}, "hakan-fidan"),
    ("people", {"name": "Mevlüt Çavuşoğlu"}, "mevlut-cavusoglu"),
    ("people", {"name": "Mary O'Neil"}, "mary-oneil"),
    ("parties", {"name": "Türkiye ve Dünya", "kind": "organisation"}, "turkiye-ve-dunya"),
    ("parties", {"name": "Kazakhstan", "kind": "state"}, "KAZ"),
    ("parties", {"name": "Qatar", "kind": "state"}, "QAT"),
    ("issues", {"name": "Counter-terrorism"}, "counter-terrorism"),
    ("sources", {"title": "A", "published": "2024-01-02", "publisher": "B"}, "2024-01-02-b-a"),
    ("sources", {"title": "Alone"}, "alone"),
    ("sources", {"mirrored_by": "Archive", "title": "Copy"}, "archive-copy"),
    ("processes", {"name": "Sochi–Astana"}, "sochi-astana"),
    ("milestones", {"title": "A vote", "date": "2024-03"}, "a-vote-2024-03"),
    ("positions", a_position(date="2023-01-05"), "2023-01-05-syr-withdrawal"),
    ("positions", a_position(), "syr-withdrawal"),
    ("milestones", {"title": "Peace", "date": "Y17000"}, "peace-17000"),
    ("milestones", {"title": "Peace", "date": "-0043"}, "peace-0043"),
]


@pytest.mark.parametrize(("plural", "body", "identifier"), CALLED, ids=[c[2] for c in CALLED])
def test_identifiers_are_derived(
    api_on_sqlite: Api, plural: str, body: Body, identifier: str
) -> None:
    assert api_on_sqlite.post(plural, body, tag=None).ok(201)["id"] == identifier
    if plural != "parties":
        again = api_on_sqlite.post(f"{plural}?duplicate=allow", body).ok(201)["id"]
        assert again == f"{identifier}-2"
        assert (
            api_on_sqlite.post(f"{plural}?duplicate=allow", body).ok(201)["id"] == f"{identifier}-3"
        )


def test_a_null_identifier_is_none(api: Api) -> None:
    assert api.post("issues", {"id": None, "name": "Tides"}).ok(201)["id"] == "tides"


def test_a_state_that_there_is_not_needs_its_code(api_on_sqlite: Api) -> None:
    reply = api_on_sqlite.post("parties", {"name": "Atlantis", "kind": "state"})
    assert (reply.summary(), reply.fields) == ((422, "invalid-body"), ["id"])


@pytest.mark.parametrize(
    ("plural", "body", "derived"),
    [
        ("issues", {"name": "難民"}, "issue-1"),
        ("sources", {"url": "https://example.org/x"}, "source-1"),
        ("people", {"name": "—"}, "person-1"),
    ],
)
def test_where_no_word_can_be_taken_the_noun_is(
    api_on_sqlite: Api, plural: str, body: Body, derived: str
) -> None:
    assert api_on_sqlite.post(plural, body).ok(201)["id"] == derived


def test_long_names_give_short_identifiers_that_end_with_a_word(api: Api) -> None:
    made = api.post("issues", {"name": "withdrawal of forces " * 20}).ok(201)["id"]
    assert len(made) <= 80
    assert set(made.split("-")) == {"withdrawal", "of", "forces"}
    assert len(api.post("issues", {"name": "x" * 500}).ok(201)["id"]) <= 80


@pytest.mark.parametrize("plural", PLURALS)
def test_a_taken_identifier_is_refused_with_what_to_do(api_on_sqlite: Api, plural: str) -> None:
    api_on_sqlite.post(plural, NEW[plural]).ok(201)
    before = api_on_sqlite.revision()
    reply = api_on_sqlite.post(f"{plural}?duplicate=allow", NEW[plural] | {"id": DERIVED[plural]})
    assert reply.summary() == (409, "id-taken")
    assert reply.fields == ["id"]
    assert f"PATCH /v1/{plural}/{DERIVED[plural]}" in reply.body["detail"]
    assert api_on_sqlite.revision() == before


@pytest.mark.parametrize("plural", PLURALS)
def test_the_identifier_of_what_was_deleted_stays_taken(api: Api, plural: str) -> None:
    api.post(plural, NEW[plural]).ok(201)
    path = f"{plural}/{DERIVED[plural]}"
    api.delete(path).ok(204)
    reply = api.post(plural, NEW[plural] | {"id": DERIVED[plural]})
    assert reply.summary() == (409, "id-taken")
    assert f"POST /v1/{path}/restore" in reply.body["detail"]
    if plural != "parties":  # a derived one goes on counting
        derived = {k: v for k, v in NEW[plural].items() if k != "id"}
        assert api.post(plural, derived).ok(201)["id"] == f"{DERIVED[plural]}-2"


def test_meetings_and_milestones_share_one_space_of_identifiers(api: Api) -> None:
    for body in ({"id": "election"}, {"id": "earthquake"}):
        assert api.post("meetings", a_meeting(**body)).summary() == (409, "id-taken")
        assert api.put(f"meetings/{body['id']}", a_meeting()).summary() == (409, "id-taken")
    title = {"title": "Tehran visit"}
    assert api.post("milestones", title | {"id": "tehran-visit"}).summary() == (409, "id-taken")
    assert api.put("milestones/tehran-visit", title).summary() == (409, "id-taken")
    assert api.post("milestones", title).ok(201)["id"] == "tehran-visit-2"
    api.delete("meetings/doha-call").ok(204)
    reply = api.put("milestones/doha-call", title)
    assert (reply.fields, reply.summary()) == (["id"], (409, "id-taken"))
    assert "POST /v1/meetings/doha-call/restore" in reply.body["detail"]
    # Every other noun has a space of its own.
    api.post("issues", {"id": "election", "name": "Elections"}).ok(201)


@pytest.mark.parametrize(
    "identifier",
    ["", " ", "a b", "a/b", "ä", "-a", "a-", "a--b", "a..b", ".", "..", "a\n", "x" * 121, 7, [], {},
     True, "a?b", "a%20b", "тест"],
)  # fmt: skip
def test_identifiers_that_cannot_be(api_on_sqlite: Api, identifier: Any) -> None:
    reply = api_on_sqlite.post("issues", {"id": identifier, "name": "Tides"})
    assert reply.summary() == (422, "invalid-body")
    assert reply.fields == ["id"]


def test_an_identifier_of_120_characters_is_the_longest(api: Api) -> None:
    assert api.post("issues", {"id": "x" * 120, "name": "Tides"}).ok(201)["id"] == "x" * 120
    api.patch(f"issues/{'x' * 120}", {"note": "y"}).ok()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"id": "Atlantis", "kind": "state"}, "id"),
        ({"id": "tur", "kind": "state"}, "id"),
        ({"id": "XXX", "kind": "state"}, "id"),
        ({"id": "TUR-2", "kind": "organisation"}, "id"),
        ({"id": "Wagner", "kind": "non_state"}, "id"),
        ({"id": "a_b", "kind": "non_state"}, "id"),
        ({"id": "x", "kind": "country"}, "kind"),
    ],
)
def test_parties_go_by_code_or_slug(api_on_sqlite: Api, given: Body, field: str) -> None:
    reply = api_on_sqlite.post("parties", {"name": "Atlantis"} | given)
    assert reply.summary() == (422, "invalid-body")
    assert reply.fields == [field]


def test_who_has_a_taken_identifier_is_told(api_on_sqlite: Api) -> None:
    """Meetings and milestones share their identifiers; so do those that are gone."""
    milestone = {"title": "An opening", "id": "2022-12-28-moscow"}
    hint = api_on_sqlite.post("milestones", milestone).body["errors"][0]["accepted"]
    assert "a meeting uses it, see /v1/meetings/2022-12-28-moscow" in hint
    api_on_sqlite.delete("milestones/earthquake").ok(204)
    meeting = {"title": "Talks", "status": "planned", "sources": ["s1"], "id": "earthquake"}
    hint = api_on_sqlite.post("meetings", meeting).body["errors"][0]["accepted"]
    assert (
        hint
        == "that milestone was deleted; bring it back with POST /v1/milestones/earthquake/restore"
    )
    api_on_sqlite.merge("issues/fishing", "refugees").ok()
    hint = api_on_sqlite.post("issues", {"name": "Fish", "id": "fishing"}).body["errors"][0][
        "accepted"
    ]
    assert hint.startswith("that issue was merged into refugees")


@pytest.mark.parametrize(
    ("name", "derived"),
    [
        ("Сергей Лавров", "sergey-lavrov"),
        ("Γιώργος Γεραπετρίτης", "giorgos-gerapetritis"),
        ("王毅", "person-1"),
        ("سيرغي", "person-1"),
    ],
)
def test_names_in_other_scripts_need_no_identifier(
    api_on_sqlite: Api, name: str, derived: str
) -> None:
    assert api_on_sqlite.post("people", {"name": name}).ok(201)["id"] == derived
    seat = {"party": "TUR", "person": {"name": name[::-1]}}
    body = {"title": "会谈", "status": "planned", "sources": ["s1"], "participants": [seat]}
    assert api_on_sqlite.post("meetings?duplicate=allow", body).ok(201)["id"] == "meeting-1"
    assert api_on_sqlite.post("issues", {}).fields == ["name"]
