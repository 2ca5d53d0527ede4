"""The current records, as a write needs to know them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from app.kit.schema.shapes import Document
from app.kit.terms import Expression, any_term
from app.ledger.dates import DateBounds
from app.ledger.index import matching_keys
from app.ledger.noun import RecordRef
from app.ledger.selection import NOW
from app.ledger.snapshot import Snapshot
from app.ledger.sql_lists import key_condition, select_by_refs
from app.ledger.tables import AFTER_ALL, BEFORE_ALL


@dataclass(frozen=True, slots=True)
class RecordDates:
    """What others derive from a record: the bounds of its date and the day of its report."""

    bounds: DateBounds
    reported_day: int  # a day number, or BEFORE_ALL


@dataclass(frozen=True, slots=True)
class RecordState:
    """A current record, or a tombstone."""

    number: int
    version: int
    sort_key: int | None  # None if it is deleted
    document: bytes | None

    @property
    def parsed(self) -> Document | None:
        """The document; None if the record is deleted."""
        return None if self.document is None else orjson.loads(self.document)


def find_states(snapshot: Snapshot, refs: Iterable[RecordRef]) -> dict[RecordRef, RecordState]:
    """The state of each of these records that was ever written."""
    joins = (
        "LEFT JOIN revision_time AS t ON t.sort_key = r.sort_key"
        " LEFT JOIN revision AS v ON v.number = t.revision"
    )
    columns = "r.number, r.version, r.sort_key, v.document"
    return {
        ref: RecordState(number, version, key, None if document is None else bytes(document))
        for ref, (number, version, key, document) in select_by_refs(
            snapshot.connection, refs, columns, joins
        )
    }


def find_state(snapshot: Snapshot, ref: RecordRef) -> RecordState | None:
    """The state of a record; None if it was never written."""
    return find_states(snapshot, [ref]).get(ref)


def find_record_dates(
    snapshot: Snapshot, refs: Iterable[RecordRef]
) -> dict[RecordRef, RecordDates]:
    """The dates of each of these records that exists now."""
    joins = "JOIN revision_time AS t ON t.sort_key = r.sort_key"
    columns = "t.earliest, t.latest, t.known_from"
    return {
        ref: RecordDates(DateBounds(_bound(earliest), _bound(latest)), known_from)
        for ref, (earliest, latest, known_from) in select_by_refs(
            snapshot.connection, refs, columns, joins
        )
    }


def _bound(day: int | None) -> int | None:
    return None if day in (None, BEFORE_ALL, AFTER_ALL) else day


def find_citing_documents(snapshot: Snapshot, cited: Sequence[str]) -> dict[RecordRef, Document]:
    """The current documents that cite any of these, each given as `noun:identifier`."""
    if not cited:
        return {}
    expression = Expression((any_term("cites", cited),)).in_scopes(
        [noun.name for noun in snapshot.nouns]
    )
    connection = snapshot.connection
    keys = matching_keys(connection, expression, NOW)
    condition, parameters = key_condition(connection, keys)
    sql = (
        "SELECT r.noun, r.id, v.document FROM revision_time AS t JOIN record AS r"  # noqa: S608 - a constant condition
        f" ON r.number = t.record JOIN revision AS v ON v.number = t.revision WHERE {condition}"
    )
    return {
        RecordRef(noun, identifier): orjson.loads(document)
        for noun, identifier, document in connection.exec_driver_sql(sql, parameters)
    }
