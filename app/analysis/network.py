"""Who met whom: how often each pair of parties took part in the same meeting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import orjson

from app.kit.terms import any_term
from app.ledger.read import lookups
from app.ledger.read.facets import count_facets
from app.ledger.read.result_set import ResultSet
from app.ledger.snapshot import Snapshot
from app.ledger.sort_keys import ALL_KEYS
from app.reads.query import Query

MAX_PARTIES = 12
HELD_STATUSES = ("held",)
EXPECTED_STATUSES = ("proposed", "planned", "confirmed")
_MAX_COUNTED_BY_READING = 2_000  # of more meetings, counting each pair in the index is faster

PairCounts = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PartyPair:
    """Two parties, and the numbers of meetings that they held and are expected to hold."""

    first: str
    second: str
    held: int
    expected: int


@dataclass(frozen=True, slots=True)
class MeetingNetwork:
    """The parties with the most meetings, each with their number, and the pairs that met.

    `omitted` is the number of further parties.
    """

    parties: tuple[tuple[str, int], ...]
    pairs: tuple[PartyPair, ...]
    omitted: int


def meeting_network(snapshot: Snapshot, query: Query) -> MeetingNetwork:
    """The network of the meetings that a query selects."""
    statuses = any_term("status", HELD_STATUSES + EXPECTED_STATUSES)
    selection = query.selection.only("meeting").require(statuses)
    results = ResultSet(snapshot, selection)
    counts = count_facets(results, ("party",), results.count())["party"]
    parties = tuple(list(counts.items())[:MAX_PARTIES])
    names = sorted(party for party, _ in parties)
    held, expected = (
        _count_pairs(ResultSet(snapshot, selection.require(any_term("status", status))), names)
        for status in (HELD_STATUSES, EXPECTED_STATUSES)
    )
    pairs = [
        PartyPair(*pair, held[pair], expected[pair])
        for pair in combinations(names, 2)
        if held[pair] or expected[pair]
    ]
    pairs.sort(key=lambda pair: (-pair.held, -pair.expected, pair.first, pair.second))
    return MeetingNetwork(parties, tuple(pairs), len(counts) - len(parties))


def _count_pairs(results: ResultSet, parties: Sequence[str]) -> PairCounts:
    if results.count() > _MAX_COUNTED_BY_READING:
        return Counter(
            {
                pair: results.count(*(any_term("party", (party,)) for party in pair))
                for pair in combinations(parties, 2)
            }
        )
    counts: PairCounts = Counter()
    stored = lookups.find_documents(results.connection, results.sort_keys(*ALL_KEYS))
    for document in stored.values():
        present = set(orjson.loads(document)["parties"])
        counts.update(combinations([party for party in parties if party in present], 2))
    return counts
