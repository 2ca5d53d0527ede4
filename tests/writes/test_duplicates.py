"""Likely twins: found, ranked, told, and overridden."""

from __future__ import annotations

from typing import Any

import pytest

from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from tests.builders import record
from tests.writes.api import Api
from tests.writes.base_records import DERIVED, NEW, PLURALS, TEXT, a_meeting, a_position

Body = dict[str, Any]


def talks(**more: Any) -> Body:
    given = a_meeting(
        title="Quadrilateral defence ministers' meeting",
        date="2023-04-25",
        place={"name": "Moscow", "country": "RUS"},
        participants=[{"party": p} for p in ("TUR", "SYR", "RUS", "IRN")],
    )
    return given | more


def seats(*parties: str) -> list[Body]:
    return [{"party": party} for party in parties]


# The noun, what is there, what is sent; then whether they are likely to be the same.
SAME: list[tuple[str, Body, Body]] = [
    ("meetings", talks(), talks()),
    ("meetings", talks(), talks(title="Defence ministers meet, four sides at the table")),
    ("meetings", talks(), talks(title="Quadrilateral meeting of defence ministers")),
    ("meetings", talks(), talks(place={"name": "MOSCOW"})),
    ("meetings", talks(), talks(place=None)),
    ("meetings", talks(), talks(date="2023-04", title="Quadrilateral defence ministers' talks")),
    ("meetings", talks(), talks(date="2023-04-24/2023-04-26")),
    ("meetings", talks(), talks(participants=seats("TUR", "SYR", "RUS"))),
    ("meetings", talks(), talks(participants=[*seats("SYR", "TUR"), *seats("RUS", "IRN")])),
    ("meetings", talks(), talks(status="held", kind="conference", sources=["s2"])),
    ("meetings", talks(), talks(date=None)),
    ("meetings", talks(date=None), talks(date=None, title="Quadrilateral meeting of ministers")),
    ("meetings", talks(date="../2029-05"), talks(date="../2029-05", hedge="reportedly")),
    ("meetings", a_meeting(note="Edited since.", kind="visit", issues=["refugees"]), a_meeting()),
    ("people", {"name": "Sergey Shoigu"}, {"name": "Sergei Shoigu"}),
    ("people", {"name": "Sergey Shoigu"}, {"name": "Shoigu, Sergey"}),
    ("people", {"name": "Sergey Shoigu"}, {"name": "SERGEY SHOIGU"}),
    ("people", {"name": "Mevlüt Çavuşoğlu"}, {"name": "Mevlut Cavusoglu"}),
    ("people", {"name": "Ali Mamlouk", "names": ["Ali Mamluk"]}, {"name": "Ali Mamluk"}),
    ("people", {"name": "Сергей Шойгу", "id": "a"}, {"name": "Сергей Шойгу", "id": "b"}),
    ("people", {"name": "X Y", "names": ["Сергей Шойгу"]}, {"name": "Сергей Шойгу", "id": "b"}),
    ("parties", {"name": "Syrian Democratic Forces", "kind": "non_state"},
     {"name": "Syrian democratic force", "kind": "non_state"}),
    ("issues", {"name": "Counter-terrorism"}, {"name": "Counter terrorism"}),
    ("issues", {"name": "Reopening of embassies"}, {"name": "Re-opening of embassies"}),
    ("processes", {"name": "Sochi–Idlib talks"}, {"name": "Sochi-Idlib talks"}),
    ("milestones", {"title": "Municipal elections", "date": "2024-03-31"},
     {"title": "The municipal elections", "date": "2024-03-31"}),
    ("sources", {"title": "Ministers meet", "url": "https://x.org/1"},
     {"title": "Other words", "url": "https://x.org/1"}),
    ("sources", {"title": "Ministers meet in Moscow", "publisher": "TASS", "published": "2023"},
     {"title": "Ministers meet in Moscow.", "publisher": "TASS", "published": "2023"}),
    ("positions", a_position(date="2023-05-05"), a_position(date="2023-05-05")),
    ("positions", a_position(date="2023-05-05", text="All troops must leave."),
     a_position(date="2023-05-05", text="All troops must leave now.")),
    ("positions", a_position(text="All troops must leave."),
     a_position(text="All troops must leave now.")),
    ("positions", a_position(text="Edited since."), a_position()),
    ("milestones", {"title": "Opening of the border"}, {"title": "The opening of the border"}),
    ("sources", {"publisher": "TASS", "published": "2023", "language": "ru", "title": "Edited"},
     {"publisher": "TASS", "published": "2023"}),
]  # fmt: skip

