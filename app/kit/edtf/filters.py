"""Questions asked of bounds: periods in filter parameters, possible and certain overlap."""

from __future__ import annotations

import re

from app.kit.edtf.alphabet import checked
from app.kit.edtf.bounds import extent
from app.kit.edtf.calendar import to_day
from app.kit.edtf.errors import EdtfError, quoted
from app.kit.edtf.grammar import point
from app.kit.edtf.orders import year_first
from app.kit.edtf.seasons import SEASONS
from app.kit.edtf.tree import Date, Point

_PERIOD = re.compile(r"-?[0-9]{4}(?:-[0-9]{2}){0,2}")
_PERIODS = "a day 2023-04-25, a month 2023-04 or a year 2023"


def period(text: str) -> tuple[int, int]:
    """First and last day number of a plain day, month or year.

    EdtfError for all other EDTF (seasons, qualifiers, unknown digits, intervals, sets,
    times) as for what is not EDTF.
    """
    try:
        first, last = extent(_plain(checked(text, qualified=False)))
    except EdtfError as error:
        raise EdtfError(error.message, _PERIODS) from None
    return to_day(*first), to_day(*last)


def _plain(text: str) -> Point:
    date = point(text) if _PERIOD.fullmatch(text) else None
    if not isinstance(date, Date) or date.month in SEASONS:
        raise year_first(text) or EdtfError(f"{quoted(text)} is not a plain day, month or year")
    return date


def overlaps(earliest: int | None, latest: int | None, first: int | None, last: int | None) -> bool:
    """Whether an event within earliest..latest may fall on a day of first..last.

    All four are inclusive day numbers; None is unbounded on that side.
    """
    ends_before = latest is not None and first is not None and latest < first
    starts_after = earliest is not None and last is not None and earliest > last
    return not (ends_before or starts_after)


def within(earliest: int | None, latest: int | None, first: int | None, last: int | None) -> bool:
    """Whether an event within earliest..latest is certain to lie in first..last.

    All four are inclusive day numbers. None for first or last asks nothing of that side; None
    for earliest or latest is an event without that bound, never certain where one is asked.
    """
    starts_in = first is None or (earliest is not None and earliest >= first)
    ends_in = last is None or (latest is not None and latest <= last)
    return starts_in and ends_in
