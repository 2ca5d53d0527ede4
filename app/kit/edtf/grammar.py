"""The parser, from text to tree. Every pattern is linear: no repetition is nested in another."""

from __future__ import annotations

import re

from app.kit.edtf.calendar import YEAR_LIMIT
from app.kit.edtf.date_orders import date_order_error
from app.kit.edtf.errors import EdtfError, quote_input
from app.kit.edtf.tree import (
    FLAGS,
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

_DATE = re.compile(
    r"([?~%]?)(-?[0-9X]{4})([?~%]?)"
    r"(?:-([?~%]?)([0-9X]{2})([?~%]?)"
    r"(?:-([?~%]?)([0-9X]{2})([?~%]?))?)?"
)
_LONG_YEAR = re.compile(
    r"([?~%]?)((Y?)(-?)([0-9]{1,64})(?:E([1-9][0-9]?))?(?:S([1-9][0-9]?))?)([?~%]?)"
)
_DATE_TIME = re.compile(
    r"(-?[0-9]{4})-([0-9]{2})-([0-9]{2})T(([0-9]{2}):([0-9]{2}):([0-9]{2}))"
    r"(Z|[+-][0-9]{2}(?::[0-9]{2})?)?"
)

_DATES = "a day (2023-04-25), a month (2023-04), a year (2023) or a season (2023-21)"
_LONG = "a long year (Y170000002 or Y-170000002, five or more digits; Y-17E7; 1950S2)"
_DATE_TIMES = "a date and time (2023-04-25T23:20:30), optionally with Z or an offset such as +04:00"
_INTERVALS = "an interval (2023-04-26/2023-05-25, 2023-04-26/.. or ../2023-05-25)"
_SETS = "a set ([1667,1668,1670..1672], {1960,1961-12}, [..1984] or [1984..])"


def parse_tree(text: str) -> Tree:
    """Parses a text that ``check_characters`` has accepted.

    Raises:
        EdtfError: not EDTF.
    """
    if text[0] in "[{":
        return _set(text)
    if "/" in text:
        return _interval(text)
    if "T" in text:
        return _date_time(text)
    return parse_single_date(text)


def parse_single_date(text: str) -> SingleDate:
    """Parses one date without a time of day.

    Raises:
        EdtfError: not such a date.
    """
    match = _DATE.fullmatch(text)
    if match is not None:
        return _date(*match.groups(default=""))
    if "Y" in text or "S" in text or "E" in text:
        return _long_year(text)
    raise date_order_error(text) or EdtfError(_reason(text), _DATES)


def _date(year_sign: str, year: str, year_tail: str, *rest: str) -> CalendarDate:
    month_sign, month, month_tail, day_sign, day, day_tail = rest
    if year == "-0000":
        raise EdtfError("there is no year -0000; write year 0 (1 BC) as 0000", _DATES)
    # A sign after a part qualifies it and all parts to its left; one before it, that part alone.
    from_day = FLAGS[day_tail]
    from_month = FLAGS[month_tail] | from_day
    flags = (
        FLAGS[year_sign] | FLAGS[year_tail] | from_month,
        FLAGS[month_sign] | from_month,
        FLAGS[day_sign] | from_day,
    )
    parts = 3 if day else 2 if month else 1
    return CalendarDate(year, month, day, flags[:parts])


def _reason(text: str) -> str:
    if not text:
        return "a date is missing"
    if "T" in text:
        return f"a time of day is only allowed with a single day, not in {quote_input(text)}"
    if text.isdecimal() and len(text) in (6, 8):
        return f"{quote_input(text)} must have hyphens between year, month and day"
    if text.isdecimal() and len(text) > 4:
        return f"a year of more than four digits must start with Y, as in Y{text[:20]}"
    if ".." in text:
        return (
            f"{quote_input(text)}: two dots are only allowed in a set or as the open end of "
            "an interval"
        )
    return (
        f"{quote_input(text)} is not a valid date: a year has four digits, a month and a day "
        "two each"
    )


def _long_year(text: str) -> LongYear:
    match = _LONG_YEAR.fullmatch(text)
    if match is None:
        raise EdtfError(f"{quote_input(text)} is not a valid year", _LONG)
    before, body, letter, minus, digits, exponent, significant, after = match.groups()
    _check_long_form(letter, minus, digits, exponent)
    tens = int(exponent or "0")
    # Lengths first, so that no huge power is computed.
    if len(digits) + tens > len(str(YEAR_LIMIT)):
        raise EdtfError("the year must be between -10^12 and 10^12", _LONG)
    size = int(digits) * 10**tens
    low, high = _significant(size, significant)
    if high > YEAR_LIMIT:
        raise EdtfError("the year must be between -10^12 and 10^12", _LONG)
    flags = (FLAGS[before] | FLAGS[after],)
    if minus:
        return LongYear(body, -size, -high, -low, flags)
    return LongYear(body, size, low, high, flags)


def _check_long_form(letter: str, minus: str, digits: str, exponent: str | None) -> None:
    if not letter:
        if exponent is not None:
            raise EdtfError("a year with an exponent must start with Y", _LONG)
        if len(digits) != 4:
            raise EdtfError("a year without Y must have four digits", _LONG)
        if minus and digits == "0000":
            raise EdtfError("there is no year -0000; write year 0 (1 BC) as 0000", _LONG)
    elif digits[0] == "0":
        raise EdtfError("a year with Y must not start with 0", _LONG)
    elif exponent is None and len(digits) < 5:
        raise EdtfError("a year of up to four digits must not start with Y", _LONG)


def _significant(size: int, significant: str | None) -> tuple[int, int]:
    """The least and greatest size of a year with only so many significant digits."""
    if significant is None:
        return size, size
    unknown = len(str(size)) - int(significant)
    if unknown < 0:
        raise EdtfError(f"the year has fewer than {significant} significant digits", _LONG)
    block = 10**unknown
    low = size - size % block
    return low, low + block - 1


def _date_time(text: str) -> DateTime:
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise EdtfError(
            f"{quote_input(text)} is not a valid date and time with seconds", _DATE_TIMES
        )
    year, month, day, time_of_day, hour, minute, second, zone = match.groups()
    # Second 60 is a leap second, which ends an hour.
    if hour > "23" or minute > "59" or second > ("60" if minute == "59" else "59"):
        raise EdtfError(f"{time_of_day} is not a valid time of day", _DATE_TIMES)
    zone = zone or ""
    if zone[1:3] > "23" or zone[4:] > "59":
        raise EdtfError(f"{zone} is not a valid UTC offset", _DATE_TIMES)
    if month > "12":
        raise EdtfError("a time of day is only allowed with a day", _DATE_TIMES)
    return DateTime(CalendarDate(year, month, day, (0, 0, 0)), time_of_day, zone)


def _interval(text: str) -> Interval:
    start, _, end = text.partition("/")
    if "/" in end:
        raise date_order_error(text) or EdtfError(
            "an interval must have exactly one slash", _INTERVALS
        )
    if not start and not end:
        raise EdtfError("an interval must have a date on at least one side", _INTERVALS)
    return Interval(_end(start), _end(end))


def _end(text: str) -> SingleDate | IntervalEnd:
    if text == "..":
        return IntervalEnd.OPEN
    if not text:
        return IntervalEnd.UNKNOWN
    return parse_single_date(text)


def _set(text: str) -> DateSet:
    every = text[0] == "{"
    closing = "}" if every else "]"
    if len(text) < 2 or text[-1] != closing:
        raise EdtfError(f"the set must end with {closing}", _SETS)
    inside = text[1:-1]
    if not inside:
        raise EdtfError("the set is empty", _SETS)
    if "/" in inside:
        raise EdtfError(
            "a set cannot contain an interval; write a range of dates as 1670..1672", _SETS
        )
    texts = inside.split(",")
    last = len(texts) - 1
    items = tuple(_item(t, first=i == 0, last=i == last) for i, t in enumerate(texts))
    return DateSet(every, items)


def _item(text: str, *, first: bool, last: bool) -> SingleDate | SetRange:
    if not text:
        raise EdtfError("the set contains an empty item", _SETS)
    start, dots, end = text.partition("..")
    if not dots:
        return parse_single_date(text)
    if not start and not end:
        raise EdtfError("two dots in a set require a date before or after them", _SETS)
    if not start and not first:
        raise EdtfError("only the first item of a set may be open to the past", _SETS)
    if not end and not last:
        raise EdtfError("only the last item of a set may be open to the future", _SETS)
    return SetRange(
        parse_single_date(start) if start else None, parse_single_date(end) if end else None
    )
