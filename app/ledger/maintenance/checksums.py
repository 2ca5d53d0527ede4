"""What all documents come to together: the indexes of terms, the heads, the values of facets.

To ask an index for each revision under all its terms takes longer than everything else together.
Instead both sides are summed up without regard to order, in buckets by revision: what the
documents say as they are read, what an index holds by going through it once. Only revisions of
buckets whose sums differ are compared one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from app.kit.schema.shapes import Document
from app.ledger import indexing
from app.ledger.index_tables import INDEX_TABLES, postings
from app.ledger.noun import Noun, Nouns

_BUCKETS = 1 << 16
_MASK = _BUCKETS - 1
_MAX_COMPARED_BUCKETS = 64  # their revisions are compared one by one, those of others counted


def bucket(key: int) -> int:
    """The bucket of a key: by its revision's number, so that they fill evenly."""
    return key & _MASK


def _empty() -> dict[str, list[int]]:
    return {table: [0] * _BUCKETS for table in INDEX_TABLES}


@dataclass(slots=True)
class IndexChecksums:
    """What the indexes should hold, summed up revision by revision."""

    sums: dict[str, list[int]] = field(default_factory=_empty)

    def add(self, table: str, key: int, terms: Iterable[int]) -> None:
        """Add what one revision should have in an index."""
        self.sums[table][bucket(key)] += sum(hash((term, key)) for term in terms)

    def differing(self, connection: Connection, table: str) -> set[int]:
        """The buckets in which an index holds something else."""
        sums = list(self.sums[table])
        for term, key in postings(connection, table):
            sums[key & _MASK] -= hash((term, key))  # some fifty a revision: no call
        return {number for number, difference in enumerate(sums) if difference}


@dataclass(slots=True)
class IndexContents:
    """What an index holds in some buckets, to be compared revision by revision."""

    terms: dict[int, set[int]]  # by key
    buckets: frozenset[int]
    left: int  # differing buckets that were left out

    def agrees(self, key: int, terms: Callable[[], Iterable[int]]) -> bool:
        """Whether a revision has its terms and no others; asked once a revision."""
        return bucket(key) not in self.buckets or self.terms.pop(key, set()) == set(terms())


def index_contents(connection: Connection, table: str, differing: set[int]) -> IndexContents:
    """What an index holds in buckets that differ."""
    buckets = frozenset(sorted(differing)[:_MAX_COMPARED_BUCKETS])
    terms_by_key: defaultdict[int, set[int]] = defaultdict(set)
    for term, key in postings(connection, table):
        if bucket(key) in buckets:
            terms_by_key[key].add(term)
    return IndexContents(dict(terms_by_key), buckets, len(differing) - len(buckets))


# ---- heads, and values of facets

_HEADS = text("SELECT noun, revision FROM noun_head")
_FACET_VALUES = text("SELECT name, value FROM facet_value")
# Each with a sentence for what it finds.
_ORPHAN_QUERIES = {
    "revision {} has no times": (
        "SELECT v.number FROM revision AS v LEFT JOIN revision_time AS t ON t.revision = v.number"
        " WHERE t.revision IS NULL ORDER BY v.number"
    ),
    "revision {} has times, but does not exist": (
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
_MAX_LISTED = 5


@dataclass(slots=True)
class AggregateCheck:
    """What all documents come to, gathered one by one and then compared."""

    nouns: Nouns
    heads: dict[str, int] = field(default_factory=dict)
    facet_values: set[tuple[str, str]] = field(default_factory=set)

    def add(self, noun: Noun, seq: int, document: Document | None) -> None:
        """Take in one revision."""
        self.heads[noun.name] = max(seq, self.heads.get(noun.name, 0))
        if document is not None:
            self.facet_values |= indexing.facet_values(noun, document)

    def inconsistencies(self, connection: Connection) -> Iterator[str]:
        """What does not agree, as sentences."""
        for sentence, sql in _ORPHAN_QUERIES.items():
            for number in connection.execute(text(sql)).scalars():
                yield sentence.format(number)
        heads = {row.noun: row.revision for row in connection.execute(_HEADS)}
        for name in sorted(heads.keys() | self.heads.keys(), key=str):
            if heads.get(name) != self.heads.get(name):
                newest = self.heads.get(name, "none")
                told = heads.get(name, "none")
                yield f"table noun_head: the latest revision of {name} is {newest}, not {told}"
        listed = {(row.name, row.value) for row in connection.execute(_FACET_VALUES)}
        yield from _list_values("lacks", self.facet_values - listed)
        yield from _list_values("has no document for", listed - self.facet_values)


def _list_values(what: str, values: Iterable[tuple[str, str]]) -> Iterator[str]:
    listed = sorted(values, key=str)
    for name, value in listed[:_MAX_LISTED]:
        yield f"table facet_value {what} {name} “{value}”"
    if len(listed) > _MAX_LISTED:
        yield f"table facet_value {what} {len(listed) - _MAX_LISTED} more values"
