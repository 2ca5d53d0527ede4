"""What the form offers: records to choose by, and the days on which something came out."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, text

from app.kit import edtf
from app.ledger.read import reading
from app.ledger.read.reading import Reading
from app.ledger.selection import ALL_KEYS, Selection
from app.ledger.snapshot import Snapshot
from app.ledger.tables import BEFORE_ALL

MAX_OFFERED = 400
_DAYS = text(
    "SELECT DISTINCT known_from FROM revision_time WHERE known_from > :never ORDER BY known_from"
)


@dataclass(frozen=True, slots=True)
class Choices:
    """Identifiers with names, in the order of the names, and days."""

    parties: tuple[tuple[str, str], ...]
    issues: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    processes: tuple[tuple[str, str], ...]
    days: tuple[str, ...]
    newest: int

    @property
    def names(self) -> dict[str, str]:
        """What is called how, for the words of a filter."""
        return dict((*self.people, *self.processes, *self.issues, *self.parties))


class Chooser:
    """Knows what to offer, and looks again only after something was written."""

    def __init__(self) -> None:
        self._known: Choices | None = None

    def of(self, snapshot: Snapshot) -> Choices:
        """What there is to choose from now."""
        newest = snapshot.latest_revision
        known = self._known
        if known is None or known.newest != newest:
            known = Choices(
                _named(snapshot, "party"),
                _named(snapshot, "issue"),
                _named(snapshot, "person"),
                _named(snapshot, "process"),
                tuple(edtf.iso(day) for day in _days(snapshot.connection)),
                newest,
            )
            self._known = known
        return known


def _named(snapshot: Snapshot, noun: str) -> tuple[tuple[str, str], ...]:
    found = Reading(snapshot, Selection((noun,)))
    stored = reading.documents(snapshot.connection, found.keys(*ALL_KEYS, limit=MAX_OFFERED))
    documents = [orjson.loads(one) for one in stored.values()]
    named = [(document["id"], document["name"]) for document in documents]
    return tuple(sorted(named, key=lambda pair: (pair[1].casefold(), pair[0])))


def _days(connection: Connection) -> list[int]:
    return list(connection.execute(_DAYS, {"never": BEFORE_ALL}).scalars())
