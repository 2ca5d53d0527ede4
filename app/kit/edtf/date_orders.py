"""Recognises everyday date orders, so that an error can propose the EDTF form."""

from __future__ import annotations

import re

from app.kit.edtf.calendar import days_in_month
from app.kit.edtf.errors import EdtfError, quote_input

_ORDER = re.compile(r"([0-9]{1,4})([/-]|\. ?| )([0-9]{1,2})\2([0-9]{1,4})")


def date_order_error(text: str) -> EdtfError | None:
    """The error for day, month and year in another order or with other separators; else None.

    Proposes the date if only one is possible: 20 is not a month, but 06/07/2023 is ambiguous.
    """
    match = _ORDER.fullmatch(text)
    if match is None:
        return None
    first, mark, second, third = match.groups()
    if len(first) == 4 and len(third) <= 2 and mark != "-":
        days = _days(first, [(second, third)])
    elif len(third) == 4 and len(first) <= 2:
        days = _days(third, [(first, second), (second, first)])
    else:
        return None
    date = days.pop() if len(days) == 1 else ""
    return EdtfError(
        (
            f"{quote_input(text)} is not a valid EDTF date: write the year first, then the month "
            "and the day, "
        )
        + (f"with hyphens: {date}" if date else "two digits each, with hyphens"),
        f"a day ({date or '2023-04-25'})",
    )


def _days(year: str, pairs: list[tuple[str, str]]) -> set[str]:
    """The valid dates of a year among (month, day) pairs."""
    return {
        f"{year}-{month:0>2}-{day:0>2}"
        for month, day in pairs
        if 1 <= int(month) <= 12 and 1 <= int(day) <= days_in_month(int(year), int(month))
    }
