"""The syntax tree of a date, before anything is computed from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

UNCERTAIN = 1
APPROXIMATE = 2

FLAGS = {"": 0, "?": UNCERTAIN, "~": APPROXIMATE, "%": UNCERTAIN | APPROXIMATE}
"""Qualifier sign to flag bits."""


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A year, month, season or day; any digit of a part may be ``X``, unknown."""

    year: str  # four digits, after a "-" for a negative year
    month: str  # "01" to "12", a mask, a season code "21" to "41", or "" for none
    day: str  # "" for none
    flags: tuple[int, ...]  # one entry for each part present, year first


@dataclass(frozen=True, slots=True)
class LongYear:
    """A year written with ``Y``, ``E`` or ``S``."""

    text: str  # as written, without the qualifiers
    estimate: int
    low: int  # first and last possible year; both are the estimate without "S"
    high: int
    flags: tuple[int, ...]  # always one entry


@dataclass(frozen=True, slots=True)
class DateTime:
    """A day with a time of day."""

    date: CalendarDate
    time_of_day: str  # "23:20:30"
    zone: str  # "", "Z", or "+04:00"


class IntervalEnd(Enum):
    """An end of an interval that is not a date."""

    OPEN = ".."
    UNKNOWN = ""


SingleDate = CalendarDate | LongYear


@dataclass(frozen=True, slots=True)
class Interval:
    """From one date to another; either end may be open or unknown, but not both empty."""

    start: SingleDate | IntervalEnd
    end: SingleDate | IntervalEnd


@dataclass(frozen=True, slots=True)
class SetRange:
    """A run of dates in a set; at most one side is None, unbounded."""

    first: SingleDate | None
    last: SingleDate | None


@dataclass(frozen=True, slots=True)
class DateSet:
    """One of several dates, or all of them."""

    every: bool
    items: tuple[SingleDate | SetRange, ...]


Tree = CalendarDate | LongYear | DateTime | Interval | DateSet


def single_dates(tree: Tree) -> tuple[SingleDate, ...]:
    """Every single date of a tree, in the order of the text."""
    if isinstance(tree, DateTime):
        return (tree.date,)
    if isinstance(tree, Interval):
        return tuple(p for p in (tree.start, tree.end) if not isinstance(p, IntervalEnd))
    if isinstance(tree, DateSet):
        return tuple(p for item in tree.items for p in _item_dates(item))
    return (tree,)


def _item_dates(item: SingleDate | SetRange) -> tuple[SingleDate, ...]:
    if isinstance(item, SetRange):
        return tuple(p for p in (item.first, item.last) if p is not None)
    return (item,)
