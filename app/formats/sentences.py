"""An entry in plain words, one line per statement, for every format that shows text."""

from __future__ import annotations

from collections.abc import Iterator

from app.formats.entries import TimelineEntry
from app.formats.placement import reported_day_text
from app.kit.countries import country_by_code
from app.kit.plain_text import one_line, strip_controls
from app.kit.schema.shapes import Document
from app.kit.words import fold_text


def entry_lines(entry: TimelineEntry) -> Iterator[str]:
    """Yields everything but the sources, line by line."""
    document = entry.document
    if document.get("status"):
        status, hedge = document["status"].replace("_", " "), document.get("hedge")
        yield status.capitalize() + (f", {one_line(hedge)}" if hedge else "")
    yield f"Date: {_date_and_hours(entry)}"
    yield from _context_lines(entry)
    for field in ("summary", "text"):
        if document.get(field):
            yield strip_controls(document[field])
    yield from _position_lines(entry)
    yield from _participant_lines(entry)
    if document.get("issues"):
        yield f"Issues: {_issue_names(entry, document['issues'])}"
    yield from _readout_lines(entry)
    if document.get("note"):
        yield strip_controls(document["note"])
    reported = reported_day_text(document)
    if reported is not None:
        yield f"Reported: {reported}"


def entry_text(entry: TimelineEntry) -> str:
    """The whole entry, including its sources, as one text."""
    sources = (
        f"Source: {name} {strip_controls(url)}" if url else f"Source: {name}"
        for name, url in entry.source_links
    )
    return "\n".join([*entry_lines(entry), *sources])


def _date_and_hours(entry: TimelineEntry) -> str:
    document = entry.document
    start, end = document.get("start"), document.get("end")
    if start is None:
        return entry.date_text
    hours = f"{start}–{end}" if end else start
    zone = document["timezone"]
    return f"{entry.date_text}, {hours} ({one_line(zone) if zone else 'local time'})"


def _context_lines(entry: TimelineEntry) -> Iterator[str]:
    """Yields the place, the format and kind of meeting, and the process."""
    document = entry.document
    if entry.place:
        yield f"Place: {_place(entry.place, document['place']['country'])}"
    if document.get("kind"):
        codes = (document.get("format"), document["kind"])
        yield " ".join(code for code in codes if code).capitalize()
    if document.get("process"):
        yield f"Process: {entry.record_name('process', document['process'])}"


def _place(name: str, code: str | None) -> str:
    """The name of a place, with its country unless the name mentions it."""
    state = country_by_code(code) if code else None
    if state is None or fold_text(state.name) in fold_text(name):
        return name
    return f"{name}, {state.name}"


def _issue_names(entry: TimelineEntry, identifiers: list[str]) -> str:
    return ", ".join(entry.record_name("issue", identifier) for identifier in identifiers)


def _position_lines(entry: TimelineEntry) -> Iterator[str]:
    """Yields the quote of a position, and who voiced it, where and how."""
    document = entry.document
    if not entry.item.noun.is_statement:
        return
    if document["quote"]:
        language = f" ({document['language']})" if document["language"] else ""
        yield f"“{strip_controls(document['quote'])}”{language}"
    speaker = [entry.record_name("person", document["person"])] if document["person"] else []
    speaker += [one_line(document["office"])] if document["office"] else []
    if speaker:
        yield f"Voiced by: {', '.join(speaker)}"
    if document["meeting"]:
        yield f"Voiced at: {entry.record_name('meeting', document['meeting'])}"
    yield f"Channel: {document['channel'].replace('_', ' ')}"


def _participant_lines(entry: TimelineEntry) -> Iterator[str]:
    for participant in entry.document.get("participants", ()):
        parts = [_person(entry, participant), _office(participant)]
        details = ", ".join(part for part in parts if part)
        role = "" if participant["role"] == "participant" else f" ({participant['role']})"
        party = entry.record_name("party", participant["party"])
        yield f"{party}{role}: {details}" if details else f"{party}{role}"


def _person(entry: TimelineEntry, participant: Document) -> str:
    """The name as the source has it, with the recorded person's name if that differs."""
    name = one_line(participant["name"] or "")
    identifier = participant["person"]
    recorded_name = entry.record_name("person", identifier) if identifier else ""
    if not name or not recorded_name or fold_text(name) == fold_text(recorded_name):
        return name or recorded_name
    return f"{name} ({recorded_name})"


def _office(participant: Document) -> str:
    """The office, with its level unless the office mentions it."""
    office = one_line(participant["office"] or "")
    level = (participant["level"] or "").replace("_", " ")
    if set(level.split()) <= set(fold_text(office).split()):
        return office
    return f"{office} ({level})" if office else level


def _readout_lines(entry: TimelineEntry) -> Iterator[str]:
    for readout in entry.document.get("readouts", ()):
        parts = [strip_controls(readout["text"])] if readout["text"] else []
        parts += [f"“{strip_controls(readout['quote'])}”"] if readout["quote"] else []
        parts += [f"(on {_issue_names(entry, readout['issues'])})"] if readout["issues"] else []
        issuer = _issuer(
            one_line(readout["issuer"] or ""), entry.record_name("party", readout["party"])
        )
        yield f"{issuer}: {' '.join(parts)}" if parts else issuer


def _issuer(issuer: str, party: str) -> str:
    """Who issued a readout, with the party unless the issuer's name mentions it."""
    if not issuer:
        return party
    return issuer if fold_text(party) in fold_text(issuer) else f"{issuer} ({party})"
