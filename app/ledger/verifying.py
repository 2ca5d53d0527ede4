"""`parley verify`: the chain holds, and everything derived agrees with the documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import orjson
from sqlalchemy import Connection, func, select, text

from app.ledger import describing, places
from app.ledger.chain import START, Link, digest
from app.ledger.index import holds
from app.ledger.nouns import Nouns
from app.ledger.rows import Row, rows_of, tables
from app.ledger.tables import AFTER_ALL, BEFORE_ALL

_BATCH = 2_000
_ENTRIES = text(
    "SELECT v.seq, v.write, r.noun, r.id, v.version, v.action, v.merged_into, w.recorded_at,"
    " w.author, w.reason, v.document, v.hash, w.last, v.record FROM revision AS v"
    " LEFT JOIN write AS w ON w.first = v.write LEFT JOIN record AS r ON r.number = v.record"
    " WHERE v.seq > :after ORDER BY v.seq LIMIT :limit"
)
_STATES = text(
    "SELECT r.number, r.noun, r.id, r.key, r.version, v.seq, v.version, v.document, v.reported_on,"
    " k.key, k.earliest, k.latest, k.recorded_to, k.known_from, k.known_to"
    " FROM record AS r LEFT JOIN revision AS v ON v.record = r.number"
    " LEFT JOIN clock AS k ON k.seq = v.seq"
    " WHERE r.number > :after AND r.number <= :upto ORDER BY r.number, v.seq"
)
_NUMBERS = text("SELECT number FROM record WHERE number > :after ORDER BY number LIMIT :limit")
_LAST = text("SELECT max(last) FROM write")


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
    last = connection.execute(_LAST).scalar() or 0
    if max(last, write_end) != expected - 1:
        yield f"revision {expected} is missing: the last write ends at {max(last, write_end)}"


def _records(connection: Connection, nouns: Nouns) -> Iterator[str]:
    number = 0
    expected: Counter[str] = Counter()
    while numbers := list(
        connection.execute(_NUMBERS, {"after": number, "limit": _BATCH}).scalars()
    ):
        given = {"after": number, "upto": numbers[-1]}
        states = (_State(*row) for row in connection.execute(_STATES, given).all())
        for _, own in groupby(states, key=lambda state: state.number):
            yield from _record(connection, nouns, list(own), expected)
        number = numbers[-1]
    yield from _superfluous(connection, nouns, expected)


@dataclass(frozen=True, slots=True)
class _State:
    """One revision of a record, as its row, its clock and its record tell it."""

    number: int
    noun: str
    id: str
    current: int | None
    versions: int
    seq: int | None
    version: int
    document: bytes | None
    reported_on: str | None
    key: int | None
    earliest: int | None
    latest: int | None
    recorded_to: int
    known_from: int
    known_to: int


def _record(
    connection: Connection, nouns: Nouns, states: list[_State], expected: Counter[str]
) -> Iterator[str]:
    newest = states[-1]
    name = f"{newest.noun} {newest.id} (revision {newest.seq})"
    if newest.seq is None or newest.noun not in nouns.by_name:
        yield f"{name}: there is no revision of it"
        return
    if newest.version != newest.versions:
        yield f"{name}: its version does not agree with its record"
    if newest.current != (None if newest.document is None else newest.key):
        yield f"{name}: its record does not point at its newest revision"
    try:
        yield from _clocks(connection, nouns, states)
        if newest.document is not None:
            yield from _standing(connection, nouns, newest, expected)
    except (ValueError, KeyError, TypeError, AttributeError):
        yield f"{name}: its document cannot be read"


def _clocks(connection: Connection, nouns: Nouns, states: list[_State]) -> Iterator[str]:
    """What each revision's clock should say, the latest first: `known_to` looks ahead."""
    noun = nouns[states[0].noun]
    recorded_to = known_to = AFTER_ALL
    for state in reversed(states):
        name = f"{noun.name} {state.id} (revision {state.seq})"
        document = None if state.document is None else orjson.loads(state.document)
        known, place, bounds = BEFORE_ALL, places.UNDATED, None
        if document is not None:
            known, place = describing.reported_on(document), describing.place(noun, document)
            bounds = describing.date_bounds(noun, document)
        earliest = latest = None
        if bounds is not None:
            earliest = BEFORE_ALL if bounds.earliest is None else bounds.earliest
            latest = AFTER_ALL if bounds.latest is None else bounds.latest
        found = (state.key, state.earliest, state.latest, state.recorded_to, state.known_from)
        wanted = (places.key(place, state.seq or 0), earliest, latest, recorded_to, known)
        if found != wanted or state.known_to != known_to:
            yield f"{name}: its clock does not agree with its document"
        if document is not None:
            if state.reported_on != document["reported_on"]:
                yield f"{name}: the day of its report does not agree with its document"
            terms = describing.terms(noun, document)
            if not holds(connection, wanted[0], terms, "history_terms"):
                yield f"{name}: the index of the past does not agree with its document"
        recorded_to, known_to = state.seq or 0, min(known_to, known)


def _standing(
    connection: Connection, nouns: Nouns, state: _State, expected: Counter[str]
) -> Iterator[str]:
    """What is derived from the document that stands: the index, the rows."""
    noun, document = nouns[state.noun], orjson.loads(state.document or b"")
    name = f"{noun.name} {state.id} (revision {state.seq})"
    if (document["version"], document["revision"]) != (state.version, state.seq):
        yield f"{name}: its version does not agree with its record"
    terms = describing.terms(noun, document)
    if not holds(connection, state.key or 0, terms, "current_terms"):
        yield f"{name}: the index of terms does not agree with its document"
    wanted = rows_of(noun, document)
    for table in tables(noun):
        own = "id" if table is noun.table else noun.name
        found = connection.execute(select(table).where(table.c[own] == state.id)).mappings()
        rows = wanted.get(table, [])
        expected[table.name] += len(rows)
        if _bag(map(dict, found)) != _bag(rows):
            yield f"{name}: the rows in table {table.name} do not agree with its document"


def _superfluous(connection: Connection, nouns: Nouns, expected: Counter[str]) -> Iterator[str]:
    """Rows of records that do not stand."""
    for noun in nouns:
        for table in tables(noun):
            count = select(func.count()).select_from(table)
            if connection.execute(count).scalar_one() == expected[table.name]:
                continue
            own = table.c["id" if table is noun.table else noun.name]
            present = text("SELECT id FROM record WHERE noun = :noun AND key IS NOT NULL")
            standing = set(connection.execute(present, {"noun": noun.name}).scalars())
            for identifier in sorted(set(connection.execute(select(own)).scalars()) - standing):
                yield f"{noun.name} {identifier}: table {table.name} has rows of what is not there"


def _bag(rows: Iterable[Row]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)
