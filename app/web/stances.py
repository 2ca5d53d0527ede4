"""What the parties hold on one issue over time, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from app.kit.shapes import Document
from app.ledger import reading
from app.ledger.facets import facets
from app.ledger.nouns import Nouns
from app.ledger.reading import Reading
from app.ledger.selections import ALL_KEYS, Clock
from app.records.queries import Query
from app.web.encounters import selected

MAX_POSITIONS = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One position, and the stance that its party took before, where that was another."""

    position: Document
    before: str | None


@dataclass(frozen=True, slots=True)
class Stances:
    """Positions in order of time, the parties that voiced them, and how many are not shown."""

    steps: tuple[Step, ...]
    parties: tuple[str, ...]
    left_off: int


def stances(connection: Connection, nouns: Nouns, query: Query, clock: Clock) -> Stances:
    """The positions that a query finds, oldest first."""
    found = Reading(connection, nouns, selected(connection, query, "position"), clock)
    keys = found.keys(*ALL_KEYS, limit=MAX_POSITIONS)
    stored = reading.documents(connection, keys)
    rows = sorted(
        found.rows(keys),
        key=lambda row: (row.earliest or row.latest or 2**40, row.latest or 2**40, row.id),
    )
    steps, last = [], dict[str, str]()
    for row in rows:
        position = orjson.loads(stored[row.key])
        party, stance = position["party"], position["stance"]
        before = last.get(party)
        steps.append(Step(position, before if before != stance else None))
        last[party] = stance
    left_off = found.count() - len(steps) if len(keys) == MAX_POSITIONS else 0
    return Stances(tuple(steps), tuple(last), left_off)


def issues(
    connection: Connection, nouns: Nouns, query: Query, clock: Clock
) -> list[tuple[str, int]]:
    """The issues that positions were voiced on, the most frequent first."""
    found = Reading(connection, nouns, selected(connection, query, "position"), clock)
    return list(facets(found, nouns, ("issue",), found.count())["issue"].items())
