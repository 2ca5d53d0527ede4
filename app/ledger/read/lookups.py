"""Records by their identifiers, as a clock shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text

from app.ledger.noun import RecordRef
from app.ledger.selection import Clock, clock_check
from app.ledger.snapshot import Snapshot
from app.ledger.sql_lists import select_by_refs


@dataclass(frozen=True, slots=True)
class Stored:
    """One record as a clock shows it."""

    noun: str
    id: str
    seq: int
    document: bytes | None  # None: a tombstone
    merged_into: str | None = None


_CURRENT = text(
    "SELECT t.revision, v.document FROM record AS r"
    " JOIN revision_time AS t ON t.sort_key = r.sort_key"
    " JOIN revision AS v ON v.number = t.revision WHERE r.noun = :noun AND r.id = :id"
)
_RECORD = text("SELECT number, sort_key, version FROM record WHERE noun = :noun AND id = :id")
_LATEST = text(
    "SELECT v.number, v.document, v.merged_into FROM revision AS v WHERE v.record = :record"
    " ORDER BY v.number DESC LIMIT 1"
)


def record(snapshot: Snapshot, address: RecordRef) -> Stored | None:
    """A record as a clock shows it; None where it was not there (yet)."""
    connection, clock = snapshot.connection, snapshot.clock
    noun, identifier = address
    if clock.now:
        row = connection.execute(_CURRENT, {"noun": noun, "id": identifier}).first()
        if row is not None:
            return Stored(noun, identifier, row[0], bytes(row[1]))
    found = connection.execute(_RECORD, {"noun": noun, "id": identifier}).first()
    if found is None:
        return None
    if clock.now:
        row = connection.execute(_LATEST, {"record": found[0]}).first()
    else:
        sql = (
            "SELECT t.revision, v.document, v.merged_into FROM revision_time AS t"  # noqa: S608 - numbers only
            f" JOIN revision AS v ON v.number = t.revision WHERE t.record = {found[0]:d}"
            f" AND {_visible(clock)} ORDER BY t.revision DESC LIMIT 1"
        )
        row = connection.exec_driver_sql(sql).first()
    if row is None:
        return None
    document = None if row[1] is None else bytes(row[1])
    return Stored(noun, identifier, row[0], document, row[2])


def _visible(clock: Clock) -> str:
    """The revisions of one record among which the newest is what a clock shows."""
    checks = ["1 = 1"]
    if clock.revision is not None:
        checks.append(f"t.revision <= {clock.revision:d}")
    if clock.as_of is not None:
        checks.append(f"t.known_from <= {clock.as_of:d}")
    return " AND ".join(checks)


def several(snapshot: Snapshot, refs: Iterable[RecordRef]) -> dict[RecordRef, tuple[int, bytes]]:
    """Several records as a clock shows them, with their revisions; those there are."""
    if snapshot.clock.now:
        joins = "JOIN revision_time AS t ON t.sort_key = r.sort_key"
    else:
        joins = f"JOIN revision_time AS t ON t.record = r.number AND {clock_check(snapshot.clock)}"
    joins += " JOIN revision AS v ON v.number = t.revision WHERE v.document IS NOT NULL"
    rows = select_by_refs(snapshot.connection, refs, "t.revision, v.document", joins)
    return {ref: (revision, bytes(document)) for ref, (revision, document) in rows}
