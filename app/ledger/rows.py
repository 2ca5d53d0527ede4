"""The current record in relational tables: documents laid out as rows, for people who write SQL.

A table's columns say what goes in: a column takes the field of its own name, `date_earliest`
takes `earliest` of the field `date`. Lists become rows of a child table, numbered from 0.
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

from app.kit.shapes import Document
from app.ledger.nouns import Child, Noun

Row = dict[str, Any]
Rows = dict[Table, list[Row]]


@cache
def _columns(table: Table) -> tuple[tuple[str, str, str | None], ...]:
    """Each column of a table with the field, and the field within it, that it takes."""
    found = []
    for column in table.columns:
        field = column.info.get("field", column.name)
        found.append((column.name, *field.partition(".")[::2]))
    return tuple((name, head, rest or None) for name, head, rest in found)


def _row(table: Table, document: Document, given: Row) -> Row:
    row: Row = {}
    for name, head, rest in _columns(table):
        if name in given:
            row[name] = given[name]
        elif rest is None:
            row[name] = document[head]
        else:
            inner = document[head]
            row[name] = None if inner is None else inner[rest]
    return row


def _child_rows(child: Child, parent: Row, items: Sequence[Any], into: Rows) -> None:
    names = {column.name for column in child.table.columns}
    own = [c.name for c in child.table.columns if c.info.get("item")]
    for ordinal, item in enumerate(items):
        given = {k: v for k, v in parent.items() if k in names}
        ordinal_name = child.table.info.get("ordinal")
        if ordinal_name:
            given[ordinal_name] = ordinal
        if own:
            given[own[0]] = item
            into[child.table].append(_row(child.table, {}, given))
            continue
        into[child.table].append(_row(child.table, item, given))
        for grandchild in child.children:
            _child_rows(grandchild, given, item[grandchild.field], into)


def rows_of(noun: Noun, document: Document) -> Rows:
    """Every row that a document is laid out as, by table."""
    found: Rows = defaultdict(list)
    found[noun.table].append(_row(noun.table, document, {}))
    parent = {f"{noun.name}": document["id"]}
    for child in noun.children:
        _child_rows(child, parent, document[child.field], found)
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


def _all_children(children: Iterable[Child]) -> list[Table]:
    """Child tables, the deepest first."""
    found: list[Table] = []
    for child in children:
        found += [*_all_children(child.children), child.table]
    return found


def tables(noun: Noun) -> list[Table]:
    """Every table of a noun, those that refer to another of them first."""
    return [*_all_children(noun.children), noun.table]


def _erase_children(connection: Connection, noun: Noun, identifiers: Sequence[str]) -> None:
    gone = [{"gone": identifier} for identifier in identifiers]
    for table in _all_children(noun.children):
        connection.execute(_delete(table, noun.name), gone)


def erase(connection: Connection, noun: Noun, identifiers: Sequence[str]) -> None:
    """Take records out of the relational tables."""
    if identifiers:
        _erase_children(connection, noun, identifiers)
        connection.execute(_delete(noun.table, "id"), [{"gone": i} for i in identifiers])


def lay_out_own(connection: Connection, noun: Noun, created: Sequence[Document]) -> None:
    """Put the own rows of new documents into their noun's table, without what is listed in them."""
    if created:
        rows = [_row(noun.table, document, {}) for document in created]
        connection.execute(_insert(noun.table), rows)


def lay_out_lists(connection: Connection, noun: Noun, created: Sequence[Document]) -> None:
    """Put what is listed in new documents into the tables below their noun's own."""
    gathered: Rows = defaultdict(list)
    for document in created:
        for table, rows in rows_of(noun, document).items():
            if table is not noun.table:
                gathered[table] += rows
    for table, rows in gathered.items():
        connection.execute(_insert(table), rows)


def lay_out(
    connection: Connection, noun: Noun, created: Sequence[Document], changed: Sequence[Document]
) -> None:
    """Put documents of one noun into the relational tables.

    A changed record's own row is updated, not replaced: its address is what others refer to.
    """
    gathered: Rows = defaultdict(list)
    for document in (*created, *changed):
        for table, rows in rows_of(noun, document).items():
            gathered[table] += rows
    own = gathered.pop(noun.table, [])
    fresh, stale = own[: len(created)], own[len(created) :]
    if fresh:
        connection.execute(_insert(noun.table), fresh)
    if stale:
        _erase_children(connection, noun, [document["id"] for document in changed])
        # Without `id` itself: setting it, even to what it is, makes SQLite look for children.
        for row in stale:
            row["id_"] = row.pop("id")
        connection.execute(_update(noun.table), stale)
    for table, rows in gathered.items():
        if rows:
            connection.execute(_insert(table), rows)
