"""Appending revisions: numbers, documents, hashes, clocks, index and rows, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, text

from app.kit.schema.shapes import Document
from app.kit.strict_json import dumps
from app.kit.timestamps import utc_timestamp
from app.ledger import index_tables, indexing
from app.ledger.noun import Noun
from app.ledger.tables import (
    AFTER_ALL,
    facet_value,
    record,
    revision,
    revision_time,
    write,
)
from app.ledger.write import rows
from app.ledger.write.revisions import ZERO_HASH, NewRevision, WriteResult, chain_hash


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The end of the chain: the newest revision, its hash, and when it was recorded."""

    revision: int
    hash: bytes
    recorded_at: str


_HEAD = text(
    "SELECT v.number, v.hash, w.recorded_at FROM revision AS v"
    " JOIN write AS w ON w.first_revision = v.write ORDER BY v.number DESC LIMIT 1"
)


def chain_head(connection: Connection) -> ChainHead:
    """The newest revision of the database; revision 0 of an empty one."""
    row = connection.execute(_HEAD).first()
    return ChainHead(0, ZERO_HASH, "") if row is None else ChainHead(row[0], bytes(row[1]), row[2])


def append_revisions(
    connection: Connection,
    revisions: Sequence[NewRevision],
    author: str,
    reason: str | None,
    now: datetime,
) -> WriteResult:
    """Write these revisions, numbered in their order, as one write."""
    head = chain_head(connection)
    first, last = head.revision + 1, head.revision + len(revisions)
    # Recording times never run backwards, whatever the machine's clock does.
    recorded_at = max(utc_timestamp(now), head.recorded_at)
    written = WriteResult(first, last, recorded_at, author, reason, tuple(revisions))
    if not revisions:
        return written
    for seq, item in enumerate(revisions, first):
        item.number = seq
        if item.document is not None:
            item.document |= {"version": item.version, "revision": seq, "recorded_at": recorded_at}
            item.content = dumps(item.document)
    insert_writes(connection, [written], head.hash)
    return written


def insert_writes(
    connection: Connection, writes: Sequence[WriteResult], previous_hash: bytes
) -> bytes:
    """Write numbered revisions, with all that is derived from them; returns the last hash.

    No record may have two revisions among them.
    """
    connection.execute(insert(write), [_write_row(written) for written in writes])
    revisions = [item for written in writes for item in written.revisions]
    _insert_records(connection, revisions)
    for written in writes:
        previous_hash = _insert_revisions(connection, written, previous_hash)
    _insert_times(connection, revisions)
    _index_revisions(connection, revisions)
    _write_rows(connection, revisions)
    upsert_noun_heads(connection, {item.noun.name: item.number for item in revisions})
    return previous_hash


def _write_row(written: WriteResult) -> dict[str, object]:
    return {
        "first_revision": written.first_revision,
        "last_revision": written.last_revision,
        "recorded_at": written.recorded_at,
        "author": written.author,
        "reason": written.reason,
    }


def upsert_noun_heads(connection: Connection, revisions: Mapping[str, int]) -> None:
    """Note the newest revision of each of these nouns."""
    values = [{"noun": noun, "revision": seq} for noun, seq in revisions.items()]
    connection.execute(_UPSERT_NOUN_HEAD, values)


_UPSERT_NOUN_HEAD = text(
    "INSERT INTO noun_head (noun, revision) VALUES (:noun, :revision)"
    " ON CONFLICT (noun) DO UPDATE SET revision = excluded.revision"
)


def _insert_records(connection: Connection, revisions: Sequence[NewRevision]) -> None:
    new: list[dict[str, object]] = []
    old: list[dict[str, object]] = []
    for item in revisions:
        values = {
            "number": item.record_number,
            "noun": item.noun.name,
            "id": item.id,
            "sort_key": None if item.document is None else item.sort_key,
            "version": item.version,
        }
        (new if item.state is None else old).append(values)
    if new:
        connection.execute(insert(record), new)
    if old:
        connection.execute(_UPDATE_RECORD, old)


_UPDATE_RECORD = text(
    "UPDATE record SET sort_key = :sort_key, version = :version WHERE number = :number"
)


