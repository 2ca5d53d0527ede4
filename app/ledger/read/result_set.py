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
    """The records that a selection finds at a clock."""

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
            matches_search = self._search(search)
            if search.negated:
                expression = Expression(expression.required, (*expression.excluded, matches_search))
            else:
                expression = expression.require(matches_search)
        self.nouns, expression = _narrow_nouns(selection.nouns, expression)
        if not expression.required:
            expression = expression.require(any_term("noun", self.nouns))
        self.expression = expression.in_scopes(self.nouns)
        self._first_revision = snapshot.first_since(selection.updated_since)
        self.segments = self._segments()
        self._all: list[int] | None = None

    def _segments(self, *, superset: bool = False) -> list[KeyRange]:
        """The parts of the index to search, within the scopes of the nouns."""
        return [
            replace(
                key_range,
                required=tuple(in_scopes(part, self.nouns) for part in key_range.required),
            )
            for key_range in key_ranges(
                self.selection,
                self.clock,
                first_revision=self._first_revision,
                is_dated=self.is_dated,
                superset=superset,
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
        names = Expression((AnyOf((term_id("name", word),)),)).in_scopes(self._named)
        keys = matching_keys(self.connection, names, self.clock)
        citations = (
            term_id("cites", f"{row.noun}:{row.id}")
            for row in lookups.find_rows(self.connection, keys)
        )
        return AnyOf((term_id("word", word), *citations))

    def count(self, *terms: AnyOf) -> int:
        """How many records match, with further terms required."""
        if terms:
            expression = self.expression.require(*(in_scopes(part, self.nouns) for part in terms))
            return count_matches(self.connection, expression, self.clock, self.segments)
        # A short list of keys is found as quickly as it is counted, and serves the page as well.
        self._all = self._found()
        if self._all is not None:
            return len(self._all)
        return count_matches(self.connection, self.expression, self.clock, self.segments)

    def _found(self) -> list[int] | None:
        """Every matching key, in key order; None if there are too many to hold.

        The index is searched once, whatever the range of days: for events that begin outside it,
        `revision_time` says whether they last until then.
        """
        superset = self._segments(superset=True)
        keys = matching_keys(
            self.connection, self.expression, self.clock, superset, limit=_MAX_HELD_KEYS + 1
        )
        if len(keys) > _MAX_HELD_KEYS:
            return None
        date_range = self.selection.date_range
        if date_range is None or date_range.certain:
            return keys
        low, high = key_bounds(date_range)
        outside = [key for key in keys if not low <= key <= high]
        ended = set(outside) - set(
            lookups.keys_reaching_day(self.connection, outside, date_range.first_day)
        )
        return [key for key in keys if key not in ended]

    def sort_keys(
        self, low: int, high: int, *, descending: bool = False, limit: int | None = None
    ) -> list[int]:
        """The matching keys in a range, in key order."""
        if self._all is None:
            return self._matches(low, high, descending=descending, limit=limit)
        keys = self._all[bisect_left(self._all, low) : bisect_right(self._all, high)]
        return (keys[::-1] if descending else keys)[:limit]

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
        """The rows of these keys, in no order."""
        return lookups.find_rows(self.connection, keys)


def _narrow_nouns(
    nouns: Sequence[str], expression: Expression
) -> tuple[tuple[str, ...], Expression]:
    """The nouns that an expression leaves, and the rest of it."""
    noun_by_term = {term_id("noun", noun): noun for noun in nouns}
    remaining_nouns, required, excluded = set(nouns), [], []
    for part in expression.required:
        if part.parts and noun_by_term.keys() >= set(part.parts):
            remaining_nouns &= {
                noun_by_term[number] for number in part.parts if isinstance(number, int)
            }
        else:
            required.append(part)
    for part in expression.excluded:
        if part.parts and noun_by_term.keys() >= set(part.parts):
            remaining_nouns -= {
                noun_by_term[number] for number in part.parts if isinstance(number, int)
            }
        else:
            excluded.append(part)
    if not remaining_nouns:
        required.append(AnyOf(()))  # matches nothing
    narrowed = tuple(noun for noun in nouns if noun in remaining_nouns) or tuple(nouns)
    return narrowed, Expression(tuple(required), tuple(excluded))


# ---- in order


def read_page(
    results: ResultSet, orders: Sequence[SortOrder], after: PageKey | None, limit: int
) -> tuple[list[ResultRow], bool]:
    """The next rows in order, at most `limit`, and whether more follow."""
    key_order = "date" if results.is_dated else "id"
    if orders[0].name == key_order and len(orders) == 1:
        rows = list(_page_in_key_order(results, orders[0], after, limit + 1))
    elif orders[0].name == "recorded":
        rows = _page_by_revision(results, orders[0], after, limit + 1)
    else:
        rows = _page_by_sorting(results, orders, after)
    return rows[:limit], len(rows) > limit


def _prefix_at(results: ResultSet, key: PageKey) -> int:
    return day_prefix(key[0]) if results.is_dated else identifier_prefix(key[2])


def _key_spans(
    results: ResultSet, order: SortOrder, after: PageKey | None
) -> Iterator[tuple[int, int, bool]]:
    """Ranges of keys in page order: low, high, and whether all share a day or first letters."""
    low, high = 0, first_key(UNDATED_PREFIX) - 1
    undated = (first_key(UNDATED_PREFIX), last_key(UNDATED_PREFIX), True)
    if after is not None:
        prefix = _prefix_at(results, after)
        yield first_key(prefix), last_key(prefix), True
        if prefix == UNDATED_PREFIX:
            return  # what has no beginning comes last in either direction
        if order.descending:
            high = first_key(prefix) - 1
        else:
            low = last_key(prefix) + 1
    yield low, high, False
    yield undated


def _page_in_key_order(
    results: ResultSet, order: SortOrder, after: PageKey | None, limit: int
) -> Iterator[ResultRow]:
    sort_value, missing = order.sort_function(), limit
    last_value = None if after is None else sort_value(row_at(after))
    for low, high, is_group in _key_spans(results, order, after):
        if missing <= 0:
            return
        keys = _keys_of_whole_groups(results, low, high, order, is_group, missing)
        rows = sorted(results.rows(keys), key=sort_value, reverse=order.descending)
        if last_value is not None:
            rows = [
                row
                for row in rows
                if (sort_value(row) < last_value) is order.descending
                and sort_value(row) != last_value
            ]
            last_value = None
        yield from rows[:missing]
        missing -= len(rows)


def _keys_of_whole_groups(
    results: ResultSet, low: int, high: int, order: SortOrder, is_group: bool, limit: int
) -> list[int]:
    """Enough keys for `limit` rows, so that no day (or first letters) is cut in two."""
    if is_group:
        return results.sort_keys(low, high)
    keys = results.sort_keys(low, high, descending=order.descending, limit=limit)
    if len(keys) < limit:
        return keys
    last_prefix = prefix_of(keys[-1])
    if order.descending:
        group_keys = results.sort_keys(first_key(last_prefix), min(high, keys[-1] - 1))
    else:
        group_keys = results.sort_keys(max(low, keys[-1] + 1), last_key(last_prefix))
    return keys + group_keys


def _page_by_revision(
    results: ResultSet, order: SortOrder, after: PageKey | None, limit: int
) -> list[ResultRow]:
    """Rows by revision, which is part of the key and unique: only the page's rows are read."""
    keys = results.sort_keys(*ALL_KEYS)
    if after is not None:
        last_revision = after[4]
        if order.descending:
            keys = [key for key in keys if revision_of(key) < last_revision]
        else:
            keys = [key for key in keys if revision_of(key) > last_revision]
    pick = nlargest if order.descending else nsmallest
    keys = pick(limit, keys, key=revision_of)
    by_key = {row.sort_key: row for row in results.rows(keys)}
    return [by_key[key] for key in keys]


def _page_by_sorting(
    results: ResultSet, orders: Sequence[SortOrder], after: PageKey | None
) -> list[ResultRow]:
    """Every row after a page key, sorted: for orders that differ from the keys' order."""
    rows = results.rows(results.sort_keys(*ALL_KEYS))
    rows.sort(key=by_id)
    for order in reversed(orders):
        # Within a day, the next order decides.
        sort_function = by_day(order) if order.name == "date" else order.sort_function()
        rows.sort(key=sort_function, reverse=order.descending)
    if after is None:
        return rows
    indexes = [index for index, row in enumerate(rows) if page_key(row) == tuple(after)]
    return rows[indexes[0] + 1 :] if indexes else []
