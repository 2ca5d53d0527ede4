"""Reads: one query path for now and then.

A snapshot says which database, which nouns and which clock are read.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app.kit.terms import AllOf, AnyOf, Expression, any_term, in_scopes, term_id
from app.ledger.index import count, matches
from app.ledger.selection import (
    ALL_KEYS,
    Search,
    Segment,
    Selection,
    bounds_of,
    segments,
)
from app.ledger.snapshot import Snapshot
from app.ledger.sql_lists import key_condition
from app.ledger.tables import AFTER_ALL, BEFORE_ALL

_MANY = 4_096  # keys that are held at a time


@dataclass(frozen=True, slots=True)
class Row:
    """One matching revision: what puts it in order, and where it is."""

    key: int
    earliest: int | None
    latest: int | None
    noun: str
    id: str


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
        keys = matches(
            self.connection,
            named,
            self.clock,
            [Segment(*ALL_KEYS)],
            low=ALL_KEYS[0],
            high=ALL_KEYS[1],
        )
        cited = (term_id("cites", f"{row.noun}:{row.id}") for row in rows(self.connection, keys))
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
        low, high = ALL_KEYS
        found = matches(
            self.connection, self.expression, self.clock, loose, low=low, high=high, limit=_MANY + 1
        )
        if len(found) > _MANY:
            return None
        wanted = self.selection.range
        if wanted is None or wanted.certain:
            return found
        low, high = bounds_of(wanted)
        outside = [key for key in found if not low <= key <= high]
        gone = set(outside) - set(reaching(self.connection, outside, wanted.first))
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
        return rows(self.connection, keys)


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


def rows(connection: Connection, keys: Sequence[int]) -> list[Row]:
    """The rows of these keys, in no order."""
    if not keys:
        return []
    condition, parameters = key_condition(connection, keys)
    sql = (
        "SELECT t.sort_key, t.earliest, t.latest, r.noun, r.id FROM revision_time AS t"  # noqa: S608 - a constant condition
        f" JOIN record AS r ON r.number = t.record WHERE {condition}"
    )
    return [
        Row(
            key,
            None if earliest in (None, BEFORE_ALL) else earliest,
            None if latest in (None, AFTER_ALL) else latest,
            noun,
            identifier,
        )
        for key, earliest, latest, noun, identifier in connection.exec_driver_sql(sql, parameters)
    ]


def reaching(connection: Connection, keys: Sequence[int], first: int | None) -> list[int]:
    """Those of these keys whose event has a date, and may still last on the day `first`."""
    if not keys:
        return []
    condition, parameters = key_condition(connection, keys)
    day = ":first" if connection.dialect.name == "sqlite" else "%(first)s"
    sql = (
        f"SELECT t.sort_key FROM revision_time AS t WHERE {condition}"  # noqa: S608 - constant conditions
        f" AND t.earliest IS NOT NULL AND t.latest >= {day}"
    )
    parameters["first"] = BEFORE_ALL if first is None else first
    return [row[0] for row in connection.exec_driver_sql(sql, parameters)]


def documents(connection: Connection, keys: Sequence[int]) -> dict[int, bytes]:
    """The documents of these keys."""
    if not keys:
        return {}
    condition, parameters = key_condition(connection, keys)
    sql = (
        "SELECT t.sort_key, v.document FROM revision_time AS t"  # noqa: S608 - a constant condition
        f" JOIN revision AS v ON v.number = t.revision WHERE {condition}"
    )
    return {key: bytes(document) for key, document in connection.exec_driver_sql(sql, parameters)}
