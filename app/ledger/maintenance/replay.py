"""Replaying an export: the same numbers, times, authors, documents and hashes.

The chain of hashes is followed while the lines are read, so that nothing of a file that was
changed or cut is taken for whole. What is derived from the documents is made by the same code
that makes it when records are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import IntegrityError

from app.kit.sql.database import Database
from app.ledger import index
from app.ledger.maintenance.exports import BrokenExport, Entry, Reader, Told
from app.ledger.noun import Nouns, RecordRef
from app.ledger.snapshot import Snapshot
from app.ledger.tables import write
from app.ledger.write.append import (
    HEADS,
    _append_clocks,
    _append_index,
    _append_records,
    _append_revisions,
    _append_rows,
    head,
)
from app.ledger.write.chain import START
from app.ledger.write.revisions import Circumstances, Revised
from app.ledger.write.states import State, states

_BATCH = 2_000  # revisions in one transaction, more only where one write has more
Progress = Callable[[int], object]  # is told how many revisions are done


class OtherLedger(ValueError):
    """The database holds something that the export is no continuation of."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did: how many revisions it found there already, and how many it wrote."""

    found: int
    written: int
    revision: int


_HASH = text(
    "SELECT v.hash, w.last_revision FROM revision AS v"
    " JOIN write AS w ON w.first_revision = v.write WHERE v.number = :seq"
)


def replay(
    database: Database,
    nouns: Nouns,
    lines: Iterable[bytes],
    progress: Progress = lambda _: None,
    behind: list[bytes] | None = None,
) -> Replayed:
    """Write an export into an empty database, or into one that holds the beginning of it.

    `behind` is given the lines that a backup has behind its ledger; without it there may be none.

    Raises:
        BrokenExport: the lines are no export, were changed, or end early.
        OtherLedger: the database holds something else.
    """
    reader = Reader(lines)
    with database.read_transaction() as connection:
        top = head(connection)
        if top.seq > reader.revision:
            _check_holds(connection, reader)
            return Replayed(reader.revision, 0, top.seq)
    last, written = top.seq, 0
    pending: list[Told] = []
    size = 0
    for told in reader:
        if told.last <= top.seq:
            progress(len(told.entries))
            if told.last == top.seq and told.entries[-1].hash != top.hash:
                raise _other(top.seq)
            continue
        if told.first <= top.seq:
            raise _other(top.seq)
        pending.append(told)
        size += len(told.entries)
        if size >= _BATCH:
            last = _write(database, nouns, pending, last, progress)
            written, pending, size = written + size, [], 0
    if pending:
        last = _write(database, nouns, pending, last, progress)
        written += size
    if written > _BATCH:
        with database.write_transaction() as connection:
            index.tidy(connection)
    if behind is not None:
        behind += reader.rest()
    elif any(line.strip() for line in reader.rest()):
        raise BrokenExport("the file goes on behind its ledger: it is a backup; restore it")
    return Replayed(top.seq, written, last)


def _check_holds(connection: Connection, reader: Reader) -> None:
    """The database goes further than the file: then all of the file should be in it."""
    if not reader.revision:
        return
    row = connection.execute(_HASH, {"seq": reader.revision}).one()
    if bytes(row[0]) != reader.hash or row[1] != reader.revision:
        raise _other(reader.revision)


def _other(seq: int) -> OtherLedger:
    return OtherLedger(
        f"the database holds another history: at revision {seq} it does not agree with the file. "
        "An export goes into an empty database, or into one that holds the beginning of it."
    )


def _write(
    database: Database, nouns: Nouns, pending: Sequence[Told], last: int, progress: Progress
) -> int:
    with database.write_transaction() as connection:
        top = head(connection)
        if top.seq != last:
            raise OtherLedger("someone else writes to the database; import into one of its own")
        previous = top.hash or START
        try:
            for group in _groups(pending):
                previous = _append(connection, nouns, group, previous)
        except (KeyError, TypeError, ValueError, AttributeError, IntegrityError) as error:
            if isinstance(error, BrokenExport):
                raise
            between = f"revisions {pending[0].first} to {pending[-1].last}"
            raise BrokenExport(f"{between} hold what cannot be records of this version") from error
    progress(sum(len(told.entries) for told in pending))
    return pending[-1].last


def _groups(pending: Iterable[Told]) -> Iterator[list[Told]]:
    """Writes that can be laid down together: no record stands in two of them."""
    group: list[Told] = []
    seen: set[RecordRef] = set()
    for told in pending:
        own = {RecordRef(entry.noun, entry.id) for entry in told.entries}
        if own & seen:
            yield group
            group, seen = [], set()
        group.append(told)
        seen |= own
    if group:
        yield group


def _append(connection: Connection, nouns: Nouns, group: Sequence[Told], previous: bytes) -> bytes:
    addresses = [RecordRef(entry.noun, entry.id) for told in group for entry in told.entries]
    stored = states(Snapshot(connection, nouns), addresses)
    connection.execute(insert(write), [told.row() for told in group])
    parts = [
        (told, [_revised(nouns, told, entry, stored) for entry in told.entries]) for told in group
    ]
    revised = [item for _, items in parts for item in items]
    _append_records(connection, revised)
    for told, items in parts:
        at = datetime.fromisoformat(told.recorded_at)
        given = Circumstances(told.author, told.reason, at)
        _append_revisions(connection, items, told.first, previous, told.recorded_at, given)
        previous = told.entries[-1].hash
    _append_clocks(connection, revised)
    _append_index(connection, revised)
    _append_rows(connection, revised)
    heads = {item.noun.name: item.seq for item in revised}
    connection.execute(HEADS, [{"noun": noun, "revision": seq} for noun, seq in heads.items()])
    return previous


def _revised(nouns: Nouns, told: Told, entry: Entry, stored: dict[RecordRef, State]) -> Revised:
    state = stored.get(RecordRef(entry.noun, entry.id))
    document = None if entry.content is None else orjson.loads(entry.content)
    version = 1 if state is None else state.version + 1
    agrees = entry.version == version and (document is not None or state is not None)
    if document is not None:
        agrees = agrees and (
            document["id"],
            document["version"],
            document["revision"],
            document["recorded_at"],
        ) == (entry.id, version, entry.seq, told.recorded_at)
    if entry.noun not in nouns.by_name or not agrees:
        what = f"revision {entry.seq} ({entry.noun} {entry.id})"
        raise BrokenExport(f"{what} does not agree with what stands before it")
    return Revised(
        nouns[entry.noun],
        entry.id,
        entry.action,
        state,
        None,
        document,
        entry.merged_into,
        entry.seq,
        entry.content,
    )
