"""`parley verify`: the chain holds, and everything derived agrees with the documents.

Whatever was done behind the ledger's back must be told, and nothing of it may end the looking: any
value may be of any kind, a document anything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, Select, Table, bindparam, func, select, text

from app.kit.shapes import Document
from app.ledger import describing, places
from app.ledger.chain import START, Link, digest
from app.ledger.index import holds
from app.ledger.nouns import Noun, Nouns
from app.ledger.rows import Row, rows_of, tables
from app.ledger.sums import Sums
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
    driver: Any = connection.connection.dbapi_connection
    strict = getattr(driver, "text_factory", None)
    if strict is not None:  # SQLite hands out as text what is none
        driver.text_factory = _text
    try:
        yield from _chain(connection)
        yield from _records(connection, nouns)
    finally:
        if strict is not None:
            driver.text_factory = strict


def _text(raw: bytes) -> str:
    return raw.decode(errors="surrogateescape")


def _bytes(value: Any) -> bytes:
    """What a column of bytes holds; SQLite lets it be text or a number as well."""
    if isinstance(value, str):
        return value.encode(errors="surrogateescape")
    return str(value).encode() if isinstance(value, int | float) else bytes(value)


@dataclass(slots=True)
class _Walk:
    """How far the chain has been followed."""

    previous: bytes = START
    expected: int = 1
    write_end: int = 0
    versions: dict[int, int] = field(default_factory=dict)


def _chain(connection: Connection) -> Iterator[str]:
    walk = _Walk()
    given = {"after": 0, "limit": _BATCH}
    while entries := connection.execute(_ENTRIES, given).all():
        for entry in entries:
            if entry[0] != walk.expected:
                yield f"revision {walk.expected} is missing: the next one is {entry[0]}"
            walk.expected = given["after"] = entry[0]
            walk.expected += 1
            try:
                yield from _link(walk, *entry)
            except Exception:  # noqa: BLE001 - whatever stands there
                yield f"revision {entry[0]} ({entry[2]} {entry[3]}) cannot be read"
            walk.previous = _bytes(entry[11])
    last, end = connection.execute(_LAST).scalar() or 0, walk.write_end
    if last != walk.expected - 1 or end != walk.expected - 1:
        newest = max(last, end) if isinstance(last, int) else last
        yield f"revision {walk.expected} is missing: the last write ends at {newest}"


def _link(walk: _Walk, *entry: Any) -> Iterator[str]:
    """One revision in the chain."""
    seq, write, noun, identifier, version = entry[:5]
    document, stored, last, record = entry[10:]
    name = f"revision {seq} ({noun} {identifier})"
    if last is None or noun is None:
        yield f"revision {seq} has no write or no record"
        return
    content = None if document is None else _bytes(document)
    if digest(walk.previous, Link(*entry[:10]), content) != _bytes(stored):
        yield f"{name} does not match its hash"
    elif isinstance(document, str) or isinstance(stored, str):
        yield f"{name} is kept as text, not as bytes"
    if walk.versions.get(record, 0) + 1 != version:
        yield f"{name} breaks the count of versions"
    walk.versions[record] = version
    if not write <= seq <= last or (seq == write and seq != walk.write_end + 1):
        yield f"revision {seq} lies outside its write ({write} to {last})"
    walk.write_end = last


def _records(connection: Connection, nouns: Nouns) -> Iterator[str]:
    number = 0
    sums = Sums(nouns)
    expected: Counter[str] = Counter()
    while numbers := list(
        connection.execute(_NUMBERS, {"after": number, "limit": _BATCH}).scalars()
    ):
        given = {"after": number, "upto": numbers[-1]}
        states = (_State(*row) for row in connection.execute(_STATES, given).all())
        for _, own in groupby(states, key=lambda state: state.number):
            yield from _record(connection, nouns, list(own), expected, sums)
        number = numbers[-1]
    yield from _superfluous(connection, nouns, expected)
    yield from sums.faults(connection)


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

    @property
    def name(self) -> str:
        return f"{self.noun} {self.id} (revision {self.seq})"


def _record(
    connection: Connection,
    nouns: Nouns,
    states: list[_State],
    expected: Counter[str],
    sums: Sums,
) -> Iterator[str]:
    newest = states[-1]
    if newest.seq is None or newest.noun not in nouns.by_name:
        yield f"{newest.name}: there is no revision of it"
        return
    if newest.version != newest.versions:
        yield f"{newest.name}: its version does not agree with its record"
    if newest.current != (None if newest.document is None else newest.key):
        yield f"{newest.name}: its record does not point at its newest revision"
    if states[0].seq != newest.number:
        yield f"{newest.name}: its number is not that of its first revision"
    noun = nouns[newest.noun]
    recorded_to = known_to = AFTER_ALL
    for state in reversed(states):  # the latest first: `known_to` looks ahead
        try:
            document = None if state.document is None else orjson.loads(_bytes(state.document))
            yield from _clock(connection, noun, state, document, (recorded_to, known_to))
            sums.take(noun, state.seq or 0, document)
            if state is newest and document is not None:
                yield from _standing(connection, noun, state, document, expected)
                sums.standing[noun.name] += 1
            known = BEFORE_ALL if document is None else describing.reported_on(document)
        except Exception:  # noqa: BLE001 - whatever stands there
            yield f"{state.name}: its document cannot be read"
            return
        recorded_to, known_to = state.seq or 0, min(known_to, known)


def _clock(
    connection: Connection,
    noun: Noun,
    state: _State,
    document: Document | None,
    ends: tuple[int, int],
) -> Iterator[str]:
    """What a revision's clock should say, and the index of the past."""
    known, place, bounds = BEFORE_ALL, places.UNDATED, None
    if document is not None:
        known, place = describing.reported_on(document), describing.place(noun, document)
        bounds = describing.date_bounds(noun, document)
    earliest = latest = None
    if bounds is not None:
        earliest = BEFORE_ALL if bounds.earliest is None else bounds.earliest
        latest = AFTER_ALL if bounds.latest is None else bounds.latest
    key = places.key(place, state.seq or 0)
    found = (state.key, state.earliest, state.latest, state.known_from)
    if found != (key, earliest, latest, known) or (state.recorded_to, state.known_to) != ends:
        yield f"{state.name}: its clock does not agree with its document"
    if document is not None:
        if state.reported_on != document["reported_on"]:
            yield f"{state.name}: the day of its report does not agree with its document"
        if not holds(connection, key, describing.terms(noun, document), "history_terms"):
            yield f"{state.name}: the index of the past does not agree with its document"


