"""`jsonld`: schema.org events in JSON-LD, with an inline context, so that nothing is fetched.

A position is represented as the event of voicing it. Dates are as precise as known: a day, month
or year; omitted if an end is unknown. The EDTF text of the date is always included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.formats.entries import CITED_NOUNS, TimelineEntry, timeline_entries
from app.formats.placement import is_known_exactly
from app.formats.sentences import entry_lines
from app.kit.plain_text import escape_for_script, one_line, strip_controls
from app.kit.schema.shapes import Document
from app.kit.strict_json import dumps, stream_array
from app.reads.output_format import OutputFormat
from app.reads.rendering import RenderContext

_CONTEXT = {
    "@vocab": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "edtf": {"@id": "dcterms:date", "@type": "http://id.loc.gov/datatypes/edtf/EDTF"},
    # ISO 8601 with as many parts as are known; XML Schema has a separate type for each length.
    "startDate": {"@type": "https://schema.org/Date"},
    "endDate": {"@type": "https://schema.org/Date"},
    "eventStatus": {"@type": "@id"},
    "url": {"@type": "@id"},
}
_DATE = re.compile(r"-?[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?")
_TYPE = {"state": "Country", "organisation": "Organization"}
_STATUS = {
    "cancelled": "https://schema.org/EventCancelled",
    "postponed": "https://schema.org/EventPostponed",
    "planned": "https://schema.org/EventScheduled",
    "confirmed": "https://schema.org/EventScheduled",
    "held": "https://schema.org/EventScheduled",
}  # schema.org has no status for a meeting that is merely proposed


def _node(entry: TimelineEntry) -> dict[str, Any]:
    document = entry.document
    node: dict[str, Any] = {
        "@type": "Event",
        "@id": entry.url,
        "identifier": entry.key,
        "url": entry.url,
        "name": entry.title,
        "description": "\n".join(entry_lines(entry)),
        "keywords": entry.tags,
        "superEvent": list(_parent_events(entry)),
    }
    if document.get("status") in _STATUS:
        node["eventStatus"] = _STATUS[document["status"]]
    node |= _dates(document["date"]) | _place(entry) | _participants(entry)
    node |= _position(entry) | _issues(entry)
    node["subjectOf"] = [*_source_nodes(entry), *_readout_nodes(entry)]
    return {name: value for name, value in node.items() if value not in (None, [], {})}


def _dates(date: Document | None) -> dict[str, str]:
    """The EDTF text, with the start and end as precise as known."""
    if date is None:
        return {}
    text = date["edtf"] or ""
    members = {"edtf": text} if text else {}
    ends = text.split("/")
    if is_known_exactly(date):
        ends = [date["earliest"], date["latest"]]
    elif date["before"] is not None or date["after"] is not None:
        return members
    if all(map(_DATE.fullmatch, ends)):
        members |= {"startDate": ends[0], "endDate": ends[-1]}
    return members


def _parent_events(entry: TimelineEntry) -> Iterator[dict[str, Any]]:
    """Yields the process, and the meeting at which a position was voiced."""
    process, meeting = entry.document.get("process"), entry.document.get("meeting")
    if process is not None:
        name = entry.record_name("process", process)
        yield {"@type": "EventSeries", "@id": entry.record_url("processes", process), "name": name}
    if meeting is not None:
        yield {"@id": entry.record_url("meetings", meeting)}


def _place(entry: TimelineEntry) -> dict[str, Any]:
    place: Document | None = entry.document.get("place")
    if place is None:
        return {}
    node: dict[str, Any] = {"@type": "Place", "name": entry.place}
    if place["country"] is not None:
        node["address"] = {"@type": "PostalAddress", "addressCountry": place["country"]}
    if entry.coordinates is not None:
        latitude, longitude = entry.coordinates
        node["geo"] = {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}
    return {"location": node}


def _party_node(entry: TimelineEntry, identifier: str) -> dict[str, Any]:
    kind = entry.cited_record("party", identifier).get("kind", "")
    return {
        "@type": _TYPE.get(kind, "Organization"),
        "identifier": identifier,
        "name": entry.record_name("party", identifier),
    }


def _participant_node(entry: TimelineEntry, participant: Document) -> dict[str, Any]:
    """The person if known, otherwise the party."""
    party, person = _party_node(entry, participant["party"]), participant["person"]
    name = participant["name"] or (person and entry.record_name("person", person))
    if not name:
        return party
    office = one_line(participant["office"]) if participant["office"] else None
    node = {"@type": "Person", "name": one_line(name), "jobTitle": office, "affiliation": party}
    return {member: value for member, value in node.items() if value is not None}


def _participants(entry: TimelineEntry) -> dict[str, Any]:
    nodes: dict[str, list[dict[str, Any]]] = {"organizer": [], "attendee": []}
    for participant in entry.document.get("participants", ()):
        member = "organizer" if participant["role"] == "host" else "attendee"
        nodes[member].append(_attendance_node(entry, participant))
    return dict(nodes)


def _attendance_node(entry: TimelineEntry, participant: Document) -> dict[str, Any]:
    """A participant, with the role if schema.org has no property for it."""
    node = _participant_node(entry, participant)
    if participant["role"] in ("host", "participant"):
        return node
    return {"@type": "Role", "roleName": participant["role"], "attendee": node}


def _position(entry: TimelineEntry) -> dict[str, Any]:
    """The speaker of a position, and the quote or claim."""
    document = entry.document
    if not entry.item.noun.is_statement:
        return {}
    speaker = _speaker_node(entry)
    text = document["quote"] or document["text"] or entry.title
    work: dict[str, Any] = {"@type": "Quotation" if document["quote"] else "Claim"}
    work |= {"creator": speaker, "text": strip_controls(text)}
    if document["quote"] and document["language"]:
        work["inLanguage"] = document["language"]
    return {"performer": speaker, "workFeatured": work}


def _speaker_node(entry: TimelineEntry) -> dict[str, Any]:
    """The person who voiced a position if known, otherwise the party."""
    document = entry.document
    party = _party_node(entry, document["party"])
    if document["person"] is None:
        return party
    name = entry.record_name("person", document["person"])
    node = {"@type": "Person", "name": name, "affiliation": party}
    return node | ({"jobTitle": one_line(document["office"])} if document["office"] else {})


def _issues(entry: TimelineEntry) -> dict[str, Any]:
    issues = entry.document.get("issues") or [entry.document.get("issue")]
    return {
        "about": [
            {"@type": "Thing", "identifier": issue, "name": entry.record_name("issue", issue)}
            for issue in issues
            if issue
        ]
    }


def _readout_nodes(entry: TimelineEntry) -> Iterator[dict[str, Any]]:
    for readout in entry.document.get("readouts", ()):
        text = " ".join(
            strip_controls(text) for text in (readout["text"], readout["quote"]) if text
        )
        if text:
            creator = _party_node(entry, readout["party"])
            yield {"@type": "Claim", "creator": creator, "text": text}


def _source_nodes(entry: TimelineEntry) -> Iterator[dict[str, Any]]:
    for identifier, source in entry.cited_sources.items():
        node = {
            "@type": "CreativeWork",
            "identifier": identifier,
            "name": one_line(source["title"]) if source.get("title") else None,
            "url": strip_controls(source["url"]) if source.get("url") else None,
            "publisher": _organisation_node(source.get("publisher")),
            # Whoever distributes a copy has not published the work.
            "provider": _organisation_node(source.get("mirrored_by")),
            "inLanguage": source.get("language"),
        }
        yield {member: value for member, value in node.items() if value is not None}


def _organisation_node(name: str | None) -> dict[str, str] | None:
    return {"@type": "Organization", "name": one_line(name)} if name else None


def _render(context: RenderContext) -> Iterator[bytes]:
    head = b'{"@context":' + dumps(_CONTEXT) + b',"@graph":['
    nodes = (escape_for_script(dumps(_node(entry))) for entry in timeline_entries(context))
    yield from stream_array(head, nodes, b"]}")


FORMAT = OutputFormat(
    "jsonld",
    "application/ld+json",
    "schema.org events as JSON-LD.",
    _render,
    not_expressed=("outcomes", "links", "previous_dates", "version", "revision", "recorded_at"),
    cited_nouns=CITED_NOUNS,
    has_absolute_urls=True,
)
