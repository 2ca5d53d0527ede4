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
    """A stretch of the index: further terms, a range of keys, and a check on each row's clock."""

    low: int
    high: int
    required: tuple[AnyOf, ...] = ()
    condition: str = ""


EVERYWHERE = (KeyRange(*ALL_KEYS),)


def key_bounds(wanted: DateRange) -> tuple[int, int]:
    """The keys of what begins within a range.

    Its bounds are days of the years 1 to 9999, which keys tell apart.
    """
    dated_end = first_key(UNDATED_PREFIX) - 1
    high = dated_end if wanted.last_day is None else last_key(day_prefix(wanted.last_day))
    return 0 if wanted.first_day is None else first_key(day_prefix(wanted.first_day)), high


def _date_key_ranges(wanted: DateRange, *, superset: bool) -> Iterator[KeyRange]:
    """The stretches that hold exactly the events of a range, without overlap.

    Loosely: those that hold these events, and others that end before the range begins.
    """
    low, high = key_bounds(wanted)
    if superset and not wanted.certain:
        yield KeyRange(0, high)
        yield KeyRange(first_key(UNDATED_PREFIX), ALL_KEYS[1])
        return
    yield from (_certain_key_ranges if wanted.certain else _possible_key_ranges)(wanted, low, high)


def _duration_terms(*names: str) -> AnyOf:
    return any_term("span", names)


_LONGER_THAN_A_DAY = tuple(name for name, _ in DURATION_CLASSES)


def _certain_key_ranges(wanted: DateRange, low: int, high: int) -> Iterator[KeyRange]:
    if wanted.last_day is None:
        yield KeyRange(low, high)
        return
    ends = f"t.latest <= {wanted.last_day}"
    yield KeyRange(low, high, (_duration_terms("day"),))
    yield KeyRange(low, high, (_duration_terms(*_LONGER_THAN_A_DAY),), ends)
    if wanted.first_day is None:
        yield KeyRange(
            first_key(UNDATED_PREFIX), ALL_KEYS[1], (_duration_terms(*_LONGER_THAN_A_DAY),), ends
        )


def _possible_key_ranges(wanted: DateRange, low: int, high: int) -> Iterator[KeyRange]:
    reaches = "" if wanted.first_day is None else f"t.latest >= {wanted.first_day}"
    yield KeyRange(low, high)
    if wanted.first_day is not None:
        # What begins earlier may still reach in, if its stretch is long enough.
        for name, days in DURATION_CLASSES:
            back = 0 if days is None else first_key(day_prefix(wanted.first_day - days))
            stop = min(low - 1, high)
            if back <= stop:
                yield KeyRange(back, stop, (_duration_terms(name),), reaches)
    yield KeyRange(
        first_key(UNDATED_PREFIX), ALL_KEYS[1], (_duration_terms(*_LONGER_THAN_A_DAY),), reaches
    )


def key_ranges(
    selection: Selection,
    clock: Clock,
    *,
    first_revision: int | None,
    is_dated: bool,
    superset: bool = False,
) -> list[KeyRange]:
    """The stretches of the index that hold a selection at a clock; loosely, and some more.

    `first_revision` is the lowest that counts as updated, if any.
    """
    found = [KeyRange(*ALL_KEYS)]
    if selection.date_range:
        found = list(_date_key_ranges(selection.date_range, superset=superset))
    if first_revision is not None:
        check = f"t.revision >= {first_revision}"
        found = [
            replace(s, condition=f"{s.condition} AND {check}" if s.condition else check)
            for s in found
        ]
    if clock.as_of is None or not is_dated:
        return found
    # Nothing reported by then begins after this key, but for the far ones.
    bound = last_key(day_prefix(clock.as_of + FAR_DAYS))
    far = any_term("far", ["yes"])
    near = [replace(s, high=min(s.high, bound)) for s in found if s.low <= bound]
    beyond = [
        replace(s, low=max(s.low, bound + 1), required=(*s.required, far))
        for s in found
        if s.high > bound
    ]
    return near + beyond


def clock_condition(clock: Clock) -> str:
    """The SQL condition on `clock k` for a revision that a clock shows; empty for now."""
    checks = []
    if clock.revision is not None:
        checks.append(f"t.revision <= {clock.revision}")
    if clock.as_of is None:
        if clock.revision is not None:
            checks.append(f"t.recorded_to > {clock.revision}")
        return " AND ".join(checks)
    checks.append(f"t.known_from <= {clock.as_of}")
    if clock.revision is None:
        checks.append(f"t.known_to > {clock.as_of}")
    else:
        # `known_to` looks past the revision clock, so the record's own revisions decide.
        checks.append(
            "NOT EXISTS (SELECT 1 FROM revision_time AS later WHERE later.record = t.record"  # noqa: S608 - numbers only
            f" AND later.revision > t.revision AND later.revision <= {clock.revision}"
            f" AND later.known_from <= {clock.as_of})"
        )
    return " AND ".join(checks)


