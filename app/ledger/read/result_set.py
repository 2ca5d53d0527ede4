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
from app.ledger.index import KeyRange, count_matches, key_bounds, key_ranges, matching_keys
from app.ledger.read import lookups
from app.ledger.selection import Selection, TextSearch
from app.ledger.snapshot import Snapshot
from app.ledger.sort_keys import (
    ALL_KEYS,
    UNDATED_PREFIX,
    PageKey,
    ResultRow,
    SortOrder,
    by_day,
    by_id,
    day_prefix,
    first_key,
    identifier_prefix,
    last_key,
    page_key,
    prefix_of,
    revision_of,
    row_at,
)

_MAX_HELD_KEYS = 4_096  # keys that are held at a time


class ResultSet:
    """A selection at a clock, ready to be counted and walked."""

    def __init__(self, snapshot: Snapshot, selection: Selection) -> None:
        nouns = snapshot.nouns
        self.snapshot = snapshot
        self.connection = snapshot.connection
        self.clock = snapshot.clock
        self.selection = selection
        self.is_dated = all(nouns[name].date_field is not None for name in selection.nouns)
        self._named = [noun.name for noun in nouns if noun.name_fields]
        expression = selection.expression
        for search in selection.searches:
            found = self._search(search)
            if search.negated:
                expression = Expression(expression.required, (*expression.excluded, found))
            else:
                expression = expression.require(found)
        self.nouns, expression = _narrow_nouns(selection.nouns, expression)
        if not expression.required:
            expression = expression.require(any_term("noun", self.nouns))
        self.expression = expression.in_scopes(self.nouns)
        self._first_revision = snapshot.first_since(selection.updated_since)
        self.segments = self._segments()
        self._all: list[int] | None = None

    def _segments(self, *, loose: bool = False) -> list[KeyRange]:
        """The stretches of the index to search, within the scopes of the nouns."""
        return [
            replace(s, required=tuple(in_scopes(part, self.nouns) for part in s.required))
            for s in key_ranges(
                self.selection,
                self.clock,
                first_revision=self._first_revision,
                is_dated=self.is_dated,
                superset=loose,
            )
        ]

    def _search(self, search: TextSearch) -> AnyOf:
        return AnyOf(
            tuple(
                AllOf(tuple(self._word(word) for word in alternative))
                for alternative in search.alternatives
            )
        )

    def _word(self, word: str) -> AnyOf:
        """The word in the text itself, or in a name of what is cited, at the same clock."""
        named = Expression((AnyOf((term_id("name", word),)),)).in_scopes(self._named)
        keys = matching_keys(self.connection, named, self.clock)
        cited = (
            term_id("cites", f"{row.noun}:{row.id}")
            for row in lookups.find_rows(self.connection, keys)
        )
        return AnyOf((term_id("word", word), *cited))

    def count(self, *also: AnyOf) -> int:
        """How many records match, with further terms required."""
        if also:
            wanted = self.expression.require(*(in_scopes(part, self.nouns) for part in also))
            return count_matches(self.connection, wanted, self.clock, self.segments)
        # What is not too much is found as quickly as it is counted, and needs no second look.
        self._all = self._found()
        if self._all is not None:
            return len(self._all)
        return count_matches(self.connection, self.expression, self.clock, self.segments)

    def _found(self) -> list[int] | None:
        """Every matching key, in key order; None where they are too many.

        The index is gone through once, whatever the range of days: what begins outside it is
        looked up in the clock.
        """
        loose = self._segments(loose=True)
        found = matching_keys(
            self.connection, self.expression, self.clock, loose, limit=_MAX_HELD_KEYS + 1
        )
        if len(found) > _MAX_HELD_KEYS:
            return None
        wanted = self.selection.date_range
        if wanted is None or wanted.certain:
            return found
        low, high = key_bounds(wanted)
        outside = [key for key in found if not low <= key <= high]
        gone = set(outside) - set(
            lookups.keys_reaching_day(self.connection, outside, wanted.first_day)
        )
        return [key for key in found if key not in gone]

    def sort_keys(
        self, low: int, high: int, *, descending: bool = False, limit: int | None = None
    ) -> list[int]:
        """The matching keys in a range, in key order."""
        if self._all is None:
            return self._matches(low, high, descending=descending, limit=limit)
        found = self._all[bisect_left(self._all, low) : bisect_right(self._all, high)]
        return (found[::-1] if descending else found)[:limit]

    def _matches(self, low: int, high: int, *, descending: bool, limit: int | None) -> list[int]:
        return matching_keys(
            self.connection,
            self.expression,
            self.clock,
            self.segments,
            low=low,
            high=high,
            descending=descending,
            limit=limit,
        )

    def rows(self, keys: Sequence[int]) -> list[ResultRow]:
        """What puts these keys in order."""
        return lookups.find_rows(self.connection, keys)


