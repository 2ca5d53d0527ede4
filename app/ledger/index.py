"""Searching the index of terms: which parts of it hold a selection, and the SQL for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from sqlalchemy import Connection

from app.kit.terms import (
    AnyOf,
    Expression,
    any_term,
    fts5_token,
    to_array_condition,
    to_fts5,
)
from app.ledger.selection import Clock, DateRange, Selection
from app.ledger.sort_keys import (
    ALL_KEYS,
    DURATION_CLASSES,
    FAR_DAYS,
    UNDATED_PREFIX,
    day_prefix,
    first_key,
    last_key,
)


@dataclass(frozen=True, slots=True)
class KeyRange:
    """A part of the index: a range of keys, further terms, and a condition on each row's times."""

    low: int
    high: int
    required: tuple[AnyOf, ...] = ()
    condition: str = ""


EVERYWHERE = (KeyRange(*ALL_KEYS),)


def key_bounds(date_range: DateRange) -> tuple[int, int]:
    """The lowest and the highest key of what begins within a range.

    Its bounds are days of the years 1 to 9999, which have different keys.
    """
    dated_end = first_key(UNDATED_PREFIX) - 1
    high = dated_end if date_range.last_day is None else last_key(day_prefix(date_range.last_day))
    return 0 if date_range.first_day is None else first_key(day_prefix(date_range.first_day)), high


def _date_key_ranges(date_range: DateRange, *, superset: bool) -> Iterator[KeyRange]:
    """The key ranges that hold exactly the events of a date range, without overlap.

    A superset also holds events that end before the date range begins, in fewer key ranges.
    """
    low, high = key_bounds(date_range)
    if superset and not date_range.certain:
        yield KeyRange(0, high)
        yield KeyRange(first_key(UNDATED_PREFIX), ALL_KEYS[1])
        return
    yield from (_certain_key_ranges if date_range.certain else _possible_key_ranges)(
        date_range, low, high
    )


def _duration_terms(*names: str) -> AnyOf:
    return any_term("span", names)


_LONGER_THAN_A_DAY = tuple(name for name, _ in DURATION_CLASSES)


def _certain_key_ranges(date_range: DateRange, low: int, high: int) -> Iterator[KeyRange]:
    if date_range.last_day is None:
        yield KeyRange(low, high)
        return
    ends = f"t.latest <= {date_range.last_day}"
    yield KeyRange(low, high, (_duration_terms("day"),))
    yield KeyRange(low, high, (_duration_terms(*_LONGER_THAN_A_DAY),), ends)
    if date_range.first_day is None:
        yield KeyRange(
            first_key(UNDATED_PREFIX), ALL_KEYS[1], (_duration_terms(*_LONGER_THAN_A_DAY),), ends
        )


def _possible_key_ranges(date_range: DateRange, low: int, high: int) -> Iterator[KeyRange]:
    reaches_in = "" if date_range.first_day is None else f"t.latest >= {date_range.first_day}"
    yield KeyRange(low, high)
    if date_range.first_day is not None:
        # What begins earlier may still reach in, if it lasts long enough.
        for name, days in DURATION_CLASSES:
            start = 0 if days is None else first_key(day_prefix(date_range.first_day - days))
            stop = min(low - 1, high)
            if start <= stop:
                yield KeyRange(start, stop, (_duration_terms(name),), reaches_in)
    yield KeyRange(
        first_key(UNDATED_PREFIX), ALL_KEYS[1], (_duration_terms(*_LONGER_THAN_A_DAY),), reaches_in
    )


def key_ranges(
    selection: Selection,
    clock: Clock,
    *,
    first_revision: int | None,
    is_dated: bool,
    superset: bool = False,
) -> list[KeyRange]:
    """The parts of the index that hold a selection at a clock; a superset holds some more.

    `first_revision` is the lowest revision that counts as updated, if any.
    """
    ranges = [KeyRange(*ALL_KEYS)]
    if selection.date_range:
        ranges = list(_date_key_ranges(selection.date_range, superset=superset))
    if first_revision is not None:
        condition = f"t.revision >= {first_revision}"
        ranges = [
            replace(
                key_range,
                condition=f"{key_range.condition} AND {condition}"
                if key_range.condition
                else condition,
            )
            for key_range in ranges
        ]
    if clock.as_of is None or not is_dated:
        return ranges
    # Only events that lie far beyond their report begin after this key and were reported by then.
    last_near_key = last_key(day_prefix(clock.as_of + FAR_DAYS))
    far_terms = any_term("far", ["yes"])
    within = [
        replace(key_range, high=min(key_range.high, last_near_key))
        for key_range in ranges
        if key_range.low <= last_near_key
    ]
    beyond = [
        replace(
            key_range,
            low=max(key_range.low, last_near_key + 1),
            required=(*key_range.required, far_terms),
        )
        for key_range in ranges
        if key_range.high > last_near_key
    ]
    return within + beyond


def clock_condition(clock: Clock) -> str:
    """The SQL condition on `revision_time AS t` for what a clock shows; empty for now."""
    conditions = []
    if clock.revision is not None:
        conditions.append(f"t.revision <= {clock.revision}")
    if clock.as_of is None:
        if clock.revision is not None:
            conditions.append(f"t.recorded_to > {clock.revision}")
        return " AND ".join(conditions)
    conditions.append(f"t.known_from <= {clock.as_of}")
    if clock.revision is None:
        conditions.append(f"t.known_to > {clock.as_of}")
    else:
        # `known_to` looks past the revision clock, so the record's own revisions decide.
        conditions.append(
            "NOT EXISTS (SELECT 1 FROM revision_time AS later WHERE later.record = t.record"  # noqa: S608 - numbers only
            f" AND later.revision > t.revision AND later.revision <= {clock.revision}"
            f" AND later.known_from <= {clock.as_of})"
        )
    return " AND ".join(conditions)


