"""Dates in the orders of everyday life: told apart, so that a refusal can show the right one."""

from __future__ import annotations

import re

from app.kit.edtf.calendar import days_in_month
from app.kit.edtf.errors import EdtfError, quote_input

_ORDER = re.compile(r"([0-9]{1,4})([/-]|\. ?| )([0-9]{1,2})\2([0-9]{1,4})")


def date_order_error(text: str) -> EdtfError | None:
    """The refusal of day, month and year in another order or with other marks; None for others.

    It shows the date meant where only one can be: 20 is no month, while 06/07/2023 is two days.
    """
    found = _ORDER.fullmatch(text)
    if found is None:
        return None
    first, mark, second, third = found.groups()
    if len(first) == 4 and len(third) <= 2 and mark != "-":
        days = _days(first, [(second, third)])
    elif len(third) == 4 and len(first) <= 2:
        days = _days(third, [(first, second), (second, first)])
    else:
        return None
    meant = days.pop() if len(days) == 1 else ""
    return EdtfError(
        f"{quote_input(text)} is not written as EDTF is: the year first, then the month and the "
        "day, " + (f"with hyphens: {meant}" if meant else "two digits each, with hyphens"),
        f"a day {meant or '2023-04-25'}",
    )


def _days(year: str, pairs: list[tuple[str, str]]) -> set[str]:
    """The days of the calendar among a year with such months and days."""
    return {
        f"{year}-{month:0>2}-{day:0>2}"
        for month, day in pairs
        if 1 <= int(month) <= 12 and 1 <= int(day) <= days_in_month(int(year), int(month))
    }
