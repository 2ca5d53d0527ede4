"""`jsonld`: schema.org events in JSON-LD, with a context of its own, so that nothing is fetched.

A position is given as the event of its being voiced. A date keeps its EDTF text beside the days
that schema.org has room for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.kit.plain_text import in_script, line, plain
from app.kit.shapes import Document
from app.kit.strict_json import dumps
from app.records.formats import Format
from app.records.renditions import Rendition
from app.timeline.entries import CITES, Entry, entries

_CONTEXT = {
    "@vocab": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "edtf": {"@id": "dcterms:date", "@type": "http://id.loc.gov/datatypes/edtf/EDTF"},
    "startDate": {"@type": "http://www.w3.org/2001/XMLSchema#date"},
    "endDate": {"@type": "http://www.w3.org/2001/XMLSchema#date"},
    "dateModified": {"@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
    "eventStatus": {"@type": "@id"},
    "url": {"@type": "@id"},
}
_TYPE = {"state": "Country", "organisation": "Organization"}
_STATUS = {
    "cancelled": "https://schema.org/EventCancelled",
    "postponed": "https://schema.org/EventPostponed",
    "planned": "https://schema.org/EventScheduled",
    "confirmed": "https://schema.org/EventScheduled",
    "held": "https://schema.org/EventScheduled",
}  # there is no word for what is merely proposed


def _node(entry: Entry) -> dict[str, Any]:
    document, moment = entry.document, entry.moment
    node: dict[str, Any] = {
        "@type": "Event",
        "@id": entry.url,
        "identifier": entry.key,
        "url": entry.url,
        "name": entry.title,
        "description": "\n".join(entry.lines),
        "startDate": moment.first.isoformat(),
        "endDate": moment.last.isoformat(),
        "keywords": entry.tags,
    }
    if moment.open_end:
        del node["endDate"]
    if document["date"] is not None and document["date"]["edtf"] is not None:
        node["edtf"] = document["date"]["edtf"]
    if document.get("status") in _STATUS:
        node["eventStatus"] = _STATUS[document["status"]]
    if document["process"] is not None:
        series = entry.name("process", document["process"])
        node["superEvent"] = {"@type": "EventSeries", "name": series}
    node |= _place(entry) | _people(entry) | _position(entry) | _about(entry)
    node["subjectOf"] = list(_works(entry)) + list(_claims(entry))
    return {name: value for name, value in node.items() if value not in (None, [], {})}


def _place(entry: Entry) -> dict[str, Any]:
    place: Document | None = entry.document.get("place")
    if place is None:
        return {}
    found: dict[str, Any] = {"@type": "Place", "name": entry.place}
    if place["country"] is not None:
        found["address"] = {"@type": "PostalAddress", "addressCountry": place["country"]}
    if entry.coordinates is not None:
        north, east = entry.coordinates
        found["geo"] = {"@type": "GeoCoordinates", "latitude": north, "longitude": east}
    return {"location": found}


def _party(entry: Entry, identifier: str) -> dict[str, Any]:
    kind = entry.cited("party", identifier).get("kind", "")
    return {
        "@type": _TYPE.get(kind, "Organization"),
        "identifier": identifier,
        "name": entry.name("party", identifier),
    }


def _seat(entry: Entry, seat: Document) -> dict[str, Any]:
    party = _party(entry, seat["party"])
    who = seat["name"] or (seat["person"] and entry.name("person", seat["person"]))
    if not who:
        return party
    office = line(seat["office"]) if seat["office"] else None
    own = {"@type": "Person", "name": line(who), "jobTitle": office, "affiliation": party}
    return {name: value for name, value in own.items() if value is not None}


def _people(entry: Entry) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {"organizer": [], "attendee": []}
    for seat in entry.document.get("participants", ()):
        found["organizer" if seat["role"] == "host" else "attendee"].append(_seat(entry, seat))
    return dict(found)


def _position(entry: Entry) -> dict[str, Any]:
    """Who voiced a position, and what was said."""
    document = entry.document
    if entry.noun != "position":
        return {}
    party = _party(entry, document["party"])
    speaker = party
    if document["person"] is not None:
        name = entry.name("person", document["person"])
        speaker = {"@type": "Person", "name": name, "affiliation": party}
    said = document["quote"] or document["text"]
    work: dict[str, Any] = {"@type": "Quotation" if document["quote"] else "Claim"}
    work |= {"creator": speaker, "text": plain(said or entry.title)}
    if document["quote"] and document["language"]:
        work["inLanguage"] = document["language"]
    return {"performer": speaker, "workFeatured": work}


def _about(entry: Entry) -> dict[str, Any]:
    issues = entry.document.get("issues") or [entry.document.get("issue")]
    return {
        "about": [
            {"@type": "Thing", "identifier": issue, "name": entry.name("issue", issue)}
            for issue in issues
            if issue
        ]
    }


def _claims(entry: Entry) -> Iterator[dict[str, Any]]:
    """Each side's account."""
    for account in entry.document.get("readouts", ()):
        text = " ".join(plain(t) for t in (account["text"], account["quote"]) if t)
        if text:
            creator = _party(entry, account["party"])
            yield {"@type": "Claim", "creator": creator, "text": text}


def _works(entry: Entry) -> Iterator[dict[str, Any]]:
    for identifier in entry.document["sources"]:
        source = entry.cited("source", identifier)
        publisher = source.get("publisher") or source.get("mirrored_by")
        work = {
            "@type": "CreativeWork",
            "identifier": identifier,
            "name": line(source["title"]) if source.get("title") else None,
            "url": plain(source["url"]) if source.get("url") else None,
            "publisher": {"@type": "Organization", "name": line(publisher)} if publisher else None,
            "inLanguage": source.get("language"),
        }
        yield {name: value for name, value in work.items() if value is not None}


def _render(rendition: Rendition) -> Iterator[bytes]:
    yield b'{"@context":' + dumps(_CONTEXT) + b',"@graph":['
    between = b""
    for entry in entries(rendition):
        yield between + in_script(dumps(_node(entry)))
        between = b","
    yield b"]}"


FORMAT = Format(
    "jsonld",
    "application/ld+json",
    "schema.org events in JSON-LD.",
    _render,
    unsaid=("hedge", "levels", "outcomes", "links", "previous_dates", "timezone"),
    cites=CITES,
    absolute=True,
)
