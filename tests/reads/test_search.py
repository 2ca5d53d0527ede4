"""`q`: all text of the document and the names of what it cites, case and accents folded."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.nouns.registry import NOUNS
from tests.builders import RecordWriter, meeting, participant, party, person
from tests.folding import folded
from tests.reads.expected_text import contains_word
from tests.reference_model import Model

WORDS = [
    "moscow", "MOSCOW", "withdrawal", "turkey", "Türkiye", "TURKIYE", "turquie", "arab",
    "шойгу", "highway", "highways", "steps", "analyst", "constructive", "agency", "m4",
    "normalisation", "leaflet", "march", "unheardof", "guarantors", "minister", "mit", "2023",
    "reportedly", "tehran", "presence",
]  # fmt: skip


@pytest.mark.parametrize("noun", [noun.name for noun in NOUNS])
def test_a_word_finds_what_says_it(sample: TestClient, model: Model, noun: str) -> None:
    plural = NOUNS[noun].plural
    shown = model.visible()
    for word in WORDS:
        wanted = {e.id for e in shown if e.noun == noun and contains_word(e, folded(word), shown)}
        page = sample.get(f"/v1/{plural}", params={"q": word, "limit": "200"}).json()
        assert {item["id"] for item in page["items"]} == wanted, word
        rest = sample.get(f"/v1/{plural}", params={"q": f"!{word}", "limit": "200"}).json()
        every = {e.id for e in shown if e.noun == noun}
        assert {item["id"] for item in rest["items"]} == every - wanted, word


@pytest.mark.parametrize("clock", [{"revision": "44"}, {"as_of": "2023-04-25"}])
def test_a_word_is_looked_for_at_the_clock(
    sample: TestClient, model: Model, clock: dict[str, str]
) -> None:
    revision = int(clock["revision"]) if "revision" in clock else None
    shown = model.visible(revision, clock.get("as_of"))
    for word in WORDS:
        wanted = {
            e.id for e in shown if e.noun == "meeting" and contains_word(e, folded(word), shown)
        }
        page = sample.get("/v1/meetings", params={"q": word, **clock}).json()
        assert {item["id"] for item in page["items"]} == wanted, word


EXAMPLES = [
    ("defence moscow", ["2023-04-25-moscow"]),
    ("moscow defence", ["2023-04-25-moscow"]),
    ("moscow,tehran", ["2022-12-28-moscow", "2023-04-25-moscow", "foreign-ministers", "summit"]),
    ("moscow turkey", ["2022-12-28-moscow", "2023-04-25-moscow", "foreign-ministers"]),
    ("!moscow,tehran,turkey", ["2023-03-visit", "dropped", "long-ago", "undated-meeting"]),
    ('"moscow defence"', ["2023-04-25-moscow"]),
    ("moscow unheardof", []),
    ("mosco", []),
]


@pytest.mark.parametrize(("q", "found"), EXAMPLES)
def test_words_are_and_ed_a_comma_is_or(sample: TestClient, q: str, found: list[str]) -> None:
    page = sample.get("/v1/meetings", params={"q": q, "sort": "id"}).json()
    assert [item["id"] for item in page["items"]] == found


def test_several_q_must_all_hold(sample: TestClient) -> None:
    path = "/v1/meetings?q=moscow&q=!defence&sort=id"
    found = [item["id"] for item in sample.get(path).json()["items"]]
    assert found == ["2022-12-28-moscow", "foreign-ministers"]


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("Ḥāfiẓ al-Asad", ["hafiz", "Hafiz", "ḤĀFIẒ", "asad"]),
        ("İbrahim Kalın", ["ibrahim", "İBRAHİM", "kalin", "KALIN", "kalın"]),
        ("Straße", ["strasse", "STRASSE", "straße"]),
        ("O'Brien", ["obrien", "O'Brien", "o’brien"]),
        ("ＦＵＬＬ", ["full"]),
        ("Łódź", ["lodz"]),
        ("北京", ["北京", "北", "京"]),
        ("دمشق", ["دمشق"]),
    ],
)
def test_folding(writer: RecordWriter, client: TestClient, name: str, queries: list[str]) -> None:
    writer.write(party("TUR"), person("p", name=name))
    writer.write(meeting("m", participants=[participant("TUR", person="p")]))
    for query in queries:
        for path in ("/v1/people", "/v1/meetings", "/v1/timeline"):
            assert client.get(path, params={"q": query}).json()["total"] == 1, (path, query)


def test_a_name_is_found_only_while_it_is_cited(writer: RecordWriter, client: TestClient) -> None:
    writer.write(party("TUR", names=["Turkey"]), party("SYR"))
    writer.write(meeting("m", participants=[participant("TUR")]))
    first = writer.newest()
    assert client.get("/v1/meetings?q=turkey").json()["total"] == 1
    writer.write(party("TUR", names=["Anatolia"]))
    assert client.get("/v1/meetings?q=turkey").json()["total"] == 0
    assert client.get("/v1/meetings?q=anatolia").json()["total"] == 1
    assert client.get(f"/v1/meetings?q=turkey&revision={first}").json()["total"] == 1
    writer.write(meeting("m", participants=[participant("SYR")]))
    assert client.get("/v1/meetings?q=anatolia").json()["total"] == 0
