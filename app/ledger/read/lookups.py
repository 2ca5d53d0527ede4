"""Records by their identifiers as a clock shows them, and revisions by their keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from app.ledger.index import clock_condition
from app.ledger.noun import RecordRef
from app.ledger.snapshot import Snapshot
from app.ledger.sort_keys import ResultRow
from app.ledger.sql_lists import key_condition, select_by_refs
from app.ledger.tables import AFTER_ALL, BEFORE_ALL


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
    if clock.is_now:
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
    if snapshot.clock.is_now:
        joins = "JOIN revision_time AS t ON t.sort_key = r.sort_key"
    else:
        joins = (
            f"JOIN revision_time AS t ON t.record = r.number AND {clock_condition(snapshot.clock)}"
        )
    joins += " JOIN revision AS v ON v.number = t.revision WHERE v.document IS NOT NULL"
    rows = select_by_refs(snapshot.connection, refs, "v.document", joins)
    return {ref: bytes(document) for ref, (document,) in rows}


# ---- by key


def find_rows(connection: Connection, keys: Sequence[int]) -> list[ResultRow]:
    """The rows of these keys, in no order."""
    if not keys:
        return []
    condition, parameters = key_condition(connection, keys)
    sql = (
        "SELECT t.sort_key, t.earliest, t.latest, r.noun, r.id FROM revision_time AS t"  # noqa: S608 - a constant condition
        f" JOIN record AS r ON r.number = t.record WHERE {condition}"
    )
    return [
        ResultRow(
            key,
            None if earliest in (None, BEFORE_ALL) else earliest,
            None if latest in (None, AFTER_ALL) else latest,
            noun,
            identifier,
        )
        for key, earliest, latest, noun, identifier in connection.exec_driver_sql(sql, parameters)
    ]


def keys_reaching_day(connection: Connection, keys: Sequence[int], first: int | None) -> list[int]:
    """Those of these keys whose event has a date, and may still last on the day `first`."""
    if not keys:
        return []
    condition, parameters = key_condition(connection, keys)
    day = ":first" if connection.dialect.name == "sqlite" else "%(first)s"
    sql = (
        f"SELECT t.sort_key FROM revision_time AS t WHERE {condition}"  # noqa: S608 - constant conditions
        f" AND t.earliest IS NOT NULL AND t.latest >= {day}"
    )
    parameters["first"] = BEFORE_ALL if first is None else first
    return [row[0] for row in connection.exec_driver_sql(sql, parameters)]


def find_documents(connection: Connection, keys: Sequence[int]) -> dict[int, bytes]:
    """The documents of these keys."""
    if not keys:
        return {}
    condition, parameters = key_condition(connection, keys)
    sql = (
        "SELECT t.sort_key, v.document FROM revision_time AS t"  # noqa: S608 - a constant condition
        f" JOIN revision AS v ON v.number = t.revision WHERE {condition}"
    )
    return {key: bytes(document) for key, document in connection.exec_driver_sql(sql, parameters)}
