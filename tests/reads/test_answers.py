"""What an answer holds: fields, included records, facets."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.ledger.read import facets
from app.nouns.registry import NOUNS
from app.reads.parameters import includable_nouns
from tests.builders import (
    RecordWriter,
    deletion,
    issue,
    meeting,
    milestone,
    participant,
    party,
    position,
)
from tests.reads.expected_text import cited
from tests.reference_model import DATED, FLAGS, Entry, Model, holds, values

FACETS = [(n.name, n.plural, t.name) for n in NOUNS for t in n.filters if t.is_facet]


# ---- fields


@pytest.mark.parametrize("plural", [noun.plural for noun in NOUNS])
def test_fields_picks(sample: TestClient, plural: str) -> None:
    whole = sample.get(f"/v1/{plural}").json()["items"]
    for names in (["id"], ["revision", "id"], ["id", "id"], ["recorded_at", "version"]):
        picked = sample.get(f"/v1/{plural}?fields={','.join(names)}").json()["items"]
        assert picked == [{k: v for k, v in item.items() if k in names} for item in whole]
        one = whole[0]["id"]
        single = sample.get(f"/v1/{plural}/{one}?fields={','.join(names)}").json()
        assert single == picked[0]


def test_the_timeline_says_what_each_entry_is(sample: TestClient, model: Model) -> None:
    kinds = {(e.noun, e.id) for e in model.visible() if e.noun in DATED}
    page = sample.get("/v1/timeline?fields=id&limit=1000").json()
    assert {(item["type"], item["id"]) for item in page["items"]} == kinds
    assert all(set(item) == {"type", "id"} for item in page["items"])


@pytest.mark.parametrize("noun", DATED)
def test_an_entry_of_the_timeline_is_the_document_with_its_type(
    sample: TestClient, noun: str
) -> None:
    for item in sample.get(f"/v1/timeline?type={noun}&limit=1000").json()["items"]:
        single = sample.get(f"/v1/{noun}s/{item['id']}").json()
        assert item == {"type": noun, **single}


# ---- include


@pytest.mark.parametrize("noun", list(NOUNS), ids=lambda noun: noun.plural)
def test_include_adds_what_is_cited(sample: TestClient, model: Model, noun: Any) -> None:
    names = includable_nouns([noun], NOUNS)
    for name in names:
        other = NOUNS.by_plural[name].name
        for entry in [e for e in model.visible() if e.noun == noun.name]:
            wanted = set(cited(entry, other))
            if NOUNS[other].is_event:
                wanted |= cited(entry, "event")
            if (noun.name, other) == ("meeting", "position"):
                positions = [e for e in model.visible() if e.noun == "position"]
                wanted |= {e.id for e in positions if holds(e, "meeting", [entry.id])}
            shown = {e.id: e.document for e in model.visible() if e.noun == other}
            page = sample.get(f"/v1/{noun.plural}?id={entry.id}&include={name}").json()
            assert page["included"] == {name: {i: shown[i] for i in wanted if i in shown}}
            single = sample.get(f"/v1/{noun.plural}/{entry.id}?include={name}").json()
            assert single.pop("included") == page["included"]
            assert single == entry.document


def test_a_meeting_includes_the_positions_voiced_at_it(sample: TestClient) -> None:
    found = sample.get("/v1/meetings/2023-04-25-moscow?include=positions,people").json()["included"]
    assert list(found) == ["positions", "people"]
    assert list(found["positions"]) == ["syr-2", "tur-1"]
    assert list(found["people"]) == ["akar", "shoigu"]


def test_what_is_included_is_shown_at_the_same_clock(
    writer: RecordWriter, client: TestClient
) -> None:
    writer.basis()
    writer.write(issue("i", name="Old name"), meeting("m", issues=["i"]))
    writer.write(position("p", meeting="m", issue="i", text="Old words"))
    old = writer.newest()
    writer.write(
        issue("i", name="New name"), position("p", meeting="m", issue="i", text="New words")
    )
    writer.write(position("q", meeting="m", issue="i"))
    path = "/v1/meetings/m?include=issues,positions"
    now = client.get(path).json()["included"]
    then = client.get(f"{path}&revision={old}").json()["included"]
    assert now["issues"]["i"]["name"] == "New name"
    assert then["issues"]["i"]["name"] == "Old name"
    assert then["positions"]["p"]["text"] == "Old words"
    assert (list(now["positions"]), list(then["positions"])) == (["p", "q"], ["p"])
    writer.write(deletion("position", "q"))
    assert list(client.get(path).json()["included"]["positions"]) == ["p"]


def test_a_page_includes_what_its_own_rows_cite(writer: RecordWriter, client: TestClient) -> None:
    writer.basis()
    writer.write(milestone("x", "2023"))
    writer.write(meeting("a", "2024", participants=[participant("TUR")], issues=["withdrawal"]))
    writer.write(meeting("b", {"before": "x"}, participants=[participant("SYR")]))
    page = client.get("/v1/meetings?limit=1&include=parties,milestones,issues").json()
    assert {k: list(v) for k, v in page["included"].items()} == {
        "parties": ["TUR"],
        "milestones": [],
        "issues": ["withdrawal"],
    }
    page = client.get(page["next"]).json()
    assert {k: list(v) for k, v in page["included"].items()} == {
        "parties": ["SYR"],
        "milestones": ["x"],
        "issues": [],
    }


# ---- facets


def by_hand(shown: list[Entry], nouns: tuple[str, ...], name: str, **wanted: str) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for entry in shown:
        if entry.noun in nouns and all(holds(entry, n, [v]) for n, v in wanted.items()):
            counted.update(values(entry, name))
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


@pytest.fixture(params=["documents", "index"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Facets are counted in the documents while they are few, else in the index."""
    if request.param == "index":
        monkeypatch.setattr(facets, "_MAX_COUNTED_BY_READING", -1)
    return str(request.param)


