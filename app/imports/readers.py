"""Files of records: NDJSON, JSON and CSV, taken apart into rows. Nothing is checked here but form.

A row that cannot be read does not stop the others: it carries its refusal with it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.imports.cells import bodies
from app.kit.http.problems import FieldError, Problem, closest_match
from app.kit.schema.shapes import Document
from app.kit.strict_json import JsonError, check_storable, loads, quote_excerpt
from app.ledger.noun import Noun, Nouns
from app.writes.bodies import malformed

FORMATS = ("ndjson", "json", "csv")
_TOLD = ("noun", "type")  # `type` is what the rows of the timeline call it


@dataclass(slots=True)
class Row:
    """One record to be imported, or why it cannot be read."""

    number: int  # counted from 1
    noun: Noun | None
    body: Any
    refusal: Problem | None = None
    # Records that are made along with it where they are not there yet.
    also: list[tuple[Noun, Document]] = field(default_factory=list)


class Sorter:
    """Says of what noun a row is."""

    def __init__(self, nouns: Nouns, default: Noun | None) -> None:
        self.nouns = nouns
        self.default = default
        self._known = {**nouns.by_plural, **nouns.by_name}

    def find(self, name: Any) -> Noun:
        """A noun by its name, singular or plural.

        Raises:
            Problem: 422, there is none of this name.
        """
        found = self._known.get(name) if isinstance(name, str) else None
        if found is None:
            near = closest_match(name, list(self._known)) if isinstance(name, str) else None
            message = "is no kind of record" + (f"; did you mean `{near}`?" if near else "")
            raise _refused("noun", message, sorted(self.nouns.by_name))
        return found

    def row(self, number: int, value: Any) -> Row:
        """The row that a JSON value stands for."""
        if not isinstance(value, dict):
            return Row(number, self.default, None, _refused("body", "is no object", "an object"))
        told = next((name for name in _TOLD if isinstance(value.get(name), str)), None)
        if told is None and self.default is None:
            accepted = sorted(self.nouns.by_name)
            return Row(number, None, None, _refused("noun", "is missing", accepted))
        try:
            noun = self.default if told is None else self.find(value[told])
        except Problem as problem:
            return Row(number, None, None, problem)
        return Row(number, noun, {k: v for k, v in value.items() if k != "noun"})


def ndjson(lines: Iterable[bytes], sorter: Sorter) -> Iterator[Row]:
    """A row a line; blank lines count for nothing."""
    number = 0
    for line in lines:
        if line.strip():
            number += 1
            try:
                yield sorter.row(number, loads(line))
            except JsonError as error:
                yield Row(number, sorter.default, None, malformed(error))


def json(content: bytes, sorter: Sorter) -> list[Row]:
    """The rows of one JSON text: a list of records, or lists of them by plural noun.

    Raises:
        Problem: 400 for no JSON, 422 for JSON of another form.
    """
    try:
        value = loads(content)
    except JsonError as error:
        raise malformed(error) from None
    if isinstance(value, list):
        return [sorter.row(number, item) for number, item in enumerate(value, 1)]
    if not isinstance(value, dict):
        raise _refused("body", "is neither a list nor an object", "a list of records")
    found: list[Row] = []
    plurals = [noun.plural for noun in sorter.nouns.by_rank]
    unknown = [name for name in value if name not in plurals]
    if unknown:
        near = closest_match(unknown[0], plurals)
        hint = f"; did you mean `{near}`?" if near else ""
        raise _refused(quote_excerpt(unknown[0]), f"is no plural noun{hint}", plurals)
    for plural in (name for name in plurals if name in value):
        if not isinstance(value[plural], list):
            raise _refused(plural, "is no list", "a list of records")
        own = Sorter(sorter.nouns, sorter.nouns.by_plural[plural])
        found += [
            own.row(number, item) for number, item in enumerate(value[plural], len(found) + 1)
        ]
    return found


def table(content: bytes) -> tuple[list[str], list[list[str]]]:
    """The header and the lines of a CSV text, in UTF-8, with or without a byte-order mark.

    Raises:
        Problem: 400 for what is no CSV, or has no good header.
    """
    try:
        text = content.decode("utf-8-sig")
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except UnicodeDecodeError as error:
        raise _no_csv(f"is not UTF-8 (byte {error.start})") from None
    except csv.Error as error:
        raise _no_csv(f"is no CSV: {error}") from None
    if not lines:
        raise _no_csv("has no header")
    header = [name.strip() for name in lines[0]]
    twice = [name for name in header if not name or header.count(name) > 1]
    if twice:
        raise _no_csv(f"has a header in which {quote_excerpt(twice[0])} is empty or stands twice")
    return header, lines[1:]


def csv_rows(content: bytes, sorter: Sorter) -> Iterator[Row]:
    """The rows of a CSV text whose columns are fields.

    Raises:
        Problem: 400 for what is no CSV.
    """
    header, lines = table(content)
    for number, cells in enumerate(lines, 1):
        problem = misfit(header, cells)
        if problem is not None:
            yield Row(number, sorter.default, None, problem)
            continue
        values = dict(zip(header, cells, strict=True))
        given = (values.get(name, "").strip() for name in _TOLD)
        told = next(filter(None, given), "")
        values.pop("noun", None)
        try:
            noun = sorter.find(told) if told else sorter.default
            if noun is None:
                raise _refused("noun", "is missing", sorted(sorter.nouns.by_name))
            yield Row(number, noun, bodies(noun.shape, values))
        except Problem as refusal:
            yield Row(number, sorter.default, None, refusal)


def misfit(header: Sequence[str], cells: Sequence[str]) -> Problem | None:
    """What is wrong with a line as such."""
    if len(cells) != len(header):
        message = f"has {len(cells)} cells, the header {len(header)}"
        return _refused("row", message, "as many cells as the header has")
    try:
        check_storable(list(cells))
    except JsonError as error:
        return _refused("row", str(error), "text without it")
    return None


def _no_csv(message: str) -> Problem:
    fault = FieldError("body", message, "CSV in UTF-8 whose first line names the columns")
    return Problem(400, "malformed-csv", f"body: {message}", [fault])


def _refused(field_: str, message: str, accepted: str | list[str]) -> Problem:
    fault = FieldError(field_, message, accepted)
    return Problem(422, "invalid-body", f"{field_}: {message}", [fault])
