"""Whether what is derived from the documents agrees with them: times, indexes, rows, sums."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, Select, Table, bindparam, func, select, text

from app.kit.schema.shapes import Document
from app.ledger import indexing, sort_keys
from app.ledger.index_tables import CURRENT, HISTORY
from app.ledger.maintenance.checksums import Held, Indexed, Sums, held
from app.ledger.noun import Noun, Nouns
from app.ledger.tables import AFTER_ALL, BEFORE_ALL
from app.ledger.write.rows import Row, rows_of, tables

_BATCH = 1_000
_STATES = text(
    "SELECT r.number, r.noun, r.id, r.sort_key, r.version, v.number, v.version, v.document,"
    " v.reported_on, t.sort_key, t.earliest, t.latest, t.recorded_to, t.known_from, t.known_to"
    " FROM record AS r LEFT JOIN revision AS v ON v.record = r.number"
    " LEFT JOIN revision_time AS t ON t.revision = v.number"
    " WHERE r.number > :after AND r.number <= :upto ORDER BY r.number, v.number"
)
_NUMBERS = text("SELECT number FROM record WHERE number > :after ORDER BY number LIMIT :limit")
_INDEXES = {CURRENT: "the index of terms", HISTORY: "the index of the past"}


def faults(connection: Connection, nouns: Nouns) -> Iterator[str]:
    """Each disagreement, as a sentence that names the revision or the record."""
    look = _Look(connection, nouns)
    yield from look.records()
    yield from look.superfluous()
    yield from look.indexes()
    yield from look.sums.faults(connection)


def as_bytes(value: Any) -> bytes:
    """What a column of bytes holds; SQLite lets it be text or a number as well."""
    if isinstance(value, str):
        return value.encode(errors="surrogateescape")
    return str(value).encode() if isinstance(value, int | float) else bytes(value)


@dataclass(frozen=True, slots=True)
class _State:
    """One revision of a record, as its row, its times and its record tell it."""

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

    def read(self) -> Document | None:
        """The document; None for a tombstone."""
        return None if self.document is None else orjson.loads(as_bytes(self.document))


# The rows that stand in one table, by the identifier of their record.
_Standing = dict[Table, dict[Any, list[Row]]]


class _Look:
    """One look at everything."""

    def __init__(self, connection: Connection, nouns: Nouns) -> None:
        self.connection = connection
        self.nouns = nouns
        self.sums = Sums(nouns)
        self.indexed = Indexed()
        self.expected: Counter[str] = Counter()  # rows, by table
        self.unread: set[int] = set()  # revisions of records that cannot be read

    # ---- records

    def records(self) -> Iterator[str]:
        """What is wrong with single records, but for the indexes."""
        for batch in self._batches():
            standing = self._standing_rows(batch)
            for states in batch:
                yield from self._record(states, standing)

    def _batches(self) -> Iterator[list[list[_State]]]:
        """The records, each with its revisions in order, some at a time."""
        number = 0
        while numbers := list(
            self.connection.execute(_NUMBERS, {"after": number, "limit": _BATCH}).scalars()
        ):
            given = {"after": number, "upto": numbers[-1]}
            states = (_State(*row) for row in self.connection.execute(_STATES, given).all())
            yield [list(own) for _, own in groupby(states, key=lambda state: state.number)]
            number = numbers[-1]

    def _standing_rows(self, batch: Sequence[Sequence[_State]]) -> _Standing:
        named: defaultdict[str, list[str]] = defaultdict(list)
        for states in batch:
            named[states[0].noun].append(states[0].id)
        found: _Standing = {}
        for noun in self.nouns:
            for table in tables(noun):
                own = found[table] = defaultdict(list)
                query = _rows(table, _own(table, noun))
                for row in self.connection.execute(query, {"own": named[noun.name]}).mappings():
                    own[row[_own(table, noun)]].append(dict(row))
        return found

    def _record(self, states: list[_State], standing: _Standing) -> Iterator[str]:
        newest = states[-1]
        if newest.seq is None or newest.noun not in self.nouns.by_name:
            yield f"{newest.name}: there is no revision of it"
            self.unread.update(state.seq for state in states if state.seq)
            return
        if newest.version != newest.versions:
            yield f"{newest.name}: its version does not agree with its record"
        if newest.current != (None if newest.document is None else newest.key):
            yield f"{newest.name}: its record does not point at its newest revision"
        if states[0].seq != newest.number:
            yield f"{newest.name}: its number is not that of its first revision"
        noun = self.nouns[newest.noun]
        recorded_to = known_to = AFTER_ALL
        for state in reversed(states):  # the latest first: `known_to` looks ahead
            try:
                document = state.read()
                yield from _clock(noun, state, document, (recorded_to, known_to))
                self.sums.take(noun, state.seq or 0, document)
                if document is not None:
                    self._take_terms(noun, state, document, stands=state is newest)
                    if state is newest:
                        yield from self._standing(noun, state, document, standing)
                known = BEFORE_ALL if document is None else indexing.reported_on(document)
            except Exception:  # noqa: BLE001 - tampered bytes may raise anything
                yield f"{state.name}: its document cannot be read"
                self.unread.update(state.seq for state in states if state.seq)
                return
            recorded_to, known_to = state.seq or 0, min(known_to, known)

    def _take_terms(self, noun: Noun, state: _State, document: Document, *, stands: bool) -> None:
        key, terms = _key(noun, state, document), indexing.terms(noun, document)
        self.indexed.take(HISTORY, key, terms)
        if stands:
            self.indexed.take(CURRENT, key, terms)

    def _standing(
        self, noun: Noun, state: _State, document: Document, standing: _Standing
    ) -> Iterator[str]:
        """The rows of the document that stands."""
        if (document["version"], document["revision"]) != (state.version, state.seq):
            yield f"{state.name}: its version does not agree with its record"
        wanted = rows_of(noun, document)
        for table in tables(noun):
            rows = wanted.get(table, [])
            self.expected[table.name] += len(rows)
            if _bag(standing[table].get(state.id, ())) != _bag(rows):
                yield (
                    f"{state.name}: the rows in table {table.name} do not agree with its document"
                )

    # ---- everything together

    def superfluous(self) -> Iterator[str]:
        """Rows of records that do not stand."""
        known: defaultdict[str, set[str]] = defaultdict(set)
        for noun in self.nouns:
            for table in tables(noun):
                count = select(func.count()).select_from(table)
                if self.connection.execute(count).scalar_one() == self.expected[table.name]:
                    continue
                own = table.c[_own(table, noun)]
                present = text("SELECT id FROM record WHERE noun = :noun AND sort_key IS NOT NULL")
                if noun.name not in known:
                    known[noun.name].update(
                        self.connection.execute(present, {"noun": noun.name}).scalars()
                    )
                rows = set(self.connection.execute(select(own)).scalars())
                for identifier in sorted(rows - known[noun.name], key=str):
                    name = f"{noun.name} {identifier}"
                    yield f"{name}: table {table.name} has rows of what is not there"

    def indexes(self) -> Iterator[str]:
        """What an index holds otherwise than the documents say it."""
        for table, named in _INDEXES.items():
            differing = self.indexed.differing(self.connection, table)
            if not differing:
                continue
            found = held(self.connection, table, differing)
            for batch in self._batches():
                for states in batch:
                    asked = states if table == HISTORY else states[-1:]
                    for state in asked:
                        if not self._agrees(state, found):
                            yield f"{state.name}: {named} does not agree with its document"
            for key in sorted(found.terms):
                if sort_keys.seq_of(key) not in self.unread:
                    yield f"{table}: holds revision {sort_keys.seq_of(key)}, which it should not"
            if found.left:
                yield f"{table}: does not agree with the documents in {found.left} places more"

    def _agrees(self, state: _State, found: Held) -> bool:
        if state.seq is None or state.seq in self.unread or state.document is None:
            return True
        document, noun = state.read(), self.nouns[state.noun]
        if document is None:
            return True
        return found.agrees(_key(noun, state, document), lambda: indexing.terms(noun, document))


def _own(table: Table, noun: Noun) -> str:
    """The column that says of which record a row is."""
    return "id" if table is noun.table else noun.name


def _key(noun: Noun, state: _State, document: Document) -> int:
    return sort_keys.key(indexing.place(noun, document), state.seq or 0)


def _clock(
    noun: Noun, state: _State, document: Document | None, ends: tuple[int, int]
) -> Iterator[str]:
    """What a revision's times should say."""
    place = sort_keys.UNDATED if document is None else indexing.place(noun, document)
    key = sort_keys.key(place, state.seq or 0)
    stored = (state.key, state.earliest, state.latest, state.known_from)
    if (
        stored != (key, *indexing.times(noun, document))
        or (state.recorded_to, state.known_to) != ends
    ):
        yield f"{state.name}: its times do not agree with its document"
    if document is not None and state.reported_on != document["reported_on"]:
        yield f"{state.name}: the day of its report does not agree with its document"


@cache
def _rows(table: Table, own: str) -> Select[Any]:
    """The rows of some records; made once, as it is asked for every thousand of them."""
    return select(table).where(table.c[own].in_(bindparam("own", expanding=True)))


def _bag(rows: Iterable[Row]) -> list[str]:
    return sorted(repr([(k, _plain(row[k])) for k in sorted(row)]) for row in rows)


def _plain(value: Any) -> Any:
    """SQLite keeps minus zero as zero."""
    return value + 0.0 if isinstance(value, float) else value
