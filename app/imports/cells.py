"""Cells of a table: a column's name says where in a record its text goes.

`place.name` is a field within a field, `participants.0.party` one of the first item of a list.
A list of names or identifiers stands in one cell, parted by `|`. A list of objects may stand in
one cell as JSON, or in a column for each of their fields, as our own tables have it:
`participants.party` has the parties of all of them, parted by `|`. An empty cell says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.kit.http.problems import Problem, bad_body
from app.kit.plain_text import unescape_cell
from app.kit.schema.fields import ShapeField, shape_fields
from app.kit.schema.shapes import Document, Shape
from app.kit.strict_json import JsonError, loads, path_step

_MAX_ITEMS = 999
_BAR = re.compile(r"(?<!\|)\|(?!\|)")  # a doubled one is part of a text
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,30})?")


def body_from_cells(shape: type[Shape], cells: dict[str, str]) -> Document:
    """The body that a line's cells come to.

    Raises:
        Problem: 422 for a column that contradicts another, or a cell that holds no JSON.
    """
    found: Document = {}
    for whole, content in cells.items():
        for column, cell in _split_list_cell(shape, whole, unescape_cell(content)):
            if cell.strip():
                _set_path(found, column, column.split("."), _value(shape, column, cell.strip()))
    lined: Document = _numbered_to_lists(found)
    convert_numbers(shape, lined)
    return lined


def _split_list_cell(shape: type[Shape], column: str, cell: str) -> Iterator[tuple[str, str]]:
    """A field of several objects in one cell, as a column for each of them."""
    path, inside = column.split("."), shape
    for place, name in enumerate(path[:-1]):
        part = next((part for part in shape_fields(inside) if part.name == name), None)
        if part is None or part.shape is None:
            break
        inside = part.shape
        if part.is_list and not path[place + 1].isdigit():
            before, rest = ".".join(path[: place + 1]), ".".join(path[place + 1 :])
            listed = (leaf := _column_field(shape, column)) is not None and leaf.is_list
            items = _BAR.split(cell)
            if len(items) > _MAX_ITEMS:
                raise _column_problem(column, f"has more than {_MAX_ITEMS} items", "fewer items")
            for index, item in enumerate(items):
                text = item.replace("||", "|")
                yield f"{before}.{index}.{rest}", text.replace(",", "|") if listed else text
            return
    yield column, cell


def convert_numbers(shape: type[Shape], body: Document) -> None:
    """Make numbers of the texts in fields that take numbers; in place.

    What is no number is left as it is, to be refused as anybody's text would be.
    """
    for part in shape_fields(shape):
        value = body.get(part.name)
        if part.is_number and isinstance(value, str) and _NUMBER.fullmatch(value):
            body[part.name] = float(value)
        elif part.shape is not None:
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    convert_numbers(part.shape, item)


def _value(shape: type[Shape], column: str, cell: str) -> Any:
    part = _column_field(shape, column)
    if part is None or not part.is_list:
        return cell
    if cell[0] in "[{":
        try:
            return loads(cell.encode())
        except JsonError as error:
            raise _column_problem(column, f"is not valid JSON: {error}", "a JSON list") from None
    return [item.strip() for item in cell.split("|") if item.strip()]


def _column_field(shape: type[Shape], column: str) -> ShapeField | None:
    """The field that a column names, if there is more to it than text."""
    found: ShapeField | None = None
    inside: type[Shape] | None = shape
    for name in (step for step in column.split(".") if not step.isdigit()):
        if inside is None:
            return None
        found = next((part for part in shape_fields(inside) if part.name == name), None)
        inside = None if found is None else found.shape
    return None if column.rpartition(".")[2].isdigit() else found


def _set_path(found: Document, column: str, path: list[str], value: Any) -> None:
    for step in path[:-1]:
        found = found.setdefault(step, {})
        if not isinstance(found, dict):
            raise _column_problem(
                column,
                "conflicts with another column",
                "either one column for the field or one for each part of it",
            )
    if path[-1] in found:
        raise _column_problem(
            column,
            "conflicts with another column",
            "either one column for the field or one for each part of it",
        )
    found[path[-1]] = value


def _numbered_to_lists(value: Any) -> Any:
    """Objects whose names are numbers are lists."""
    if not isinstance(value, dict):
        return value
    inner = {name: _numbered_to_lists(item) for name, item in value.items()}
    if not inner or not all(name.isdigit() and len(name) < 4 for name in inner):
        return inner
    return [inner[name] for name in sorted(inner, key=int)]


def _column_problem(column: str, message: str, accepted: str) -> Problem:
    return bad_body(
        ".".join(s if s.isdigit() and len(s) < 4 else path_step(s) for s in column.split("."))[
            :200
        ],
        message,
        accepted,
    )
