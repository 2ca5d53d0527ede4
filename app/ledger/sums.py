"""What is derived from all documents together: heads, and the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from app.kit.shapes import Document
from app.ledger import describing
from app.ledger.nouns import Noun, Nouns

_HEADS = text("SELECT noun, seq FROM head")
_CATALOGUE = text("SELECT name, value FROM catalogue")
# Each with a sentence for what it finds.
_STRAY = {
    "revision {} has no clock": (
        "SELECT v.seq FROM revision AS v LEFT JOIN clock AS k ON k.seq = v.seq"
        " WHERE k.seq IS NULL ORDER BY v.seq"
    ),
    "revision {} has a clock, but is not there": (
        "SELECT k.seq FROM clock AS k LEFT JOIN revision AS v ON v.seq = k.seq"
        " WHERE v.seq IS NULL ORDER BY k.seq"
    ),
    "revision {} has a clock of another record": (
        "SELECT k.seq FROM clock AS k JOIN revision AS v ON v.seq = k.seq"
        " WHERE k.record <> v.record ORDER BY k.seq"
    ),
    "write {} has no revision": (
        "SELECT w.first FROM write AS w LEFT JOIN revision AS v ON v.seq = w.first"
        " AND v.write = w.first WHERE v.seq IS NULL ORDER BY w.first"
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
            self.catalogue |= describing.catalogued(noun, document)

    def faults(self, connection: Connection) -> Iterator[str]:
        """What does not agree, as sentences."""
        for sentence, sql in _STRAY.items():
            for number in connection.execute(text(sql)).scalars():
                yield sentence.format(number)
        heads = {row.noun: row.seq for row in connection.execute(_HEADS)}
        for name in sorted(heads.keys() | self.heads.keys(), key=str):
            if heads.get(name) != self.heads.get(name):
                newest = self.heads.get(name, "none")
                told = heads.get(name, "none")
                yield f"table head: the newest revision of {name} is {newest}, not {told}"
        listed = {(row.name, row.value) for row in connection.execute(_CATALOGUE)}
        yield from _told("lacks", self.catalogue - listed)
        yield from _told("has, of no document,", listed - self.catalogue)


def _told(what: str, values: Iterable[tuple[str, str]]) -> Iterator[str]:
    listed = sorted(values, key=str)
    for name, value in listed[:_SHOWN]:
        yield f"table catalogue {what} {name} “{value}”"
    if len(listed) > _SHOWN:
        yield f"table catalogue {what} {len(listed) - _SHOWN} values more"
