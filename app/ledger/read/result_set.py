"""A selection at a clock: counted, and read in order, a page at a time.

Keys give the order between days (or between first letters); records that share a day are put in
order here. A page goes on from the sort key of the last row before it, whatever was written since.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import nlargest, nsmallest

from app.kit.terms import AllOf, AnyOf, Expression, any_term, in_scopes, term_id
from app.ledger.index import Segment, bounds_of, count, matches, segments
from app.ledger.read import lookups
from app.ledger.selection import Search, Selection
from app.ledger.snapshot import Snapshot
from app.ledger.sort_keys import (
    ALL_KEYS,
    UNDATED,
    Order,
    Position,
    Row,
    by_day,
    by_id,
    day_place,
    first_key,
    last_key,
    name_place,
    place_of,
    position,
    row_of,
    seq_of,
)

_MANY = 4_096  # keys that are held at a time


class Reading:
    """A selection at a clock, ready to be counted and walked."""

    def __init__(self, snapshot: Snapshot, selection: Selection) -> None:
        nouns = snapshot.nouns
        self.snapshot = snapshot
        self.connection = snapshot.connection
        self.clock = snapshot.clock
        self.selection = selection
        self.dated = all(nouns[name].date is not None for name in selection.nouns)
        self._named = [noun.name for noun in nouns if noun.names]
        expression = selection.expression
        for search in selection.searches:
            found = self._search(search)
            if search.negated:
                expression = Expression(expression.required, (*expression.excluded, found))
            else:
                expression = expression.require(found)
        self.nouns, expression = _narrowed(selection.nouns, expression)
        if not expression.required:
            expression = expression.require(any_term("noun", self.nouns))
        self.expression = expression.in_scopes(self.nouns)
        self._first_revision = snapshot.first_since(selection.updated_since)
        self.segments = self._segments()
        self._all: list[int] | None = None

    def _segments(self, *, loose: bool = False) -> list[Segment]:
        """The stretches of the index to search, within the scopes of the nouns."""
        return [
            replace(s, required=tuple(in_scopes(part, self.nouns) for part in s.required))
            for s in segments(
                self.selection,
                self.clock,
                first_revision=self._first_revision,
                dated=self.dated,
                loose=loose,
            )
        ]

    def _search(self, search: Search) -> AnyOf:
        return AnyOf(
            tuple(
                AllOf(tuple(self._word(word) for word in alternative))
                for alternative in search.alternatives
            )
        )

    def _word(self, word: str) -> AnyOf:
        """The word in the text itself, or in a name of what is cited, at the same clock."""
        named = Expression((AnyOf((term_id("name", word),)),)).in_scopes(self._named)
        keys = matches(self.connection, named, self.clock)
        cited = (
            term_id("cites", f"{row.noun}:{row.id}") for row in lookups.rows(self.connection, keys)
        )
        return AnyOf((term_id("word", word), *cited))

    def count(self, *also: AnyOf) -> int:
        """How many records match, with further terms required."""
        if also:
            wanted = self.expression.require(*(in_scopes(part, self.nouns) for part in also))
            return count(self.connection, wanted, self.clock, self.segments)
        # What is not too much is found as quickly as it is counted, and needs no second look.
        self._all = self._found()
        if self._all is not None:
            return len(self._all)
        return count(self.connection, self.expression, self.clock, self.segments)

    def _found(self) -> list[int] | None:
        """Every matching key, in key order; None where they are too many.

        The index is gone through once, whatever the range of days: what begins outside it is
        looked up in the clock.
        """
        loose = self._segments(loose=True)
        found = matches(self.connection, self.expression, self.clock, loose, limit=_MANY + 1)
        if len(found) > _MANY:
            return None
        wanted = self.selection.range
        if wanted is None or wanted.certain:
            return found
        low, high = bounds_of(wanted)
        outside = [key for key in found if not low <= key <= high]
        gone = set(outside) - set(lookups.reaching(self.connection, outside, wanted.first))
        return [key for key in found if key not in gone]

    def keys(
        self, low: int, high: int, *, descending: bool = False, limit: int | None = None
    ) -> list[int]:
        """The matching keys in a range, in key order."""
        if self._all is None:
            return self._matches(low, high, descending=descending, limit=limit)
        found = self._all[bisect_left(self._all, low) : bisect_right(self._all, high)]
        return (found[::-1] if descending else found)[:limit]

    def _matches(self, low: int, high: int, *, descending: bool, limit: int | None) -> list[int]:
        return matches(
            self.connection,
            self.expression,
            self.clock,
            self.segments,
            low=low,
            high=high,
            descending=descending,
            limit=limit,
        )

    def rows(self, keys: Sequence[int]) -> list[Row]:
        """What puts these keys in order."""
        return lookups.rows(self.connection, keys)


def _narrowed(nouns: Sequence[str], expression: Expression) -> tuple[tuple[str, ...], Expression]:
    """The nouns that an expression leaves, and the rest of it."""
    kinds = {term_id("noun", noun): noun for noun in nouns}
    left, required, excluded = set(nouns), [], []
    for part in expression.required:
        if part.parts and kinds.keys() >= set(part.parts):
            left &= {kinds[number] for number in part.parts if isinstance(number, int)}
        else:
            required.append(part)
    for part in expression.excluded:
        if part.parts and kinds.keys() >= set(part.parts):
            left -= {kinds[number] for number in part.parts if isinstance(number, int)}
        else:
            excluded.append(part)
    if not left:
        required.append(AnyOf(()))  # holds nowhere
    kept = tuple(noun for noun in nouns if noun in left) or tuple(nouns)
    return kept, Expression(tuple(required), tuple(excluded))


# ---- in order


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
    passed = None if after is None else sorter(row_of(after))
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
    keys = reading.keys(*ALL_KEYS)
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
    rows = reading.rows(reading.keys(*ALL_KEYS))
    rows.sort(key=by_id)
    for order in reversed(orders):
        # Within a day, the next order decides.
        sorter = by_day(order) if order.name == "date" else order.sorter()
        rows.sort(key=sorter, reverse=order.descending)
    if after is None:
        return rows
    here = [index for index, row in enumerate(rows) if position(row) == tuple(after)]
    return rows[here[0] + 1 :] if here else []
