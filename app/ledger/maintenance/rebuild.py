"""Rebuilding what is derived: rows, index, facets' catalogue, all from the ledger's documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256

import orjson
from sqlalchemy import Connection, text

from app.kit.schema.shapes import Document
from app.kit.sql.database import Database
from app.ledger import index_tables, indexing
from app.ledger.noun import Noun, Nouns
from app.ledger.snapshot import latest_revision
from app.ledger.write import rows
from app.ledger.write.append import add_facet_values, upsert_noun_heads

# Raise this whenever terms, rows or words change: `parley migrate` then rebuilds. A noun or a
# filter that is new, or gone, needs no raise.
PROJECTION = "5"
_BATCH_SIZE = 2_000
_PROJECTION_VERSION = text("SELECT value FROM dataset WHERE name = 'projection'")
_SET_PROJECTION_VERSION = text(
    "INSERT INTO dataset (name, value) VALUES ('projection', :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_REVISIONS = text(
    "SELECT v.number, t.sort_key, r.sort_key, r.noun, v.document FROM revision AS v"
    " JOIN revision_time AS t ON t.revision = v.number JOIN record AS r ON r.number = v.record"
    " WHERE v.number > :after ORDER BY v.number LIMIT :limit"
)

_CURRENT_DOCUMENTS = text(
    "SELECT r.id, v.document FROM record AS r JOIN revision_time AS t ON t.sort_key = r.sort_key"
    " JOIN revision AS v ON v.number = t.revision WHERE r.noun = :noun AND r.id > :after"
    " ORDER BY r.id LIMIT :limit"
)


def rebuild_if_needed(
    database: Database, nouns: Nouns, on_start: Callable[[int], object] = lambda _: None
) -> bool:
    """Rebuild what is derived, if this version derives it in another way; returns whether it did.

    `on_start` is called with the number of revisions to process before that begins.
    """
    with database.write_transaction() as connection:
        projection = _projection(nouns)
        if connection.execute(_PROJECTION_VERSION).scalar() == projection:
            return False
        on_start(latest_revision(connection))
        rebuild(connection, nouns)
        connection.execute(_SET_PROJECTION_VERSION, {"value": projection})
        return True


def _projection(nouns: Nouns) -> str:
    """What this version derives: its number, and a hash of every noun's filters by name."""
    filters = [[noun.name, *(item.name for item in noun.filters)] for noun in nouns]
    return f"{PROJECTION}-{sha256(orjson.dumps(filters)).hexdigest()[:16]}"


def rebuild(connection: Connection, nouns: Nouns) -> None:
    """Empty and refill the rows, the index and the facet values."""
    for noun in reversed(nouns.all):
        for table in rows.noun_tables(noun):
            connection.execute(table.delete())
    connection.exec_driver_sql("DELETE FROM facet_value")
    connection.exec_driver_sql("DELETE FROM noun_head")
    index_tables.clear_index(connection)
    after = 0
    heads: dict[str, int] = {}
    while batch := connection.execute(_REVISIONS, {"after": after, "limit": _BATCH_SIZE}).all():
        _rebuild_batch(connection, nouns, batch)
        heads |= {row[3]: row[0] for row in batch}
        after = batch[-1][0]
    _rebuild_rows(connection, nouns)
    index_tables.optimize_index(connection)
    if heads:
        upsert_noun_heads(connection, heads)


def _rebuild_batch(connection: Connection, nouns: Nouns, batch: object) -> None:
    history, current_entries = [], []
    values: set[tuple[str, str]] = set()
    for _, key, current_key, name, content in batch:  # type: ignore[attr-defined]  # database rows
        if content is None:
            continue
        noun, document = nouns[name], orjson.loads(content)
        entry = index_tables.IndexEntry(key, indexing.document_terms(noun, document))
        history.append(entry)
        values |= indexing.facet_values(noun, document)
        if key == current_key:
            current_entries.append(entry)
    index_tables.add_entries(connection, "history_terms", history)
    index_tables.add_entries(connection, "current_terms", current_entries)
    add_facet_values(connection, values)


def _rebuild_rows(connection: Connection, nouns: Nouns) -> None:
    """The rows of every record as it stands: first their own, then what is listed in them.

    Whatever a row refers to is then there before it. While some row refers to what is not, SQLite
    looks through whole tables at each row that is added: at 200,000 meetings, for hours.
    """
    for insert_rows in (rows.insert_root_rows, rows.insert_child_rows):
        for noun in nouns.by_rank:
            for documents in _current_documents(connection, noun):
                insert_rows(connection, noun, documents)


def _current_documents(connection: Connection, noun: Noun) -> Iterator[list[Document]]:
    """The documents of a noun's records as they stand, a batch at a time."""
    after = ""
    parameters = {"noun": noun.name, "limit": _BATCH_SIZE}
    while batch := connection.execute(_CURRENT_DOCUMENTS, {**parameters, "after": after}).all():
        yield [orjson.loads(content) for _, content in batch]
        after = batch[-1][0]
