"""`jsonld`: schema.org events in JSON-LD, with a context of its own, so that nothing is fetched.

A position is given as the event of its being voiced. Its days are given where they are known, a
month or a year where that is all that is known, and nothing where not even its end is; the text of
the date in EDTF stands beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.formats.entries import CITES, Entry, entries
from app.formats.moments import known
from app.formats.sentences import sentences
from app.kit.plain_text import in_script, line, plain
from app.kit.schema.shapes import Document
from app.kit.strict_json import dumps
from app.reads.export import Rendition
from app.reads.representation import Format

_CONTEXT = {
    "@vocab": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "edtf": {"@id": "dcterms:date", "@type": "http://id.loc.gov/datatypes/edtf/EDTF"},
    # ISO 8601 in as many parts as are known, which XML Schema would have a type each for.
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
}  # there is no word for what is merely proposed


def _node(entry: Entry) -> dict[str, Any]:
    document = entry.document
    node: dict[str, Any] = {
        "@type": "Event",
        "@id": entry.url,
        "identifier": entry.key,
        "url": entry.url,
        "name": entry.title,
        "description": "\n".join(sentences(entry)),
        "keywords": entry.tags,
        "superEvent": list(_whole(entry)),
    }
    if document.get("status") in _STATUS:
        node["eventStatus"] = _STATUS[document["status"]]
    node |= (
        _dates(document["date"]) | _place(entry) | _people(entry) | _position(entry) | _about(entry)
    )
    node["subjectOf"] = list(_works(entry)) + list(_claims(entry))
    return {name: value for name, value in node.items() if value not in (None, [], {})}


def _dates(given: Document | None) -> dict[str, str]:
    """Its beginning and end as closely as they are known, and the date as it was given."""
    if given is None:
        return {}
    text = given["edtf"] or ""
    found = {"edtf": text} if text else {}
    sides = text.split("/")
    if known(given):
        sides = [given["earliest"], given["latest"]]
    elif given["before"] is not None or given["after"] is not None:
        return found
    if all(map(_DATE.fullmatch, sides)):
        found |= {"startDate": sides[0], "endDate": sides[-1]}
    return found


def _whole(entry: Entry) -> Iterator[dict[str, Any]]:
    """What it is part of."""
    process, meeting = entry.document["process"], entry.document.get("meeting")
    if process is not None:
        name = entry.name("process", process)
        yield {"@type": "EventSeries", "@id": entry.address("processes", process), "name": name}
    if meeting is not None:
        yield {"@id": entry.address("meetings", meeting)}


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
        found["organizer" if seat["role"] == "host" else "attendee"].append(_role(entry, seat))
    return dict(found)


def _role(entry: Entry, seat: Document) -> dict[str, Any]:
    """Who sat there; as what, where schema.org has no property for it."""
    own = _seat(entry, seat)
    if seat["role"] in ("host", "participant"):
        return own
    return {"@type": "Role", "roleName": seat["role"], "attendee": own}


def _position(entry: Entry) -> dict[str, Any]:
    """Who voiced a position, and what was said."""
    document = entry.document
    if not entry.found.noun.statement:
        return {}
    party = _party(entry, document["party"])
    speaker = party
    if document["person"] is not None:
        name = entry.name("person", document["person"])
        speaker = {"@type": "Person", "name": name, "affiliation": party}
        if document["office"]:
            speaker["jobTitle"] = line(document["office"])
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
    for identifier, source in entry.works.items():
        work = {
            "@type": "CreativeWork",
            "identifier": identifier,
            "name": line(source["title"]) if source.get("title") else None,
            "url": plain(source["url"]) if source.get("url") else None,
            "publisher": _organisation(source.get("publisher")),
            # Whoever hands out a copy has not published the work.
            "provider": _organisation(source.get("mirrored_by")),
            "inLanguage": source.get("language"),
        }
        yield {name: value for name, value in work.items() if value is not None}


def _organisation(name: str | None) -> dict[str, str] | None:
    return {"@type": "Organization", "name": line(name)} if name else None


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
    unsaid=("outcomes", "links", "previous_dates", "version", "revision", "recorded_at"),
    cites=CITES,
    absolute=True,
)
