"""Feeds that behave: stable ids, times of change, pages, and no news answered with 304."""

from __future__ import annotations

import json
import re
from datetime import datetime
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET

import icalendar
import pytest
from starlette.testclient import TestClient

from tests.builders import RecordWriter, deletion, meeting, milestone, source
from tests.formats.consumers import read_feed

ATOM = "{http://www.w3.org/2005/Atom}"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_URN = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
# RFC 4287: what a feed and an entry must have once, may have once, and may have.
FEED = ({"id", "title", "updated"}, {"generator", "rights", "subtitle"}, {"author", "link"})
ENTRY = (
    {"id", "title", "updated"},
    {"content", "published", "rights", "source", "summary"},
    {"author", "category", "link"},
)


def items(client: TestClient, query: str = "") -> dict[str, dict[str, Any]]:
    """The items of a JSON Feed by their records."""
    found = client.get(f"/v1/timeline.jsonfeed{query}").json()["items"]
    return {item["url"].rpartition("/")[2]: item for item in found}


def check(element: ET.Element, rules: tuple[set[str], set[str], set[str]]) -> None:
    """Hold an element's children against the schema of RFC 4287."""
    once, at_most_once, more = rules
    names = [child.tag.removeprefix(ATOM) for child in element if child.tag != ATOM + "entry"]
    assert set(names) <= once | at_most_once | more
    assert all(names.count(name) == 1 for name in once)
    assert all(names.count(name) <= 1 for name in at_most_once)
    for name in ("updated", "published"):
        for child in element.findall(ATOM + name):
            assert _INSTANT.fullmatch(child.text or "")
    assert _URN.fullmatch(element.findtext(ATOM + "id") or "")
    kinds = [(link.get("rel"), link.get("type")) for link in element.findall(ATOM + "link")]
    alternates = [kind for kind in kinds if kind[0] == "alternate"]
    assert len(alternates) == len(set(alternates)) == 1
    assert all((link.get("href") or "").startswith("http") for link in element.iter(ATOM + "link"))


@pytest.mark.parametrize("query", ["", "?type=meeting&limit=3", "?id=nothing"])
def test_an_atom_feed_follows_its_schema(sample: TestClient, query: str) -> None:
    answer = sample.get(f"/v1/timeline.atom{query}")
    feed = ET.fromstring(answer.content)
    assert feed.tag == ATOM + "feed"
    check(feed, FEED)
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    own = [e.get("href") for e in feed.findall(ATOM + "link") if e.get("rel") == "self"]
    assert own == [f"http://testserver/v1/timeline.atom{query}"]
    identifiers = []
    for entry in feed.findall(ATOM + "entry"):
        check(entry, ENTRY)
        identifiers.append(entry.findtext(ATOM + "id"))
        content = entry.find(ATOM + "content")
        assert content is not None
        assert content.get("type") == "text"
        assert len(content) == 0
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("query", ["", "?type=position&limit=2", "?id=nothing"])
def test_a_json_feed_follows_its_specification(sample: TestClient, query: str) -> None:
    feed = sample.get(f"/v1/timeline.jsonfeed{query}").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"] == f"http://testserver/v1/timeline.jsonfeed{query}"
    for item in feed["items"]:
        assert _URN.fullmatch(item["id"])
        assert item["url"].startswith("http://testserver/#")
        assert item["content_text"]
        assert isinstance(item["tags"], list)
        for name in ("date_published", "date_modified"):
            assert _INSTANT.fullmatch(item[name])
    if len(feed["items"]) == 2:
        assert feed["next_url"].startswith("http://testserver/v1/timeline.jsonfeed?")


def test_both_feeds_and_a_reader_agree(sample: TestClient) -> None:
    atom = read_feed(sample.get("/v1/timeline.atom").content)
    own = sample.get("/v1/timeline.jsonfeed").json()
    read = [(e.id, e.title, e.updated, e.published, e.link) for e in atom.entries]
    listed = [
        (i["id"], i["title"], i["date_modified"], i["date_published"], i["url"])
        for i in own["items"]
    ]
    assert read == listed


def test_what_was_recorded_last_comes_first(sample: TestClient) -> None:
    times = [i["date_modified"] for i in sample.get("/v1/timeline.jsonfeed").json()["items"]]
    assert times == sorted(times, reverse=True)


