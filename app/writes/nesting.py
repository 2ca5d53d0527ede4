"""New records inside a body, in place of identifiers: taken out, and written along with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.kit.http.problems import Fault, Problem
from app.kit.schema.shapes import Document, Shape
from app.kit.schema.walk import Part, parts
from app.ledger.noun import Nouns


@dataclass(slots=True)
class Nested:
    """A record found inside a body: where, what it is, and where its identifier goes."""

    path: str
    noun: str
    body: Document
    holder: Any
    place: str | int

    def settle(self, identifier: str) -> None:
        """Put the identifier where the record stood."""
        self.holder[self.place] = identifier


def inline(nouns: Nouns, body: Document, shape: type[Shape], path: str = "") -> Iterator[Nested]:
    """Each new record that stands in place of an identifier."""
    for part in parts(shape):
        value = body.get(part.name)
        if part.cites is not None:
            yield from _cited(nouns, part.cites, part, value, body, path)
        elif part.shape is not None:
            for index, item in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(item, dict):
                    here = f"{part.name}[{index}]" if part.many else part.name
                    yield from inline(nouns, item, part.shape, f"{path}{here}.")


def _cited(
    nouns: Nouns, cites: str, part: Part, value: Any, holder: Document, path: str
) -> Iterator[Nested]:
    places: list[tuple[Any, str | int, Any, str]]
    if part.many and isinstance(value, list):
        places = [(value, i, item, f"{part.name}[{i}]") for i, item in enumerate(value)]
    else:
        places = [(holder, part.name, value, part.name)]
    for where, place, item, name in places:
        if not isinstance(item, dict):
            continue
        if cites not in nouns.nested:
            fault = Fault(path + name, "is no identifier", f"the identifier of a {cites}")
            raise Problem(422, "invalid-body", f"{fault.field}: {fault.message}", [fault])
        yield Nested(path + name, cites, item, where, place)
