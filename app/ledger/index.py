"""The index of terms: which revisions hold what. Only this differs by engine.

Two indexes of the same form: `current_terms` holds the records as they stand, `history_terms`
every revision, so that now is as fast as if there were no past. On SQLite they are FTS5 tables
without content, on PostgreSQL a `bigint[]` under GIN beside the key's B-tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection

from app.kit.terms import Any, Expression, arrays, fts5, token
from app.ledger.selections import Clock, Segment, clock_check

# The tables of the index are no part of the relational model: migrations make them, and
# autogenerate is told to leave them alone.
INDEX_TABLES = ("current_terms", "history_terms")


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision to be indexed: its key and its terms."""

    key: int
    terms: Sequence[int]


def _key(entry: Entry) -> int:
    return entry.key


def is_index_table(name: str) -> bool:
    """Whether a table belongs to the index, the engine's own shadow tables included."""
    return name.startswith(INDEX_TABLES)


def add(connection: Connection, table: str, entries: Iterable[Entry]) -> None:
    """Index revisions."""
    if connection.dialect.name == "sqlite":
        # In the order of keys: FTS5 writes out what it has gathered whenever a key is not above the
        # last, and merging all these pieces is most of the work.
        rows = [(e.key, " ".join(map(token, e.terms))) for e in sorted(entries, key=_key)]
        sql = f"INSERT INTO {table} (rowid, terms) VALUES (?, ?)"  # noqa: S608 - a constant name
        if rows:
            connection.exec_driver_sql(sql, rows)
        return
    pairs = [(e.key, list(e.terms)) for e in entries]
    if pairs:
        sql = f"INSERT INTO {table} (key, terms) VALUES (%s, %s)"  # noqa: S608 - a constant name
        connection.exec_driver_sql(sql, pairs)


def drop(connection: Connection, keys: Sequence[int]) -> None:
    """Take revisions out of the index of current records."""
    if not keys:
        return
    if connection.dialect.name == "sqlite":
        sql = "DELETE FROM current_terms WHERE rowid = ?"
        connection.exec_driver_sql(sql, [(key,) for key in keys])
    else:
        sql = "DELETE FROM current_terms WHERE key = ANY(%s)"
        connection.exec_driver_sql(sql, (list(keys),))


def holds(connection: Connection, key: int, terms: Sequence[int], table: str) -> bool:
    """Whether one of the indexes has a revision under each of its terms."""
    everything = Expression(tuple(Any((term,)) for term in terms))
    if connection.dialect.name == "sqlite":
        sql = f"SELECT count(*) FROM {table} WHERE {table} MATCH :match AND rowid = :key"  # noqa: S608 - a constant name
        parameters: dict[str, object] = {"match": fts5(everything), "key": key}
    else:
        sql = f"SELECT count(*) FROM {table} WHERE key = %(key)s AND {arrays(everything, 'terms')}"  # noqa: S608 - a constant name
        parameters = {"key": key}
    return bool(connection.exec_driver_sql(sql, parameters).scalar_one() == 1)


def held(connection: Connection, term: int, table: str) -> int:
    """How many revisions one of the indexes has under a term."""
    if connection.dialect.name == "sqlite":
        sql = f"SELECT count(*) FROM {table} WHERE {table} MATCH :match"  # noqa: S608 - a constant name
        return int(connection.exec_driver_sql(sql, {"match": token(term)}).scalar_one())
    condition = arrays(Expression((Any((term,)),)), "terms")
    sql = f"SELECT count(*) FROM {table} WHERE {condition}"  # noqa: S608 - a constant name
    return int(connection.exec_driver_sql(sql).scalar_one())


def empty(connection: Connection) -> None:
    """Forget everything."""
    for table in INDEX_TABLES:
        if connection.dialect.name == "sqlite":
            command = f"INSERT INTO {table} ({table}) VALUES ('delete-all')"  # noqa: S608 - a constant name
        else:
            command = f"TRUNCATE {table}"
        connection.exec_driver_sql(command)


def tidy(connection: Connection) -> None:
    """Merge the pieces that many writes leave behind, so that a read looks at one of them.

    SQLite's index is a heap of sorted pieces: after a bulk load, a search reads twice as much as
    it need. PostgreSQL keeps what was added last in a list that each search goes through.
    """
    for table in INDEX_TABLES:
        if connection.dialect.name == "sqlite":
            command = f"INSERT INTO {table} ({table}) VALUES ('optimize')"  # noqa: S608 - a constant name
        else:
            command = f"SELECT gin_clean_pending_list('ix_{table}_terms')"
        connection.exec_driver_sql(command)


