"""Whether the indexes of terms hold what the documents say, and nothing else.

To ask an index for each revision under all its terms takes longer than everything else together.
Instead both sides are summed up without regard to order, in buckets by revision: what the
documents say as they are read, what an index holds by going through it once. Only revisions of
buckets whose sums differ are compared one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.ledger.index import INDEX_TABLES, postings

_BUCKETS = 1 << 16
_MASK = _BUCKETS - 1
_COMPARED = 64  # buckets whose revisions are compared one by one; what is beyond is only counted


def bucket(key: int) -> int:
    """The bucket of a key: by its revision's number, so that they fill evenly."""
    return key & _MASK


def _empty() -> dict[str, list[int]]:
    return {table: [0] * _BUCKETS for table in INDEX_TABLES}


@dataclass(slots=True)
class Indexed:
    """What the indexes should hold, summed up revision by revision."""

    sums: dict[str, list[int]] = field(default_factory=_empty)

    def take(self, table: str, key: int, terms: Iterable[int]) -> None:
        """Take in what one revision has in an index."""
        self.sums[table][bucket(key)] += sum(hash((term, key)) for term in terms)

    def differing(self, connection: Connection, table: str) -> set[int]:
        """The buckets in which an index holds something else."""
        found = list(self.sums[table])
        for term, key in postings(connection, table):
            found[key & _MASK] -= hash((term, key))  # some fifty a revision: no call
        return {number for number, left in enumerate(found) if left}


@dataclass(slots=True)
class Held:
    """What an index holds in some buckets, to be compared revision by revision."""

    terms: dict[int, set[int]]  # by key
    buckets: frozenset[int]
    left: int  # differing buckets that were left out

    def agrees(self, key: int, terms: Callable[[], Iterable[int]]) -> bool:
        """Whether a revision has its terms and no others; what is asked for is then done with."""
        return bucket(key) not in self.buckets or self.terms.pop(key, set()) == set(terms())


def held(connection: Connection, table: str, differing: set[int]) -> Held:
    """What an index holds in buckets that differ."""
    chosen = frozenset(sorted(differing)[:_COMPARED])
    found: defaultdict[int, set[int]] = defaultdict(set)
    for term, key in postings(connection, table):
        if bucket(key) in chosen:
            found[key].add(term)
    return Held(dict(found), chosen, len(differing) - len(chosen))
