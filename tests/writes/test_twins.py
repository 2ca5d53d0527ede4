"""Likely twins: found, ranked, told, and overridden."""

from __future__ import annotations

from typing import Any

import pytest

from tests.writes.api import Api
from tests.writes.basis import DERIVED, NEW, PLURALS, a_meeting, a_position

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
]  # fmt: skip

OTHER: list[tuple[str, Body, Body]] = [
    ("meetings", talks(), talks(date="2023-05-25")),
    ("meetings", talks(), talks(date="2022-04-25")),
    ("meetings", talks(), talks(participants=seats("IRN", "QAT"), title="Gas deal")),
    ("meetings", talks(), talks(place={"name": "Doha"})),
    ("meetings", talks(), talks(date=None)),
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
    assert reply.told() == (409, "likely-duplicate")
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
    if plural != "milestones" or NEW[plural]["date"]["edtf"]:
        assert api.post(plural, NEW[plural]).kind == "likely-duplicate"
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
    assert api.post("meetings", talks()).told() == (409, "likely-duplicate")


def test_long_lists_of_names_are_compared_all_the_same(api: Api) -> None:
    many = [f"alias{n} " + "very long name " * 30 for n in range(200)]
    api.post("people", {"name": "Someone Else", "names": many[:199]}).ok(201)
    assert api.post("people", {"name": "Nobody", "names": many}).kind == "likely-duplicate"
