"""What is derived from all documents together: heads, and the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from app.kit.schema.shapes import Document
from app.ledger import indexing
from app.ledger.noun import Noun, Nouns

_HEADS = text("SELECT noun, revision FROM noun_head")
_FACET_VALUES = text("SELECT name, value FROM facet_value")
# Each with a sentence for what it finds.
_STRAY = {
    "revision {} has no times": (
        "SELECT v.number FROM revision AS v LEFT JOIN revision_time AS t ON t.revision = v.number"
        " WHERE t.revision IS NULL ORDER BY v.number"
    ),
    "revision {} has times, but is not there": (
        "SELECT t.revision FROM revision_time AS t LEFT JOIN revision AS v ON v.number = t.revision"
        " WHERE v.number IS NULL ORDER BY t.revision"
    ),
    "revision {} has the times of another record": (
        "SELECT t.revision FROM revision_time AS t JOIN revision AS v ON v.number = t.revision"
        " WHERE t.record <> v.record ORDER BY t.revision"
    ),
    "write {} has no revision": (
        "SELECT w.first_revision FROM write AS w LEFT JOIN revision AS v"
        " ON v.number = w.first_revision AND v.write = w.first_revision"
        " WHERE v.number IS NULL ORDER BY w.first_revision"
    ),
}
_SHOWN = 5


@dataclass(slots=True)
class Sums:
    """What all documents come to, gathered one by one and then compared."""

    nouns: Nouns
    heads: dict[str, int] = field(default_factory=dict)
    catalogue: set[tuple[str, str]] = field(default_factory=set)

    def take(self, noun: Noun, seq: int, document: Document | None) -> None:
        """Take in one revision."""
        self.heads[noun.name] = max(seq, self.heads.get(noun.name, 0))
        if document is not None:
            self.catalogue |= indexing.catalogued(noun, document)

    def faults(self, connection: Connection) -> Iterator[str]:
        """What does not agree, as sentences."""
        for sentence, sql in _STRAY.items():
            for number in connection.execute(text(sql)).scalars():
                yield sentence.format(number)
        heads = {row.noun: row.revision for row in connection.execute(_HEADS)}
        for name in sorted(heads.keys() | self.heads.keys(), key=str):
            if heads.get(name) != self.heads.get(name):
                newest = self.heads.get(name, "none")
                told = heads.get(name, "none")
                yield f"table noun_head: the newest revision of {name} is {newest}, not {told}"
        listed = {(row.name, row.value) for row in connection.execute(_FACET_VALUES)}
        yield from _told("lacks", self.catalogue - listed)
        yield from _told("has, of no document,", listed - self.catalogue)


def _told(what: str, values: Iterable[tuple[str, str]]) -> Iterator[str]:
    listed = sorted(values, key=str)
    for name, value in listed[:_SHOWN]:
        yield f"table facet_value {what} {name} “{value}”"
    if len(listed) > _SHOWN:
        yield f"table facet_value {what} {len(listed) - _SHOWN} values more"
