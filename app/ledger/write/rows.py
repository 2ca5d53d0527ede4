"""The current record in relational tables: documents laid out as rows, for people who write SQL.

Which tables and columns there are is said in `columns.py`; each column knows where in a document,
or in an item of a list, its value stands.
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
    child: ChildTable, parent: tuple[Any, ...], items: Sequence[Any], into: TableRows
) -> None:
    for ordinal, item in enumerate(items):
        key = (*parent, ordinal)
        into[child.table].append(_row(child.table, item, key))
        for grandchild in child.children:
            _child_rows(grandchild, key, item[grandchild.field], into)


def rows_from_document(noun: Noun, document: Document) -> TableRows:
    """Every row that a document is laid out as, by table."""
    found: TableRows = defaultdict(list)
    found[noun.table].append(_row(noun.table, document))
    for child in noun.children:
        _child_rows(child, (document["id"],), document[child.field], found)
    return found


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _update(table: Table) -> Update:
    values: dict[str, Any] = {c.name: bindparam(c.name) for c in table.columns if not c.primary_key}
    return update(table).where(table.c.id == bindparam("id_")).values(values)


@cache
def _delete(table: Table, column: str) -> Delete:
    return delete(table).where(table.c[column] == bindparam("gone"))


def _all_children(children: Iterable[ChildTable]) -> list[Table]:
    """Child tables, the deepest first."""
    found: list[Table] = []
    for child in children:
        found += [*_all_children(child.children), child.table]
    return found


def noun_tables(noun: Noun) -> list[Table]:
    """Every table of a noun, those that refer to another of them first."""
    return [*_all_children(noun.children), noun.table]


def _delete_child_rows(connection: Connection, noun: Noun, identifiers: Sequence[str]) -> None:
    gone = [{"gone": identifier} for identifier in identifiers]
    for table in _all_children(noun.children):
        connection.execute(_delete(table, noun.name), gone)


def delete_rows(connection: Connection, noun: Noun, identifiers: Sequence[str]) -> None:
    """Take records out of the relational tables."""
    if identifiers:
        _delete_child_rows(connection, noun, identifiers)
        connection.execute(_delete(noun.table, "id"), [{"gone": i} for i in identifiers])


def insert_root_rows(connection: Connection, noun: Noun, created: Sequence[Document]) -> None:
    """Put the own rows of new documents into their noun's table, without what is listed in them."""
    if created:
        rows = [_row(noun.table, document) for document in created]
        connection.execute(_insert(noun.table), rows)


def insert_child_rows(connection: Connection, noun: Noun, created: Sequence[Document]) -> None:
    """Put what is listed in new documents into the tables below their noun's own."""
    gathered: TableRows = defaultdict(list)
    for document in created:
        for table, rows in rows_from_document(noun, document).items():
            if table is not noun.table:
                gathered[table] += rows
    for table, rows in gathered.items():
        connection.execute(_insert(table), rows)


def write_rows(
    connection: Connection, noun: Noun, created: Sequence[Document], changed: Sequence[Document]
) -> None:
    """Put documents of one noun into the relational tables.

    A changed record's own row is updated, not replaced: its address is what others refer to.
    """
    gathered: TableRows = defaultdict(list)
    for document in (*created, *changed):
        for table, rows in rows_from_document(noun, document).items():
            gathered[table] += rows
    own = gathered.pop(noun.table, [])
    fresh, stale = own[: len(created)], own[len(created) :]
    if fresh:
        connection.execute(_insert(noun.table), fresh)
    if stale:
        _delete_child_rows(connection, noun, [document["id"] for document in changed])
        # Without `id` itself: setting it, even to what it is, makes SQLite look for children.
        for row in stale:
            row["id_"] = row.pop("id")
        connection.execute(_update(noun.table), stale)
    for table, rows in gathered.items():
        if rows:
            connection.execute(_insert(table), rows)
