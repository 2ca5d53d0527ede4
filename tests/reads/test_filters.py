"""Filters: repeat is and, comma is or, `!` is not, double quotes are literal."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from app.nouns.registry import NOUNS
from tests.folding import folded
from tests.reference_model import DATED, FLAGS, PROPERTIES, Entry, Model, holds, values

FILTERS = [(noun.name, noun.plural, tag.name) for noun in NOUNS for tag in noun.filters]
CITED_AS = {"host": "party", "mediator": "party"}


def ids(client: TestClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["total"] == len(page["items"])
    return [item["id"] for item in page["items"]]


def of(noun: str, model: Model) -> list[Entry]:
    return [entry for entry in model.visible() if entry.noun == noun]


@pytest.mark.parametrize(("noun", "plural", "name"), FILTERS)
def test_each_filter_lets_through_what_has_the_value_and_its_negation_the_rest(
    sample: TestClient, model: Model, noun: str, plural: str, name: str
) -> None:
    entries = of(noun, model)
    every = {entry.id for entry in entries}
    present = set().union(*(values(entry, name) for entry in entries))
    for value in sorted(present):
        wanted = {e.id for e in entries if value in values(e, name)}
        found = ids(sample, f"/v1/{plural}?limit=200&{name}={quote(value)}")
        assert set(found) == wanted, value
        assert len(found) == len(wanted)
        if name not in FLAGS:
            rest = ids(sample, f"/v1/{plural}?limit=200&{name}=!{quote(value)}")
            assert set(rest) == every - wanted, value


@pytest.mark.parametrize(("noun", "plural", "name"), FILTERS)
def test_comma_is_or_and_repeat_is_and(
    sample: TestClient, model: Model, noun: str, plural: str, name: str
) -> None:
    if name in FLAGS:
        pytest.skip("a flag is given once")
    entries = of(noun, model)
    present = sorted(set().union(*(values(entry, name) for entry in entries)))
    pairs = list(zip(present, [*present[1:], present[0]], strict=True))[:8]
    for one, other in pairs:
        for query, negated in (
            ([[one, other]], [False]),
            ([[one], [other]], [False, False]),
            ([[one, other]], [True]),
            ([[one], [other]], [False, True]),
        ):
            if name == "format" and len(query) > 1:
                continue  # it names a representation too, and so occurs once
            signs = zip(query, negated, strict=True)
            raw = "&".join(f"{name}={'!' * n}{quote(','.join(v))}" for v, n in signs)
            wanted = {
                e.id
                for e in entries
                if all(holds(e, name, v, negated=n) for v, n in zip(query, negated, strict=True))
            }
            assert set(ids(sample, f"/v1/{plural}?limit=200&{raw}")) == wanted, raw


# The grammar by example, on meetings: the query and what it finds.
ALL = [
    "2022-12-28-moscow", "2023-03-visit", "2023-04-25-moscow", "2023-spring-call", "dropped",
    "foreign-ministers", "long-ago", "summit", "undated-meeting",
]  # fmt: skip
EXAMPLES: list[tuple[str, list[str]]] = [
    ("party=TUR&party=SYR", [ALL[0], ALL[2], ALL[5], ALL[7]]),
    ("party=TUR&party=SYR&party=!IRN", [ALL[0], ALL[5]]),
    ("party=TUR,SYR", [*ALL[:4], ALL[5], ALL[7]]),
    ("party=!TUR,SYR", [ALL[4], ALL[6], ALL[8]]),
    ("party=!TUR&party=!SYR", [ALL[4], ALL[6], ALL[8]]),
    ("party=TUR&party=!TUR", []),
    ("party=TUR,SYR&party=!TUR,SYR", []),
    ("party=un", [ALL[5]]),
    ("party=FRA", []),
    ("status=planned,proposed", [ALL[5], ALL[7]]),
    ('status="planned"', [ALL[5]]),
    ('status="planned",proposed', [ALL[5], ALL[7]]),
    ('status=!"planned","proposed","held"', [ALL[4], ALL[8]]),
    ("place=MOSCOW", [ALL[2]]),
    ("place=moscow,tehran", [ALL[2], ALL[7]]),
    ('place="Moscow"', [ALL[2]]),
    ('place="Moscow,Tehran"', []),
    ('place="!Moscow"', []),
    ('place="a ""quoted"" place"', []),
    ("host=RUS", [ALL[2]]),
    ("mediator=IRN&host=RUS", [ALL[2]]),
    ("role=observer", [ALL[5]]),
    ("level=foreign_minister&level=special_envoy", [ALL[5]]),
    ("named=false", [ALL[2], ALL[3], ALL[5]]),
    ("quoted=true", [ALL[2]]),
    ("issue=m4", [ALL[2]]),
    ("issue=refugees", [ALL[2], ALL[3]]),
    ("source=syrian-readout", [ALL[2]]),
    ("outcome=progress&outcome=no_clear_progress", [ALL[2]]),
    ("format=multilateral,quadrilateral", [ALL[2], ALL[7]]),
    ("format=bilateral", [ALL[0], ALL[3], ALL[5]]),
    ("format=json", ALL),
    ("id=dropped,summit", [ALL[4], ALL[7]]),
    ("country=RUS", [ALL[2]]),
    ("country=SUN,RUS", [ALL[2]]),
    ("country=XKX", []),
    ("kind=!meeting", [ALL[1], ALL[3], ALL[7]]),
    ("process=normalisation&status=held&quoted=true&named=false&party=IRN", [ALL[2]]),
    ("updated_since=2024-01-08", [ALL[1], ALL[5], ALL[7]]),
    ("updated_since=2024-01-08T09:00:00Z", [ALL[1], ALL[5], ALL[7]]),
    ("updated_since=2024-01-08T10:00:00%2B01:00", [ALL[1], ALL[5], ALL[7]]),
    ("updated_since=2024-01-08T10:00:00+01:00", [ALL[1], ALL[5], ALL[7]]),
    ("updated_since=2024-01-08T09:00:00.000001Z", [ALL[1]]),
    ("updated_since=2024-01-12", []),
    ("updated_since=1900-01-01", ALL),
    ("updated_since=2024-01-08&revision=44", []),
]


@pytest.mark.parametrize(("query", "found"), EXAMPLES)
def test_the_grammar_by_example(sample: TestClient, query: str, found: list[str]) -> None:
    assert ids(sample, f"/v1/meetings?sort=id&{query}") == found


def test_a_filter_speaks_of_the_record_not_of_one_participant(sample: TestClient) -> None:
    """Iran mediated, and Russia was the host: so `host=RUS` and a mediator hold together."""
    assert ids(sample, "/v1/meetings?party=IRN&role=host") == ["2023-04-25-moscow"]


@pytest.mark.parametrize(
    "query", ["", "status=!cancelled", "party=TUR", "quoted=true", "process=normalisation"]
)
@pytest.mark.parametrize("name", ["level", "stance", "issue", "person", "kind"])
def test_on_the_timeline_an_entry_without_the_property_does_not_match(
    sample: TestClient, model: Model, query: str, name: str
) -> None:
    entries = [entry for entry in model.visible() if entry.noun in DATED]
    for value in sorted(set().union(*(values(entry, name) for entry in entries))):
        wanted = [e for e in entries if value in values(e, name)]
        if query:
            other, _, raw = query.partition("=")
            given, negated = raw.removeprefix("!"), raw.startswith("!")
            wanted = [e for e in wanted if holds(e, other, [given], negated=negated)]
        page = sample.get(f"/v1/timeline?limit=1000&{query}&{name}={value}").json()
        found = {(item["type"], item["id"]) for item in page["items"]}
        assert found == {(e.noun, e.id) for e in wanted}


def test_a_property_of_the_model_is_folded_where_the_filter_folds(sample: TestClient) -> None:
    for noun in NOUNS:
        for tag in noun.filters:
            if tag.is_folded:
                assert tag.name in {"place", "office"}
    assert ids(sample, "/v1/people?office=HEAD%20OF%20M%C4%B0T") == ["fidan"]
    assert ids(sample, "/v1/people?office=head%20of%20mit") == ["fidan"]
    assert folded("MİT") == "mit"


def test_every_filter_has_a_property_in_the_model() -> None:
    listed: dict[str, dict[str, Any]] = {n: dict(p) for n, p in PROPERTIES.items()}
    assert all(name in listed[noun] for noun, _, name in FILTERS)


def test_the_timeline_counts_and_picks_what_it_adds(sample: TestClient) -> None:
    """Its `type`, and with a range `match`, are fields like any other."""
    path = "/v1/timeline?from=2000&limit=200"
    found = sample.get(f"{path}&fields=id,type,match&facets=type").json()
    assert all(set(item) == {"type", "id", "match"} for item in found["items"])
    counted = Counter(item["type"] for item in found["items"])
    assert found["facets"]["type"] == dict(counted)
    assert len(counted) == 3
    for name in counted:
        assert sample.get(f"{path}&type={name}").json()["total"] == counted[name]
    assert sample.get("/v1/meetings?from=2000&limit=1&fields=match").json()["items"][0].keys() == {
        "match"
    }
