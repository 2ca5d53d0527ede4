"""The options of the filter form: records by name, and the days of publication."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, text

from app.kit import edtf
from app.ledger.read import lookups
from app.ledger.read.result_set import ResultSet
from app.ledger.selection import Selection
from app.ledger.snapshot import Snapshot
from app.ledger.sort_keys import ALL_KEYS
from app.ledger.tables import BEFORE_ALL

MAX_OPTIONS = 400
_DAYS = text(
    "SELECT DISTINCT known_from FROM revision_time WHERE known_from > :never ORDER BY known_from"
)


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """Pairs of identifier and name, ordered by name, and ISO days of publication, in order."""

    parties: tuple[tuple[str, str], ...]
    issues: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    processes: tuple[tuple[str, str], ...]
    days: tuple[str, ...]
    revision: int

    @property
    def names(self) -> dict[str, str]:
        """The names of all records by identifier."""
        return dict((*self.people, *self.processes, *self.issues, *self.parties))


class FilterOptionsCache:
    """Caches the options until the next write."""

    def __init__(self) -> None:
        self._options: FilterOptions | None = None

    def options(self, snapshot: Snapshot) -> FilterOptions:
        """The options at the latest revision."""
        revision = snapshot.latest_revision
        if self._options is None or self._options.revision != revision:
            self._options = FilterOptions(
                _names(snapshot, "party"),
                _names(snapshot, "issue"),
                _names(snapshot, "person"),
                _names(snapshot, "process"),
                tuple(edtf.iso_date(day) for day in _days(snapshot.connection)),
                revision,
            )
        return self._options


def _names(snapshot: Snapshot, noun: str) -> tuple[tuple[str, str], ...]:
    results = ResultSet(snapshot, Selection((noun,)))
    stored = lookups.find_documents(
        snapshot.connection, results.sort_keys(*ALL_KEYS, limit=MAX_OPTIONS)
    )
    documents = map(orjson.loads, stored.values())
    names = [(document["id"], document["name"]) for document in documents]
    return tuple(sorted(names, key=lambda pair: (pair[1].casefold(), pair[0])))


def _days(connection: Connection) -> list[int]:
    return list(connection.execute(_DAYS, {"never": BEFORE_ALL}).scalars())
