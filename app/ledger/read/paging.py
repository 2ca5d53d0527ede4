"""Walking a reading in order, a page at a time.

Keys give the order between days (or between first letters); records that share a day are put in
order here. A position is the sort key of the last item given, so that a walk goes on from there
whatever was written since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from typing import Any

from app.ledger.read.reading import Reading, Row
from app.ledger.sort_keys import (
    UNDATED,
    day_place,
    first_key,
    last_key,
    name_place,
    place_of,
    seq_of,
)

Position = tuple[int | None, int | None, str, str, int]  # earliest, latest, id, noun, seq
Sorter = Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class Order:
    """One key of a sort: `date`, `id` or `recorded`, and its direction."""

    name: str
    descending: bool = False

    def sorter(self) -> Sorter:
        """The value to sort rows by, upwards; nulls last either way."""
        return {"date": _date_down if self.descending else _date_up, "id": _id, "recorded": _seq}[
            self.name
        ]


def _date_up(row: Row) -> Any:
    return (
        (row.earliest is None, row.earliest or 0),
        (row.latest is None, row.latest or 0),
        row.id,
        row.noun,
    )


def _date_down(row: Row) -> Any:  # sorted in reverse, so a null must be the least
    return (
        (row.earliest is not None, row.earliest or 0),
        (row.latest is not None, row.latest or 0),
        row.id,
        row.noun,
    )


def _days_up(row: Row) -> Any:  # the tie-break is the next key's business
    return _date_up(row)[:2]


def _days_down(row: Row) -> Any:
    return _date_down(row)[:2]


def _id(row: Row) -> Any:
    return (row.id, row.noun)


def _seq(row: Row) -> Any:
    return seq_of(row.key)


def position(row: Row) -> Position:
    """Where a walk stands after `row`."""
    return (row.earliest, row.latest, row.id, row.noun, seq_of(row.key))


def _row(at: Position) -> Row:
    return Row(at[4], at[0], at[1], at[3], at[2])


def walk(
    reading: Reading, orders: Sequence[Order], after: Position | None, limit: int
) -> tuple[list[Row], bool]:
    """The next rows in order, at most `limit`, and whether more follow."""
    natural = "date" if reading.dated else "id"
    if orders[0].name == natural and len(orders) == 1:
        found = list(_natural(reading, orders[0], after, limit + 1))
    elif orders[0].name == "recorded":
        found = _recorded(reading, orders[0], after, limit + 1)
    else:
        found = _sorted(reading, orders, after)
    return found[:limit], len(found) > limit


def _place(reading: Reading, at: Position) -> int:
    return day_place(at[0]) if reading.dated else name_place(at[2])


def _stretches(
    reading: Reading, order: Order, after: Position | None
) -> Iterator[tuple[int, int, bool]]:
    """Ranges of keys in the order of the walk: low, high, and whether it is all one group."""
    bottom, top = 0, first_key(UNDATED) - 1
    tail = (first_key(UNDATED), last_key(UNDATED), True)
    if after is not None:
        place = _place(reading, after)
        yield first_key(place), last_key(place), True
        if place == UNDATED:
            return  # what has no beginning comes last, whichever way
        if order.descending:
            top = first_key(place) - 1
        else:
            bottom = last_key(place) + 1
    yield bottom, top, False
    yield tail


def _natural(reading: Reading, order: Order, after: Position | None, wanted: int) -> Iterator[Row]:
    sorter, left = order.sorter(), wanted
    passed = None if after is None else sorter(_row(after))
    for low, high, whole in _stretches(reading, order, after):
        if left <= 0:
            return
        keys = _keys(reading, low, high, order, whole, left)
        rows = sorted(reading.rows(keys), key=sorter, reverse=order.descending)
        if passed is not None:
            rows = [
                r for r in rows if (sorter(r) < passed) is order.descending and sorter(r) != passed
            ]
            passed = None
        yield from rows[:left]
        left -= len(rows)


def _keys(
    reading: Reading, low: int, high: int, order: Order, whole: bool, wanted: int
) -> list[int]:
    """Enough keys for `wanted` rows, with every group that is begun whole."""
    if whole:
        return reading.keys(low, high)
    keys = reading.keys(low, high, descending=order.descending, limit=wanted)
    if len(keys) < wanted:
        return keys
    last = place_of(keys[-1])
    if order.descending:
        rest = reading.keys(first_key(last), min(high, keys[-1] - 1))
    else:
        rest = reading.keys(max(low, keys[-1] + 1), last_key(last))
    return keys + rest


def _recorded(reading: Reading, order: Order, after: Position | None, wanted: int) -> list[Row]:
    """Rows by revision, which no two share and every key tells: only those wanted are read."""
    keys = reading.keys(0, last_key(UNDATED))
    if after is not None:
        seq = after[4]
        if order.descending:
            keys = [key for key in keys if seq_of(key) < seq]
        else:
            keys = [key for key in keys if seq_of(key) > seq]
    pick = nlargest if order.descending else nsmallest
    keys = pick(wanted, keys, key=seq_of)
    by_key = {row.key: row for row in reading.rows(keys)}
    return [by_key[key] for key in keys]


def _sorted(reading: Reading, orders: Sequence[Order], after: Position | None) -> list[Row]:
    """Every row, sorted: for orders that keys do not give."""
    rows = reading.rows(reading.keys(0, last_key(UNDATED)))
    rows.sort(key=_id)
    for order in reversed(orders):
        sorter = order.sorter()
        if order.name == "date":
            sorter = _days_down if order.descending else _days_up
        rows.sort(key=sorter, reverse=order.descending)
    if after is None:
        return rows
    here = [index for index, row in enumerate(rows) if position(row) == tuple(after)]
    return rows[here[0] + 1 :] if here else []