OTHER: list[tuple[str, Body, Body]] = [
    ("meetings", talks(), talks(date="2023-05-25")),
    ("meetings", talks(), talks(date="2022-04-25")),
    ("meetings", talks(), talks(participants=seats("IRN", "QAT"), title="Gas deal")),
    ("meetings", talks(), talks(place={"name": "Doha"})),
    ("meetings", talks(), talks(date=None, title="Defence ministers to meet")),
    ("meetings", a_meeting(), a_meeting(title="A gala at the opera")),
    ("meetings", a_meeting(date="2035-03-03"), a_meeting(date="2035-03-03", title="The talk")),
    ("meetings", a_meeting(date="2035-03-03"), a_meeting(date="2035-03-04")),
    ("meetings", a_meeting(place={"name": "Oslo"}), a_meeting(place={"name": "Doha"})),
    ("meetings", a_meeting(participants=seats("TUR", "SYR")),
     a_meeting(participants=seats("RUS", "IRN"))),
    ("meetings", talks(kind="call", start="10:00"), talks(kind="call", start="12:30")),
    ("positions", a_position(text="All troops must leave."),
     a_position(text="A timetable was handed over to the mediators.")),
    ("positions", a_position(), a_position(text="All troops must leave.")),
    ("milestones", {"title": "Opening of the border"}, {"title": "Opening of the embassy"}),
    ("sources", {"publisher": "TASS", "published": "2023"},
     {"publisher": "TASS", "published": "2023", "language": "ru"}),
    ("meetings", talks(participants=[{"party": "TUR", "person": "jane-roe"}]),
     talks(participants=[{"party": "TUR", "person": "max-muster"}])),
    ("meetings", talks(title="Budget", participants=seats("TUR")),
     talks(title="A visit to the opera", participants=seats("TUR", "SYR", "IRN"))),
    ("people", {"name": "Sergey Shoigu"}, {"name": "Sergey Lavrov"}),
    ("people", {"name": "Ali Abbas"}, {"name": "Ali Mamlouk"}),
    ("people", {"name": "Kim Il Sung"}, {"name": "Kim Jong Un"}),
    ("parties", {"name": "Syrian Army", "kind": "non_state"},
     {"name": "Syrian Opposition Coalition", "kind": "organisation"}),
    ("issues", {"name": "Withdrawal of Iranian militias"}, {"name": "Withdrawal deadline"}),
    ("milestones", {"title": "Presidential election", "date": "2014-06-03"},
     {"title": "Presidential election", "date": "2021-05-26"}),
    ("sources", {"title": "Ministers meet", "url": "https://x.org/1"},
     {"title": "Ministers meet", "url": "https://x.org/2"}),
    ("sources", {"title": "Ministers meet", "publisher": "TASS", "published": "2023-01-01"},
     {"title": "Ministers meet", "publisher": "TASS", "published": "2023-01-02"}),
    ("sources", {"title": "Ministers meet", "publisher": "TASS", "published": "2023-01-01"},
     {"title": "Ministers meet", "publisher": "SANA", "published": "2023-01-01"}),
    ("positions", a_position(date="2023-05-05"), a_position(date="2023-05-06")),
    ("positions", a_position(date="2023-05-05"), a_position(date="2023-05-05", party="RUS")),
    ("positions", a_position(date="2023-05-05"), a_position(date="2023-05-05", stance="rejects")),
    ("positions", a_position(date="2023-05-05"), a_position(date="2023-05-05", issue="refugees")),
    ("positions", a_position(date="2023-05-05", text="All troops must leave."),
     a_position(date="2023-05-05", text="A timetable was handed over to the mediators.")),
]  # fmt: skip


def names(table: list[tuple[str, Body, Body]]) -> list[str]:
    return [f"{index}-{plural}" for index, (plural, _, _) in enumerate(table)]


