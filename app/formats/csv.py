"""`csv`: a table for spreadsheets (RFC 4180), flat, with the native identifiers.

Its columns are those of the shapes: an object's fields follow a dot, a date's are its text, its
bounds and so on, and what is listed stands in one cell, joined by ` | `. Where things with
several fields are listed, the cells of one row go together: the third office is the third party's.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from io import StringIO
from typing import Any, get_args, get_origin

import orjson
from pydantic import BaseModel

from app.kit.plain_text import cell
from app.kit.schema.shapes import Document, answer
from app.ledger.noun import Noun
from app.reads.export import Rendition
from app.reads.representation import Format

BETWEEN = " | "
_INNER = ", "  # in a list within a list; those hold identifiers


def _bare(annotation: Any) -> tuple[Any, bool]:
    """An annotation without `None` and without its list, and whether it had one."""
    many = False
    while True:
        if get_origin(annotation) is list:
            many, annotation = True, get_args(annotation)[0]
        elif type(None) in get_args(annotation):
            annotation = next(a for a in get_args(annotation) if a is not type(None))
        else:
            return annotation, many


def _paths(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """The path to each plain value."""
    for name, info in model.model_fields.items():
        inner, _ = _bare(info.annotation)
        own = info.alias or name
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from ((own, *rest) for rest in _paths(inner))
        else:
            yield (own,)


@cache
def columns(
    nouns: tuple[Noun, ...], typed: bool = False, ranged: bool = False
) -> tuple[tuple[str, ...], ...]:
    """The columns of a table of these nouns' records; with a range, how each matches it too."""
    found: dict[tuple[str, ...], None] = {("type",): None} if typed else {}
    for noun in nouns:
        found |= dict.fromkeys(_paths(answer(noun.shape)))
    if ranged:
        found["match",] = None
    return tuple(found)


def _at(value: Any, path: Sequence[str]) -> Any:
    for index, name in enumerate(path):
        if isinstance(value, list):
            return [_at(item, path[index:]) for item in value]
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
    """One of several in a cell; a bar of its own is doubled, so that it separates nothing."""
    text = _INNER.join(map(_text, value)) if isinstance(value, list) else _text(value)
    return text.replace("|", "||")


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return cell(BETWEEN.join(map(_item, value)))
    # A number is no formula, whatever its sign.
    return cell(value) if isinstance(value, str) else _text(value)


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    held = StringIO()
    csv.writer(held, lineterminator="\r\n").writerows(rows)
    return held.getvalue().encode()


def _row(item: bytes, paths: Sequence[tuple[str, ...]]) -> list[str]:
    document: Document = orjson.loads(item)
    # Most fields of most records are empty.
    return [
        "" if document.get(path[0]) in (None, []) else _cell(_at(document, path)) for path in paths
    ]


def _render(rendition: Rendition) -> Iterator[bytes]:
    query = rendition.query
    paths = columns(query.nouns, query.typed, query.range is not None)
    if query.fields:
        paths = tuple(p for p in paths if p[0] in (*query.fields, "type", "match"))
    yield _lines([[".".join(path) for path in paths]])
    for stretch in rendition.stretches():
        yield _lines([_row(found.item, paths) for found in stretch.items])


FORMAT = Format(
    "csv",
    "text/csv; charset=utf-8; header=present",
    "A table for spreadsheets (RFC 4180).",
    _render,
    lists=True,
)