# ---- searching


def _from_and_where(
    connection: Connection, expression: Expression, clock: Clock, key_range: KeyRange
) -> tuple[str, str, dict[str, object]]:
    """The column of keys, the FROM and WHERE of one key range, and their parameters."""
    table = "current_terms" if clock.is_now else "history_terms"
    times_condition = " AND ".join(filter(None, (key_range.condition, clock_condition(clock))))
    expression_in_range = expression.require(*key_range.required)
    if connection.dialect.name == "sqlite":
        column = f"{table}.rowid"
        # CROSS JOIN makes the index the outer loop, whatever the planner estimates.
        join = f" CROSS JOIN revision_time AS t ON t.sort_key = {column}" if times_condition else ""
        where = f"{table} MATCH :match AND {column} BETWEEN :low AND :high"
        parameters = {
            "match": to_fts5(expression_in_range),
            "low": key_range.low,
            "high": key_range.high,
        }
    else:
        column = f"{table}.sort_key"
        join = f" JOIN revision_time AS t ON t.sort_key = {column}" if times_condition else ""
        condition = to_array_condition(expression_in_range, f"{table}.terms")
        where = f"{condition} AND {column} BETWEEN %(low)s AND %(high)s"
        parameters = {"low": key_range.low, "high": key_range.high}
    return (
        column,
        f"FROM {table}{join} WHERE {where}{' AND ' + times_condition if times_condition else ''}",
        parameters,
    )


def _matching_keys_in(
    connection: Connection,
    expression: Expression,
    clock: Clock,
    key_range: KeyRange,
    *,
    descending: bool,
    limit: int | None,
) -> list[int]:
    column, from_and_where, parameters = _from_and_where(connection, expression, clock, key_range)
    order_clause = f" ORDER BY {column} {'DESC' if descending else 'ASC'}"
    limit_clause = "" if limit is None else f" LIMIT {limit:d}"
    sql = f"SELECT {column} {from_and_where}{order_clause}{limit_clause}"
    return [row[0] for row in connection.exec_driver_sql(sql, parameters)]


def matching_keys(
    connection: Connection,
    expression: Expression,
    clock: Clock,
    key_ranges: Sequence[KeyRange] = EVERYWHERE,
    *,
    low: int = ALL_KEYS[0],
    high: int = ALL_KEYS[1],
    descending: bool = False,
    limit: int | None = None,
) -> list[int]:
    """The keys in `low`..`high` that match, in key order, at most `limit` of them."""
    if expression.is_impossible:
        return []
    keys_by_range = []
    for key_range in key_ranges:
        overlap = KeyRange(
            max(low, key_range.low),
            min(high, key_range.high),
            key_range.required,
            key_range.condition,
        )
        if overlap.low <= overlap.high:
            keys = _matching_keys_in(
                connection, expression, clock, overlap, descending=descending, limit=limit
            )
            if keys:
                keys_by_range.append(keys)
    if len(keys_by_range) == 1:
        return keys_by_range[0]
    # Key ranges mostly follow one another, and sorting what is in order costs next to nothing.
    return sorted(chain.from_iterable(keys_by_range), reverse=descending)[:limit]


def count_matches(
    connection: Connection, expression: Expression, clock: Clock, key_ranges: Sequence[KeyRange]
) -> int:
    """How many revisions match."""
    if expression.is_impossible:
        return 0
    total = 0
    for key_range in key_ranges:
        _, from_and_where, parameters = _from_and_where(connection, expression, clock, key_range)
        sql = f"SELECT count(*) {from_and_where}"
        total += connection.exec_driver_sql(sql, parameters).scalar_one()
    return total


def count_terms(
    connection: Connection, clock: Clock, keys: Sequence[int], terms: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """How many of the revisions with these keys hold each term; terms that none holds are left out.

    Reading all keys under a term is much faster than searching for the keys and the term together:
    FTS5 would go through the whole selection again for each term.
    """
    if not keys or not terms:
        return
    table = "current_terms" if clock.is_now else "history_terms"
    if connection.dialect.name != "sqlite":
        sql = (
            f"SELECT t, count(*) FROM (SELECT unnest(terms) AS t FROM {table}"  # noqa: S608 - a constant name
            " WHERE sort_key = ANY(%(keys)s)) AS held WHERE t = ANY(%(terms)s) GROUP BY t"
        )
        parameters = {"keys": list(keys), "terms": list(terms)}
        yield from connection.exec_driver_sql(sql, parameters).all()
        return
    sql = f"SELECT rowid FROM {table} WHERE {table} MATCH :match AND rowid BETWEEN :low AND :high"  # noqa: S608 - a constant name
    wanted_keys, low, high = frozenset(keys), min(keys), max(keys)
    for term in terms:
        term_parameters = {"match": fts5_token(term), "low": low, "high": high}
        rows = connection.exec_driver_sql(sql, term_parameters)
        total = len(wanted_keys.intersection(row[0] for row in rows))
        if total:
            yield term, total
