"""What the parties hold on one issue over time, side by side, and who is not on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from app.kit.schema.shapes import Document
from app.ledger.read import reading
from app.ledger.read.facets import facets
from app.ledger.read.reading import Reading
from app.ledger.selection import ALL_KEYS
from app.ledger.snapshot import Snapshot
from app.reads.query import Query

MAX_POSITIONS = 200
# It says that a party spoke of the issue, not what it wants: neither a change nor a new beginning.
_NO_STANCE = "reports"
# Under any other filter, a party may be missing for another reason than that nothing is recorded.
_OPEN = frozenset(("issue", "process", "type", "as_of", "revision", "sort", "limit"))


@dataclass(frozen=True, slots=True)
class Step:
    """One position, and the stance that its party took before, where that was another."""

    position: Document
    before: str | None


@dataclass(frozen=True, slots=True)
class Stances:
    """Positions in order of time, the parties that voiced them, and how many are not shown.

    `silent` are the parties at whose meetings the issue came up, without a position recorded.
    """

    steps: tuple[Step, ...]
    parties: tuple[str, ...]
    left_off: int
    silent: tuple[str, ...]


def stances(snapshot: Snapshot, query: Query) -> Stances:
    """The positions that a query finds, oldest first."""
    found = Reading(snapshot, query.selection.only("position"))
    keys = found.keys(*ALL_KEYS, limit=MAX_POSITIONS)
    stored = reading.documents(snapshot.connection, keys)
    rows = sorted(
        found.rows(keys),
        key=lambda row: (row.earliest or row.latest or 2**40, row.latest or 2**40, row.id),
    )
    steps = _steps(orjson.loads(stored[row.key]) for row in rows)
    parties = tuple(dict.fromkeys(step.position["party"] for step in steps))
    left_off = found.count() - len(steps) if len(keys) == MAX_POSITIONS else 0
    present = _present(snapshot, query)
    silent = tuple(sorted(present.difference(parties)))
    return Stances(tuple(steps), parties, left_off, silent)


def _steps(positions: Iterable[Document]) -> list[Step]:
    steps, last = [], dict[str, str]()
    for position in positions:
        party, stance = position["party"], position["stance"]
        if stance == _NO_STANCE:
            steps.append(Step(position, None))
            continue
        before = last.get(party)
        steps.append(Step(position, before if before != stance else None))
        last[party] = stance
    return steps


def _present(snapshot: Snapshot, query: Query) -> set[str]:
    if any(name not in _OPEN for name, _ in query.parameters):
        return set()
    met = Reading(snapshot, query.selection.only("meeting"))
    return set(facets(met, ("party",), met.count())["party"])


def issues(snapshot: Snapshot, query: Query) -> list[tuple[str, int]]:
    """The issues that positions were voiced on, the most frequent first."""
    found = Reading(snapshot, query.selection.only("position"))
    return list(facets(found, ("issue",), found.count())["issue"].items())
