"""How the stances of parties on one issue develop, side by side, and who is not on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from app.kit.schema.shapes import Document
from app.ledger.read import lookups
from app.ledger.read.facets import count_facets
from app.ledger.read.result_set import ResultSet
from app.ledger.snapshot import Snapshot
from app.ledger.sort_keys import ALL_KEYS
from app.reads.query import Query

MAX_POSITIONS = 200
# The party spoke of the issue without saying what it wants: neither a change nor a new start.
_NO_STANCE = "reports"
# Under any other filter, a party may be missing although it has a position on record.
_NEUTRAL_PARAMETERS = frozenset(("issue", "process", "type", "as_of", "revision", "sort", "limit"))


@dataclass(frozen=True, slots=True)
class StanceEntry:
    """One position, and the stance that its party had before, None if that was the same."""

    position: Document
    previous_stance: str | None


@dataclass(frozen=True, slots=True)
class StanceHistory:
    """Positions in order of time, and the parties that voiced them.

    `omitted` is the number of later positions. `parties_without_position` took part in meetings
    at which the issue came up.
    """

    entries: tuple[StanceEntry, ...]
    parties: tuple[str, ...]
    omitted: int
    parties_without_position: tuple[str, ...]


def stance_history(snapshot: Snapshot, query: Query) -> StanceHistory:
    """The positions that a query selects, oldest first."""
    results = ResultSet(snapshot, query.selection.only("position"))
    keys = results.sort_keys(*ALL_KEYS, limit=MAX_POSITIONS)
    stored = lookups.find_documents(snapshot.connection, keys)
    rows = sorted(
        results.rows(keys),
        key=lambda row: (row.earliest or row.latest or 2**40, row.latest or 2**40, row.id),
    )
    entries = _stance_entries(orjson.loads(stored[row.sort_key]) for row in rows)
    parties = tuple(dict.fromkeys(entry.position["party"] for entry in entries))
    omitted = results.count() - len(entries) if len(keys) == MAX_POSITIONS else 0
    missing = _parties_at_meetings(snapshot, query).difference(parties)
    return StanceHistory(tuple(entries), parties, omitted, tuple(sorted(missing)))


def _stance_entries(positions: Iterable[Document]) -> list[StanceEntry]:
    entries: list[StanceEntry] = []
    stance_by_party: dict[str, str] = {}
    for position in positions:
        party, stance = position["party"], position["stance"]
        if stance == _NO_STANCE:
            entries.append(StanceEntry(position, None))
            continue
        previous = stance_by_party.get(party)
        entries.append(StanceEntry(position, previous if previous != stance else None))
        stance_by_party[party] = stance
    return entries


def _parties_at_meetings(snapshot: Snapshot, query: Query) -> set[str]:
    if any(name not in _NEUTRAL_PARAMETERS for name, _ in query.parameters):
        return set()
    results = ResultSet(snapshot, query.selection.only("meeting"))
    return set(count_facets(results, ("party",), results.count())["party"])


def issues_with_positions(snapshot: Snapshot, query: Query) -> list[tuple[str, int]]:
    """The issues that positions were voiced on, with their numbers, most frequent first."""
    results = ResultSet(snapshot, query.selection.only("position"))
    return list(count_facets(results, ("issue",), results.count())["issue"].items())
