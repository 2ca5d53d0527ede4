"""Records by their identifiers, as a clock shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text

from app.ledger.noun import RecordRef
from app.ledger.selection import clock_check
from app.ledger.snapshot import Snapshot
from app.ledger.sql_lists import select_by_refs
from app.ledger.tables import AFTER_ALL


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One record as a clock shows it."""

    ref: RecordRef
    revision: int
    document: bytes | None  # None: a tombstone
    merged_into: str | None = None


_LATEST = (
    "SELECT v.number, v.document, v.merged_into FROM record AS r"
    " JOIN revision AS v ON v.record = r.number"
)
_RECORD = " WHERE r.noun = :noun AND r.id = :id"
_ORDER = " ORDER BY v.number DESC LIMIT 1"
_NOW = text(_LATEST + _RECORD + _ORDER)
_THEN = text(
    f"{_LATEST} JOIN revision_time AS t ON t.revision = v.number{_RECORD}"
    f" AND v.number <= :max_revision AND t.known_from <= :as_of{_ORDER}"
)


def find_record(snapshot: Snapshot, ref: RecordRef) -> StoredRecord | None:
    """A record or its tombstone as a clock shows it; None if it did not exist (yet)."""
    clock, parameters = snapshot.clock, {"noun": ref.noun, "id": ref.id}
    if clock.now:
        row = snapshot.connection.execute(_NOW, parameters).first()
    else:
        as_of = AFTER_ALL if clock.as_of is None else clock.as_of
        limits = {"max_revision": snapshot.revision, "as_of": as_of}
        row = snapshot.connection.execute(_THEN, parameters | limits).first()
    if row is None:
        return None
    return StoredRecord(ref, row[0], None if row[1] is None else bytes(row[1]), row[2])


def find_records(snapshot: Snapshot, refs: Iterable[RecordRef]) -> dict[RecordRef, bytes]:
    """The documents of those of these records that exist at a clock."""
    if snapshot.clock.now:
        joins = "JOIN revision_time AS t ON t.sort_key = r.sort_key"
    else:
        joins = f"JOIN revision_time AS t ON t.record = r.number AND {clock_check(snapshot.clock)}"
    joins += " JOIN revision AS v ON v.number = t.revision WHERE v.document IS NOT NULL"
    rows = select_by_refs(snapshot.connection, refs, "v.document", joins)
    return {ref: bytes(document) for ref, (document,) in rows}
