"""Dates written in one chosen spelling, from the tree that they were parsed into.

Qualifiers: parts from the year on that share one qualifier carry it once, after the last of
them (``2004-06~-11``); anything else carries a sign before each part it speaks of
(``?2004-06-~11``). An offset of zero is ``Z``, and any other has its minutes. All else is
written as it was given.
"""

from __future__ import annotations

from app.kit.edtf import Edtf
from app.kit.edtf.display import canonical_zone
from app.kit.edtf.grammar import parse_tree
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

_SIGNS = {bits: sign for sign, bits in FLAGS.items()}


def canonical(e: Edtf) -> str:
    """The one spelling of a date: equal dates written in different ways come out the same."""
    return _text(parse_tree(e.text))


def _text(tree: Tree) -> str:
    if isinstance(tree, Interval):
        return f"{_end(tree.start)}/{_end(tree.end)}"
    if isinstance(tree, DateSet):
        opening, closing = ("{", "}") if tree.every else ("[", "]")
        return f"{opening}{','.join(_item(item) for item in tree.items)}{closing}"
    if isinstance(tree, DateTime):
        return f"{_point(tree.date)}T{tree.time_of_day}{canonical_zone(tree.zone)}"
    return _point(tree)


def _point(point: SingleDate) -> str:
    if isinstance(point, LongYear):
        return point.text + _SIGNS[point.flags[0]]
    return _date(point)


def _date(date: CalendarDate) -> str:
    parts = [part for part in (date.year, date.month, date.day) if part]
    flags = date.flags
    shared = 0
    while shared < len(flags) and flags[shared] == flags[0]:
        shared += 1
    if any(flags[shared:]):
        return "-".join(_SIGNS[bits] + part for bits, part in zip(flags, parts, strict=True))
    parts[shared - 1] += _SIGNS[flags[0]]
    return "-".join(parts)


def _end(end: SingleDate | IntervalEnd) -> str:
    return end.value if isinstance(end, IntervalEnd) else _point(end)


def _item(item: SingleDate | SetRange) -> str:
    if not isinstance(item, SetRange):
        return _point(item)
    first = "" if item.first is None else _point(item.first)
    last = "" if item.last is None else _point(item.last)
    return f"{first}..{last}"