def _source(
    connection: Connection, expression: Expression, clock: Clock, segment: Segment
) -> tuple[str, str, dict[str, object]]:
    """The column of keys, the FROM and WHERE of one segment, and its parameters."""
    table = "current_terms" if clock.now else "history_terms"
    check = " AND ".join(filter(None, (segment.check, clock_check(clock))))
    wanted = expression.also(*segment.required)
    if connection.dialect.name == "sqlite":
        column = f"{table}.rowid"
        # CROSS JOIN keeps the index outside and the clock inside, whatever the planner thinks.
        join = f" CROSS JOIN clock AS k ON k.key = {column}" if check else ""
        where = f"{table} MATCH :match AND {column} BETWEEN :low AND :high"
        parameters = {"match": fts5(wanted), "low": segment.low, "high": segment.high}
    else:
        column = f"{table}.key"
        join = f" JOIN clock AS k ON k.key = {column}" if check else ""
        condition = arrays(wanted, f"{table}.terms")
        where = f"{condition} AND {column} BETWEEN %(low)s AND %(high)s"
        parameters = {"low": segment.low, "high": segment.high}
    return column, f"FROM {table}{join} WHERE {where}{' AND ' + check if check else ''}", parameters


def _keys(
    connection: Connection,
    expression: Expression,
    clock: Clock,
    segment: Segment,
    *,
    descending: bool,
    limit: int | None,
) -> list[int]:
    column, source, parameters = _source(connection, expression, clock, segment)
    order = f" ORDER BY {column} {'DESC' if descending else 'ASC'}"
    bound = "" if limit is None else f" LIMIT {limit:d}"
    sql = f"SELECT {column} {source}{order}{bound}"
    return [row[0] for row in connection.exec_driver_sql(sql, parameters)]


def matches(
    connection: Connection,
    expression: Expression,
    clock: Clock,
    segments: Sequence[Segment],
    *,
    low: int,
    high: int,
    descending: bool = False,
    limit: int | None = None,
) -> list[int]:
    """The keys in `low`..`high` that match, in key order, at most `limit` of them."""
    if expression.impossible:
        return []
    found = []
    for segment in segments:
        part = Segment(
            max(low, segment.low), min(high, segment.high), segment.required, segment.check
        )
        if part.low <= part.high:
            keys = _keys(connection, expression, clock, part, descending=descending, limit=limit)
            if keys:
                found.append(keys)
    if len(found) == 1:
        return found[0]
    # Stretches mostly follow one another: to sort what is in order already takes next to nothing.
    return sorted(chain.from_iterable(found), reverse=descending)[:limit]


def count(
    connection: Connection, expression: Expression, clock: Clock, segments: Sequence[Segment]
) -> int:
    """How many revisions match."""
    if expression.impossible:
        return 0
    total = 0
    for segment in segments:
        _, source, parameters = _source(connection, expression, clock, segment)
        sql = f"SELECT count(*) {source}"
        total += connection.exec_driver_sql(sql, parameters).scalar_one()
    return total


def tally(
    connection: Connection, clock: Clock, keys: Sequence[int], terms: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Of the revisions with these keys, how many hold each of the terms; none is not told.

    One look at all that holds a term beats asking for both, the keys and the term, by far: FTS5
    would go through the whole selection again for each of them.
    """
    if not keys or not terms:
        return
    table = "current_terms" if clock.now else "history_terms"
    if connection.dialect.name != "sqlite":
        sql = (
            f"SELECT t, count(*) FROM (SELECT unnest(terms) AS t FROM {table}"  # noqa: S608 - a constant name
            " WHERE key = ANY(%(keys)s)) AS held WHERE t = ANY(%(terms)s) GROUP BY t"
        )
        both = {"keys": list(keys), "terms": list(terms)}
        yield from connection.exec_driver_sql(sql, both).all()
        return
    sql = f"SELECT rowid FROM {table} WHERE {table} MATCH :match AND rowid BETWEEN :low AND :high"  # noqa: S608 - a constant name
    wanted, low, high = frozenset(keys), min(keys), max(keys)
    for number in terms:
        given = {"match": token(number), "low": low, "high": high}
        held = connection.exec_driver_sql(sql, given)
        found = len(wanted.intersection(row[0] for row in held))
        if found:
            yield number, found
