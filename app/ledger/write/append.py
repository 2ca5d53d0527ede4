"""Appending revisions: numbers, documents, hashes, times, index and rows, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
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
from app.ledger.write.revisions import (
    ZERO_HASH,
    NewRevision,
    WriteMetadata,
    WriteResult,
    chain_hash,
)


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
    result = WriteResult(first, last, recorded_at, author, reason, tuple(revisions))
    if not revisions:
        return result
    for number, item in enumerate(revisions, first):
        item.number = number
        if item.document is not None:
            item.document |= {
                "version": item.version,
                "revision": number,
                "recorded_at": recorded_at,
            }
            item.content = dumps(item.document)
    insert_writes(connection, [result], head.hash)
    return result


def insert_writes(
    connection: Connection, writes: Sequence[WriteResult], previous_hash: bytes
) -> bytes:
    """Write numbered revisions, with all that is derived from them; returns the last hash.

    No record may have two revisions among them.
    """
    connection.execute(insert(write), [_write_row(result) for result in writes])
    revisions = [new_revision for result in writes for new_revision in result.revisions]
    _insert_records(connection, revisions)
    for result in writes:
        previous_hash = _insert_revisions(connection, result, previous_hash)
    _insert_times(connection, revisions)
    _index_revisions(connection, revisions)
    _write_rows(connection, revisions)
    upsert_noun_heads(
        connection, {new_revision.noun.name: new_revision.number for new_revision in revisions}
    )
    return previous_hash


def _write_row(result: WriteResult) -> dict[str, object]:
    return {field.name: getattr(result, field.name) for field in fields(WriteMetadata)}


def upsert_noun_heads(connection: Connection, revisions: Mapping[str, int]) -> None:
    """Note the newest revision of each of these nouns."""
    values = [
        {"noun": noun, "revision": revision_number} for noun, revision_number in revisions.items()
    ]
    connection.execute(_UPSERT_NOUN_HEAD, values)


_UPSERT_NOUN_HEAD = text(
    "INSERT INTO noun_head (noun, revision) VALUES (:noun, :revision)"
    " ON CONFLICT (noun) DO UPDATE SET revision = excluded.revision"
)


def _insert_records(connection: Connection, revisions: Sequence[NewRevision]) -> None:
    new: list[dict[str, object]] = []
    old: list[dict[str, object]] = []
    for new_revision in revisions:
        values = {
            "number": new_revision.record_number,
            "noun": new_revision.noun.name,
            "id": new_revision.id,
            "sort_key": None if new_revision.document is None else new_revision.sort_key,
            "version": new_revision.version,
        }
        (new if new_revision.state is None else old).append(values)
    if new:
        connection.execute(insert(record), new)
    if old:
        connection.execute(_UPDATE_RECORD, old)


_UPDATE_RECORD = text(
    "UPDATE record SET sort_key = :sort_key, version = :version WHERE number = :number"
)


def _insert_revisions(connection: Connection, result: WriteResult, previous_hash: bytes) -> bytes:
    values = []
    for new_revision in result.revisions:
        revision_fields = (
            new_revision.number,
            result.first_revision,
            *new_revision.ref,
            new_revision.version,
            new_revision.action,
            new_revision.merged_into,
        )
        write_fields = (result.recorded_at, result.author, result.reason)
        previous_hash = chain_hash(
            previous_hash, [*revision_fields, *write_fields], new_revision.content
        )
        values.append(
            {
                "number": new_revision.number,
                "write": result.first_revision,
                "record": new_revision.record_number,
                "version": new_revision.version,
                "action": new_revision.action,
                "merged_into": new_revision.merged_into,
                "reported_on": new_revision.document["reported_on"]
                if new_revision.document
                else None,
                "document": new_revision.content,
                "hash": previous_hash,
            }
        )
    connection.execute(insert(revision), values)
    return previous_hash


def _insert_times(connection: Connection, revisions: Sequence[NewRevision]) -> None:
    times = []
    for new_revision in revisions:
        earliest, latest, known_from = indexing.revision_times(
            new_revision.noun, new_revision.document
        )
        times.append(
            {
                "sort_key": new_revision.sort_key,
                "revision": new_revision.number,
                "record": new_revision.record_number,
                "earliest": earliest,
                "latest": latest,
                "recorded_to": AFTER_ALL,
                "known_from": known_from,
                "known_to": AFTER_ALL,
            }
        )
    new = {new_revision.number for new_revision in revisions if new_revision.state is None}
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
    for new_revision in revisions:
        if new_revision.document is not None:
            entries.append(
                index_tables.IndexEntry(
                    new_revision.sort_key,
                    indexing.document_terms(new_revision.noun, new_revision.document),
                )
            )
            values |= indexing.facet_values(new_revision.noun, new_revision.document)
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
    deleted: dict[Noun, list[str]] = defaultdict(list)
    created: dict[Noun, list[Document]] = defaultdict(list)
    changed: dict[Noun, list[Document]] = defaultdict(list)
    for new_revision in revisions:
        if new_revision.document is None:
            deleted[new_revision.noun].append(new_revision.id)
        elif not new_revision.exists:
            created[new_revision.noun].append(new_revision.document)
        else:
            changed[new_revision.noun].append(new_revision.document)
    # Foreign keys are deferred, so any order would be valid; but while one is violated, SQLite
    # searches whole tables for child rows at each row of a parent.
    for noun in sorted(deleted, key=_rank, reverse=True):
        rows.delete_rows(connection, noun, deleted[noun])
    for noun in sorted({**created, **changed}, key=_rank):
        rows.write_rows(connection, noun, created[noun], changed[noun])


def _rank(noun: Noun) -> int:
    return noun.rank
