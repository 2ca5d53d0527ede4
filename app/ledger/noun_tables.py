"""The tables of a noun, made from its shape: one for its records, one for each of its lists.

A column has the name and the type of its field. An object becomes columns of the table that it
stands in: `place_name` is `name` within `place`. A list becomes a table of its own, such as
`meeting_participant` for `participants`: a row for each item, keyed by the record and by an
`ordinal` that counts from 0. A list within an item has that item's ordinal in its key as well,
named like the item. Derived fields have no column unless they are marked `HasColumn`.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from app.kit.schema.fields import ShapeField, column_fields
from app.kit.schema.shapes import EVENT, Shape
from app.kit.sql.database import metadata

FieldPath = tuple[str, ...]  # names of fields, from the outermost in

# Deferred, so that the records of one write may cite each other in any order.
_DEFERRED: dict[str, Any] = {"deferrable": True, "initially": "DEFERRED"}
_TYPES: dict[type, type[TypeEngine[Any]]] = {bool: Boolean, float: Float, int: Integer}
# The longest text that has a column of a limited length, and the limit of one that declares none.
_DEFAULT_TEXT_LENGTH = 500


@dataclass(frozen=True, slots=True)
class ChildTable:
    """A table of one list field: a row an item, numbered, under its parent."""

    table: Table
    field: str
    children: tuple[ChildTable, ...] = ()


def build_tables(
    noun: str, shape: type[Shape], schema: MetaData = metadata
) -> tuple[Table, tuple[ChildTable, ...]]:
    """The table of a noun's records, and those of its lists, added to `schema`."""
    table = Table(noun, schema, *_columns(shape, set()))
    return table, _children(table, noun, shape)


def _children(parent: Table, name: str, shape: type[Shape]) -> tuple[ChildTable, ...]:
    return tuple(_child(parent, name, part) for part in column_fields(shape) if part.is_list)


def _child(parent: Table, name: str, part: ShapeField) -> ChildTable:
    """The table of a list in the rows of `parent`, each of which is a `name`."""
    item = _singular(part.name)
    key = list(_key(parent, name))
    taken = {column.name for column in key if isinstance(column, Column)}
    columns = (
        [_column(part, part.cites or item, (), taken)]
        if part.shape is None
        else _columns(part.shape, taken)
    )
    table = Table(f"{parent.name}_{item}", parent.metadata, *key, *columns)
    below = () if part.shape is None else _children(table, item, part.shape)
    return ChildTable(table, part.name, below)


def _singular(plural: str) -> str:
    return f"{plural[:-3]}y" if plural.endswith("ies") else plural.removesuffix("s")


def _key(parent: Table, name: str) -> Iterator[SchemaItem]:
    """The key of a list's table: that of the row it belongs to, and the place in the list."""
    above = list(parent.primary_key.columns)
    names = [*(column.name for column in above[:-1]), name]
    for own, column in zip(names, above, strict=True):
        yield Column(own, column.type, primary_key=True, autoincrement=False)
    yield Column("ordinal", Integer, primary_key=True, autoincrement=False)
    yield ForeignKeyConstraint(names, above, **_DEFERRED)


def _columns(
    shape: type[Shape], taken: Set[str], within: FieldPath = (), *, nullable: bool = False
) -> Iterator[Column[Any]]:
    """The columns of a shape's fields, but for its lists; `taken` are names of the table's key."""
    for part in column_fields(shape):
        path = (*within, part.name)
        if part.is_list and within:
            raise TypeError(f"{'.'.join(path)} would need a table: lists stand in records or items")
        if part.shape is not None and not part.is_list:
            yield from _columns(part.shape, taken, path, nullable=nullable or part.is_nullable)
        elif not part.is_list:
            yield _column(part, "_".join(path), path, taken, nullable=nullable)


def _column(
    part: ShapeField, name: str, path: FieldPath, taken: Set[str], *, nullable: bool = False
) -> Column[Any]:
    """The column of a field; its `info` has the path of its value in a document, or in an item."""
    cites = part.cites not in (None, EVENT)
    return Column(
        f"other_{name}" if name in taken else name,
        _type(part),
        *([ForeignKey(f"{part.cites}.id", **_DEFERRED)] if cites else []),
        nullable=nullable or part.is_nullable,
        primary_key=path == ("id",),
        info={"path": path},
    )


def _type(part: ShapeField) -> TypeEngine[Any]:
    if part.value_type in _TYPES:
        return _TYPES[part.value_type]()
    length = part.max_length or _DEFAULT_TEXT_LENGTH
    return String(length) if length <= _DEFAULT_TEXT_LENGTH else Text()
