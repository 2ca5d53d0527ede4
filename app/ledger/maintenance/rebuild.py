"""Rebuilding what is derived: rows, index, facets' catalogue, all from the ledger's documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import orjson
from sqlalchemy import Connection, text

from app.kit.schema.shapes import Document
from app.kit.sql.database import Database
from app.ledger import index_tables, indexing
from app.ledger.noun import Noun, Nouns
from app.ledger.snapshot import latest_revision
from app.ledger.write import rows
from app.ledger.write.append import add_facet_values, upsert_noun_heads

# Raise this whenever terms, rows or words change their form: `parley migrate` then rebuilds.
PROJECTION = "5"
_BATCH = 2_000
_MARK = text("SELECT value FROM dataset WHERE name = 'projection'")
_SET = text(
    "INSERT INTO dataset (name, value) VALUES ('projection', :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_ENTRIES = text(
    "SELECT v.number, t.sort_key, r.sort_key, r.noun, v.document FROM revision AS v"
    " JOIN revision_time AS t ON t.revision = v.number JOIN record AS r ON r.number = v.record"
    " WHERE v.number > :after ORDER BY v.number LIMIT :limit"
)

_STANDING = text(
    "SELECT r.id, v.document FROM record AS r JOIN revision_time AS t ON t.sort_key = r.sort_key"
    " JOIN revision AS v ON v.number = t.revision WHERE r.noun = :noun AND r.id > :after"
    " ORDER BY r.id LIMIT :limit"
)


def rebuild_if_needed(
    database: Database, nouns: Nouns, tell: Callable[[int], object] = lambda _: None
) -> bool:
    """Rebuild what is derived, if this version derives it otherwise; says whether it did.

    `tell` is given the number of revisions to go through before that begins.
    """
    with database.write_transaction() as connection:
        if connection.execute(_MARK).scalar() == PROJECTION:
            return False
        tell(latest_revision(connection))
        rebuild(connection, nouns)
        connection.execute(_SET, {"value": PROJECTION})
        return True


def rebuild(connection: Connection, nouns: Nouns) -> None:
    """Empty and fill again the rows, the index and the catalogue."""
    for noun in reversed(nouns.all):
        for table in rows.tables(noun):
            connection.execute(table.delete())
    connection.exec_driver_sql("DELETE FROM facet_value")
    connection.exec_driver_sql("DELETE FROM noun_head")
    index_tables.empty(connection)
    after = 0
    heads: dict[str, int] = {}
    while batch := connection.execute(_ENTRIES, {"after": after, "limit": _BATCH}).all():
        _rebuild_batch(connection, nouns, batch)
        heads |= {row[3]: row[0] for row in batch}
        after = batch[-1][0]
    _lay_out(connection, nouns)
    index_tables.tidy(connection)
    if heads:
        upsert_noun_heads(connection, heads)


def _rebuild_batch(connection: Connection, nouns: Nouns, batch: object) -> None:
    past, present = [], []
    values: set[tuple[str, str]] = set()
    for _, key, current, name, content in batch:  # type: ignore[attr-defined]  # database rows
        if content is None:
            continue
        noun, document = nouns[name], orjson.loads(content)
        entry = index_tables.Entry(key, indexing.terms(noun, document))
        past.append(entry)
        values |= indexing.catalogued(noun, document)
        if key == current:
            present.append(entry)
    index_tables.add(connection, "history_terms", past)
    index_tables.add(connection, "current_terms", present)
    add_facet_values(connection, values)


def _lay_out(connection: Connection, nouns: Nouns) -> None:
    """The rows of every record as it stands: first their own, then what is listed in them.

    Whatever a row refers to is then there before it. While some row refers to what is not, SQLite
    looks through whole tables at each row that is added: at 200,000 meetings, for hours.
    """
    for lay_out in (rows.lay_out_own, rows.lay_out_lists):
        for noun in nouns.by_rank:
            for documents in _standing(connection, noun):
                lay_out(connection, noun, documents)


def _standing(connection: Connection, noun: Noun) -> Iterator[list[Document]]:
    """The documents of a noun's records as they stand, a batch at a time."""
    after = ""
    given = {"noun": noun.name, "limit": _BATCH}
    while batch := connection.execute(_STANDING, {**given, "after": after}).all():
        yield [orjson.loads(content) for _, content in batch]
        after = batch[-1][0]
