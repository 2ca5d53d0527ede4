"""Linked data: schema.org events that tell no more than is known."""

from __future__ import annotations

from typing import Any

from rdflib import RDF, Literal, Namespace, URIRef
from starlette.testclient import TestClient

from tests.builders import (
    RecordWriter,
    meeting,
    milestone,
    participant,
    position,
    process,
    source,
)
from tests.formats.consumers import SCHEMA, graph, native

TERMS = Namespace("http://purl.org/dc/terms/")
EDTF = URIRef("http://id.loc.gov/datatypes/edtf/EDTF")


MOSCOW = {"name": "Moscow", "country": "RUS", "latitude": 55.7558, "longitude": 37.6173}


def item(client: TestClient, name: str) -> dict[str, Any]:
    items = client.get("/v1/timeline.vis").json()["items"]
    found: dict[str, Any] = next(one for one in items if one["id"] == name)
    return found


def event(client: TestClient, name: str) -> dict[str, Any]:
    events = client.get("/v1/timeline.timelinejs").json()["events"]
    found: dict[str, Any] = next(one for one in events if one["unique_id"] == name)
    return found


def test_a_graph_says_who_met_where_and_when(client: TestClient, writer: RecordWriter) -> None:
    writer.basis()
    seats = [
        participant("RUS", "host", name="Sergei Shoigu", office="Minister"),
        participant("TUR"),
    ]
    writer.write(
        meeting("talks", "2023-04", title="Talks", place=MOSCOW, participants=seats),
        meeting("off", "2023-05-01", status="cancelled"),
        meeting("maybe", {"edtf": "2023-06-01/.."}, status="proposed"),
    )
    found = graph(client.get("/v1/timeline.jsonld").content)
    events = {
        str(found.value(s, SCHEMA.identifier)): s for s in found.subjects(RDF.type, SCHEMA.Event)
    }
    talks = events["meeting-talks"]
    assert str(talks) == "http://testserver/v1/meetings/talks"
    assert found.value(talks, SCHEMA.name) == Literal("Talks")
    assert found.value(talks, TERMS.date) == Literal("2023-04", datatype=EDTF)
    assert found.value(talks, SCHEMA.startDate) == Literal("2023-04", datatype=SCHEMA.Date)
    host = found.value(talks, SCHEMA.organizer)
    assert found.value(host, SCHEMA.name) == Literal("Sergei Shoigu")
    assert found.value(host, SCHEMA.jobTitle) == Literal("Minister")
    guest = found.value(talks, SCHEMA.attendee)
    assert found.value(guest, SCHEMA.name) == Literal("Türkiye")
    assert (guest, RDF.type, SCHEMA.Country) in found
    place = found.value(talks, SCHEMA.location)
    geo = found.value(place, SCHEMA.geo)
    assert float(str(found.value(geo, SCHEMA.latitude))) == 55.7558
    cancelled = found.value(events["meeting-off"], SCHEMA.eventStatus)
    assert cancelled == SCHEMA.EventCancelled
    # Nothing says how long what is merely open may last, or that what is proposed is scheduled.
    maybe = events["meeting-maybe"]
    assert found.value(maybe, SCHEMA.eventStatus) is None
    assert found.value(maybe, SCHEMA.endDate) is None


GIVEN: list[tuple[Any, str | None, str | None]] = [
    # a date; from when to when schema.org is told that it was
    ("2023-04-25", "2023-04-25", "2023-04-25"),
    ("2023-04-25T14:30:00+03:00", "2023-04-25", "2023-04-25"),
    ("2023-04", "2023-04", "2023-04"),
    ("2023", "2023", "2023"),
    ("2023-04-26/2023-04-28", "2023-04-26", "2023-04-28"),
    ("2023-03/2023-05", "2023-03", "2023-05"),
    ("-0043-03-15", "-0043-03-15", "-0043-03-15"),
    ("2023-04-25?", None, None),
    ("2023~", None, None),
    ("2023-04-26/..", None, None),
    ("../2023-04-26", None, None),
    ("2023-03/2023-05~", None, None),
    ("[2023-01-01..2023-04-25]", None, None),
    ("2023-21", None, None),
    ("2023-04-XX", None, None),
    ("Y17000", None, None),
    ({"edtf": "2023-05", "before": "vote"}, None, None),
    (None, None, None),
]


def test_a_graph_tells_no_day_that_is_not_known(client: TestClient, writer: RecordWriter) -> None:
    writer.write(source("paper", "2023-05-02"), milestone("vote", "2023-05-14"))
    writer.write(*(meeting(f"m{n}", given[0], sources=["paper"]) for n, given in enumerate(GIVEN)))
    dates = {document["id"]: document["date"] for document in native(client, {"type": "meeting"})}
    nodes = client.get("/v1/timeline.jsonld?type=meeting").json()["@graph"]
    found = {node["identifier"].removeprefix("meeting-"): node for node in nodes}
    for number, (given, start, end) in enumerate(GIVEN):
        node, date = found[f"m{number}"], dates[f"m{number}"]
        assert (node.get("startDate"), node.get("endDate")) == (start, end), given
        words = date["display"].partition(", before")[0] if date else "date not known"
        assert f"Date: {words}" in node["description"], given
        assert "shown on" not in node["description"], given


def test_a_graph_says_no_more_of_a_work_and_a_seat_than_is_known(
    client: TestClient, writer: RecordWriter
) -> None:
    writer.basis()
    writer.write(
        process("track", name="The track"),
        source("copy", mirrored_by="A mirror"),
        source("paper", publisher="A paper", mirrored_by="A mirror"),
    )
    roles = ["participant", "mediator", "observer"]
    seats = [participant("RUS", "host"), *(participant("TUR", role) for role in roles)]
    common = {"process": "track", "sources": ["copy", "paper"]}
    writer.write(meeting("talks", "2023", participants=seats, **common), position("p", **common))
    writer.write(position("q", meeting="talks", **common))
    found = graph(client.get("/v1/timeline.jsonld").content)
    works = set()
    for work in found.subjects(RDF.type, SCHEMA.CreativeWork):
        by = [found.value(work, name) for name in (SCHEMA.publisher, SCHEMA.provider)]
        name = str(found.value(work, SCHEMA.identifier))
        works.add((name, *(found.value(one, SCHEMA.name) for one in by)))
    mirror = Literal("A mirror")
    assert works == {("copy", None, mirror), ("paper", Literal("A paper"), mirror)}
    (track,) = set(found.subjects(RDF.type, SCHEMA.EventSeries))
    assert track == URIRef("http://testserver/v1/processes/track")
    talks = URIRef("http://testserver/v1/meetings/talks")
    assert len(set(found.subjects(SCHEMA.superEvent, track))) == 3
    assert set(found.subjects(SCHEMA.superEvent, talks)) == {
        URIRef("http://testserver/v1/positions/q")
    }
    guests = found.objects(talks, SCHEMA.attendee)
    played = {str(found.value(guest, SCHEMA.roleName)) for guest in guests}
    assert played == {"None", "mediator", "observer"}


def test_every_triple_of_the_seed_is_counted(seeded: TestClient) -> None:
    found = graph(seeded.get("/v1/timeline.jsonld").content)
    entries = native(seeded, {})
    assert len(set(found.subjects(RDF.type, SCHEMA.Event))) == len(entries)
    seats = sum(len(entry.get("participants", ())) for entry in entries)
    roles = (SCHEMA.organizer, SCHEMA.attendee)
    assert sum(len(list(found.subject_objects(role))) for role in roles) == seats
    assert len(found) > 20 * len(entries)