def _insert_revisions(connection: Connection, written: WriteResult, previous_hash: bytes) -> bytes:
    values = []
    for item in written.revisions:
        what = (
            item.number,
            written.first_revision,
            *item.ref,
            item.version,
            item.action,
            item.merged_into,
        )
        who = (written.recorded_at, written.author, written.reason)
        previous_hash = chain_hash(previous_hash, [*what, *who], item.content)
        values.append(
            {
                "number": item.number,
                "write": written.first_revision,
                "record": item.record_number,
                "version": item.version,
                "action": item.action,
                "merged_into": item.merged_into,
                "reported_on": item.document["reported_on"] if item.document else None,
                "document": item.content,
                "hash": previous_hash,
            }
        )
    connection.execute(insert(revision), values)
    return previous_hash


def _insert_times(connection: Connection, revisions: Sequence[NewRevision]) -> None:
    times = []
    for item in revisions:
        earliest, latest, known_from = indexing.revision_times(item.noun, item.document)
        times.append(
            {
                "sort_key": item.sort_key,
                "revision": item.number,
                "record": item.record_number,
                "earliest": earliest,
                "latest": latest,
                "recorded_to": AFTER_ALL,
                "known_from": known_from,
                "known_to": AFTER_ALL,
            }
        )
    new = {item.number for item in revisions if item.state is None}
    replacing = [values for values in times if values["revision"] not in new]
    if replacing:
        connection.execute(_CLOSE_RECORDED, replacing)
        connection.execute(_CLOSE_KNOWN, replacing)
    connection.execute(insert(revision_time), times)


_CLOSE_RECORDED = text(
    "UPDATE revision_time SET recorded_to = :revision WHERE record = :record AND revision ="
    " (SELECT max(revision) FROM revision_time WHERE record = :record AND revision < :revision)"
)
_CLOSE_KNOWN = text(
    "UPDATE revision_time SET known_to = :known_from"
    " WHERE record = :record AND revision < :revision AND known_to > :known_from"
)


def _index_revisions(connection: Connection, revisions: Sequence[NewRevision]) -> None:
    entries = []
    values: set[tuple[str, str]] = set()
    for item in revisions:
        if item.document is not None:
            entries.append(
                index_tables.IndexEntry(
                    item.sort_key, indexing.document_terms(item.noun, item.document)
                )
            )
            values |= indexing.facet_values(item.noun, item.document)
    index_tables.remove_entries(
        connection,
        [r.state.sort_key for r in revisions if r.state and r.state.sort_key is not None],
    )
    index_tables.add_entries(connection, "current_terms", entries)
    index_tables.add_entries(connection, "history_terms", entries)
    add_facet_values(connection, values)


def add_facet_values(connection: Connection, values: Iterable[tuple[str, str]]) -> None:
    """Note filter values for facets, those that are new."""
    rows = [{"name": name, "value": value} for name, value in sorted(values)]
    if rows:
        connection.execute(_ADD_FACET_VALUE, rows)


_ADD_FACET_VALUE = text(
    f"INSERT INTO {facet_value.name} (name, value) VALUES (:name, :value)"  # noqa: S608 - a constant name
    " ON CONFLICT DO NOTHING"
)


def _write_rows(connection: Connection, revisions: Sequence[NewRevision]) -> None:
    gone: dict[Noun, list[str]] = defaultdict(list)
    created: dict[Noun, list[Document]] = defaultdict(list)
    changed: dict[Noun, list[Document]] = defaultdict(list)
    for item in revisions:
        if item.document is None:
            gone[item.noun].append(item.id)
        elif not item.exists:
            created[item.noun].append(item.document)
        else:
            changed[item.noun].append(item.document)
    # Foreign keys are deferred, so any order would do; but while one is unmet, SQLite looks
    # through whole tables for its children at each row of a parent.
    for noun in sorted(gone, key=_rank, reverse=True):
        rows.delete_rows(connection, noun, gone[noun])
    for noun in sorted({**created, **changed}, key=_rank):
        rows.write_rows(connection, noun, created[noun], changed[noun])


def _rank(noun: Noun) -> int:
    return noun.rank
