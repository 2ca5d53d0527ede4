"""Dates in filters: periods as bounds, and possible and certain overlap."""

from __future__ import annotations

import re

from app.kit.edtf.bounds import single_date_bounds
from app.kit.edtf.calendar import day_from_civil
from app.kit.edtf.characters import check_characters
from app.kit.edtf.date_orders import date_order_error
from app.kit.edtf.errors import EdtfError, quote_input
from app.kit.edtf.grammar import parse_single_date
from app.kit.edtf.seasons import SEASONS
from app.kit.edtf.tree import CalendarDate, SingleDate

_PERIOD = re.compile(r"-?[0-9]{4}(?:-[0-9]{2}){0,2}")
_PERIODS = "a day (2023-04-25), a month (2023-04) or a year (2023)"


def parse_period(text: str) -> tuple[int, int]:
    """First and last day number of a plain day, month or year.

    Raises:
        EdtfError: other EDTF (seasons, qualifiers, unknown digits, intervals, sets, times), or
            not EDTF.
    """
    try:
        first, last = single_date_bounds(_plain(check_characters(text, qualified=False)))
    except EdtfError as error:
        raise EdtfError(error.message, _PERIODS) from None
    return day_from_civil(*first), day_from_civil(*last)


def _plain(text: str) -> SingleDate:
    date = parse_single_date(text) if _PERIOD.fullmatch(text) else None
    if not isinstance(date, CalendarDate) or date.month in SEASONS:
        raise date_order_error(text) or EdtfError(
            f"{quote_input(text)} is not a day, month or year"
        )
    return date


def may_overlap(
    earliest: int | None, latest: int | None, first: int | None, last: int | None
) -> bool:
    """Whether an event within earliest..latest may lie on a day of first..last.

    All four are inclusive day numbers; None is unbounded.
    """
    ends_before = latest is not None and first is not None and latest < first
    starts_after = earliest is not None and last is not None and earliest > last
    return not (ends_before or starts_after)


def is_within(
    earliest: int | None, latest: int | None, first: int | None, last: int | None
) -> bool:
    """Whether an event within earliest..latest is certain to lie in first..last.

    All four are inclusive day numbers. None for first or last puts no condition on that side; an
    event without a bound (None) is never certain to meet a condition on it.
    """
    starts_in = first is None or (earliest is not None and earliest >= first)
    ends_in = last is None or (latest is not None and latest <= last)
    return starts_in and ends_in
