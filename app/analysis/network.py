"""Who met whom: how often each two parties sat at one table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations

import orjson

from app.kit.terms import any_term
from app.ledger.read import reading
from app.ledger.read.facets import facets
from app.ledger.read.reading import Reading
from app.ledger.selection import ALL_KEYS
from app.ledger.snapshot import Snapshot
from app.reads.query import Query

MAX_PARTIES = 12
HELD_STATUSES = ("held",)
EXPECTED_STATUSES = ("proposed", "planned", "confirmed")
_FEW = 2_000  # up to here, reading the documents beats counting pair by pair in the index

Pairs = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parties, and how often they met or are expected to."""

    one: str
    other: str
    held: int
    expected: int


@dataclass(frozen=True, slots=True)
class Encounters:
    """The parties with the most meetings, and every two of them that meet."""

    parties: tuple[tuple[str, int], ...]
    pairs: tuple[Pair, ...]
    left_off: int


def encounters(snapshot: Snapshot, query: Query) -> Encounters:
    """Who met whom among the meetings that a query finds."""
    selection = query.selection.only("meeting").also(
        any_term("status", HELD_STATUSES + EXPECTED_STATUSES)
    )
    found = Reading(snapshot, selection)
    total = found.count()
    counted = facets(found, ("party",), total)["party"]
    parties = tuple(list(counted.items())[:MAX_PARTIES])
    shown = sorted(party for party, _ in parties)
    held, expected = (
        _pairs(Reading(snapshot, selection.also(any_term("status", status))), shown)
        for status in (HELD_STATUSES, EXPECTED_STATUSES)
    )
    pairs = [
        Pair(*two, held[two], expected[two])
        for two in combinations(shown, 2)
        if held[two] or expected[two]
    ]
    pairs.sort(key=lambda pair: (-pair.held, -pair.expected, pair.one, pair.other))
    return Encounters(parties, tuple(pairs), len(counted) - len(parties))


def _pairs(found: Reading, parties: list[str]) -> Pairs:
    if found.count() > _FEW:
        return Counter(
            {
                (one, other): found.count(any_term("party", (one,)), any_term("party", (other,)))
                for one, other in combinations(parties, 2)
            }
        )
    counted: Pairs = Counter()
    stored = reading.documents(found.connection, found.keys(*ALL_KEYS))
    for document in stored.values():
        present = set(orjson.loads(document)["parties"])
        counted.update(combinations([party for party in parties if party in present], 2))
    return counted
