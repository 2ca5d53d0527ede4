"""Day numbers: every day of the proleptic Gregorian calendar as one integer.

Day 1 is 0001-01-01, as in ``datetime.date.toordinal``, but the count goes on through year 0
(1 BC) and the negative years, and past 9999. All arithmetic is on integers.
"""

from __future__ import annotations

import re

from app.kit.edtf.errors import EdtfError, quote_input

YEAR_LIMIT = 10**12
"""The largest absolute year. Its day numbers (below 4 * 10**14) fit a signed 64-bit integer."""

_DAY_TEXT = "a day (2023-04-25; outside the years 0000 to 9999 -0043-03-15 or +12345-01-01)"
_ISO = re.compile(r"([+-]?)([0-9]{4,13})-([0-9]{2})-([0-9]{2})")
_DAYS_IN = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS_BEFORE = (0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def is_leap(year: int) -> bool:
    """Whether the astronomical year (0 is 1 BC) has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """The number of days of month 1 to 12 of a year."""
    return 29 if month == 2 and is_leap(year) else _DAYS_IN[month]


def _days_before_year(year: int) -> int:
    # Floor division counts leap years correctly on both sides of year 1.
    years = year - 1
    return years * 365 + years // 4 - years // 100 + years // 400


def day_from_civil(year: int, month: int, day: int) -> int:
    """The day number of a valid date; the parts are not checked."""
    leap_day = 1 if month > 2 and is_leap(year) else 0
    return _days_before_year(year) + _DAYS_BEFORE[month] + leap_day + day


def civil_from_day(day: int) -> tuple[int, int, int]:
    """The (year, month, day of month) of a day number."""
    # An estimate by the mean length of a year is off by one year at most.
    year = (day - 1) * 400 // 146097 + 1
    while _days_before_year(year) >= day:
        year -= 1
    while _days_before_year(year + 1) < day:
        year += 1
    day_of_month = day - _days_before_year(year)
    month = 1
    while day_of_month > days_in_month(year, month):
        day_of_month -= days_in_month(year, month)
        month += 1
    return year, month, day_of_month


FIRST_DAY = day_from_civil(-YEAR_LIMIT, 1, 1)
LAST_DAY = day_from_civil(YEAR_LIMIT, 12, 31)


def iso_date(day: int) -> str:
    """The ISO 8601 date of a day number.

    Years 0000 to 9999 are written ``YYYY-MM-DD``; beyond them the year has a sign and at least
    four digits: ``+12345-01-01``, ``-0043-03-15``.

    Raises:
        EdtfError: the day lies outside the years -10**12 to 10**12.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise EdtfError("the day number is outside the supported years", _DAY_TEXT)
    year, month, day_of_month = civil_from_day(day)
    if 0 <= year <= 9999:
        return f"{year:04}-{month:02}-{day_of_month:02}"
    return f"{'+' if year > 0 else '-'}{abs(year):04}-{month:02}-{day_of_month:02}"


def day_number(text: str) -> int:
    """The day number of a date exactly as ``iso_date`` writes it.

    Raises:
        EdtfError: any other text, or a value that is not a string.
    """
    value: object = text  # callers may pass anything, whatever the annotation says
    match = _ISO.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise EdtfError("not a valid ISO 8601 day", _DAY_TEXT)
    sign, digits, month_text, day_text = match.groups()
    if not _is_year_form(sign, digits):
        raise EdtfError(f"the year of {quote_input(text)} is not in canonical form", _DAY_TEXT)
    year = -int(digits) if sign == "-" else int(digits)
    month, day = int(month_text), int(day_text)
    if abs(year) > YEAR_LIMIT:
        raise EdtfError("the year must be between -10^12 and 10^12", _DAY_TEXT)
    if not 1 <= month <= 12 or not 1 <= day <= days_in_month(year, month):
        raise EdtfError(f"{quote_input(text)} is not a calendar day", _DAY_TEXT)
    return day_from_civil(year, month, day)


def _is_year_form(sign: str, digits: str) -> bool:
    """Whether a year has its one accepted spelling, so that equal days are equal texts."""
    if sign == "":
        return len(digits) == 4
    if len(digits) > 4:
        return digits[0] != "0"
    return sign == "-" and digits != "0000"
