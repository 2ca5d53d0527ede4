"""What an entry says, a line each, for every format that shows words."""

from __future__ import annotations

from collections.abc import Iterator

from app.formats.entries import Entry
from app.formats.moments import reported
from app.kit.countries import country
from app.kit.plain_text import line, plain
from app.kit.schema.shapes import Document
from app.kit.words import fold


def sentences(entry: Entry) -> Iterator[str]:
    """Everything but its sources, the date first: that of a day that stands in too."""
    document = entry.document
    if document.get("status"):
        hedge = document["hedge"]
        yield document["status"].capitalize() + (f", {line(hedge)}" if hedge else "")
    yield f"Date: {_when(entry)}"
    yield from _setting(entry)
    for text in ("summary", "text"):
        if document.get(text):
            yield plain(document[text])
    yield from _said(entry)
    yield from _seats(entry)
    if document.get("issues"):
        yield f"Issues: {_issues(entry, document['issues'])}"
    yield from _accounts(entry)
    if document.get("note"):
        yield plain(document["note"])
    day = reported(document)
    if day is not None:
        yield f"Reported: {day}"


def told(entry: Entry) -> str:
    """All of it, its sources too, as one text."""
    cited = (
        f"Source: {name} {plain(url)}" if url else f"Source: {name}" for name, url in entry.sources
    )
    return "\n".join([*sentences(entry), *cited])


def _when(entry: Entry) -> str:
    document = entry.document
    start, end = document.get("start"), document.get("end")
    if start is None:
        return entry.when
    hours = f"{start}–{end}" if end else start
    zone = document["timezone"]
    return f"{entry.when}, {hours} ({line(zone) if zone else 'local time'})"


def _setting(entry: Entry) -> Iterator[str]:
    """Where it was, what kind of thing it was, and what it is part of."""
    document = entry.document
    if entry.place:
        yield f"Place: {_place(entry.place, document['place']['country'])}"
    if document.get("kind"):
        yield " ".join(w for w in (document["format"], document["kind"]) if w).capitalize()
    if document["process"]:
        yield f"Process: {entry.name('process', document['process'])}"


def _place(name: str, code: str | None) -> str:
    found = country(code) if code else None
    return name if found is None or fold(found.name) in fold(name) else f"{name}, {found.name}"


def _issues(entry: Entry, identifiers: list[str]) -> str:
    return ", ".join(entry.name("issue", identifier) for identifier in identifiers)


def _said(entry: Entry) -> Iterator[str]:
    """How a position was voiced."""
    document = entry.document
    if not entry.found.noun.statement:
        return
    if document["quote"]:
        language = f" ({document['language']})" if document["language"] else ""
        yield f"“{plain(document['quote'])}”{language}"
    who = [entry.name("person", document["person"])] if document["person"] else []
    who += [line(document["office"])] if document["office"] else []
    if who:
        yield f"Voiced by: {', '.join(who)}"
    if document["meeting"]:
        yield f"Voiced at: {entry.name('meeting', document['meeting'])}"
    yield f"Channel: {document['channel'].replace('_', ' ')}"


def _seats(entry: Entry) -> Iterator[str]:
    for seat in entry.document.get("participants", ()):
        told = [part for part in (_who(entry, seat), _office(seat)) if part]
        role = "" if seat["role"] == "participant" else f" ({seat['role']})"
        party = entry.name("party", seat["party"])
        yield f"{party}{role}: {', '.join(told)}" if told else f"{party}{role}"


def _who(entry: Entry, seat: Document) -> str:
    """The name as the source gives it, and that of the person where it is another."""
    given = line(seat["name"] or "")
    own = entry.name("person", seat["person"]) if seat["person"] else ""
    if not given or not own or fold(given) == fold(own):
        return given or own
    return f"{given} ({own})"


def _office(seat: Document) -> str:
    """The office, and its level where the office does not say it."""
    office = line(seat["office"] or "")
    level = (seat["level"] or "").replace("_", " ")
    if set(level.split()) <= set(fold(office).split()):
        return office
    return f"{office} ({level})" if office else level


def _accounts(entry: Entry) -> Iterator[str]:
    for account in entry.document.get("readouts", ()):
        words = [plain(account["text"])] if account["text"] else []
        words += [f"“{plain(account['quote'])}”"] if account["quote"] else []
        words += [f"(on {_issues(entry, account['issues'])})"] if account["issues"] else []
        issuer = _issuer(line(account["issuer"] or ""), entry.name("party", account["party"]))
        yield f"{issuer}: {' '.join(words)}" if words else issuer


def _issuer(issuer: str, party: str) -> str:
    """Who issued an account, and for whom where the name does not say it."""
    if not issuer:
        return party
    return issuer if fold(party) in fold(issuer) else f"{issuer} ({party})"
