"""The ledger as it is read: histories, changes, tombstones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, text

from app.kit.schema.shapes import Document
from app.kit.terms import any_term
from app.ledger.noun import RecordRef
from app.ledger.read.result_set import ResultSet
from app.ledger.selection import Clock, Selection
from app.ledger.snapshot import Snapshot
from app.ledger.sort_keys import UNDATED_PREFIX, first_key
from app.ledger.sql_lists import select_by_refs
from app.ledger.tables import AFTER_ALL

_COLUMNS = (
    "SELECT v.number, v.write, v.version, v.action, v.document, v.hash, w.recorded_at, w.author,"
    " w.reason, r.noun, r.id, v.record, v.merged_into"
)
_FROM = (
    " FROM revision AS v JOIN write AS w ON w.first_revision = v.write"
    " JOIN record AS r ON r.number = v.record JOIN revision_time AS t ON t.revision = v.number"
    " WHERE v.number <= :max_revision AND t.known_from <= :as_of"
)
_HISTORY = text(
    f"{_COLUMNS}{_FROM} AND v.record = :record AND v.number < :before"
    " ORDER BY v.number DESC LIMIT :limit"
)
_CHANGES = text(f"{_COLUMNS}{_FROM} AND v.number > :after ORDER BY v.number LIMIT :limit")
_LAST = text(f"{_COLUMNS}{_FROM} ORDER BY v.number DESC LIMIT 1")
_LATEST = text(
    f"{_COLUMNS} FROM revision AS v JOIN write AS w ON w.first_revision = v.write"
    " JOIN record AS r ON r.number = v.record WHERE v.record = :record"
    " ORDER BY v.number DESC LIMIT 1"
)
_ONE = text(
    f"{_COLUMNS} FROM revision AS v JOIN write AS w ON w.first_revision = v.write"
    " JOIN record AS r ON r.number = v.record WHERE v.number = :number"
)
_OF_WRITE = text(
    f"{_COLUMNS} FROM write AS w"
    " JOIN revision AS v ON v.number BETWEEN w.first_revision AND w.last_revision"
    " JOIN record AS r ON r.number = v.record WHERE w.first_revision = :write ORDER BY v.number"
)
_VERSIONS = text(
    "SELECT count(*) FROM revision_time AS t WHERE t.record = :record"
    " AND t.revision <= :max_revision AND t.known_from <= :as_of"
)
_COUNT = text(
    "SELECT count(*) FROM revision_time AS t WHERE t.revision > :after"
    " AND t.revision <= :max_revision AND t.known_from <= :as_of"
)
_NUMBER = text("SELECT number FROM record WHERE noun = :noun AND id = :id")
_DOCUMENT_BEFORE = text(
    "SELECT document FROM revision WHERE record = :record AND number < :revision"
    " ORDER BY number DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision, as the ledger holds it."""

    number: int
    write: int
    version: int
    action: str
    document: bytes | None
    hash: bytes
    recorded_at: str
    author: str
    reason: str | None
    noun: str
    id: str
    record_number: int
    merged_into: str | None


def _revision(row: Any) -> Revision:
    document = None if row[4] is None else bytes(row[4])
    values: list[Any] = [*row[:4], document, bytes(row[5]), *row[6:]]
    return Revision(*values)


def record_number(connection: Connection, noun: str, identifier: str) -> int | None:
    """The number of a record that was ever written."""
    number = connection.execute(_NUMBER, {"noun": noun, "id": identifier}).scalar()
    return None if number is None else int(number)


def _shown(snapshot: Snapshot, **parameters: int) -> dict[str, int]:
    """The parameters of a statement on what a snapshot shows."""
    as_of = snapshot.clock.as_of
    day = AFTER_ALL if as_of is None else as_of
    return {"max_revision": snapshot.revision, "as_of": day, **parameters}


def count_revisions(snapshot: Snapshot, record: int) -> int:
    """How many revisions of a record a clock shows."""
    parameters = _shown(snapshot, record=record)
    return int(snapshot.connection.execute(_VERSIONS, parameters).scalar_one())


def record_revisions(snapshot: Snapshot, record: int, *, before: int, limit: int) -> list[Revision]:
    """A record's revisions, newest first, those below `before`."""
    parameters = _shown(snapshot, record=record, before=before, limit=limit)
    return [_revision(row) for row in snapshot.connection.execute(_HISTORY, parameters)]


def revisions_after(snapshot: Snapshot, *, after: int, limit: int) -> list[Revision]:
    """The ledger from a revision on, oldest first."""
    parameters = _shown(snapshot, after=after, limit=limit)
    return [_revision(row) for row in snapshot.connection.execute(_CHANGES, parameters)]


