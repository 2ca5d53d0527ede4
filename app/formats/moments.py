"""When an entry is drawn: days for widgets, and words that keep them honest.

Nothing undated is dropped, and no day is passed off for more than it is. Where a widget needs a
day and there is none, or none that it can hold, a bound stands in, else the day of the report,
else that of the record; and `text` says so.

Days are numbers, as `app.kit.edtf` counts them: history is longer than Python's calendar.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.kit import edtf
from app.kit.schema.shapes import Document

UNKNOWN = "date not known"
_DAY = r"-?\d{4}-\d\d-\d\d"
_LASTING = re.compile(f"{_DAY}/{_DAY}")
# The hours of these days are times of Python's calendar in every time zone.
_FIRST_HOURS, _LAST_HOURS = edtf.day_number("0001-01-03"), edtf.day_number("9999-12-28")


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a consumer can hold."""

    first: int
    last: int

    def held(self, iso: str | None) -> int | None:
        """A bound as a day that can be held; None beyond."""
        if iso is None:
            return None
        number = edtf.day_number(iso)
        return number if self.first <= number <= self.last else None


# What RFC 5545 writes with four digits.
CALENDAR = Span(edtf.day_number("0001-01-01"), edtf.day_number("9999-12-31"))
# What the axes of widgets were seen to bear: beyond some tens of thousands of years they break.
PICTURE = Span(edtf.day_number("-20000-01-01"), edtf.day_number("+20000-12-31"))


@dataclass(frozen=True, slots=True)
class Moment:
    """An entry's place in time: the first and last day to draw, both inclusive."""

    first: int
    last: int
    exact: bool  # it is known to be these very days: one, or all from the one to the other
    text: str
    stands_in: bool = False  # neither day is one of the event's own
    open_start: bool = False
    open_end: bool = False
    start: datetime | None = None  # the hour, where it is known, in UTC
    end: datetime | None = None

    @property
    def ranged(self) -> bool:
        """Whether it is drawn as a stretch of several days."""
        return self.first != self.last


def moment(document: Document, name: Callable[[str], str], span: Span) -> Moment:
    """The moment of a dated document; `name` gives the title of an event."""
    given, text = document["date"], words(document, name)
    if given is None:
        return _stand_in(document, text)
    earliest, latest = span.held(given["earliest"]), span.held(given["latest"])
    if earliest is not None and latest is not None:
        exact = known(given)
        start, end = _hours(document, earliest) if exact and earliest == latest else (None, None)
        return Moment(earliest, latest, exact, text, start=start, end=end)
    if earliest is not None:
        text += ", shown on its first possible day"
        return Moment(earliest, earliest, exact=False, text=text, open_end=True)
    if latest is not None:
        text += ", shown on its last possible day"
        return Moment(latest, latest, exact=False, text=text, open_start=True)
    return _stand_in(document, text)


def words(document: Document, name: Callable[[str], str]) -> str:
    """When it was in words alone, for readers to whom nothing is drawn."""
    return UNKNOWN if document["date"] is None else _named(document["date"], name)


def known(given: Document) -> bool:
    """Whether a date's days are known for certain: it is one, or lasts from one to another."""
    if given["approximate"] or given["uncertain"] or given["earliest"] is None:
        return False
    if given["earliest"] == given["latest"]:
        return True
    # Anchors say between which days it lies, not how long it lasts.
    anchored = given["before"] is not None or given["after"] is not None
    return not anchored and _LASTING.fullmatch(given["edtf"] or "") is not None


def reported(document: Document) -> str | None:
    """The day of its report in words, where there is one of our era."""
    day = CALENDAR.held(document["reported_on"])
    return None if day is None else written(day)


def _stand_in(document: Document, text: str) -> Moment:
    day = CALENDAR.held(document["reported_on"])
    if day is not None:
        return _elsewhere(day, f"{text}, shown on the day of its report, {written(day)}")
    recorded = edtf.day_number(document["recorded_at"][:10])
    return _elsewhere(recorded, f"{text}, shown on the day of its record, {written(recorded)}")


def _elsewhere(day: int, text: str) -> Moment:
    return Moment(day, day, False, text, stands_in=True, open_start=True, open_end=True)


def written(day: int) -> str:
    """A day in words, as dates of documents are."""
    return edtf.parse(edtf.iso(day)).display


def _named(given: Document, name: Callable[[str], str]) -> str:
    """The date in words, with the names of the events that it hangs on for their identifiers."""
    text: str = given["display"]
    anchors = [f"{word} {given[word]}" for word in ("before", "after") if given[word]]
    told = ", ".join(anchors)
    if anchors and text.endswith(told):
        named = [f"{word} {name(given[word])}" for word in ("before", "after") if given[word]]
        text = text.removesuffix(told) + ", ".join(named)
    return text


def _hours(document: Document, day: int) -> tuple[datetime | None, datetime | None]:
    """Beginning and end in UTC, where a meeting's hours and time zone are known.

    An hour without its zone would be another one for everybody who reads it.
    """
    start, end, zone = (document.get(key) for key in ("start", "end", "timezone"))
    if start is None or zone is None or not _FIRST_HOURS <= day <= _LAST_HOURS:
        return None, None
    try:
        own = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None, None
    own_day = date.fromordinal(day)
    begun = datetime.combine(own_day, time.fromisoformat(start), own)
    if end is None:
        return begun.astimezone(UTC), None
    ended = datetime.combine(own_day, time.fromisoformat(end), own)
    if ended <= begun:
        ended += timedelta(days=1)  # past midnight
    return begun.astimezone(UTC), ended.astimezone(UTC)
