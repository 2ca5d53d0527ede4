"""What is no longer there: for subscribers, who must be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, text

from app.kit.terms import any_term
from app.ledger.read import history
from app.ledger.read.reading import Reading
from app.ledger.selection import Clock, Selection
from app.ledger.snapshot import Snapshot
from app.ledger.sort_keys import UNDATED, first_key

# Tombstones have no day, so they lie behind everything that has one.
_STONES = text(
    "SELECT v.number, r.noun, r.id, v.version, w.recorded_at, v.record FROM revision_time AS t"
    " JOIN revision AS v ON v.number = t.revision JOIN record AS r ON r.number = v.record"
    " JOIN write AS w ON w.first_revision = v.write"
    " WHERE t.sort_key >= :low AND t.revision <= :upto AND t.recorded_to > :upto"
    " AND v.document IS NULL AND r.noun IN :nouns ORDER BY t.sort_key DESC LIMIT :limit"
).bindparams(bindparam("nouns", expanding=True))


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A deleted or merged record, and what stood there last."""

    noun: str
    id: str
    seq: int
    version: int
    recorded_at: str
    document: bytes


def tombstones(snapshot: Snapshot, selection: Selection, limit: int) -> Iterator[Tombstone]:
    """The newest tombstones at a revision, of records that matched until they were deleted."""
    connection, upto = snapshot.connection, snapshot.revision
    given = {"low": first_key(UNDATED), "upto": upto, "nouns": selection.nouns, "limit": limit}
    first_revision = snapshot.first_since(selection.updated_since)
    for seq, noun, identifier, version, at, record in connection.execute(_STONES, given).all():
        if first_revision is not None and seq < first_revision:
            continue
        document = history.document_before(connection, record, seq)
        if document is not None and _matched(snapshot, selection, identifier, seq - 1):
            yield Tombstone(noun, identifier, seq, version, at, document)


def _matched(snapshot: Snapshot, selection: Selection, identifier: str, seq: int) -> bool:
    alone = replace(selection, updated_since=None).also(any_term("id", [identifier]))
    before = Snapshot(snapshot.connection, snapshot.nouns, Clock(seq))
    return Reading(before, alone).count() > 0
