"""`ics`: a calendar to subscribe to (RFC 5545, RFC 7986).

An entry keeps its UID for good and its SEQUENCE rises with every version. What is deleted stays,
cancelled, so that calendars that have it let it go.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import icalendar
import orjson

from app import __version__
from app.formats.drawings import Drawn, drawn
from app.formats.entries import CITES
from app.formats.moments import CALENDAR
from app.formats.sentences import told
from app.kit.schema.shapes import Document
from app.ledger.read.reading import Row
from app.ledger.read.tombstones import Tombstone, tombstones
from app.reads import lists
from app.reads.export import Found, Rendition, Stretch
from app.reads.representation import Format

_STATUS = {
    "held": "CONFIRMED",
    "confirmed": "CONFIRMED",
    "planned": "TENTATIVE",
    "proposed": "TENTATIVE",
    "postponed": "TENTATIVE",
    "cancelled": "CANCELLED",
}
_REFRESH = timedelta(hours=1)
_MOST_CANCELLED = 200  # the newest deletions; older ones have long been fetched
_END = b"END:VCALENDAR\r\n"
# A calendar must hold a component (RFC 5545, 3.6). That of a time zone which nothing refers to is
# the one that no client shows.
_NOTHING = b"\r\n".join(
    (
        b"BEGIN:VTIMEZONE",
        b"TZID:UTC",
        b"BEGIN:STANDARD",
        b"DTSTART:19700101T000000",
        b"TZOFFSETFROM:+0000",
        b"TZOFFSETTO:+0000",
        b"TZNAME:UTC",
        b"END:STANDARD",
        b"END:VTIMEZONE",
        b"",
    )
)


def _instant(recorded_at: str) -> datetime:
    return datetime.fromisoformat(recorded_at).replace(microsecond=0)


def _event(entry: Drawn, identity: str) -> icalendar.Event:
    document, moment = entry.document, entry.moment
    event = icalendar.Event()
    event.add("uid", f"{entry.key}@{identity}")
    event.add("sequence", document["version"] - 1)
    at = _instant(document["recorded_at"])
    event.add("dtstamp", at)
    event.add("last-modified", at)
    if moment.start is not None:
        event.add("dtstart", moment.start)
        if moment.end is not None:
            event.add("dtend", moment.end)
    else:
        event.add("dtstart", date.fromordinal(moment.first))
        # The day after the last one; without it an event lasts a day, as the last of all must.
        after = min(moment.last + 1, CALENDAR.last)
        if after > moment.first:
            event.add("dtend", date.fromordinal(after))
    event.add("summary", entry.called)
    event.add("description", told(entry))
    event.add("status", _STATUS.get(document.get("status", ""), "CONFIRMED"))
    event.add("transp", "TRANSPARENT")  # nobody's own time is taken
    event.add("url", entry.page or entry.url)
    event.add("categories", entry.tags)
    _add_place(event, entry)
    return event


def _add_place(event: icalendar.Event, entry: Drawn) -> None:
    if entry.place:
        event.add("location", entry.place)
    if entry.coordinates:
        event.add("geo", entry.coordinates)


def _calendar(rendition: Rendition) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//Parley//Parley {__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, rendition.heading)
    calendar.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    calendar["refresh-interval"].params["VALUE"] = "DURATION"
    found: bytes = calendar.to_ical()
    return found


def _cancelled(rendition: Rendition) -> Iterator[icalendar.Event]:
    """Deleted entries, for those who subscribed; never at a day in the past."""
    query = rendition.query
    if query.as_of is not None or not rendition.complete:
        return
    nouns = rendition.nouns
    with rendition.database.reading() as connection:
        selection = lists.selection_of(connection, query)
        stones = tombstones(connection, nouns, selection, rendition.pinned, _MOST_CANCELLED)
        found = [_last(stone, rendition) for stone in stones]
        cited = rendition.cited(connection, found)
    for one in found:
        entry = Drawn(one, Stretch([one], cited), rendition.site, CALENDAR)
        event = _event(entry, rendition.site.identity)
        event["status"] = icalendar.vText("CANCELLED")
        yield event


def _last(stone: Tombstone, rendition: Rendition) -> Found:
    """What stood there last, with the version and the time of its tombstone."""
    document: Document = orjson.loads(stone.document)
    document |= {"version": stone.version, "recorded_at": stone.recorded_at}
    stored = orjson.dumps(document)
    row = Row(stone.seq, None, None, stone.noun, stone.id)
    return Found(row, rendition.nouns[stone.noun], stored, stored)


def _render(rendition: Rendition) -> Iterator[bytes]:
    yield _calendar(rendition).removesuffix(_END)
    empty = True
    for entry in drawn(rendition, CALENDAR):
        yield _event(entry, rendition.site.identity).to_ical()
        empty = False
    for event in _cancelled(rendition):
        yield event.to_ical()
        empty = False
    if empty:
        yield _NOTHING
    yield _END


FORMAT = Format(
    "ics",
    "text/calendar; charset=utf-8",
    "A calendar to subscribe to (RFC 5545).",
    _render,
    unsaid=("outcomes", "links", "previous_dates", "revision"),
    cites=CITES,
    absolute=True,
)
