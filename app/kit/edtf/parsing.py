"""``parse``: the stages put together, with a shortcut for plain dates."""

from __future__ import annotations

import re
from functools import lru_cache

from app.kit.edtf.bounds import tree_bounds
from app.kit.edtf.calendar import day_from_civil, days_in_month
from app.kit.edtf.characters import check_characters
from app.kit.edtf.display import MONTHS, describe_tree, year_name
from app.kit.edtf.grammar import parse_tree
from app.kit.edtf.model import Edtf
from app.kit.edtf.tree import APPROXIMATE, UNCERTAIN, Tree, single_dates

_CACHE_SIZE = 4096
_PLAIN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def parse(text: str) -> Edtf:
    """Parses EDTF of levels 0, 1 and 2, of up to 64 characters.

    Results are kept in a bounded cache, errors are not.

    Raises:
        EdtfError: anything else, a value that is not a string included.
    """
    return _parse(check_characters(text))


@lru_cache(maxsize=_CACHE_SIZE)
def _parse(text: str) -> Edtf:
    return _plain(text) or _full(text)


def _plain(text: str) -> Edtf | None:
    """A plain year, month or day, as most dates are; None for any other text."""
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    year_text, month_text, day_text = match.groups()
    year = int(year_text)
    if month_text is None:
        first, last = day_from_civil(year, 1, 1), day_from_civil(year, 12, 31)
        return Edtf(text, first, last, "year", False, False, year_name(year))
    month = int(month_text)
    if not 1 <= month <= 12:
        return None
    length = days_in_month(year, month)
    display = f"{MONTHS[month]} {year_name(year)}"
    if day_text is None:
        first = day_from_civil(year, month, 1)
        return Edtf(text, first, first + length - 1, "month", False, False, display)
    day = int(day_text)
    if not 1 <= day <= length:
        return None
    number = day_from_civil(year, month, day)
    return Edtf(text, number, number, "day", False, False, f"{day} {display}")


def _full(text: str) -> Edtf:
    tree = parse_tree(text)
    earliest, latest, precision = tree_bounds(tree)
    bits = _flags(tree)
    approximate, uncertain = bool(bits & APPROXIMATE), bool(bits & UNCERTAIN)
    return Edtf(text, earliest, latest, precision, approximate, uncertain, describe_tree(tree))


def _flags(tree: Tree) -> int:
    bits = 0
    for point in single_dates(tree):
        for part in point.flags:
            bits |= part
    return bits