def _narrow_nouns(
    nouns: Sequence[str], expression: Expression
) -> tuple[tuple[str, ...], Expression]:
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


def read_page(
    reading: ResultSet, orders: Sequence[SortOrder], after: PageKey | None, limit: int
) -> tuple[list[ResultRow], bool]:
    """The next rows in order, at most `limit`, and whether more follow."""
    natural = "date" if reading.is_dated else "id"
    if orders[0].name == natural and len(orders) == 1:
        found = list(_page_in_key_order(reading, orders[0], after, limit + 1))
    elif orders[0].name == "recorded":
        found = _page_by_revision(reading, orders[0], after, limit + 1)
    else:
        found = _page_by_sorting(reading, orders, after)
    return found[:limit], len(found) > limit


def _prefix_at(reading: ResultSet, at: PageKey) -> int:
    return day_prefix(at[0]) if reading.is_dated else identifier_prefix(at[2])


def _key_spans(
    reading: ResultSet, order: SortOrder, after: PageKey | None
) -> Iterator[tuple[int, int, bool]]:
    """Ranges of keys in the order of the walk: low, high, and whether it is all one group."""
    bottom, top = 0, first_key(UNDATED_PREFIX) - 1
    tail = (first_key(UNDATED_PREFIX), last_key(UNDATED_PREFIX), True)
    if after is not None:
        place = _prefix_at(reading, after)
        yield first_key(place), last_key(place), True
        if place == UNDATED_PREFIX:
            return  # what has no beginning comes last, whichever way
        if order.descending:
            top = first_key(place) - 1
        else:
            bottom = last_key(place) + 1
    yield bottom, top, False
    yield tail


def _page_in_key_order(
    reading: ResultSet, order: SortOrder, after: PageKey | None, wanted: int
) -> Iterator[ResultRow]:
    sorter, left = order.sort_function(), wanted
    passed = None if after is None else sorter(row_at(after))
    for low, high, whole in _key_spans(reading, order, after):
        if left <= 0:
            return
        keys = _keys_of_whole_groups(reading, low, high, order, whole, left)
        rows = sorted(reading.rows(keys), key=sorter, reverse=order.descending)
        if passed is not None:
            rows = [
                r for r in rows if (sorter(r) < passed) is order.descending and sorter(r) != passed
            ]
            passed = None
        yield from rows[:left]
        left -= len(rows)


def _keys_of_whole_groups(
    reading: ResultSet, low: int, high: int, order: SortOrder, whole: bool, wanted: int
) -> list[int]:
    """Enough keys for `wanted` rows, with every group that is begun whole."""
    if whole:
        return reading.sort_keys(low, high)
    keys = reading.sort_keys(low, high, descending=order.descending, limit=wanted)
    if len(keys) < wanted:
        return keys
    last = prefix_of(keys[-1])
    if order.descending:
        rest = reading.sort_keys(first_key(last), min(high, keys[-1] - 1))
    else:
        rest = reading.sort_keys(max(low, keys[-1] + 1), last_key(last))
    return keys + rest


def _page_by_revision(
    reading: ResultSet, order: SortOrder, after: PageKey | None, wanted: int
) -> list[ResultRow]:
    """Rows by revision, which no two share and every key tells: only those wanted are read."""
    keys = reading.sort_keys(*ALL_KEYS)
    if after is not None:
        seq = after[4]
        if order.descending:
            keys = [key for key in keys if revision_of(key) < seq]
        else:
            keys = [key for key in keys if revision_of(key) > seq]
    pick = nlargest if order.descending else nsmallest
    keys = pick(wanted, keys, key=revision_of)
    by_key = {row.sort_key: row for row in reading.rows(keys)}
    return [by_key[key] for key in keys]


def _page_by_sorting(
    reading: ResultSet, orders: Sequence[SortOrder], after: PageKey | None
) -> list[ResultRow]:
    """Every row, sorted: for orders that keys do not give."""
    rows = reading.rows(reading.sort_keys(*ALL_KEYS))
    rows.sort(key=by_id)
    for order in reversed(orders):
        # Within a day, the next order decides.
        sorter = by_day(order) if order.name == "date" else order.sort_function()
        rows.sort(key=sorter, reverse=order.descending)
    if after is None:
        return rows
    here = [index for index, row in enumerate(rows) if page_key(row) == tuple(after)]
    return rows[here[0] + 1 :] if here else []
