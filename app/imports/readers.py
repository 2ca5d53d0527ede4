"""Files of records: NDJSON, JSON and CSV, taken apart into rows. Nothing is checked here but form.

A row that cannot be read does not stop the others: it carries its refusal with it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.imports.cells import body_from_cells
from app.kit.http.problems import FieldError, Problem, closest_match
from app.kit.schema.shapes import Document
from app.kit.strict_json import JsonError, check_storable, loads, quote_excerpt
from app.ledger.noun import Noun, Nouns
from app.writes.bodies import malformed_json_problem

IMPORT_FORMATS = ("ndjson", "json", "csv")
_NOUN_MEMBERS = ("noun", "type")  # `type` is what the rows of the timeline call it


@dataclass(slots=True)
class ImportRow:
    """One record to be imported, or why it cannot be read."""

    number: int  # counted from 1
    noun: Noun | None
    body: Any
    refusal: Problem | None = None
    # Records that are made along with it where they are not there yet.
    side_records: list[tuple[Noun, Document]] = field(default_factory=list)


class NounResolver:
    """Says of what noun a row is."""

    def __init__(self, nouns: Nouns, default: Noun | None) -> None:
        self.nouns = nouns
        self.default = default
        self._known = {**nouns.by_plural, **nouns.by_name}

    def resolve(self, name: Any) -> Noun:
        """A noun by its name, singular or plural.

        Raises:
            Problem: 422, there is none of this name.
        """
        found = self._known.get(name) if isinstance(name, str) else None
        if found is None:
            near = closest_match(name, list(self._known)) if isinstance(name, str) else None
            message = "is not a known noun" + (f"; did you mean `{near}`?" if near else "")
            raise _row_problem("noun", message, sorted(self.nouns.by_name))
        return found

    def make_row(self, number: int, value: Any) -> ImportRow:
        """The row that a JSON value stands for."""
        if not isinstance(value, dict):
            return ImportRow(
                number, self.default, None, _row_problem("body", "is not an object", "an object")
            )
        told = next((name for name in _NOUN_MEMBERS if isinstance(value.get(name), str)), None)
        if told is None and self.default is None:
            accepted = sorted(self.nouns.by_name)
            return ImportRow(number, None, None, _row_problem("noun", "is required", accepted))
        try:
            noun = self.default if told is None else self.resolve(value[told])
        except Problem as problem:
            return ImportRow(number, None, None, problem)
        return ImportRow(number, noun, {k: v for k, v in value.items() if k != "noun"})


def read_ndjson(lines: Iterable[bytes], sorter: NounResolver) -> Iterator[ImportRow]:
    """A row a line; blank lines count for nothing."""
    number = 0
    for line in lines:
        if line.strip():
            number += 1
            try:
                yield sorter.make_row(number, loads(line))
            except JsonError as error:
                yield ImportRow(number, sorter.default, None, malformed_json_problem(error))


def read_json(content: bytes, sorter: NounResolver) -> list[ImportRow]:
    """The rows of one JSON text: a list of records, or lists of them by plural noun.

    Raises:
        Problem: 400 for no JSON, 422 for JSON of another form.
    """
    try:
        value = loads(content)
    except JsonError as error:
        raise malformed_json_problem(error) from None
    if isinstance(value, list):
        return [sorter.make_row(number, item) for number, item in enumerate(value, 1)]
    if not isinstance(value, dict):
        raise _row_problem("body", "must be a list or an object", "a list of records")
    found: list[ImportRow] = []
    plurals = [noun.plural for noun in sorter.nouns.by_rank]
    unknown = [name for name in value if name not in plurals]
    if unknown:
        near = closest_match(unknown[0], plurals)
        hint = f"; did you mean `{near}`?" if near else ""
        raise _row_problem(quote_excerpt(unknown[0]), f"is not a known plural noun{hint}", plurals)
    for plural in (name for name in plurals if name in value):
        if not isinstance(value[plural], list):
            raise _row_problem(plural, "is not a list", "a list of records")
        own = NounResolver(sorter.nouns, sorter.nouns.by_plural[plural])
        found += [
            own.make_row(number, item) for number, item in enumerate(value[plural], len(found) + 1)
        ]
    return found


def parse_csv_table(content: bytes) -> tuple[list[str], list[list[str]]]:
    """The header and the lines of a CSV text, in UTF-8, with or without a byte-order mark.

    Raises:
        Problem: 400 for what is no CSV, or has no good header.
    """
    try:
        text = content.decode("utf-8-sig")
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except UnicodeDecodeError as error:
        raise _csv_problem(f"is not valid UTF-8 (byte {error.start})") from None
    except csv.Error as error:
        raise _csv_problem(f"is not valid CSV: {error}") from None
    if not lines:
        raise _csv_problem("has no header row")
    header = [name.strip() for name in lines[0]]
    twice = [name for name in header if not name or header.count(name) > 1]
    if twice:
        raise _csv_problem(f"has an empty or repeated column name: {quote_excerpt(twice[0])}")
    return header, lines[1:]


def read_csv(content: bytes, sorter: NounResolver) -> Iterator[ImportRow]:
    """The rows of a CSV text whose columns are fields.

    Raises:
        Problem: 400 for what is no CSV.
    """
    header, lines = parse_csv_table(content)
    for number, cells in enumerate(lines, 1):
        problem = row_problem(header, cells)
        if problem is not None:
            yield ImportRow(number, sorter.default, None, problem)
            continue
        values = dict(zip(header, cells, strict=True))
        given = (values.get(name, "").strip() for name in _NOUN_MEMBERS)
        told = next(filter(None, given), "")
        values.pop("noun", None)
        try:
            noun = sorter.resolve(told) if told else sorter.default
            if noun is None:
                raise _row_problem("noun", "is required", sorted(sorter.nouns.by_name))
            yield ImportRow(number, noun, body_from_cells(noun.shape, values))
        except Problem as refusal:
            yield ImportRow(number, sorter.default, None, refusal)


def row_problem(header: Sequence[str], cells: Sequence[str]) -> Problem | None:
    """What is wrong with a line as such."""
    if len(cells) != len(header):
        message = f"has {len(cells)} cells, but the header has {len(header)}"
        return _row_problem("row", message, "as many cells as the header has")
    try:
        check_storable(list(cells))
    except JsonError as error:
        return _row_problem("row", str(error), "text without such characters")
    return None


def _csv_problem(message: str) -> Problem:
    fault = FieldError("body", message, "UTF-8 CSV whose first line names the columns")
    return Problem(400, "malformed-csv", f"body: {message}", [fault])


def _row_problem(field_: str, message: str, accepted: str | list[str]) -> Problem:
    fault = FieldError(field_, message, accepted)
    return Problem(422, "invalid-body", f"{field_}: {message}", [fault])
