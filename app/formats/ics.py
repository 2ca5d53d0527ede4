"""`ics`: a calendar to subscribe to (RFC 5545, RFC 7986).

An entry keeps its UID permanently, and its SEQUENCE increases with every version. Deleted entries
remain as cancelled events, so that subscribers' calendars drop them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import icalendar
import orjson

from app import __version__
from app.formats.entries import CITED_NOUNS
from app.formats.placed_entries import PlacedEntry, placed_entries
from app.formats.placement import CALENDAR_DAYS, Placement
from app.formats.sentences import entry_text
from app.kit.schema.shapes import Document
from app.ledger.read.history import Tombstone, find_tombstones
from app.ledger.snapshot import Snapshot
from app.ledger.sort_keys import ResultRow
from app.reads.output_format import OutputFormat
from app.reads.rendering import Batch, ListItem, RenderContext

_STATUS = {
    "held": "CONFIRMED",
    "confirmed": "CONFIRMED",
    "planned": "TENTATIVE",
    "proposed": "TENTATIVE",
    "postponed": "TENTATIVE",
    "cancelled": "CANCELLED",
}
_REFRESH_INTERVAL = timedelta(hours=1)
_MAX_CANCELLED = 200  # the most recent deletions; subscribers have long seen older ones
_END = b"END:VCALENDAR\r\n"
# A calendar must have a component (RFC 5545, 3.6). Clients show nothing for a time zone that no
# event refers to.
_EMPTY_CALENDAR_COMPONENT = b"\r\n".join(
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


def _event(entry: PlacedEntry, dataset_id: str) -> icalendar.Event:
    document = entry.document
    recorded_at = datetime.fromisoformat(document["recorded_at"]).replace(microsecond=0)
    event = icalendar.Event()
    event.add("uid", f"{entry.key}@{dataset_id}")
    event.add("sequence", document["version"] - 1)
    event.add("dtstamp", recorded_at)
    event.add("last-modified", recorded_at)
    _add_dates(event, entry.placement)
    event.add("summary", entry.label)
    event.add("description", entry_text(entry))
    event.add("status", _STATUS.get(document.get("status", ""), "CONFIRMED"))
    event.add("transp", "TRANSPARENT")  # it does not make the subscriber busy
    event.add("url", entry.page or entry.url)
    event.add("categories", entry.tags)
    if entry.place:
        event.add("location", entry.place)
    if entry.coordinates:
        event.add("geo", entry.coordinates)
    return event


def _add_dates(event: icalendar.Event, placement: Placement) -> None:
    if placement.start is not None:
        event.add("dtstart", placement.start)
        if placement.end is not None:
            event.add("dtend", placement.end)
        return
    event.add("dtstart", date.fromordinal(placement.first))
    # DTEND is exclusive. Without it an event lasts one day, as one on the last day of all must.
    day_after = min(placement.last + 1, CALENDAR_DAYS.last)
    if day_after > placement.first:
        event.add("dtend", date.fromordinal(day_after))


def _calendar(context: RenderContext) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//Parley//Parley {__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, context.title)
    calendar.add("refresh-interval", _REFRESH_INTERVAL, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    calendar["refresh-interval"].params["VALUE"] = "DURATION"
    content: bytes = calendar.to_ical()
    return content


def _cancelled_events(context: RenderContext) -> Iterator[icalendar.Event]:
    """Yields deleted entries for subscribers; none for a page, or if `as_of` is set."""
    query = context.query
    if query.as_of is not None or not context.is_complete:
        return
    with context.database.read_transaction() as connection:
        snapshot = Snapshot(connection, context.nouns).at(context.pinned_revision or None, None)
        deleted = find_tombstones(snapshot, query.selection, _MAX_CANCELLED)
        items = [_last_item(tombstone, context) for tombstone in deleted]
        cited = context.find_cited(snapshot, items)
    for item in items:
        entry = PlacedEntry(item, Batch([item], cited), context.site, CALENDAR_DAYS)
        event = _event(entry, context.site.dataset_id)
        event["status"] = icalendar.vText("CANCELLED")
        yield event


def _last_item(tombstone: Tombstone, context: RenderContext) -> ListItem:
    """The last document of a deleted record, with the version and time of its deletion."""
    document: Document = orjson.loads(tombstone.document)
    document |= {"version": tombstone.version, "recorded_at": tombstone.recorded_at}
    content = orjson.dumps(document)
    row = ResultRow(tombstone.revision, None, None, tombstone.noun, tombstone.id)
    return ListItem(row, context.nouns[tombstone.noun], content, content)


def _render(context: RenderContext) -> Iterator[bytes]:
    yield _calendar(context).removesuffix(_END)
    is_empty = True
    for entry in placed_entries(context, CALENDAR_DAYS):
        yield _event(entry, context.site.dataset_id).to_ical()
        is_empty = False
    for event in _cancelled_events(context):
        yield event.to_ical()
        is_empty = False
    if is_empty:
        yield _EMPTY_CALENDAR_COMPONENT
    yield _END


FORMAT = OutputFormat(
    "ics",
    "text/calendar; charset=utf-8",
    "An iCalendar feed to subscribe to (RFC 5545).",
    _render,
    not_expressed=("outcomes", "links", "previous_dates", "revision"),
    cited_nouns=CITED_NOUNS,
    has_absolute_urls=True,
)
