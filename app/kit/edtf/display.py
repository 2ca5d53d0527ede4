"""A parsed date in English, without EDTF notation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.kit.edtf.bounds import leap_years, matching_numbers, year_range
from app.kit.edtf.calendar import days_in_month
from app.kit.edtf.seasons import SEASONS
from app.kit.edtf.tree import (
    APPROXIMATE,
    UNCERTAIN,
    CalendarDate,
    DateSet,
    DateTime,
    Interval,
    IntervalEnd,
    LongYear,
    SetRange,
    SingleDate,
    Tree,
)

MONTHS = (
    "",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_VAGUE = ("some ", "unknown ")
_UNKNOWN = "unknown"
_PARTS = ("year", "month", "day")
_EN_DASH = " \N{EN DASH} "


def describe_tree(tree: Tree) -> str:
    """One line of English for a tree with valid bounds."""
    if isinstance(tree, Interval):
        return _interval(tree)
    if isinstance(tree, DateSet):
        return _set(tree)
    if isinstance(tree, DateTime):
        return f"{_date(tree.date)} at {tree.time_of_day}{_zone(tree.zone)}"
    return _point(tree)


def year_name(year: int) -> str:
    """A year in common notation: 2023, AD 33, 44 BC, 170,000,002. Year 0 is 1 BC."""
    if year <= 0:
        return f"{_grouped(1 - year)} BC"
    return f"AD {year}" if year < 1000 else _grouped(year)


def _grouped(number: int) -> str:
    return f"{number:,}" if number > 9999 else str(number)


def _point(point: SingleDate) -> str:
    return _long_year(point) if isinstance(point, LongYear) else _date(point)


def _long_year(year: LongYear) -> str:
    if year.low == year.high:
        name = year_name(year.estimate)
        head = f"the year {name}" if year.estimate > 9999 else name
        return _qualified(head, [], year.flags, ("year",))
    head = f"some year between {year_name(year.low)} and {year_name(year.high)}"
    note = f"estimated as {year_name(year.estimate)}"
    return _qualified(head, [note], year.flags, ("year",))


class _Year(NamedTuple):
    text: str  # "" if unknown
    link: str  # what joins a preceding word and the year; "" for the default of that word


def _date(date: CalendarDate) -> str:
    year = _year(date.year)
    if not date.month:
        return _qualified(year.text or "unknown year", [], date.flags, ("year",))
    if date.month in SEASONS:
        season = SEASONS[date.month]
        head = _joined(season.name, season.link, year)
        notes = ([] if year.text else ["year unknown"]) + ([season.note] if season.note else [])
        return _qualified(head, notes, date.flags, ("year", "season"))
    month, month_note = _month(date)
    day, day_note = _day(date)
    if day and not month:
        day, day_note = "", f"day {day}"
    words = f"{day} {month}".strip()
    head = _joined(words, " ", year) if words else year.text or "some date"
    notes = _notes(year, month_note, day_note)
    return _qualified(head, notes, date.flags, _PARTS[: len(date.flags)])


def _notes(year: _Year, month_note: str, day_note: str) -> list[str]:
    """One note for all unknown parts, then one for each partly known part."""
    parts = {"year": "" if year.text else _UNKNOWN, "month": month_note, "day": day_note}
    unknown = [name for name, note in parts.items() if note == _UNKNOWN]
    partly = [note for note in parts.values() if note and note != _UNKNOWN]
    return ([f"{_listed(unknown, 'and')} unknown"] if unknown else []) + partly


def _year(mask: str) -> _Year:
    if "X" not in mask:
        return _Year(year_name(int(mask)), "")
    if mask == "XXXX":
        return _Year("", "")
    low, high = year_range(mask)
    # Not for "200X", as "2000s" may mean the century.
    if low >= 1000 and mask.index("X") == 3 and mask[2] != "0":
        return _Year(f"{low}s", " in the ")
    ending = mask[mask.rindex("X") + 1 :]
    # Years BC are off by one from the number as written, so last digits would mislead.
    tail = f" ending in {ending}" if ending and low >= 0 else ""
    return _Year(f"some year between {year_name(low)} and {year_name(high)}{tail}", " of ")


def _joined(words: str, link: str, year: _Year) -> str:
    return f"{words}{year.link or link}{year.text}" if year.text else words


def _month(date: CalendarDate) -> tuple[str, str]:
    """(name of the month, "") if it is known, else ("", note)."""
    if "X" not in date.month:
        return MONTHS[int(date.month)], ""
    months = _possible_months(date)
    if len(months) == 1:
        return MONTHS[months[0]], ""
    if date.month == "XX":
        return "", _UNKNOWN
    return "", f"month {_choice(months, [MONTHS[m] for m in months])}"


def _day(date: CalendarDate) -> tuple[str, str]:
    """(day of the month, "") if it is known, else ("", note)."""
    if "X" not in date.day:
        return date.day.lstrip("0"), ""
    if date.day == "XX":
        return "", _UNKNOWN
    longest = max(_longest(date, month) for month in _possible_months(date))
    days = matching_numbers(date.day, 1, longest)
    if len(days) == 1:
        return str(days[0]), ""
    return "", f"day {_choice(days, [str(d) for d in days])}"


def _possible_months(date: CalendarDate) -> tuple[int, ...]:
    """The months that match the month mask and have a day that matches the day mask."""
    months = matching_numbers(date.month, 1, 12)
    if not date.day:
        return months
    least = matching_numbers(date.day, 1, 31)[0]
    return tuple(m for m in months if least <= _longest(date, m))


def _longest(date: CalendarDate, month: int) -> int:
    return days_in_month(4 if month == 2 and leap_years(date.year) else 1, month)


def _choice(numbers: Sequence[int], names: Sequence[str]) -> str:
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"between {names[0]} and {names[-1]}"
    return _listed(names, "or")


def _listed(words: Sequence[str], last: str) -> str:
    """A list in running text: "a", "a and b", "a, b and c"."""
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _qualified(head: str, notes: list[str], flags: tuple[int, ...], names: tuple[str, ...]) -> str:
    """A phrase with its qualifiers: "about" if all parts are approximate, else in notes."""
    if not any(flags):
        return f"{head} ({', '.join(notes)})" if notes else head
    about = [name for name, bits in zip(names, flags, strict=True) if bits & APPROXIMATE]
    doubted = [name for name, bits in zip(names, flags, strict=True) if bits & UNCERTAIN]
    if len(about) == len(flags) and not head.startswith(_VAGUE):
        head = f"about {head}"
    elif about == doubted and about:
        notes, doubted = [*notes, _flag_note(about, names, "approximate and uncertain")], []
    elif about:
        notes = [*notes, _flag_note(about, names, "approximate")]
    if doubted:
        notes = [*notes, _flag_note(doubted, names, "uncertain")]
    return f"{head} ({', '.join(notes)})" if notes else head


def _flag_note(flagged: list[str], names: tuple[str, ...], word: str) -> str:
    return word if len(flagged) == len(names) else f"{_listed(flagged, 'and')} {word}"


def canonical_zone(zone: str) -> str:
    """A UTC offset in canonical form: "Z" for zero, hours and minutes otherwise."""
    if zone[1:] in ("00", "00:00"):
        return "Z"
    return zone + ":00" if len(zone) == 3 else zone


def _zone(zone: str) -> str:
    full = canonical_zone(zone)
    return f" UTC{full.removeprefix('Z')}" if full else ""


def _interval(interval: Interval) -> str:
    start, end = interval.start, interval.end
    if isinstance(start, IntervalEnd):
        note = " (start unknown)" if start is IntervalEnd.UNKNOWN else ""
        if isinstance(end, IntervalEnd):
            return f"at any time{note or (' (end unknown)' if end is IntervalEnd.UNKNOWN else '')}"
        return f"until {_point(end)}{note}"
    first = _point(start)
    if isinstance(end, IntervalEnd):
        return f"from {first}{' (end unknown)' if end is IntervalEnd.UNKNOWN else ''}"
    last = _point(end)
    # A dash between two phrases with "between" is hard to read.
    if " between " in first or " between " in last:
        return f"from {first} to {last}"
    return f"{first}{_EN_DASH}{last}"


def _set(dates: DateSet) -> str:
    beyond = "and" if dates.every else "or"
    text = ", ".join(_item(item, beyond) for item in dates.items)
    only = dates.items[0] if len(dates.items) == 1 else None
    if only is not None and not isinstance(only, SetRange):
        return text
    if dates.every:
        return f"all of {text}"
    # "1984 or earlier" is a choice already.
    if only is not None and (only.first is None or only.last is None):
        return text
    return f"one of {text}"


def _item(item: SingleDate | SetRange, beyond: str) -> str:
    if not isinstance(item, SetRange):
        return _point(item)
    first = "" if item.first is None else _point(item.first)
    last = "" if item.last is None else _point(item.last)
    if not first:
        return f"{last} {beyond} earlier"
    return f"{first} to {last}" if last else f"{first} {beyond} later"