# ---- searching


def _from_and_where(
    connection: Connection, expression: Expression, clock: Clock, segment: KeyRange
) -> tuple[str, str, dict[str, object]]:
    """The column of keys, the FROM and WHERE of one segment, and its parameters."""
    table = "current_terms" if clock.is_now else "history_terms"
    check = " AND ".join(filter(None, (segment.condition, clock_condition(clock))))
    wanted = expression.require(*segment.required)
    if connection.dialect.name == "sqlite":
        column = f"{table}.rowid"
        # CROSS JOIN keeps the index outside and the clock inside, whatever the planner thinks.
        join = f" CROSS JOIN revision_time AS t ON t.sort_key = {column}" if check else ""
        where = f"{table} MATCH :match AND {column} BETWEEN :low AND :high"
        parameters = {"match": to_fts5(wanted), "low": segment.low, "high": segment.high}
    else:
        column = f"{table}.sort_key"
        join = f" JOIN revision_time AS t ON t.sort_key = {column}" if check else ""
        condition = to_array_condition(wanted, f"{table}.terms")
        where = f"{condition} AND {column} BETWEEN %(low)s AND %(high)s"
        parameters = {"low": segment.low, "high": segment.high}
    return column, f"FROM {table}{join} WHERE {where}{' AND ' + check if check else ''}", parameters


def _matching_keys_in(
    connection: Connection,
    expression: Expression,
    clock: Clock,
    segment: KeyRange,
    *,
    descending: bool,
    limit: int | None,
) -> list[int]:
    column, source, parameters = _from_and_where(connection, expression, clock, segment)
    order = f" ORDER BY {column} {'DESC' if descending else 'ASC'}"
    bound = "" if limit is None else f" LIMIT {limit:d}"
    sql = f"SELECT {column} {source}{order}{bound}"
    return [row[0] for row in connection.exec_driver_sql(sql, parameters)]


def matching_keys(
    connection: Connection,
    expression: Expression,
    clock: Clock,
    segments: Sequence[KeyRange] = EVERYWHERE,
    *,
    low: int = ALL_KEYS[0],
    high: int = ALL_KEYS[1],
    descending: bool = False,
    limit: int | None = None,
) -> list[int]:
    """The keys in `low`..`high` that match, in key order, at most `limit` of them."""
    if expression.is_impossible:
        return []
    found = []
    for segment in segments:
        part = KeyRange(
            max(low, segment.low), min(high, segment.high), segment.required, segment.condition
        )
        if part.low <= part.high:
            keys = _matching_keys_in(
                connection, expression, clock, part, descending=descending, limit=limit
            )
            if keys:
                found.append(keys)
    if len(found) == 1:
        return found[0]
    # Stretches mostly follow one another: to sort what is in order already takes next to nothing.
    return sorted(chain.from_iterable(found), reverse=descending)[:limit]


def count_matches(
    connection: Connection, expression: Expression, clock: Clock, segments: Sequence[KeyRange]
) -> int:
    """How many revisions match."""
    if expression.is_impossible:
        return 0
    total = 0
    for segment in segments:
        _, source, parameters = _from_and_where(connection, expression, clock, segment)
        sql = f"SELECT count(*) {source}"
        total += connection.exec_driver_sql(sql, parameters).scalar_one()
    return total


def count_terms(
    connection: Connection, clock: Clock, keys: Sequence[int], terms: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Of the revisions with these keys, how many hold each of the terms; none is not told.

    One look at all that holds a term beats asking for both, the keys and the term, by far: FTS5
    would go through the whole selection again for each of them.
    """
    if not keys or not terms:
        return
    table = "current_terms" if clock.is_now else "history_terms"
    if connection.dialect.name != "sqlite":
        sql = (
            f"SELECT t, count(*) FROM (SELECT unnest(terms) AS t FROM {table}"  # noqa: S608 - a constant name
            " WHERE sort_key = ANY(%(keys)s)) AS held WHERE t = ANY(%(terms)s) GROUP BY t"
        )
        both = {"keys": list(keys), "terms": list(terms)}
        yield from connection.exec_driver_sql(sql, both).all()
        return
    sql = f"SELECT rowid FROM {table} WHERE {table} MATCH :match AND rowid BETWEEN :low AND :high"  # noqa: S608 - a constant name
    wanted, low, high = frozenset(keys), min(keys), max(keys)
    for number in terms:
        given = {"match": fts5_token(number), "low": low, "high": high}
        held = connection.exec_driver_sql(sql, given)
        found = len(wanted.intersection(row[0] for row in held))
        if found:
            yield number, found