@pytest.mark.parametrize(("noun", "plural", "name"), FACETS)
def test_a_facet_is_what_one_counts_by_hand(
    sample: TestClient, model: Model, way: str, noun: str, plural: str, name: str
) -> None:
    page = sample.get(f"/v1/{plural}?facets={name}&limit=0&q=!unheardof-{way}").json()
    assert page["items"] == []
    assert page["next"] is None
    assert list(page["facets"][name].items()) == list(
        by_hand(model.visible(), (noun,), name).items()
    )


@pytest.mark.parametrize("name", ["party", "issue", "process", "quoted", "source", "level"])
def test_a_facet_counts_all_matches_not_the_page(
    sample: TestClient, model: Model, way: str, name: str
) -> None:
    raw = f"/v1/timeline?process=normalisation&limit=1&facets={name},status&id=!{way}"
    page = sample.get(raw).json()
    assert len(page["items"]) == 1
    assert page["total"] == page_total(model)
    assert page["facets"][name] == by_hand(model.visible(), DATED, name, process="normalisation")
    assert list(page["facets"]) == [name, "status"]


def page_total(model: Model) -> int:
    entries = [e for e in model.visible() if e.noun in DATED]
    return sum(holds(e, "process", ["normalisation"]) for e in entries)


@pytest.mark.parametrize(
    "clock", ["revision=44", "as_of=2023-04-25", "revision=50&as_of=2023-04-26"]
)
def test_a_facet_is_counted_at_the_clock(
    sample: TestClient, model: Model, way: str, clock: str
) -> None:
    given = dict(pair.split("=") for pair in clock.split("&"))
    revision = int(given["revision"]) if "revision" in given else None
    then = model.visible(revision, given.get("as_of"))
    found = sample.get(f"/v1/timeline?limit=0&facets=party&{clock}&id=!{way}").json()
    assert found["facets"]["party"] == by_hand(then, DATED, "party")


def test_a_value_that_no_record_has_any_more_is_not_counted(
    writer: RecordWriter, client: TestClient, way: str
) -> None:
    writer.write(party("TUR"), party("SYR"))
    writer.write(meeting("m", participants=[participant("TUR")]))
    writer.write(meeting("m", participants=[participant("SYR")]))
    found = client.get(f"/v1/meetings?limit=0&facets=party&id=!{way}").json()["facets"]
    assert found == {"party": {"SYR": 1}}
    assert {"named", "quoted"} == FLAGS
