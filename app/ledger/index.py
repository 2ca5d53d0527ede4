"""The index of terms: which revisions hold what. Only this differs by engine.

Two indexes of the same form: `current_terms` holds the records as they stand, `history_terms`
every revision, so that now is as fast as if there were no past. On SQLite they are FTS5 tables
without content, on PostgreSQL a `bigint[]` under GIN beside the key's B-tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Connection

from app.kit.terms import Expression, fts5_token, parse_fts5_token, to_array_condition, to_fts5
from app.ledger.selection import Clock, Segment, clock_check

# The tables of the index are no part of the relational model: migrations make them, and
# autogenerate is told to leave them alone.
CURRENT, HISTORY = INDEX_TABLES = ("current_terms", "history_terms")


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
        rows = [(e.key, " ".join(map(fts5_token, e.terms))) for e in sorted(entries, key=_key)]
        sql = f"INSERT INTO {table} (rowid, terms) VALUES (?, ?)"  # noqa: S608 - a constant name
        if rows:
            connection.exec_driver_sql(sql, rows)
        return
    pairs = [(e.key, list(e.terms)) for e in entries]
    if pairs:
        sql = f"INSERT INTO {table} (sort_key, terms) VALUES (%s, %s)"  # noqa: S608 - a constant name
        connection.exec_driver_sql(sql, pairs)


def drop(connection: Connection, keys: Sequence[int]) -> None:
    """Take revisions out of the index of current records."""
    if not keys:
        return
    if connection.dialect.name == "sqlite":
        sql = "DELETE FROM current_terms WHERE rowid = ?"
        connection.exec_driver_sql(sql, [(key,) for key in keys])
    else:
        sql = "DELETE FROM current_terms WHERE sort_key = ANY(%s)"
        connection.exec_driver_sql(sql, (list(keys),))


def postings(connection: Connection, table: str) -> Iterator[tuple[int, int]]:
    """Everything that an index holds: each term with each key under it, in the index's order.

    It is gone through by the driver itself, as there are some fifty of them to a revision.
    """
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        return _vocabulary(driver, table)
    return _arrays_of(driver, table)


def _arrays_of(driver: Any, table: str) -> Iterator[tuple[int, int]]:
    with driver.cursor(name="postings") as cursor:
        cursor.itersize = 10_000
        cursor.execute(f"SELECT unnest(terms), sort_key FROM {table}")  # noqa: S608 - a constant name
        yield from cursor


def _vocabulary(driver: Any, table: str) -> Iterator[tuple[int, int]]:
    """The same by FTS5's own view of its index, which stands outside the database."""
    view = f"{table}_postings"
    factory, driver.text_factory = driver.text_factory, bytes
    [(read_only,)] = driver.execute("PRAGMA query_only")
    driver.execute("PRAGMA query_only = OFF")
    try:
        driver.execute(
            f"CREATE VIRTUAL TABLE temp.{view} USING fts5vocab('main', '{table}', 'instance')"
        )
        try:
            told, number = b"", 0
            for spelt, key in driver.execute(f"SELECT term, doc FROM temp.{view}"):  # noqa: S608 - a constant name
                if spelt != told:
                    told, number = spelt, parse_fts5_token(spelt)
                yield number, key
        finally:
            driver.execute(f"DROP TABLE temp.{view}")
    finally:
        driver.execute(f"PRAGMA query_only = {read_only}")
        driver.text_factory = factory


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
    if expression.is_impossible:
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
    if expression.is_impossible:
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
