"""What each format's own consumer makes of it: the entries that it sees, by name."""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import feedparser
import geojson
import icalendar
from rdflib import RDF, Graph, Namespace
from starlette.testclient import TestClient

SCHEMA = Namespace("https://schema.org/")
Params = Any


def native(client: TestClient, params: Params, path: str = "/v1/timeline") -> list[dict[str, Any]]:
    """Every item of a list, page by page."""
    found: list[dict[str, Any]] = []
    answer = client.get(path, params=params)
    while True:
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found += body["items"]
        if body["next"] is None:
            assert len(found) == body["total"]
            return found
        answer = client.get(body["next"])


def key(item: dict[str, Any]) -> str:
    """An entry's name among all."""
    return f"{item['type']}-{item['id']}"


def events(content: bytes) -> list[icalendar.Event]:
    """The events of a calendar that survives being read and written again."""
    calendar = icalendar.Calendar.from_ical(content)
    assert not calendar.errors
    again = icalendar.Calendar.from_ical(calendar.to_ical())
    assert again == calendar
    for event in calendar.events:
        assert not event.errors
    return list(calendar.events)


def table(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV by column, each as long as its head."""
    rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    assert all(len(row) == len(rows[0]) for row in rows)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def lines(content: bytes) -> list[dict[str, Any]]:
    """The documents of NDJSON."""
    assert not content or content.endswith(b"\n")
    return [json.loads(line) for line in content.splitlines()]


def graph(content: bytes) -> Graph:
    """The triples of JSON-LD; nothing is fetched for them."""
    with warnings.catch_warnings():
        # The reader itself uses what it says is no longer to be used.
        warnings.simplefilter("ignore", DeprecationWarning)
        return Graph().parse(data=content, format="json-ld")


def _ics(content: bytes) -> Iterator[str]:
    for event in events(content):
        yield str(event["uid"]).rpartition("@")[0]


def _geojson(content: bytes) -> Iterator[str]:
    collection = geojson.loads(content)
    assert collection.is_valid, collection.errors()
    for feature in collection["features"]:
        yield feature["id"]


def _jsonld(content: bytes) -> Iterator[str]:
    found = graph(content)
    for subject in found.subjects(RDF.type, SCHEMA.Event):
        yield str(found.value(subject, SCHEMA.identifier))


def _vis(content: bytes) -> Iterator[str]:
    body = json.loads(content)
    groups = {group["id"] for group in body["groups"]}
    for item in body["items"]:
        assert item["group"] in groups
        yield item["id"]


def _timelinejs(content: bytes) -> Iterator[str]:
    for event in json.loads(content)["events"]:
        assert event["start_date"]["year"]
        yield event["unique_id"]


#: The formats that give everything at once: which entries each holds.
WHOLE: dict[str, Callable[[bytes], Iterator[str]]] = {
    "timelinejs": _timelinejs,
    "vis": _vis,
    "ics": _ics,
    "geojson": _geojson,
    "jsonld": _jsonld,
    "csv": lambda content: (key(row) for row in table(content)),
    "ndjson": lambda content: (key(item) for item in lines(content)),
}
#: The formats in pages: which addresses each page's entries have.
FEEDS: dict[str, Callable[[bytes], list[str]]] = {
    "jsonfeed": lambda content: [item["url"] for item in json.loads(content)["items"]],
    "atom": lambda content: [str(entry.link) for entry in read_feed(content).entries],
}


def read_feed(content: bytes) -> Any:
    """A feed as a reader sees it."""
    found = feedparser.parse(content)
    assert not found.bozo, found.get("bozo_exception")
    return found


def pages(client: TestClient, format_: str, params: Params) -> Iterator[bytes]:
    """Every page of a feed."""
    answer = client.get(f"/v1/timeline.{format_}", params=params)
    while True:
        assert answer.status_code == 200, answer.text
        yield answer.content
        if "next" not in answer.links:
            return
        answer = client.get(answer.links["next"]["url"])
