"""When an entry is drawn: days for widgets, and words that keep them honest.

Nothing undated is dropped, and no day is passed off for more than it is. Where a widget needs a
day and there is none, a bound stands in, else the day of the report, else that of the record; and
`text` says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.kit import edtf
from app.kit.shapes import Document

# What the narrowest consumer can hold: calendars know the years 1 to 9999.
_FIRST, _LAST = edtf.day_number("0001-01-02"), edtf.day_number("9999-12-30")


@dataclass(frozen=True, slots=True)
class Moment:
    """An entry's place in time: the first and last day to draw, both inclusive."""

    first: date
    last: date
    exact: bool  # it is known to be this one day
    text: str
    stands_in: bool = False  # neither day is one of the event's own
    open_start: bool = False
    open_end: bool = False
    start: datetime | None = None  # the hour, where it is known, in UTC
    end: datetime | None = None

    @property
    def after_last(self) -> date:
        """The day after the last one, as calendars and pictures count."""
        return self.last + timedelta(days=1)

    @property
    def ranged(self) -> bool:
        """Whether it is drawn as a stretch of several days."""
        return self.first != self.last


def moment(document: Document, name: Callable[[str], str]) -> Moment:
    """The moment of a dated document; `name` gives the title of an event."""
    given = document["date"]
    if given is None:
        return _stand_in(document, "date not known")
    earliest, latest = _day(given["earliest"]), _day(given["latest"])
    text = _named(given, name)
    if earliest is not None and latest is not None:
        exact = earliest == latest and not (given["approximate"] or given["uncertain"])
        start, end = _hours(document, earliest) if exact else (None, None)
        return Moment(earliest, latest, exact, text, start=start, end=end)
    if earliest is not None:
        text += ", shown on its first possible day"
        return Moment(earliest, earliest, exact=False, text=text, open_end=True)
    if latest is not None:
        text += ", shown on its last possible day"
        return Moment(latest, latest, exact=False, text=text, open_start=True)
    return _stand_in(document, text)


def _day(iso: str | None) -> date | None:
    """A bound as a day that every consumer can hold; None beyond."""
    if iso is None:
        return None
    number = edtf.day_number(iso)
    return date.fromordinal(number) if _FIRST <= number <= _LAST else None


def _stand_in(document: Document, text: str) -> Moment:
    reported = _day(document["reported_on"])
    if reported is not None:
        how = f"shown on the day of its report, {written(reported)}"
        return _elsewhere(reported, f"{text}, {how}")
    recorded = date.fromisoformat(document["recorded_at"][:10])
    return _elsewhere(recorded, f"{text}, shown on the day of its record, {written(recorded)}")


def _elsewhere(day: date, text: str) -> Moment:
    return Moment(day, day, False, text, stands_in=True, open_start=True, open_end=True)


def written(day: date) -> str:
    """A day in words, as dates of documents are."""
    return edtf.parse(day.isoformat()).display


def _named(given: Document, name: Callable[[str], str]) -> str:
    """The date in words, with the names of the events that it hangs on for their identifiers."""
    text: str = given["display"]
    anchors = [f"{word} {given[word]}" for word in ("before", "after") if given[word]]
    told = ", ".join(anchors)
    if anchors and text.endswith(told):
        named = [f"{word} {name(given[word])}" for word in ("before", "after") if given[word]]
        text = text.removesuffix(told) + ", ".join(named)
    return text


def _hours(document: Document, day: date) -> tuple[datetime | None, datetime | None]:
    """Beginning and end in UTC, where a meeting's hours and time zone are known.

    An hour without its zone would be another one for everybody who reads it.
    """
    start, end, zone = (document.get(key) for key in ("start", "end", "timezone"))
    if start is None or zone is None:
        return None, None
    try:
        own = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None, None
    begun = datetime.combine(day, time.fromisoformat(start), own)
    if end is None:
        return begun.astimezone(UTC), None
    ended = datetime.combine(day, time.fromisoformat(end), own)
    if ended <= begun:
        ended += timedelta(days=1)  # past midnight
    return begun.astimezone(UTC), ended.astimezone(UTC)
