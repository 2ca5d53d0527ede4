"""The first and last possible day of a parsed date, and its precision."""

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
    """Earliest day number, latest day number and precision; None for an open or unknown end.

    Raises:
        EdtfError: no day of the calendar matches, or the date ends before it starts.
    """
    if isinstance(tree, Interval):
        return (*_interval_days(tree), "interval")
    if isinstance(tree, DateSet):
        return (*_set_days(tree), "set")
    date = tree.date if isinstance(tree, DateTime) else tree
    first, last = single_date_bounds(date)
    return day_from_civil(*first), day_from_civil(*last), _precision(date, first, last)


def single_date_bounds(date: SingleDate) -> tuple[Civil, Civil]:
    """The first and last day of the calendar that match a single date.

    Raises:
        EdtfError: no day matches.
    """
    if isinstance(date, LongYear):
        return (date.low, 1, 1), (date.high, 12, 31)
    low, high = year_range(date.year)
    if not date.month:
        return (low, 1, 1), (high, 12, 31)
    if date.month in SEASONS:
        return _season_bounds(date, low, high)
    months = matching_numbers(date.month, 1, 12)
    if not months:
        raise _no_month(date)
    if not date.day:
        last = months[-1]
        return (low, months[0], 1), (high, last, days_in_month(high, last))
    return _day_bounds(date, low, high, months)


def year_range(mask: str) -> tuple[int, int]:
    """The least and greatest year that match four digits or ``X``, after "-" if negative."""
    low = int(mask.replace("X", "0"))
    high = int(mask.replace("X", "9"))
    if mask[0] != "-":
        return low, high
    # There is no year -0000, so the year nearest to 0 has a 1 as its last unknown digit.
    nearest = low or -(10 ** (4 - mask.rindex("X")))
    return high, nearest


@lru_cache(maxsize=512)
def matching_numbers(mask: str, low: int, high: int) -> tuple[int, ...]:
    """The numbers from low to high, ascending, that match two digits or ``X``."""
    tens, units = (range(10) if sign == "X" else (int(sign),) for sign in mask[:2])
    return tuple(n for ten in tens for unit in units if low <= (n := ten * 10 + unit) <= high)


def _season_bounds(date: CalendarDate, low: int, high: int) -> tuple[Civil, Civil]:
    if date.day:
        raise EdtfError("a season cannot have a day", "a season (2023-21) or a day (2023-04-25)")
    season = SEASONS[date.month]
    final = season.start + season.months - 1
    year, month = (high + 1, final - 12) if final > 12 else (high, final)
    return (low, season.start, 1), (year, month, days_in_month(year, month))


def _day_bounds(
    date: CalendarDate, low: int, high: int, months: tuple[int, ...]
) -> tuple[Civil, Civil]:
    days = matching_numbers(date.day, 1, 31)
    if days and days[-1] <= 28:
        # Every month of every year has these days, so most dates need no search.
        return (low, months[0], days[0]), (high, months[-1], days[-1])
    if _first_of(months, days, leap=False) == _NO_DAY:
        # Only 29 February can match, so only leap years count.
        leaps = leap_years(date.year)
        if leaps is None or _first_of(months, days, leap=True) == _NO_DAY:
            raise _no_day(date)
        low, high = leaps
    first = _first_of(months, days, leap=is_leap(low))
    last = _first_of(months[::-1], days[::-1], leap=is_leap(high))
    return (low, *first), (high, *last)


def _first_of(months: tuple[int, ...], days: tuple[int, ...], *, leap: bool) -> tuple[int, int]:
    """The first month and day, in the given orders, that exist in such a year; else `_NO_DAY`."""
    year = 4 if leap else 1
    fits = ((m, d) for m in months for d in days if d <= days_in_month(year, m))
    return next(fits, _NO_DAY)


@lru_cache(maxsize=512)
def leap_years(mask: str) -> tuple[int, int] | None:
    """The least and greatest leap year that match a year mask; None if there is none.

    Computed from the two halves of the four digits, so that no mask needs a loop over up to
    ten thousand years.
    """
    negative = mask[0] == "-"
    digits = mask[-4:]
    centuries = matching_numbers(digits[:2], 0, 99)
    fours = [year for year in matching_numbers(digits[2:], 0, 99) if year and year % 4 == 0]
    leaps: list[int] = []
    if fours:
        leaps += [centuries[0] * 100 + fours[0], centuries[-1] * 100 + fours[-1]]
    if digits[2] in "0X" and digits[3] in "0X":
        # Of the years ending in 00 one in four is a leap year; and there is no -0000.
        leaps += [c * 100 for c in centuries if c % 4 == 0 and (c or not negative)]
    if not leaps:
        return None
    least, greatest = min(leaps), max(leaps)
    return (-greatest, -least) if negative else (least, greatest)


def _precision(date: SingleDate, first: Civil, last: Civil) -> Precision:
    """The smallest calendar unit that is certain to contain the date."""
    if isinstance(date, CalendarDate) and date.month in SEASONS:
        low, high = year_range(date.year)
        return "season" if low == high else _years_precision(low, high)
    if first == last:
        return "day"
    if first[:2] == last[:2]:
        return "month"
    return _years_precision(first[0], last[0])


def _years_precision(low: int, high: int) -> Precision:
    if low == high:
        return "year"
    # By absolute value, so that -1999 to -1990 is a decade as 1990 to 1999 is.
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
    # The sides may overlap (2023-06-15/2023-06); only a certain reversal is refused.
    if earliest is not None and latest is not None and earliest > latest:
        raise EdtfError(
            "the interval ends before it starts", "the earlier date first: 2023-04/2023-05"
        )
    return earliest, latest


def _set_days(dates: DateSet) -> tuple[int | None, int | None]:
    ranges = [_item_days(item) for item in dates.items]
    starts = [start for start, _ in ranges if start is not None]
    ends = [end for _, end in ranges if end is not None]
    # One open item opens the whole set on that side.
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
            "both ends of a range in a set must have the same precision",
            "two years (1670..1672), two months (2023-04..2023-06) or two days",
        )
    start, end = (
        day_from_civil(*single_date_bounds(first)[0]),
        day_from_civil(*single_date_bounds(last)[1]),
    )
    if start > end:
        raise EdtfError(
            "a range in the set ends before it starts", "the earlier date first: 1670..1672"
        )
    return start, end


def _unit(date: SingleDate) -> str:
    if isinstance(date, LongYear) or not date.month:
        return "year"
    if date.month in SEASONS:
        return "season"
    return "day" if date.day else "month"


def _no_month(date: CalendarDate) -> EdtfError:
    return EdtfError(
        f"there is no month {date.month}",
        "a month from 01 to 12, or a season from 21 to 41 (21 is spring, 22 summer, 23 autumn, 24 "
        "winter)",
    )


def _no_day(date: CalendarDate) -> EdtfError:
    text = f"{date.year}-{date.month}-{date.day}"
    if "X" in text:
        return EdtfError(f"no calendar day matches {quote_input(text)}")
    length = days_in_month(int(date.year), int(date.month))
    return EdtfError(
        f"{quote_input(text)} is not a calendar day: that month has {length} days",
        f"a day from 01 to {length} in that month",
    )