def last_revision(snapshot: Snapshot) -> Revision | None:
    """The newest revision that a clock shows."""
    row = snapshot.connection.execute(_LAST, _shown(snapshot)).first()
    return None if row is None else _revision(row)


def count_revisions_after(snapshot: Snapshot, *, after: int) -> int:
    """How many revisions there are from a revision on."""
    if snapshot.clock.as_of is None:
        return max(0, snapshot.revision - after)  # the sequence has no gap
    parameters = _shown(snapshot, after=after)
    return int(snapshot.connection.execute(_COUNT, parameters).scalar_one())


def latest_revision_of(connection: Connection, record: int) -> Revision:
    """The newest revision of a record that was ever written."""
    return _revision(connection.execute(_LATEST, {"record": record}).one())


def find_revision(connection: Connection, number: int) -> Revision | None:
    """The revision with a number, if there is one."""
    row = connection.execute(_ONE, {"number": number}).first()
    return None if row is None else _revision(row)


def revisions_of_write(connection: Connection, write: int) -> list[Revision]:
    """Every revision of one write."""
    return [_revision(row) for row in connection.execute(_OF_WRITE, {"write": write})]


def document_before(connection: Connection, record: int, revision: int) -> bytes | None:
    """A record's document just before a revision; None if it had none."""
    document = connection.execute(
        _DOCUMENT_BEFORE, {"record": record, "revision": revision}
    ).scalar()
    return None if document is None else bytes(document)


REVISION_FIELDS = frozenset(("version", "revision", "recorded_at"))


def diff_documents(old: bytes | None, new: bytes | None) -> list[Document]:
    """What changed between two documents: a JSON pointer with the old and the new value."""
    before = {} if old is None else orjson.loads(old)
    after = {} if new is None else orjson.loads(new)
    return list(_diff_values(before, after, ""))


def _diff_values(old: Any, new: Any, path: str) -> Iterator[Document]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*new, *(n for n in old if n not in new)]:
            if path or name not in REVISION_FIELDS:
                pointer = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
                yield from _diff_values(old.get(name), new.get(name), pointer)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _diff_values(before, after, f"{path}/{index}")
    elif old != new:
        yield {"path": path, "from": old, "to": new}


def first_recorded_at(connection: Connection, refs: Sequence[RecordRef]) -> dict[RecordRef, str]:
    """When each of these records was written for the first time."""
    # A record's number is that of its first revision.
    joins = (
        "JOIN revision AS v ON v.number = r.number JOIN write AS w ON w.first_revision = v.write"
    )
    rows = select_by_refs(connection, refs, "w.recorded_at", joins)
    return {ref: recorded_at for ref, (recorded_at,) in rows}


# ---- tombstones

# Tombstones have no day, so their keys come after all that have one.
_TOMBSTONES = text(
    "SELECT v.number, r.noun, r.id, v.version, w.recorded_at, v.record FROM revision_time AS t"
    " JOIN revision AS v ON v.number = t.revision JOIN record AS r ON r.number = v.record"
    " JOIN write AS w ON w.first_revision = v.write"
    " WHERE t.sort_key >= :low AND t.revision <= :max_revision AND t.recorded_to > :max_revision"
    " AND v.document IS NULL AND r.noun IN :nouns ORDER BY t.sort_key DESC LIMIT :limit"
).bindparams(bindparam("nouns", expanding=True))


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A deleted or merged record, with its last document."""

    noun: str
    id: str
    revision: int
    version: int
    recorded_at: str
    document: bytes


def find_tombstones(snapshot: Snapshot, selection: Selection, limit: int) -> Iterator[Tombstone]:
    """The newest tombstones at a revision, of records that matched until they were deleted."""
    connection, max_revision = snapshot.connection, snapshot.revision
    parameters = {
        "low": first_key(UNDATED_PREFIX),
        "max_revision": max_revision,
        "nouns": selection.nouns,
        "limit": limit,
    }
    first_revision = snapshot.first_since(selection.updated_since)
    for revision, noun, identifier, version, recorded_at, record in connection.execute(
        _TOMBSTONES, parameters
    ).all():
        if first_revision is not None and revision < first_revision:
            continue
        document = document_before(connection, record, revision)
        if document is not None and _did_match(snapshot, selection, identifier, revision - 1):
            yield Tombstone(noun, identifier, revision, version, recorded_at, document)


def _did_match(snapshot: Snapshot, selection: Selection, identifier: str, revision: int) -> bool:
    this_record = replace(selection, updated_since=None).require(any_term("id", [identifier]))
    before = Snapshot(snapshot.connection, snapshot.nouns, Clock(revision))
    return ResultSet(before, this_record).count() > 0
