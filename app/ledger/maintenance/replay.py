"""Replaying an export: the same numbers, times, authors, documents and hashes.

The chain of hashes is checked while the lines are read, so that a file that was changed or cut is
never taken for complete. What is derived from the documents is made by the code that makes it when
records are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from app.kit.sql.database import Database
from app.ledger import index_tables
from app.ledger.maintenance.exports import (
    ExportedRevision,
    ExportedWrite,
    ExportReader,
    InvalidExport,
)
from app.ledger.noun import Nouns, RecordRef
from app.ledger.snapshot import Snapshot
from app.ledger.write.append import chain_head, insert_writes
from app.ledger.write.revisions import NewRevision, WriteResult
from app.ledger.write.states import RecordState, find_states

_BATCH_SIZE = 2_000  # revisions in one transaction, more only where one write has more
Progress = Callable[[int], object]  # called with the number of revisions done


class LedgerMismatch(ValueError):
    """The database holds something that the export does not continue."""


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """How many revisions existed already, how many were written, and the newest revision."""

    existing: int
    written: int
    revision: int


_HASH = text(
    "SELECT v.hash, w.last_revision FROM revision AS v"
    " JOIN write AS w ON w.first_revision = v.write WHERE v.number = :revision"
)


def replay(
    database: Database,
    nouns: Nouns,
    lines: Iterable[bytes],
    progress: Progress = lambda _: None,
    trailing_lines: list[bytes] | None = None,
) -> ReplayResult:
    """Write an export into an empty database, or into one that holds the beginning of it.

    `trailing_lines` receives the lines that a backup has after its ledger; without it there may be
    none.

    Raises:
        InvalidExport: the lines are not an export, were changed, or end early.
        LedgerMismatch: the database holds something else.
    """
    reader = ExportReader(lines)
    with database.read_transaction() as connection:
        head = chain_head(connection)
        if head.revision > reader.revision:
            _check_holds(connection, reader)
            return ReplayResult(reader.revision, 0, head.revision)
    last, written = head.revision, 0
    pending: list[ExportedWrite] = []
    size = 0
    for write in reader:
        if write.last_revision <= head.revision:
            progress(len(write.revisions))
            if write.last_revision == head.revision and write.revisions[-1].hash != head.hash:
                raise _mismatch(head.revision)
            continue
        if write.first_revision <= head.revision:
            raise _mismatch(head.revision)
        pending.append(write)
        size += len(write.revisions)
        if size >= _BATCH_SIZE:
            last = _write(database, nouns, pending, last, progress)
            written, pending, size = written + size, [], 0
    if pending:
        last = _write(database, nouns, pending, last, progress)
        written += size
    if written > _BATCH_SIZE:
        with database.write_transaction() as connection:
            index_tables.optimize_index(connection)
    if trailing_lines is not None:
        trailing_lines += reader.trailing_lines()
    elif any(line.strip() for line in reader.trailing_lines()):
        raise InvalidExport(
            "the file continues after the ledger, so it is a backup; use parley restore"
        )
    return ReplayResult(head.revision, written, last)


def _check_holds(connection: Connection, reader: ExportReader) -> None:
    """The database has more revisions than the file: then all of the file should be in it."""
    if not reader.revision:
        return
    row = connection.execute(_HASH, {"revision": reader.revision}).one()
    if bytes(row[0]) != reader.hash or row[1] != reader.revision:
        raise _mismatch(reader.revision)


def _mismatch(revision: int) -> LedgerMismatch:
    return LedgerMismatch(
        f"the database has a different history: at revision {revision} it does not match the "
        "file. Import an export into an empty database, or into one that holds the beginning of "
        "it."
    )


def _write(
    database: Database,
    nouns: Nouns,
    pending: Sequence[ExportedWrite],
    last: int,
    progress: Progress,
) -> int:
    with database.write_transaction() as connection:
        head = chain_head(connection)
        if head.revision != last:
            raise LedgerMismatch(
                "another process is writing to the database; import into a database of its own"
            )
        previous_hash = head.hash
        try:
            for group in _groups(pending):
                writes = _write_results(Snapshot(connection, nouns), group)
                previous_hash = insert_writes(connection, writes, previous_hash)
        except (KeyError, TypeError, ValueError, AttributeError, IntegrityError) as error:
            if isinstance(error, InvalidExport):
                raise
            between = f"revisions {pending[0].first_revision} to {pending[-1].last_revision}"
            raise InvalidExport(
                f"{between} contain records that are not valid in this version"
            ) from error
    progress(sum(len(write.revisions) for write in pending))
    return pending[-1].last_revision


def _groups(pending: Iterable[ExportedWrite]) -> Iterator[list[ExportedWrite]]:
    """Writes that can be inserted together: no record has a revision in two of them."""
    group: list[ExportedWrite] = []
    changed: set[RecordRef] = set()
    for write in pending:
        refs = {item.ref for item in write.revisions}
        if refs & changed:
            yield group
            group, changed = [], set()
        group.append(write)
        changed |= refs
    if group:
        yield group


def _write_results(snapshot: Snapshot, group: Sequence[ExportedWrite]) -> list[WriteResult]:
    """The writes of an export as they are inserted."""
    stored = find_states(snapshot, (item.ref for write in group for item in write.revisions))
    return [
        WriteResult(
            write.first_revision,
            write.last_revision,
            write.recorded_at,
            write.author,
            write.reason,
            tuple(_new_revision(snapshot.nouns, write, item, stored) for item in write.revisions),
        )
        for write in group
    ]


def _new_revision(
    nouns: Nouns,
    write: ExportedWrite,
    item: ExportedRevision,
    stored: Mapping[RecordRef, RecordState],
) -> NewRevision:
    state = stored.get(item.ref)
    document = None if item.content is None else orjson.loads(item.content)
    agrees = item.version == (state.version if state else 0) + 1
    if document is None:
        agrees = agrees and state is not None
    else:
        names = ("id", "version", "revision", "recorded_at")
        values = (item.ref.id, item.version, item.number, write.recorded_at)
        agrees = agrees and tuple(document[name] for name in names) == values
    if item.ref.noun not in nouns.by_name or not agrees:
        what = f"revision {item.number} ({item.ref.noun} {item.ref.id})"
        raise InvalidExport(f"{what} does not match the revisions before it")
    return NewRevision(
        nouns[item.ref.noun],
        item.ref.id,
        None,
        merged_into=item.merged_into,
        state=state,
        document=document,
        action=item.action,
        number=item.number,
        content=item.content,
    )
