"""The tables of the index of terms: filled, read through, emptied, each engine in its own way.

Two tables of the same form: `current_terms` holds the current records, `history_terms`
every revision, so that the present is as fast as without a past. On SQLite they are FTS5 tables
without content, on PostgreSQL a `bigint[]` under GIN beside the key's B-tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.kit.terms import fts5_token, parse_fts5_token

# The tables of the index are not part of the relational model: migrations make them, and
# comparing schemas ignores them.
CURRENT_TERMS, HISTORY_TERMS = INDEX_TABLES = ("current_terms", "history_terms")


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One revision to be indexed: its key and its terms."""

    sort_key: int
    terms: Sequence[int]


def _key(entry: IndexEntry) -> int:
    return entry.sort_key


def is_index_table(name: str) -> bool:
    """Whether a table belongs to the index, the engine's own shadow tables included."""
    return name.startswith(INDEX_TABLES)


def add_entries(connection: Connection, table: str, entries: Iterable[IndexEntry]) -> None:
    """Index revisions."""
    if connection.dialect.name == "sqlite":
        # In the order of keys: FTS5 flushes its buffer whenever a key is not above the last
        # one, and merging all these segments is most of the work.
        rows = [
            (entry.sort_key, " ".join(map(fts5_token, entry.terms)))
            for entry in sorted(entries, key=_key)
        ]
        sql = f"INSERT INTO {table} (rowid, terms) VALUES (?, ?)"  # noqa: S608 - a constant name
        if rows:
            connection.exec_driver_sql(sql, rows)
        return
    pairs = [(entry.sort_key, list(entry.terms)) for entry in entries]
    if pairs:
        sql = f"INSERT INTO {table} (sort_key, terms) VALUES (%s, %s)"  # noqa: S608 - a constant name
        connection.exec_driver_sql(sql, pairs)


def remove_entries(connection: Connection, keys: Sequence[int]) -> None:
    """Remove revisions from the index of current records."""
    if not keys:
        return
    if connection.dialect.name == "sqlite":
        sql = "DELETE FROM current_terms WHERE rowid = ?"
        connection.exec_driver_sql(sql, [(key,) for key in keys])
    else:
        sql = "DELETE FROM current_terms WHERE sort_key = ANY(%s)"
        connection.exec_driver_sql(sql, (list(keys),))


def postings(connection: Connection, table: str) -> Iterator[tuple[int, int]]:
    """Every entry of an index: each term with each key under it, in the index's order.

    The driver itself iterates, as a revision has some fifty of them.
    """
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        return _postings_of_fts5(driver, table)
    return _postings_of_arrays(driver, table)


def _postings_of_arrays(driver: Any, table: str) -> Iterator[tuple[int, int]]:
    with driver.cursor(name="postings") as cursor:
        cursor.itersize = 10_000
        cursor.execute(f"SELECT unnest(terms), sort_key FROM {table}")  # noqa: S608 - a constant name
        yield from cursor


def _postings_of_fts5(driver: Any, table: str) -> Iterator[tuple[int, int]]:
    """Reads them from a temporary `fts5vocab` table, FTS5's own view of its index."""
    view = f"{table}_postings"
    text_factory, driver.text_factory = driver.text_factory, bytes
    [(read_only,)] = driver.execute("PRAGMA query_only")
    driver.execute("PRAGMA query_only = OFF")
    try:
        driver.execute(
            f"CREATE VIRTUAL TABLE temp.{view} USING fts5vocab('main', '{table}', 'instance')"
        )
        try:
            previous_token, term = b"", 0
            for token, key in driver.execute(f"SELECT term, doc FROM temp.{view}"):  # noqa: S608 - a constant name
                if token != previous_token:
                    previous_token, term = token, parse_fts5_token(token)
                yield term, key
        finally:
            driver.execute(f"DROP TABLE temp.{view}")
    finally:
        driver.execute(f"PRAGMA query_only = {read_only}")
        driver.text_factory = text_factory


def clear_index(connection: Connection) -> None:
    """Remove every entry."""
    for table in INDEX_TABLES:
        if connection.dialect.name == "sqlite":
            command = f"INSERT INTO {table} ({table}) VALUES ('delete-all')"  # noqa: S608 - a constant name
        else:
            command = f"TRUNCATE {table}"
        connection.exec_driver_sql(command)


def optimize_index(connection: Connection) -> None:
    """Merge the segments that many writes leave behind, so that a search reads one of them.

    SQLite's index is a heap of sorted pieces: after a bulk load, a search reads twice as much as
    it need. PostgreSQL keeps what was added last in a list that each search goes through.
    """
    for table in INDEX_TABLES:
        if connection.dialect.name == "sqlite":
            command = f"INSERT INTO {table} ({table}) VALUES ('optimize')"  # noqa: S608 - a constant name
        else:
            command = f"SELECT gin_clean_pending_list('ix_{table}_terms')"
        connection.exec_driver_sql(command)