@pytest.mark.parametrize(("plural", "there", "sent"), SAME, ids=names(SAME))
def test_these_are_twins(api: Api, plural: str, there: Body, sent: Body) -> None:
    api.put("parties/QAT", {"name": "Qatar", "kind": "state"}).ok(201)
    first = api.post(plural, there).ok(201)["id"]
    before = api.revision()
    reply = api.post(plural, sent)
    assert reply.summary() == (409, "likely-duplicate")
    found = reply.body["candidates"]
    assert found[0]["id"] == first
    assert found[0]["url"] == f"/v1/{plural}/{first}"
    assert 0.75 <= found[0]["score"] <= 1
    assert first in reply.body["detail"]
    assert "duplicate=allow" in reply.body["detail"]
    assert api.revision() == before
    api.post(f"{plural}?duplicate=allow", sent).ok(201)


@pytest.mark.parametrize(("plural", "there", "sent"), OTHER, ids=names(OTHER))
def test_these_are_not(api: Api, plural: str, there: Body, sent: Body) -> None:
    api.put("parties/QAT", {"name": "Qatar", "kind": "state"}).ok(201)
    api.post(plural, there).ok(201)
    api.post(plural, sent).ok(201)


@pytest.mark.parametrize("plural", [p for p in PLURALS if p != "parties"])
def test_a_tombstone_is_never_a_candidate(api: Api, plural: str) -> None:
    api.post(plural, NEW[plural]).ok(201)
    assert api.post(plural, NEW[plural]).problem_type == "likely-duplicate"
    api.delete(f"{plural}/{DERIVED[plural]}").ok(204)
    again = api.post(plural, NEW[plural]).ok(201)["id"]
    assert again == f"{DERIVED[plural]}-2"
    # Nor is what was folded into another.
    api.post(f"{plural}?duplicate=allow", NEW[plural]).ok(201)
    api.merge(f"{plural}/{again}", f"{DERIVED[plural]}-3").ok()
    found = api.post(plural, NEW[plural]).body.get("candidates", [])
    assert again not in [candidate["id"] for candidate in found]


