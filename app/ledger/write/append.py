"""Appending revisions: numbers, documents, hashes, clocks, index and rows, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, text

from app.kit.schema.shapes import Document
from app.kit.strict_json import dumps
from app.kit.timestamps import utc_timestamp
from app.ledger import index, indexing, sort_keys
from app.ledger.noun import Noun
from app.ledger.tables import (
    AFTER_ALL,
    BEFORE_ALL,
    facet_value,
    record,
    revision,
    revision_time,
    write,
)
from app.ledger.write import rows
from app.ledger.write.chain import START, Link, digest
from app.ledger.write.revisions import Circumstances, Revised, Written


@dataclass(frozen=True, slots=True)
class _Head:
    seq: int
    hash: bytes
    recorded_at: str


_HEAD = text(
    "SELECT v.number, v.hash, w.recorded_at FROM revision AS v"
    " JOIN write AS w ON w.first_revision = v.write ORDER BY v.number DESC LIMIT 1"
)


def head(connection: Connection) -> _Head:
    """The newest revision: its number, its hash and when it was recorded."""
    row = connection.execute(_HEAD).first()
    return _Head(0, START, "") if row is None else _Head(row[0], bytes(row[1]), row[2])


def append(connection: Connection, revised: Sequence[Revised], given: Circumstances) -> Written:
    """Write the revisions; they are consecutive and share one `write`."""
    top = head(connection)
    if not revised:
        return Written((), top.seq)
    # Recording times never run backwards, whatever the machine's clock does.
    recorded_at = max(utc_timestamp(given.at), top.recorded_at)
    first, last = top.seq + 1, top.seq + len(revised)
    connection.execute(
        insert(write),
        {
            "first_revision": first,
            "last_revision": last,
            "recorded_at": recorded_at,
            "author": given.author,
            "reason": given.reason,
        },
    )
    _number(revised, first, recorded_at)
    _append_records(connection, revised)
    _append_revisions(connection, revised, first, top.hash, recorded_at, given)
    _append_clocks(connection, revised)
    _append_index(connection, revised)
    _append_rows(connection, revised)
    heads = {item.noun.name: item.seq for item in revised}
    connection.execute(HEADS, [{"noun": noun, "revision": seq} for noun, seq in heads.items()])
    return Written(tuple(revised), last)


def _number(revised: Sequence[Revised], first: int, recorded_at: str) -> None:
    for seq, item in enumerate(revised, first):
        item.seq = seq
        if item.document is not None:
            item.document["version"] = (item.state.version if item.state else 0) + 1
            item.document["revision"] = seq
            item.document["recorded_at"] = recorded_at
            item.content = dumps(item.document)


def _version(item: Revised) -> int:
    return (item.state.version if item.state else 0) + 1


def _number_of(item: Revised) -> int:
    return item.state.number if item.state else item.seq


def _key(item: Revised) -> int:
    if item.document is None:
        return sort_keys.key(sort_keys.UNDATED, item.seq)
    return sort_keys.key(indexing.place(item.noun, item.document), item.seq)


def _append_records(connection: Connection, revised: Sequence[Revised]) -> None:
    new, old = [], []
    for item in revised:
        key = _key(item) if item.document is not None else None
        if item.state is None:
            new.append(
                {
                    "number": item.seq,
                    "noun": item.noun.name,
                    "id": item.id,
                    "sort_key": key,
                    "version": 1,
                }
            )
        else:
            old.append({"sort_key": key, "version": _version(item), "number": item.state.number})
    if new:
        connection.execute(insert(record), new)
    if old:
        connection.execute(_UPDATE_RECORD, old)


HEADS = text(
    "INSERT INTO noun_head (noun, revision) VALUES (:noun, :revision)"
    " ON CONFLICT (noun) DO UPDATE SET revision = excluded.revision"
)
_UPDATE_RECORD = text(
    "UPDATE record SET sort_key = :sort_key, version = :version WHERE number = :number"
)


def _append_revisions(
    connection: Connection,
    revised: Sequence[Revised],
    first: int,
    previous: bytes,
    recorded_at: str,
    given: Circumstances,
) -> None:
    found = []
    for item in revised:
        link = Link(
            item.seq,
            first,
            item.noun.name,
            item.id,
            _version(item),
            item.action,
            item.merged_into,
            recorded_at,
            given.author,
            given.reason,
        )
        previous = digest(previous, link, item.content)
        found.append(
            {
                "number": item.seq,
                "write": first,
                "record": _number_of(item),
                "version": link.version,
                "action": item.action,
                "merged_into": item.merged_into,
                "reported_on": item.document["reported_on"] if item.document else None,
                "document": item.content,
                "hash": previous,
            }
        )
    connection.execute(insert(revision), found)


def _append_clocks(connection: Connection, revised: Sequence[Revised]) -> None:
    found, replaced, forgotten = [], [], []
    for item in revised:
        known = BEFORE_ALL if item.document is None else indexing.reported_on(item.document)
        bounds = None
        if item.document is not None:
            bounds = indexing.date_bounds(item.noun, item.document)
        number = _number_of(item)
        if item.state is not None:
            replaced.append({"revision": item.seq, "record": number})
            forgotten.append({"revision": item.seq, "record": number, "known": known})
        found.append(
            {
                "sort_key": _key(item),
                "revision": item.seq,
                "record": number,
                "earliest": None if bounds is None else _or(bounds.earliest, BEFORE_ALL),
                "latest": None if bounds is None else _or(bounds.latest, AFTER_ALL),
                "recorded_to": AFTER_ALL,
                "known_from": known,
                "known_to": AFTER_ALL,
            }
        )
    if replaced:
        connection.execute(_REPLACED, replaced)
        connection.execute(_FORGOTTEN, forgotten)
    connection.execute(insert(revision_time), found)


def _or(day: int | None, otherwise: int) -> int:
    return otherwise if day is None else day


_REPLACED = text(
    "UPDATE revision_time SET recorded_to = :revision WHERE record = :record AND revision ="
    " (SELECT max(revision) FROM revision_time WHERE record = :record AND revision < :revision)"
)
_FORGOTTEN = text(
    "UPDATE revision_time SET known_to = :known"
    " WHERE record = :record AND revision < :revision AND known_to > :known"
)


def _append_index(connection: Connection, revised: Sequence[Revised]) -> None:
    entries = []
    values: set[tuple[str, str]] = set()
    for item in revised:
        if item.document is not None:
            entries.append(index.Entry(_key(item), indexing.terms(item.noun, item.document)))
            values |= indexing.catalogued(item.noun, item.document)
    index.drop(connection, [i.state.key for i in revised if i.state and i.state.key is not None])
    index.add(connection, "current_terms", entries)
    index.add(connection, "history_terms", entries)
    remember(connection, values)


def remember(connection: Connection, values: Iterable[tuple[str, str]]) -> None:
    """Note filter values for facets, those that are new."""
    listed = [{"name": name, "value": value} for name, value in sorted(values)]
    if listed:
        connection.execute(_REMEMBER, listed)


_REMEMBER = text(
    f"INSERT INTO {facet_value.name} (name, value) VALUES (:name, :value)"  # noqa: S608 - a constant name
    " ON CONFLICT DO NOTHING"
)


def _append_rows(connection: Connection, revised: Sequence[Revised]) -> None:
    gone: dict[Noun, list[str]] = defaultdict(list)
    created: dict[Noun, list[Document]] = defaultdict(list)
    changed: dict[Noun, list[Document]] = defaultdict(list)
    for item in revised:
        if item.document is None:
            gone[item.noun].append(item.id)
        elif item.state is None or item.state.key is None:
            created[item.noun].append(item.document)
        else:
            changed[item.noun].append(item.document)
    # Foreign keys are deferred, so any order would do; but while one is unmet, SQLite looks
    # through whole tables for its children at each row of a parent.
    for noun in sorted(gone, key=_rank, reverse=True):
        rows.erase(connection, noun, gone[noun])
    for noun in sorted({**created, **changed}, key=_rank):
        rows.lay_out(connection, noun, created[noun], changed[noun])


def _rank(noun: Noun) -> int:
    return noun.rank
