"""Where a dated record lies on a time axis, and how its date reads in words.

Undated records are placed too, and no day claims more than is known. A widget needs a day: where
the date has none, or none within the widget's limits, a bound is used instead, else the day of
the report, else that of the recording; `Placement.text` then says so.

Days are numbers as `app.kit.edtf` counts them, since history exceeds Python's calendar.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.kit import edtf
from app.kit.schema.shapes import Document

DATE_UNKNOWN = "date not known"
_DAY = r"-?\d{4}-\d\d-\d\d"
_DAY_INTERVAL = re.compile(f"{_DAY}/{_DAY}")
# Between these days, Python can represent a time of day in every time zone.
_FIRST_TIMED_DAY, _LAST_TIMED_DAY = edtf.day_number("0001-01-03"), edtf.day_number("9999-12-28")


@dataclass(frozen=True, slots=True)
class DayLimits:
    """The first and last day that a consumer can represent."""

    first: int
    last: int

    def day_within(self, iso: str | None) -> int | None:
        """The number of a day such as `2023-04-25`; None if missing or outside the limits."""
        if iso is None:
            return None
        day = edtf.day_number(iso)
        return day if self.first <= day <= self.last else None


# RFC 5545 writes years with four digits.
CALENDAR_DAYS = DayLimits(edtf.day_number("0001-01-01"), edtf.day_number("9999-12-31"))
# The axes of the widgets break beyond some tens of thousands of years.
WIDGET_DAYS = DayLimits(edtf.day_number("-20000-01-01"), edtf.day_number("+20000-12-31"))


@dataclass(frozen=True, slots=True)
class Placement:
    """The first and last day to draw an entry on, both inclusive."""

    first: int
    last: int
    is_exact: bool  # it is known to take place on this day, or on all days of this interval
    text: str  # the date in words, with a note if the days drawn are not its own
    is_substitute: bool = False  # neither day is a bound of the date
    has_open_start: bool = False
    has_open_end: bool = False
    start: datetime | None = None  # UTC, if the time of day is known
    end: datetime | None = None

    @property
    def is_range(self) -> bool:
        """Whether it is drawn across several days."""
        return self.first != self.last


def place_date(
    document: Document, event_title: Callable[[str], str], limits: DayLimits
) -> Placement:
    """The placement of a dated document; `event_title` maps an event's identifier to its title."""
    date, text = document["date"], date_text(document, event_title)
    if date is None:
        return _substitute_placement(document, text)
    earliest, latest = limits.day_within(date["earliest"]), limits.day_within(date["latest"])
    if earliest is not None and latest is not None:
        is_exact = is_known_exactly(date)
        is_timed = is_exact and earliest == latest
        start, end = _start_and_end(document, earliest) if is_timed else (None, None)
        return Placement(earliest, latest, is_exact, text, start=start, end=end)
    if earliest is not None:
        text += ", shown on its first possible day"
        return Placement(earliest, earliest, is_exact=False, text=text, has_open_end=True)
    if latest is not None:
        text += ", shown on its last possible day"
        return Placement(latest, latest, is_exact=False, text=text, has_open_start=True)
    return _substitute_placement(document, text)


def date_text(document: Document, event_title: Callable[[str], str]) -> str:
    """The date in words, without a note on the days drawn."""
    date = document["date"]
    return DATE_UNKNOWN if date is None else _with_event_titles(date, event_title)


def is_known_exactly(date: Document) -> bool:
    """Whether a date is certainly one day, or certainly lasts from one day to another."""
    if date["approximate"] or date["uncertain"] or date["earliest"] is None:
        return False
    if date["earliest"] == date["latest"]:
        return True
    # Anchors say between which days it lies, not how long it lasts.
    is_anchored = date["before"] is not None or date["after"] is not None
    return not is_anchored and _DAY_INTERVAL.fullmatch(date["edtf"] or "") is not None


def reported_day_text(document: Document) -> str | None:
    """The day of the report in words; None if missing or before the year 1."""
    day = CALENDAR_DAYS.day_within(document["reported_on"])
    return None if day is None else day_text(day)


def day_text(day: int) -> str:
    """A day in words, such as `25 April 2023`."""
    return edtf.parse(edtf.iso_date(day)).display


def _substitute_placement(document: Document, text: str) -> Placement:
    day = CALENDAR_DAYS.day_within(document["reported_on"])
    if day is not None:
        note = f"shown on the day it was reported, {day_text(day)}"
        return _unbounded_placement(day, f"{text}, {note}")
    recorded = edtf.day_number(document["recorded_at"][:10])
    note = f"shown on the day it was recorded, {day_text(recorded)}"
    return _unbounded_placement(recorded, f"{text}, {note}")


def _unbounded_placement(day: int, text: str) -> Placement:
    return Placement(
        day, day, False, text, is_substitute=True, has_open_start=True, has_open_end=True
    )


def _with_event_titles(date: Document, event_title: Callable[[str], str]) -> str:
    """The date in words, with titles in place of the identifiers of its anchors."""
    text: str = date["display"]
    anchors = [(word, date[word]) for word in ("before", "after") if date[word]]
    suffix = ", ".join(f"{word} {identifier}" for word, identifier in anchors)
    if anchors and text.endswith(suffix):
        titles = [f"{word} {event_title(identifier)}" for word, identifier in anchors]
        text = text.removesuffix(suffix) + ", ".join(titles)
    return text


def _start_and_end(document: Document, day: int) -> tuple[datetime | None, datetime | None]:
    """Start and end in UTC; None unless both the time of day and the time zone are known.

    Without its zone, a time would be read as a different one in every place.
    """
    start, end = document.get("start"), document.get("end")
    zone = _time_zone(document.get("timezone"))
    if start is None or zone is None or not _FIRST_TIMED_DAY <= day <= _LAST_TIMED_DAY:
        return None, None
    local_date = date.fromordinal(day)
    starts_at = datetime.combine(local_date, time.fromisoformat(start), zone)
    if end is None:
        return starts_at.astimezone(UTC), None
    ends_at = datetime.combine(local_date, time.fromisoformat(end), zone)
    if ends_at <= starts_at:
        ends_at += timedelta(days=1)  # past midnight
    return starts_at.astimezone(UTC), ends_at.astimezone(UTC)


def _time_zone(name: str | None) -> ZoneInfo | None:
    """A time zone by its name; None if missing or unknown on this machine."""
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
