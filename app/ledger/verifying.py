"""`parley verify`: the chain holds, and everything derived agrees with the documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, select, text

from app.ledger import describing, places
from app.ledger.chain import START, Link, digest
from app.ledger.index import holds
from app.ledger.nouns import Nouns
from app.ledger.rows import Row, rows_of
from app.ledger.tables import AFTER_ALL, BEFORE_ALL

_BATCH = 2_000
_ENTRIES = text(
    "SELECT v.seq, v.write, r.noun, r.id, v.version, v.action, v.merged_into, w.recorded_at,"
    " w.author, w.reason, v.document, v.hash, w.last, v.record FROM revision AS v"
    " LEFT JOIN write AS w ON w.first = v.write LEFT JOIN record AS r ON r.number = v.record"
    " WHERE v.seq > :after ORDER BY v.seq LIMIT :limit"
)
_CURRENT = text(
    "SELECT r.noun, r.id, r.key, r.version, k.seq, k.earliest, k.latest, k.known_from,"
    " k.recorded_to, v.document, v.version, r.number FROM record AS r"
    " JOIN clock AS k ON k.key = r.key JOIN revision AS v ON v.seq = k.seq"
    " WHERE r.number > :after ORDER BY r.number LIMIT :limit"
)


def verify(connection: Connection, nouns: Nouns) -> Iterator[str]:
    """Each fault found, as a sentence that names the revision or the record."""
    yield from _chain(connection)
    yield from _records(connection, nouns)


def _chain(connection: Connection) -> Iterator[str]:
    previous, expected = START, 1
    versions: dict[int, int] = {}
    write_end = 0
    while entries := connection.execute(_ENTRIES, {"after": expected - 1, "limit": _BATCH}).all():
        for entry in entries:
            seq, document, stored = entry[0], entry[10], bytes(entry[11])
            if seq != expected:
                yield f"revision {expected} is missing: the next one is {seq}"
            expected = seq + 1
            if entry[7] is None or entry[2] is None:
                yield f"revision {seq} has no write or no record"
                continue
            link = Link(*entry[:10])
            content = None if document is None else bytes(document)
            if digest(previous, link, content) != stored:
                yield f"revision {seq} ({entry[2]} {entry[3]}) does not match its hash"
            previous = stored
            if versions.get(entry[13], 0) + 1 != entry[4]:
                yield f"revision {seq} ({entry[2]} {entry[3]}) breaks the count of versions"
            versions[entry[13]] = entry[4]
            if not entry[1] <= seq <= entry[12] or (seq == entry[1] and seq != write_end + 1):
                yield f"revision {seq} lies outside its write ({entry[1]} to {entry[12]})"
            write_end = entry[12]
    if write_end != expected - 1:
        yield f"the last write should end at revision {write_end}, the ledger at {expected - 1}"


def _records(connection: Connection, nouns: Nouns) -> Iterator[str]:
    number = 0
    while batch := connection.execute(_CURRENT, {"after": number, "limit": _BATCH}).all():
        for row in batch:
            current = _Current(*row)
            try:
                yield from _record(connection, nouns, current)
            except (ValueError, KeyError, TypeError, AttributeError):
                name = f"{current.noun} {current.id} (revision {current.seq})"
                yield f"{name}: its document cannot be read"
        number = batch[-1][-1]


@dataclass(frozen=True, slots=True)
class _Current:
    """A record as its row, its clock and its newest revision tell it."""

    noun: str
    id: str
    key: int
    version: int
    seq: int
    earliest: int | None
    latest: int | None
    known_from: int
    recorded_to: int
    document: bytes
    stood: int
    number: int


def _record(connection: Connection, nouns: Nouns, row: _Current) -> Iterator[str]:
    noun = nouns[row.noun]
    name = f"{noun.name} {row.id} (revision {row.seq})"
    document = orjson.loads(row.document)
    bounds = describing.date_bounds(noun, document)
    wanted = (
        None if bounds is None else BEFORE_ALL if bounds.earliest is None else bounds.earliest,
        None if bounds is None else AFTER_ALL if bounds.latest is None else bounds.latest,
    )
    known = describing.reported_on(document)
    if (row.earliest, row.latest) != wanted or row.known_from != known:
        yield f"{name}: its clock does not agree with its document"
    key = places.key(describing.place(noun, document), row.seq)
    if row.key != key or row.recorded_to != AFTER_ALL:
        yield f"{name}: its place in the index does not agree with its document"
    versions = {row.version, row.stood, document["version"]}
    if len(versions) > 1 or document["revision"] != row.seq:
        yield f"{name}: its version does not agree with its record"
    if not holds(connection, row.key, describing.terms(noun, document)):
        yield f"{name}: the index of terms does not agree with its document"
    for table, rows in rows_of(noun, document).items():
        own = "id" if table is noun.table else noun.name
        found = connection.execute(select(table).where(table.c[own] == row.id)).mappings()
        if _bag(map(dict, found)) != _bag(rows):
            yield f"{name}: the rows in table {table.name} do not agree with its document"


def _bag(rows: Iterable[Row]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)
