"""Current records in relational tables: documents as rows, for people who write SQL.

`noun_tables.py` says which tables and columns exist; each column knows where its value is in a
document, or in an item of a list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Delete,
    Insert,
    Table,
    Update,
    bindparam,
    delete,
    insert,
    update,
)

from app.kit.schema.shapes import Document
from app.ledger.noun import Noun
from app.ledger.noun_tables import ChildTable, FieldPath

TableRow = dict[str, Any]
TableRows = dict[Table, list[TableRow]]


@cache
def _columns(table: Table) -> tuple[tuple[str, ...], tuple[tuple[str, FieldPath], ...]]:
    """The columns that say which item a row is; each other one, with the path of its value."""
    keys = tuple(column.name for column in table.columns if "path" not in column.info)
    fields = tuple((c.name, c.info["path"]) for c in table.columns if "path" in c.info)
    return keys, fields


def _row(table: Table, item: Any, key: tuple[Any, ...] = ()) -> TableRow:
    keys, fields = _columns(table)
    row: TableRow = dict(zip(keys, key, strict=True))
    for name, path in fields:
        value = item
        for step in path:
            value = None if value is None else value[step]
        row[name] = value
    return row


def _child_rows(
    child: ChildTable, parent: tuple[Any, ...], items: Sequence[Any], rows: TableRows
) -> None:
    for ordinal, item in enumerate(items):
        key = (*parent, ordinal)
        rows[child.table].append(_row(child.table, item, key))
        for grandchild in child.children:
            _child_rows(grandchild, key, item[grandchild.field], rows)


def rows_from_document(noun: Noun, document: Document) -> TableRows:
    """The rows that hold a document, by table."""
    rows: TableRows = defaultdict(list)
    rows[noun.table].append(_row(noun.table, document))
    for child in noun.children:
        _child_rows(child, (document["id"],), document[child.field], rows)
    return rows


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _update(table: Table) -> Update:
    values: dict[str, Any] = {c.name: bindparam(c.name) for c in table.columns if not c.primary_key}
    return update(table).where(table.c.id == bindparam("id_")).values(values)


@cache
def _delete(table: Table, column: str) -> Delete:
    return delete(table).where(table.c[column] == bindparam("deleted_id"))


def _all_children(children: Iterable[ChildTable]) -> list[Table]:
    """Child tables, the deepest first."""
    tables: list[Table] = []
    for child in children:
        tables += [*_all_children(child.children), child.table]
    return tables


def noun_tables(noun: Noun) -> list[Table]:
    """Every table of a noun, those that refer to another of them first."""
    return [*_all_children(noun.children), noun.table]


def _delete_child_rows(connection: Connection, noun: Noun, identifiers: Sequence[str]) -> None:
    parameters = [{"deleted_id": identifier} for identifier in identifiers]
    for table in _all_children(noun.children):
        connection.execute(_delete(table, noun.name), parameters)


def delete_rows(connection: Connection, noun: Noun, identifiers: Sequence[str]) -> None:
    """Delete the rows of records."""
    if identifiers:
        _delete_child_rows(connection, noun, identifiers)
        connection.execute(_delete(noun.table, "id"), [{"deleted_id": i} for i in identifiers])


def insert_root_rows(connection: Connection, noun: Noun, created: Sequence[Document]) -> None:
    """Insert the rows of new documents into their noun's table, without those of their lists."""
    if created:
        rows = [_row(noun.table, document) for document in created]
        connection.execute(_insert(noun.table), rows)


def insert_child_rows(connection: Connection, noun: Noun, created: Sequence[Document]) -> None:
    """Insert the rows of the lists in new documents."""
    rows_by_table: TableRows = defaultdict(list)
    for document in created:
        for table, rows in rows_from_document(noun, document).items():
            if table is not noun.table:
                rows_by_table[table] += rows
    for table, rows in rows_by_table.items():
        connection.execute(_insert(table), rows)


def write_rows(
    connection: Connection, noun: Noun, created: Sequence[Document], changed: Sequence[Document]
) -> None:
    """Write the rows of documents of one noun.

    The root row of a changed record is updated, not replaced, as other rows refer to it.
    """
    rows_by_table: TableRows = defaultdict(list)
    for document in (*created, *changed):
        for table, rows in rows_from_document(noun, document).items():
            rows_by_table[table] += rows
    root_rows = rows_by_table.pop(noun.table, [])
    new_rows, changed_rows = root_rows[: len(created)], root_rows[len(created) :]
    if new_rows:
        connection.execute(_insert(noun.table), new_rows)
    if changed_rows:
        _delete_child_rows(connection, noun, [document["id"] for document in changed])
        # Without `id`: setting it, even to the same value, makes SQLite search for referring rows.
        for row in changed_rows:
            row["id_"] = row.pop("id")
        connection.execute(_update(noun.table), changed_rows)
    for table, rows in rows_by_table.items():
        if rows:
            connection.execute(_insert(table), rows)