def test_the_likeliest_comes_first(api: Api) -> None:
    for identifier, more in (
        ("least", {"title": "Talks about troops", "participants": seats("TUR", "SYR", "RUS")}),
        ("most", {}),
        ("middle", {"title": "Quadrilateral ministers' meeting"}),
    ):
        api.put(f"meetings/{identifier}", talks(**more)).ok(201)
    found = api.post("meetings", talks()).body["candidates"]
    assert [c["id"] for c in found] == ["most", "middle", "least"]
    scores = [c["score"] for c in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1.0
    assert found[0]["alike"] == ["date", "parties", "place", "title"]


def test_no_more_than_five_are_named(api: Api) -> None:
    for number in range(8):
        api.put(f"issues/t{number}", {"name": "Tidal power"}).ok(201)
    assert len(api.post("issues", {"name": "Tidal power"}).body["candidates"]) == 5


def test_put_and_patch_do_not_ask(api: Api) -> None:
    """Who names the identifier means it."""
    api.put("issues/fishing-2", {"name": "Fishing quotas"}).ok(201)
    api.patch("issues/m4-highway", {"name": "Fishing quotas"}).ok()


def test_a_retry_without_a_key_is_caught_as_a_twin(api: Api) -> None:
    api.post("meetings", talks()).ok(201)
    assert api.post("meetings", talks()).summary() == (409, "likely-duplicate")


def test_long_lists_of_names_are_compared_all_the_same(api: Api) -> None:
    many = [f"alias{n} " + "very long name " * 30 for n in range(200)]
    api.post("people", {"name": "Someone Else", "names": many[:199]}).ok(201)
    assert api.post("people", {"name": "Nobody", "names": many}).problem_type == "likely-duplicate"


# What says little: each of these, sent twice, is the same record.
LITTLE: list[tuple[str, Body]] = [
    ("meetings", a_meeting()),
    ("meetings", a_meeting(date="2035-03-03")),
    ("meetings", a_meeting(date="2035-03-03", place={"name": "Geneva"})),
    ("meetings", a_meeting(date="../2029-05")),
    ("meetings", a_meeting(title="?!", id="unspeakable")),
    ("meetings", a_meeting(date={"before": "election"})),
    ("meetings", a_meeting(participants=seats("TUR", "SYR"))),
    ("positions", a_position()),
    ("positions", a_position(date="../2029-05")),
    ("positions", a_position(text="That they leave.", sources=["s1"])),
    ("milestones", {"title": "An opening"}),
    ("milestones", {"title": "An opening", "date": {"after": "election"}}),
    ("sources", {"publisher": "TASS", "published": "2023-04-26"}),
    ("sources", {"publisher": "TASS"}),
    ("sources", {"mirrored_by": "An archive", "language": "en", "id": "of-the-archive"}),
    ("issues", {"name": "?!", "id": "unspeakable"}),
]


@pytest.mark.parametrize(
    ("plural", "body"), LITTLE, ids=[f"{n}-{p[0]}" for n, p in enumerate(LITTLE)]
)
def test_what_says_nothing_new_is_always_a_twin(api: Api, plural: str, body: Body) -> None:
    first = api.post(plural, body).ok(201)["id"]
    sent = body | {"id": "another"} if "id" in body else body
    reply = api.post(plural, sent)
    assert reply.summary() == (409, "likely-duplicate")
    assert [(c["id"], c["score"]) for c in reply.body["candidates"]] == [(first, 1.0)]
    assert reply.body["candidates"][0]["alike"]
    # Nor is it new after somebody has added to the record.
    api.patch(f"{plural}/{first}", {TEXT[plural]: body.get("text", "Looked into since.")}).ok()
    assert api.post(plural, sent).problem_type == "likely-duplicate"
    # Once it was allowed, both are named.
    api.post(f"{plural}?duplicate=allow", sent).ok(201)
    if "id" not in body:
        assert len(api.post(plural, sent).body["candidates"]) == 2


def test_a_repetition_is_found_among_thousands_of_its_like(api_on_sqlite: Api) -> None:
    ledger = Ledger(api_on_sqlite.database, NOUNS)
    like = {"party": "SYR", "issue": "withdrawal", "stance": "opposes", "channel": "reported"}
    ledger.write(
        [record("position", f"x{n}", **like, text=f"Point {n}.") for n in range(700)], author="x"
    )
    for body in (a_position(text="Point 3."), a_position(text="Point 699.")):
        assert api_on_sqlite.post("positions", body).body["candidates"][0]["score"] == 1.0
    api_on_sqlite.post("positions", a_position(text="Quite another matter.")).ok(201)


def test_every_twin_in_a_body_is_told_at_once(api_on_sqlite: Api) -> None:
    source = {"publisher": "TASS", "url": "https://x.org/1", "title": "Talks"}
    body = talks(sources=[source])
    made = api_on_sqlite.post("meetings", body).ok(201)
    reply = api_on_sqlite.post("meetings", body)
    assert reply.summary() == (409, "likely-duplicate")
    assert reply.fields == ["sources[0]", "body"]
    assert (reply.body["noun"], reply.body["candidates"][0]["id"]) == ("meeting", made["id"])
    [within, whole] = [fault["accepted"] for fault in reply.body["errors"]]
    assert within.startswith(f"“{made['sources'][0]}” instead")
    assert whole.startswith(made["id"])
    # Citing the source leaves the meeting.
    reply = api_on_sqlite.post("meetings", talks(sources=made["sources"]))
    assert reply.fields == ["body"]


def test_new_records_in_one_body_are_compared_with_each_other(api_on_sqlite: Api) -> None:
    source = {"publisher": "TASS", "url": "https://x.org/1"}
    for again in (source, source | {"publisher": "The TASS agency"}):
        reply = api_on_sqlite.post("meetings", a_meeting(sources=[source, again]))
        assert reply.summary() == (409, "likely-duplicate")
        assert reply.fields == ["sources[1]"]
        assert "the record at `sources[0]` in this body" in reply.body["detail"]
    voiced = {"party": "SYR", "issue": "withdrawal", "stance": "opposes", "channel": "reported"}
    reply = api_on_sqlite.post("meetings", a_meeting(positions=[voiced, voiced]))
    assert (reply.problem_type, reply.fields) == ("likely-duplicate", ["positions[1]"])
    other = voiced | {"stance": "demands"}
    api_on_sqlite.post("meetings", a_meeting(positions=[voiced, other])).ok(201)
