"""Readers that bring their own idea of a format: a schema for feeds, a table reader for tables."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from lxml import etree
from starlette.testclient import TestClient

from app.nouns.registry import NOUNS
from tests.builders import RecordWriter, meeting
from tests.formats.consumers import native, pages

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "atom.rng"))
TABLES = ["/v1/timeline", *(f"/v1/{noun.plural}" for noun in NOUNS)]

# ---- feeds, held against a schema


@pytest.mark.parametrize("query", [{}, {"limit": "3"}, {"type": "position"}, {"id": "nothing"}])
def test_every_page_of_a_feed_is_valid(sample: TestClient, query: dict[str, str]) -> None:
    for content in pages(sample, "atom", query):
        SCHEMA.assertValid(etree.fromstring(content))


BROKEN = {
    "no time": (b"<updated>", b"<!--", b"</updated>", b"-->"),
    "two titles": (b"<title>", b"<title>x</title><title>", b"", b""),
    "something foreign": (b"<title>", b"<colour>red</colour><title>", b"", b""),
    "a time without its zone": (b"Z</updated>", b"</updated>", b"", b""),
}


@pytest.mark.parametrize("how", BROKEN)
def test_the_schema_finds_what_is_wrong(seeded: TestClient, how: str) -> None:
    content = seeded.get("/v1/timeline.atom").content
    assert SCHEMA.validate(etree.fromstring(content))
    first, instead, last, after = BROKEN[how]
    broken = content.replace(first, instead, 1)
    if last:
        broken = broken.replace(last, after, 1)
    assert not SCHEMA.validate(etree.fromstring(broken))


# ---- tables, opened by a reader that is told nothing of their columns


def opened(content: bytes) -> pl.DataFrame:
    """A table as it is guessed: numbers, truths, days and texts."""
    return pl.read_csv(io.BytesIO(content), infer_schema_length=None, try_parse_dates=True)


@pytest.mark.parametrize("path", TABLES)
def test_a_table_has_a_row_for_each_record(sample: TestClient, path: str) -> None:
    items = native(sample, {}, path)
    found = opened(sample.get(f"{path}.csv").content)
    assert found.height == len(items)
    assert found["id"].to_list() == [item["id"] for item in items]
    assert found["version"].to_list() == [item["version"] for item in items]


def test_columns_are_taken_for_what_they_are(client: TestClient, writer: RecordWriter) -> None:
    place = {"name": "Sydney", "country": "AUS", "latitude": -33.87, "longitude": 151.21}
    writer.write(
        meeting("a", "2023-04-25", place=place, summary='one, "two"\nthree; =4'),
        meeting("b", "2023-04?", start="10:00", title="=1+1"),
        meeting("c", None, title="00123"),
    )
    found = opened(client.get("/v1/meetings.csv?sort=id").content)
    kinds: dict[str, Any] = {
        "id": pl.String,
        "title": pl.String,
        "date.earliest": pl.Date,
        "date.latest": pl.Date,
        "date.uncertain": pl.Boolean,
        "place.latitude": pl.Float64,
        "version": pl.Int64,
        "recorded_at": pl.Datetime("us", "UTC"),
    }
    assert {name: found.schema[name] for name in kinds} == kinds
    assert found["place.latitude"].to_list() == [-33.87, None, None]
    assert found["date.uncertain"].to_list() == [False, True, None]
    assert found["summary"][0] == 'one, "two"\nthree; =4'
    # A text that is no formula stays as it is; one that would be has a mark before it.
    assert found["title"].to_list() == ["a", "'=1+1", "00123"]
    days = [None if day is None else day.isoformat() for day in found["date.earliest"]]
    assert days == ["2023-04-25", "2023-04-01", None]
