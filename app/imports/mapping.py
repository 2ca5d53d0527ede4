"""Mappings: a small file that says how the rows of a foreign CSV become records.

See docs/importing.md. A mapping is read and checked once; then each row, or each group of rows
that are one record, is laid out by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from app.imports.cells import convert_numbers
from app.imports.readers import ImportRow, parse_csv_table, row_problem
from app.imports.templates import (
    CellValue,
    CellValues,
    LookupTables,
    MappingError,
    UnmappedValue,
    compile_template,
)
from app.kit.http.problems import FieldError, Problem
from app.kit.schema.shapes import Document
from app.ledger.noun import Noun, Nouns, RecordRef

_Node = Callable[[CellValues, str], Any]
_SECTIONS = ("noun", "group_by", "apart", "tables", "values", "record", "also")
_DIRECTIVE_NAMES = ("$choose", "$first", "$span")


@dataclass(frozen=True, slots=True)
class CsvMapping:
    """What a mapping file says, before the columns of a file are known."""

    nouns: Nouns
    noun: Noun
    group_by: tuple[str, ...]
    vouches_distinct: bool
    tables: LookupTables
    values: dict[str, Any]
    record: Document
    side_records: tuple[tuple[Noun, Document], ...]

    def rows(self, content: bytes) -> list[ImportRow]:
        """The rows of a CSV text, each with its record or the reason why there is none.

        Raises:
            Problem: 400 for what is no CSV.
            MappingError: the mapping speaks of columns that the text has not.
        """
        header, lines = parse_csv_table(content)
        layout = _CompiledMapping(self, header)
        rows = []
        for number, cells, problem in _group_lines(header, lines, self.group_by):
            rows.append(
                layout.row(number, cells)
                if problem is None
                else ImportRow(number, self.noun, None, problem)
            )
        return rows

    def distinct_records(self, rows: Sequence[ImportRow]) -> frozenset[RecordRef]:
        """The records of the file, if the mapping vouches that they are different ones."""
        if not self.vouches_distinct:
            return frozenset()
        bodies = (row.body for row in rows if row.refusal is None)
        return frozenset(self.noun.ref(body["id"]) for body in bodies if body.get("id"))


def load_mapping(path: Path, nouns: Nouns) -> CsvMapping:
    """The mapping in a file.

    Raises:
        MappingError: it is no mapping; the message says where.
    """
    try:
        # Every value is the text that was written: no days, no numbers, no `no` for Norway.
        found = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - makes text only
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MappingError(f"{path.name} is not valid YAML: {error}") from None
    if not isinstance(found, dict):
        raise MappingError(f"{path.name} is not a mapping")
    unknown = [name for name in found if name not in _SECTIONS]
    if unknown:
        raise MappingError(f"unknown section {unknown[0]}; must be one of {', '.join(_SECTIONS)}")
    group = found.get("group_by") or []
    return CsvMapping(
        nouns,
        _noun(nouns, found.get("noun")),
        tuple(group) if isinstance(group, list) else (group,),
        found.get("apart") == "true",
        _tables(found.get("tables") or {}),
        _object(found.get("values") or {}, "values"),
        _object(found.get("record"), "record"),
        tuple(
            (_noun(nouns, item.get("noun")), _object(item.get("record"), "also"))
            for item in found.get("also") or ()
        ),
    )


def _noun(nouns: Nouns, name: Any) -> Noun:
    if name not in nouns.by_name:
        raise MappingError(
            f"noun: {name!r} is not a noun; must be one of {', '.join(nouns.by_name)}"
        )
    return nouns[name]


def _object(value: Any, location: str) -> Document:
    if not isinstance(value, dict):
        raise MappingError(f"{location}: must be an object")
    return value


def _tables(found: Any) -> LookupTables:
    for name, entries in _object(found, "tables").items():
        for label, value in _object(entries, f"tables: {name}").items():
            if not isinstance(value, str) and not (isinstance(value, dict) and "refuse" in value):
                raise MappingError(f"tables: {name}: {label}: must be text or `refuse`")
    return cast(LookupTables, found)


def _group_lines(
    header: Sequence[str], lines: Sequence[list[str]], by: Sequence[str]
) -> list[tuple[int, dict[str, CellValue], Problem | None]]:
    """The lines that are one record together, by the number of the first."""
    missing = [name for name in by if name not in header]
    if missing:
        raise MappingError(f"group_by: the file has no column {missing[0]!r}")
    keys = [header.index(name) for name in by]
    groups: dict[Any, tuple[int, list[list[str]]]] = {}
    found: list[tuple[int, dict[str, CellValue], Problem | None]] = []
    for number, cells in enumerate(lines, 1):
        problem = row_problem(header, cells)
        if problem is not None:
            found.append((number, {}, problem))
            continue
        key = tuple(cells[index] for index in keys) if keys else number
        groups.setdefault(key, (number, []))[1].append(cells)
    for number, members in groups.values():
        columns = zip(header, zip(*members, strict=True), strict=True)
        found.append((number, {name: _group_value(cells) for name, cells in columns}, None))
    return sorted(found, key=lambda group: group[0])


def _group_value(cells: Sequence[str]) -> CellValue:
    """What a column says of a group: nothing, one value, or several."""
    values = list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))
    return None if not values else values[0] if len(values) == 1 else values


class _CompiledMapping:
    """A mapping for the columns of one file."""

    def __init__(self, mapping: CsvMapping, header: Sequence[str]) -> None:
        self.mapping = mapping
        self.names = frozenset(header)
        self.values: list[tuple[str, _Node]] = []
        for name, node in mapping.values.items():
            if name in self.names:
                raise MappingError(f"values: {name}: the file already has a column with this name")
            self.values.append((name, self._node(node, f"values: {name}")))
            self.names |= {name}
        self.record = self._node(mapping.record, "record")
        self.side_records = [
            (noun, self._node(node, "also")) for noun, node in mapping.side_records
        ]

    def row(self, number: int, cells: dict[str, CellValue]) -> ImportRow:
        """The row of one group; a refusal where a value is unclear."""
        try:
            values = dict(cells)
            for name, node in self.values:
                values[name] = node(values, name)
            body = self.record(values, "")
            also = [(noun, node(values, f"also.{noun.name}")) for noun, node in self.side_records]
        except Problem as problem:
            return ImportRow(number, self.mapping.noun, None, problem)
        for noun, record in [(self.mapping.noun, body), *also]:
            if record is not None:
                convert_numbers(noun.shape, record)
        return ImportRow(
            number, self.mapping.noun, body, None, [a for a in also if a[1] is not None]
        )

    # ---- from the file's words to what they do

    def _node(self, node: Any, where: str) -> _Node:
        if isinstance(node, list):
            return self._list([self._node(item, where) for item in node])
        if not isinstance(node, dict):
            return self._text(node, where)
        word = next((name for name in node if name.startswith("$")), None)
        if word is None:
            inner = {name: self._node(item, f"{where}.{name}") for name, item in node.items()}
            return self._fields(inner)
        if len(node) > 1 or word not in _DIRECTIVE_NAMES or not isinstance(node[word], list):
            raise MappingError(
                f"{where}: {word} must be one of {', '.join(_DIRECTIVE_NAMES)}, with a list"
            )
        if word == "$choose":
            return self._choose(node[word], where)
        if word == "$span" and len(node[word]) != 2:
            raise MappingError(f"{where}: $span requires exactly a first and a last value")
        return _DIRECTIVES[word]([self._node(item, where) for item in node[word]])

    def _text(self, text: str, where: str) -> _Node:
        if "{" not in text:
            return lambda _values, _path: text or None
        try:
            fill = compile_template(text, self.names, self.mapping.tables)
        except MappingError as error:
            raise MappingError(f"{where}: {error}") from None

        def apply(values: CellValues, path: str) -> CellValue:
            try:
                return fill(values)
            except UnmappedValue as error:
                message = str(error)
                fault = FieldError(path or "row", message, "an entry in the mapping's tables")
                raise Problem(422, "unclear", message, [fault]) from None

        return apply

    def _fields(self, inner: dict[str, _Node]) -> _Node:
        def apply(values: CellValues, path: str) -> Document:
            prefix = f"{path}." if path else ""
            return {name: node(values, prefix + name) for name, node in inner.items()}

        return apply

    def _list(self, inner: list[_Node]) -> _Node:
        def apply(values: CellValues, path: str) -> list[Any]:
            found = []
            for index, node in enumerate(inner):
                value = node(values, f"{path}[{index}]")
                found += value if isinstance(value, list) else [] if value is None else [value]
            return found

        return apply

    def _choose(self, cases: list[Any], where: str) -> _Node:
        found = []
        for case in cases:
            if not isinstance(case, dict) or not ({"if", "then"} == set(case) or "else" in case):
                raise MappingError(
                    f"{where}: each case of $choose requires `if` and `then`; the last may be "
                    "`else`"
                )
            tests = _object(case.get("if", {}), f"{where}: if")
            for column in tests:
                if column not in self.names:
                    raise MappingError(f"{where}: if: the file has no column {column!r}")
            found.append((tests, self._node(case.get("then", case.get("else", "")), where)))

        def apply(values: CellValues, path: str) -> Any:
            for tests, node in found:
                if all(_test_passes(test, values[column]) for column, test in tests.items()):
                    return node(values, path)
            return None

        return apply


def _test_passes(test: Any, value: CellValue) -> bool:
    """`text`: is that; a list: is one of them; `{contains: text}`: holds that."""
    texts = value if isinstance(value, list) else [value or ""]
    if isinstance(test, dict):
        return any(str(test.get("contains", "")) in text for text in texts)
    return any(text in (test if isinstance(test, list) else [test]) for text in texts)


def _first(inner: list[_Node]) -> _Node:
    def apply(values: CellValues, path: str) -> Any:
        return next((v for node in inner if (v := node(values, path)) is not None), None)

    return apply


def _span(inner: list[_Node]) -> _Node:
    """A day, or the stretch from one to another, as EDTF."""

    def apply(values: CellValues, path: str) -> str | None:
        first, last = (node(values, path) for node in inner)
        if first is None and last is None:
            return None
        return first if first == last else f"{first or '..'}/{last or '..'}"

    return apply


_DIRECTIVES: dict[str, Callable[[list[_Node]], _Node]] = {"$first": _first, "$span": _span}