def test_a_change_moves_an_item_up_and_keeps_its_id(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.write(meeting("talks", "2023-04-25", title="Talks"), at="2024-01-01T09:00")
    writer.write(milestone("vote", "2023-05-14"), at="2024-01-02T09:00")
    first = items(client)
    assert list(first) == ["vote", "talks"]
    writer.write(meeting("talks", "2023-04-25", title="More talks"), at="2024-01-03T09:00")
    second = items(client)
    assert list(second) == ["talks", "vote"]
    assert second["talks"]["id"] == first["talks"]["id"]
    assert second["talks"]["title"] == "More talks"
    assert second["talks"]["date_published"] == "2024-01-01T09:00:00.000000Z"
    assert second["talks"]["date_modified"] == "2024-01-03T09:00:00.000000Z"
    writer.write(deletion("meeting", "talks"))
    assert list(items(client)) == ["vote"]
    writer.write(meeting("talks", "2023-04-25"))
    assert items(client)["talks"]["id"] == first["talks"]["id"]


def test_a_feeds_own_id_is_that_of_its_filter(client: TestClient, writer: RecordWriter) -> None:
    writer.write(meeting("a", "2023"), meeting("b", "2023"), milestone("c", "2023"))

    def identity(query: str) -> str:
        return str(read_feed(client.get(f"/v1/timeline.atom{query}").content).feed.id)

    assert identity("?type=meeting") == identity("?type=meeting&limit=1")
    assert identity("?type=meeting&from=2023") == identity("?from=2023&type=meeting")
    assert identity("?type=meeting") != identity("")
    following = client.get("/v1/timeline.atom?type=meeting&limit=1").links["next"]["url"]
    assert identity("?" + following.partition("?")[2]) == identity("?type=meeting")


def test_a_walk_over_a_feed_is_not_disturbed_by_writes(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.write(*(meeting(f"m{n}", "2023") for n in range(5)))
    first = client.get("/v1/timeline.jsonfeed?limit=2").json()
    writer.write(meeting("m0", "2023", title="changed"), meeting("new", "2023"))
    second = client.get(first["next_url"]).json()
    third = client.get(second["next_url"]).json()
    assert "next_url" not in third
    found = [i["title"] for page in (first, second, third) for i in page["items"]]
    assert sorted(found) == ["m0", "m1", "m2", "m3", "m4"]


def test_sources_are_linked(client: TestClient, writer: RecordWriter) -> None:
    writer.write(
        source("paper", "2023-04-26", title="A report", url="https://paper.example/1?a=1&b=2"),
        meeting("talks", "2023-04-25", sources=["paper"]),
    )
    assert items(client)["talks"]["external_url"] == "https://paper.example/1?a=1&b=2"
    entry = read_feed(client.get("/v1/timeline.atom").content).entries[0]
    via = [link for link in entry.links if link["rel"] == "via"]
    assert [(v["href"], v["title"]) for v in via] == [
        ("https://paper.example/1?a=1&b=2", "A report")
    ]


NAMED = [
    ("", "Parley"),
    ("?status=held&party=TUR", "Parley: party=TUR, status=held"),
    ("?party=TUR&status=held&limit=1&sort=date&facets=party", "Parley: party=TUR, status=held"),
    ("?party=TUR&party=!SYR", "Parley: party=!SYR, party=TUR"),
    ("?from=2023&as_of=2023-04-26", "Parley: as_of=2023-04-26, from=2023"),
    ("?q=%3Cb%3E%26%22x%22%0A%0By%3B%5C", 'Parley: q=<b>&"x" y;\\'),
    (f"?q={'x' * 300}", f"Parley: q={'x' * 197}…"),
]


@pytest.mark.parametrize(("query", "name"), NAMED, ids=lambda v: str(v)[:30])
def test_what_is_filtered_says_so_in_its_name(seeded: TestClient, query: str, name: str) -> None:
    def content(format_: str) -> bytes:
        answer = seeded.get(f"/v1/timeline.{format_}{query}")
        assert answer.status_code == 200
        return answer.content

    calendar: Any = icalendar.Calendar.from_ical(content("ics"))
    assert (calendar["x-wr-calname"], calendar["name"]) == (name, name)
    assert ET.fromstring(content("atom")).findtext(ATOM + "title") == name
    assert json.loads(content("jsonfeed"))["title"] == name
    headline = json.loads(content("timelinejs"))["title"]["text"]["headline"]
    assert "<" not in headline
    assert unescape(headline) == name


def test_people_are_led_to_a_page_and_programs_to_documents(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.write(meeting("talks", "2023-04-25", title="A <b>"))

    def said(format_: str, host: str = "parley.example") -> str:
        answer = client.get(f"/v1/timeline.{format_}", headers={"host": host})
        return answer.content.decode().replace("\r\n ", "").replace("\\u003c", "<")

    for format_ in ("ics", "atom", "jsonfeed", "timelinejs"):
        assert "http://parley.example/#meeting/talks" in said(format_), format_
        assert "/v1/meetings/talks" not in said(format_), format_
    assert '"@id":"http://parley.example/v1/meetings/talks"' in said("jsonld")
    # Where the host is none, nothing leads to a place on somebody else's.
    for format_ in ("ics", "atom", "jsonfeed", "timelinejs"):
        assert "#meeting" not in said(format_, 'x"y'), format_
    assert "href" not in said("timelinejs", 'x"y')


def test_the_words_of_an_item_begin_with_its_date(client: TestClient, writer: RecordWriter) -> None:
    writer.write(meeting("talks", "2023-04", status="planned", hedge="reportedly"))
    text = items(client)["talks"]["content_text"].splitlines()
    assert text[:2] == ["Planned, reportedly", "Date: April 2023"]
    assert datetime.fromisoformat(items(client)["talks"]["date_modified"]).tzinfo is not None
