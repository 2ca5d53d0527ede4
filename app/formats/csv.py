"""`csv`: a flat table for spreadsheets (RFC 4180), with the native identifiers.

The columns follow the shapes: `place.name` is a field of an object, `date.edtf` a part of a date.
A list is written into one cell, joined by ` | `. In a list of objects, the cells of a row align:
the third office belongs to the third party.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from io import StringIO
from typing import Any, get_args, get_origin

import orjson
from pydantic import BaseModel

from app.kit.plain_text import escape_cell
from app.kit.schema.shapes import Document, response_model
from app.ledger.noun import Noun
from app.reads.output_format import OutputFormat
from app.reads.rendering import RenderContext

CELL_SEPARATOR = " | "
_NESTED_SEPARATOR = ", "  # in a list within a list, which holds identifiers


def _item_type(annotation: Any) -> Any:
    """An annotation without `None` and without lists around it."""
    while True:
        if get_origin(annotation) is list:
            annotation = get_args(annotation)[0]
        elif type(None) in get_args(annotation):
            annotation = next(a for a in get_args(annotation) if a is not type(None))
        else:
            return annotation


def _paths(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """Yields the path of each scalar field, such as `("place", "name")`."""
    for name, info in model.model_fields.items():
        item_type = _item_type(info.annotation)
        member = info.alias or name
        if isinstance(item_type, type) and issubclass(item_type, BaseModel):
            yield from ((member, *path) for path in _paths(item_type))
        else:
            yield (member,)


@cache
def csv_columns(
    nouns: tuple[Noun, ...], has_type: bool = False, has_match: bool = False
) -> tuple[tuple[str, ...], ...]:
    """The columns of a table of records of these nouns, each as a path into the document."""
    paths: dict[tuple[str, ...], None] = {("type",): None} if has_type else {}
    for noun in nouns:
        paths |= dict.fromkeys(_paths(response_model(noun.shape)))
    if has_match:
        paths["match",] = None
    return tuple(paths)


def _value_at(value: Any, path: Sequence[str]) -> Any:
    for index, name in enumerate(path):
        if isinstance(value, list):
            return [_value_at(item, path[index:]) for item in value]
        if value is None:
            return None
        value = value.get(name)
    return value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _item(value: Any) -> str:
    """One item of a list in a cell; `|` is doubled so that it does not act as a separator."""
    text = _NESTED_SEPARATOR.join(map(_text, value)) if isinstance(value, list) else _text(value)
    return text.replace("|", "||")


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return escape_cell(CELL_SEPARATOR.join(map(_item, value)))
    # A number is never a formula, whatever its sign.
    return escape_cell(value) if isinstance(value, str) else _text(value)


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    output = StringIO()
    csv.writer(output, lineterminator="\r\n").writerows(rows)
    return output.getvalue().encode()


def _row(item: bytes, paths: Sequence[tuple[str, ...]]) -> list[str]:
    document: Document = orjson.loads(item)
    # A shortcut: most fields of most records are empty.
    return [
        "" if document.get(path[0]) in (None, []) else _cell(_value_at(document, path))
        for path in paths
    ]


def _render(context: RenderContext) -> Iterator[bytes]:
    query = context.query
    paths = csv_columns(
        query.schema.nouns, query.schema.has_type, query.selection.date_range is not None
    )
    if query.fields:
        paths = tuple(path for path in paths if path[0] in (*query.fields, "type", "match"))
    yield _lines([[".".join(path) for path in paths]])
    for batch in context.batches():
        yield _lines([_row(item.rendered, paths) for item in batch.items])


FORMAT = OutputFormat(
    "csv",
    "text/csv; charset=utf-8; header=present",
    "A table for spreadsheets (RFC 4180).",
    _render,
    for_every_list=True,
)
