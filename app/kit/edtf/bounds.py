"""The first and last day a tree may mean, and how closely it places them."""

from __future__ import annotations

from functools import lru_cache

from app.kit.edtf.calendar import day_from_civil, days_in_month, is_leap
from app.kit.edtf.errors import EdtfError, quote_input
from app.kit.edtf.model import Precision
from app.kit.edtf.seasons import SEASONS
from app.kit.edtf.tree import (
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

Civil = tuple[int, int, int]
"""Year, month, day of month."""

_NO_DAY = (0, 0)
_LONG_UNITS: tuple[tuple[int, Precision], ...] = (
    (10, "decade"),
    (100, "century"),
    (1000, "millennium"),
)


def tree_bounds(tree: Tree) -> tuple[int | None, int | None, Precision]:
    """Earliest day, latest day and precision; None for an unbounded or unknown end.

    EdtfError when the tree can mean no real day, or ends before it starts.
    """
    if isinstance(tree, Interval):
        return (*_interval_days(tree), "interval")
    if isinstance(tree, DateSet):
        return (*_set_days(tree), "set")
    point = tree.date if isinstance(tree, DateTime) else tree
    first, last = single_date_bounds(point)
    return day_from_civil(*first), day_from_civil(*last), _precision(point, first, last)


def single_date_bounds(point: SingleDate) -> tuple[Civil, Civil]:
    """The first and last real day that a single date may mean; EdtfError when there is none."""
    if isinstance(point, LongYear):
        return (point.low, 1, 1), (point.high, 12, 31)
    low, high = year_range(point.year)
    if not point.month:
        return (low, 1, 1), (high, 12, 31)
    if point.month in SEASONS:
        return _season_extent(point, low, high)
    months = matching_numbers(point.month, 1, 12)
    if not months:
        raise _no_month(point)
    if not point.day:
        last = months[-1]
        return (low, months[0], 1), (high, last, days_in_month(high, last))
    return _day_extent(point, low, high, months)


def year_range(mask: str) -> tuple[int, int]:
    """The least and greatest year of four digits or ``X``, after a "-" for negative ones."""
    low = int(mask.replace("X", "0"))
    high = int(mask.replace("X", "9"))
    if mask[0] != "-":
        return low, high
    # No year is -0000, so the year nearest to 0 has a 1 in the last place left open.
    nearest = low or -(10 ** (4 - mask.rindex("X")))
    return high, nearest


@lru_cache(maxsize=512)
def matching_numbers(mask: str, low: int, high: int) -> tuple[int, ...]:
    """The numbers low to high, in order, that two digits or ``X`` can stand for."""
    tens, units = (range(10) if sign == "X" else (int(sign),) for sign in mask[:2])
    return tuple(n for ten in tens for unit in units if low <= (n := ten * 10 + unit) <= high)


def _season_extent(point: CalendarDate, low: int, high: int) -> tuple[Civil, Civil]:
    if point.day:
        raise EdtfError("a season has no day within it", "a season 2023-21, or a day 2023-04-25")
    season = SEASONS[point.month]
    final = season.start + season.months - 1
    year, month = (high + 1, final - 12) if final > 12 else (high, final)
    return (low, season.start, 1), (year, month, days_in_month(year, month))


def _day_extent(
    point: CalendarDate, low: int, high: int, months: tuple[int, ...]
) -> tuple[Civil, Civil]:
    days = matching_numbers(point.day, 1, 31)
    if days and days[-1] <= 28:
        # Every month of every year has these, which spares most dates the search below.
        return (low, months[0], days[0]), (high, months[-1], days[-1])
    if _first_of(months, days, leap=False) == _NO_DAY:
        # Only 29 February is left, if anything is: look no further than leap years.
        leaps = leap_years(point.year)
        if leaps is None or _first_of(months, days, leap=True) == _NO_DAY:
            raise _no_day(point)
        low, high = leaps
    first = _first_of(months, days, leap=is_leap(low))
    last = _first_of(months[::-1], days[::-1], leap=is_leap(high))
    return (low, *first), (high, *last)


def _first_of(months: tuple[int, ...], days: tuple[int, ...], *, leap: bool) -> tuple[int, int]:
    """The first month and day, in the orders given, that are a day of such a year."""
    year = 4 if leap else 1
    fits = ((m, d) for m in months for d in days if d <= days_in_month(year, m))
    return next(fits, _NO_DAY)


@lru_cache(maxsize=512)
def leap_years(mask: str) -> tuple[int, int] | None:
    """The least and greatest leap year a year mask can stand for, None when there is none.

    Worked out on the two halves of the four digits, so that no mask costs a walk through
    its up to ten thousand years.
    """
    negative = mask[0] == "-"
    digits = mask[-4:]
    centuries = matching_numbers(digits[:2], 0, 99)
    fours = [year for year in matching_numbers(digits[2:], 0, 99) if year and year % 4 == 0]
    found: list[int] = []
    if fours:
        found += [centuries[0] * 100 + fours[0], centuries[-1] * 100 + fours[-1]]
    if digits[2] in "0X" and digits[3] in "0X":
        # Of the years ending in 00 one in four is a leap year; and there is no -0000.
        found += [c * 100 for c in centuries if c % 4 == 0 and (c or not negative)]
    if not found:
        return None
    least, greatest = min(found), max(found)
    return (-greatest, -least) if negative else (least, greatest)


def _precision(point: SingleDate, first: Civil, last: Civil) -> Precision:
    """The smallest unit of the calendar that is sure to hold the date."""
    if isinstance(point, CalendarDate) and point.month in SEASONS:
        low, high = year_range(point.year)
        return "season" if low == high else _years_precision(low, high)
    if first == last:
        return "day"
    if first[:2] == last[:2]:
        return "month"
    return _years_precision(first[0], last[0])


def _years_precision(low: int, high: int) -> Precision:
    if low == high:
        return "year"
    # Counted in sizes, so that -1999 to -1990 is a decade as 1990 to 1999 is.
    if (low < 0) == (high < 0):
        for size, name in _LONG_UNITS:
            if abs(low) // size == abs(high) // size:
                return name
    return "era"


def _interval_days(interval: Interval) -> tuple[int | None, int | None]:
    start, end = interval.start, interval.end
    earliest = (
        None if isinstance(start, IntervalEnd) else day_from_civil(*single_date_bounds(start)[0])
    )
    latest = None if isinstance(end, IntervalEnd) else day_from_civil(*single_date_bounds(end)[1])
    # Sides may overlap (2023-06-15/2023-06); only a certain reversal is refused.
    if earliest is not None and latest is not None and earliest > latest:
        raise EdtfError(
            "the interval ends before it starts", "the earlier date first: 2023-04/2023-05"
        )
    return earliest, latest


def _set_days(dates: DateSet) -> tuple[int | None, int | None]:
    ranges = [_item_days(item) for item in dates.items]
    starts = [start for start, _ in ranges if start is not None]
    ends = [end for _, end in ranges if end is not None]
    # One open item leaves the whole set open on that side.
    earliest = min(starts) if len(starts) == len(ranges) else None
    latest = max(ends) if len(ends) == len(ranges) else None
    return earliest, latest


def _item_days(item: SingleDate | SetRange) -> tuple[int | None, int | None]:
    if not isinstance(item, SetRange):
        first, last = single_date_bounds(item)
        return day_from_civil(*first), day_from_civil(*last)
    if item.first is None or item.last is None:
        start = None if item.first is None else day_from_civil(*single_date_bounds(item.first)[0])
        end = None if item.last is None else day_from_civil(*single_date_bounds(item.last)[1])
        return start, end
    return _run_days(item.first, item.last)


def _run_days(first: SingleDate, last: SingleDate) -> tuple[int, int]:
    if _unit(first) != _unit(last):
        raise EdtfError(
            "the two sides of a run in a set are of different kinds",
            "two years 1670..1672, two months 2023-04..2023-06, or two days",
        )
    start, end = (
        day_from_civil(*single_date_bounds(first)[0]),
        day_from_civil(*single_date_bounds(last)[1]),
    )
    if start > end:
        raise EdtfError(
            "a run in the set ends before it starts", "the earlier date first: 1670..1672"
        )
    return start, end


def _unit(point: SingleDate) -> str:
    if isinstance(point, LongYear) or not point.month:
        return "year"
    if point.month in SEASONS:
        return "season"
    return "day" if point.day else "month"


def _no_month(point: CalendarDate) -> EdtfError:
    return EdtfError(
        f"there is no month {point.month}",
        "a month 01 to 12, or a season 21 to 41 (21 spring, 22 summer, 23 autumn, 24 winter)",
    )


def _no_day(point: CalendarDate) -> EdtfError:
    written = f"{point.year}-{point.month}-{point.day}"
    if "X" in written:
        return EdtfError(f"no day of the calendar matches {quote_input(written)}")
    length = days_in_month(int(point.year), int(point.month))
    return EdtfError(
        f"{quote_input(written)} is not a day of the calendar: that month has {length} days",
        f"a day from 01 to {length} in that month",
    )
