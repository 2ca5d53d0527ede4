"""Every format renders every entry, whatever is asked for and whenever it is looked from."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.formats.consumers import (
    FEEDS,
    WHOLE,
    Params,
    key,
    lines,
    native,
    pages,
    table,
)

QUERIES: list[Params] = [
    {},
    {"type": "meeting"},
    {"status": "planned,proposed"},
    {"party": ["TUR", "!IRN"]},
    {"from": "2023-04", "to": "2023-05", "match": "certain"},
    {"q": "ministers"},
    {"as_of": "2023-04-26"},
    {"as_of": "2022-12-31", "to": "2023"},
    {"revision": "20"},
    {"revision": "40", "as_of": "2023-04-26"},
    {"sort": "-date"},
    {"sort": "-recorded,id"},
    {"sort": "id"},
    {"id": "nothing-of-the-kind"},
]


@pytest.mark.parametrize("query", QUERIES, ids=str)
@pytest.mark.parametrize("format_", WHOLE)
def test_a_format_holds_what_the_native_form_holds(
    sample: TestClient, format_: str, query: Params
) -> None:
    # Deleted entries are cancelled in calendars; test_calendars looks at those.
    wanted = [key(item) for item in native(sample, query)]
    answer = sample.get(f"/v1/timeline.{format_}", params=query)
    assert answer.status_code == 200
    found = list(WHOLE[format_](answer.content))
    if format_ == "ics":
        cancelled = len(found) - len(wanted)
        assert cancelled >= 0
        found = found[: len(wanted)]
    if format_ == "jsonld":  # a graph has no order
        assert Counter(found) == Counter(wanted)
    else:
        assert found == wanted


@pytest.mark.parametrize("query", QUERIES, ids=str)
@pytest.mark.parametrize("format_", FEEDS)
def test_a_feed_holds_it_page_by_page(sample: TestClient, format_: str, query: Params) -> None:
    wanted = {f"/#{item['type']}/{item['id']}" for item in native(sample, query)}
    found = [
        url.removeprefix("http://testserver")
        for page in pages(sample, format_, dict(query) | {"limit": "4"})
        for url in FEEDS[format_](page)
    ]
    assert set(found) == wanted
    assert len(found) == len(wanted)


@pytest.mark.parametrize("format_", [*WHOLE, *FEEDS])
def test_the_seed_is_whole_in_every_format(seeded: TestClient, format_: str) -> None:
    total = seeded.get("/v1/timeline?limit=1").json()["total"]
    content = seeded.get(f"/v1/timeline.{format_}").content
    assert len(list({**WHOLE, **FEEDS}[format_](content))) == total
    assert "foreign ministers" in content.decode()


_FILTERS: dict[str, list[str]] = {
    "party": ["TUR", "SYR", "!RUS", "IRN,QAT"],
    "status": ["held", "!held", "planned,cancelled"],
    "type": ["meeting,position", "!position"],
    "process": ["normalisation", "astana"],
    "issue": ["withdrawal", "!m4"],
    "from": ["2022", "2023-03", "2023-04-25"],
    "to": ["2023-12", "2023-05-14"],
    "as_of": ["2023-04-24", "2023-04-26", "2023-05-02"],
    "revision": ["15", "33", "45"],
    "q": ["moscow", "troops", "!war"],
}
_QUERY = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in _FILTERS.items()}
)


@given(query=_QUERY)
def test_any_filter_and_either_clock(sample: TestClient, query: dict[str, str]) -> None:
    wanted = native(sample, query)
    assert lines(sample.get("/v1/timeline.ndjson", params=query).content) == wanted
    rows = table(sample.get("/v1/timeline.csv", params=query).content)
    assert [key(row) for row in rows] == [key(item) for item in wanted]
    for format_ in ("vis", "timelinejs", "geojson"):
        found = WHOLE[format_](sample.get(f"/v1/timeline.{format_}", params=query).content)
        assert list(found) == [key(item) for item in wanted]


@pytest.mark.parametrize("format_", WHOLE)
def test_a_limit_makes_pages_of_what_is_whole_otherwise(sample: TestClient, format_: str) -> None:
    found: list[Any] = []
    for content in pages(sample, format_, {"limit": "5", "type": "meeting"}):
        some = list(WHOLE[format_](content))
        assert len(some) <= 5 or format_ == "ics"
        found += some
    wanted = [key(item) for item in native(sample, {"type": "meeting"})]
    assert Counter(wanted) <= Counter(found)
    assert len(found) == len(wanted)