def _standing(
    connection: Connection,
    noun: Noun,
    state: _State,
    document: Document,
    expected: Counter[str],
) -> Iterator[str]:
    """What is derived from the document that stands: the index, the rows."""
    if (document["version"], document["revision"]) != (state.version, state.seq):
        yield f"{state.name}: its version does not agree with its record"
    terms = describing.terms(noun, document)
    if not holds(connection, state.key or 0, terms, "current_terms"):
        yield f"{state.name}: the index of terms does not agree with its document"
    wanted = rows_of(noun, document)
    for table in tables(noun):
        own = "id" if table is noun.table else noun.name
        found = connection.execute(_rows(table, own), {"own": state.id}).mappings()
        rows = wanted.get(table, [])
        expected[table.name] += len(rows)
        if _bag(map(dict, found)) != _bag(rows):
            yield f"{state.name}: the rows in table {table.name} do not agree with its document"


@cache
def _rows(table: Table, own: str) -> Select[Any]:
    """The rows of one record; made once, as it is asked for every record."""
    return select(table).where(table.c[own] == bindparam("own"))


def _superfluous(connection: Connection, nouns: Nouns, expected: Counter[str]) -> Iterator[str]:
    """Rows of records that do not stand."""
    standing: defaultdict[str, set[str]] = defaultdict(set)
    for noun in nouns:
        for table in tables(noun):
            count = select(func.count()).select_from(table)
            if connection.execute(count).scalar_one() == expected[table.name]:
                continue
            own = table.c["id" if table is noun.table else noun.name]
            present = text("SELECT id FROM record WHERE noun = :noun AND key IS NOT NULL")
            if noun.name not in standing:
                standing[noun.name].update(
                    connection.execute(present, {"noun": noun.name}).scalars()
                )
            rows = set(connection.execute(select(own)).scalars())
            for identifier in sorted(rows - standing[noun.name], key=str):
                yield f"{noun.name} {identifier}: table {table.name} has rows of what is not there"


def _bag(rows: Iterable[Row]) -> list[str]:
    return sorted(repr([(k, _plain(row[k])) for k in sorted(row)]) for row in rows)


def _plain(value: Any) -> Any:
    """SQLite keeps minus zero as zero."""
    return value + 0.0 if isinstance(value, float) else value
