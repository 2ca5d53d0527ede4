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
from app.ledger.index_tables import CURRENT_TERMS, HISTORY_TERMS
from app.ledger.maintenance.checksums import (
    AggregateCheck,
    IndexChecksums,
    IndexContents,
    index_contents,
)
from app.ledger.noun import Noun, Nouns
from app.ledger.tables import AFTER_ALL, BEFORE_ALL
from app.ledger.write.rows import TableRow, noun_tables, rows_from_document

_BATCH_SIZE = 1_000
_STATES = text(
    "SELECT r.number, r.noun, r.id, r.sort_key, r.version, v.number, v.version, v.document,"
    " v.reported_on, t.sort_key, t.earliest, t.latest, t.recorded_to, t.known_from, t.known_to"
    " FROM record AS r LEFT JOIN revision AS v ON v.record = r.number"
    " LEFT JOIN revision_time AS t ON t.revision = v.number"
    " WHERE r.number > :after AND r.number <= :upto ORDER BY r.number, v.number"
)
_NUMBERS = text("SELECT number FROM record WHERE number > :after ORDER BY number LIMIT :limit")
_INDEXES = {
    CURRENT_TERMS: "the index of current terms",
    HISTORY_TERMS: "the index of history terms",
}


def derived_inconsistencies(connection: Connection, nouns: Nouns) -> Iterator[str]:
    """Each disagreement, as a sentence that names the revision or the record."""
    check = _DerivedCheck(connection, nouns)
    yield from check.records()
    yield from check.orphan_rows()
    yield from check.indexes()
    yield from check.sums.inconsistencies(connection)


def as_bytes(value: Any) -> bytes:
    """What a column of bytes holds; SQLite lets it be text or a number as well."""
    if isinstance(value, str):
        return value.encode(errors="surrogateescape")
    return str(value).encode() if isinstance(value, int | float) else bytes(value)


@dataclass(frozen=True, slots=True)
class _RevisionState:
    """One revision of a record, with its times and its record's current state."""

    number: int
    noun: str
    id: str
    current: int | None
    versions: int
    revision: int | None
    version: int
    document: bytes | None
    reported_on: str | None
    sort_key: int | None
    earliest: int | None
    latest: int | None
    recorded_to: int
    known_from: int
    known_to: int

    @property
    def name(self) -> str:
        return f"{self.noun} {self.id} (revision {self.revision})"

    def parsed_document(self) -> Document | None:
        """The document; None for a tombstone."""
        return None if self.document is None else orjson.loads(as_bytes(self.document))


# The rows of each table, by the identifier of their record.
_CurrentRows = dict[Table, dict[Any, list[TableRow]]]


class _DerivedCheck:
    """One check of everything that is derived."""

    def __init__(self, connection: Connection, nouns: Nouns) -> None:
        self.connection = connection
        self.nouns = nouns
        self.sums = AggregateCheck(nouns)
        self.indexed = IndexChecksums()
        self.expected: Counter[str] = Counter()  # rows, by table
        self.unread: set[int] = set()  # revisions of records that cannot be read

    # ---- records

    def records(self) -> Iterator[str]:
        """What is wrong with single records, but for the indexes."""
        for batch in self._batches():
            current_rows = self._current_rows(batch)
            for states in batch:
                yield from self._record(states, current_rows)

    def _batches(self) -> Iterator[list[list[_RevisionState]]]:
        """The records, each with its revisions in order, some at a time."""
        number = 0
        while numbers := list(
            self.connection.execute(_NUMBERS, {"after": number, "limit": _BATCH_SIZE}).scalars()
        ):
            parameters = {"after": number, "upto": numbers[-1]}
            states = (
                _RevisionState(*row) for row in self.connection.execute(_STATES, parameters).all()
            )
            yield [
                list(record_states)
                for _, record_states in groupby(states, key=lambda state: state.number)
            ]
            number = numbers[-1]

    def _current_rows(self, batch: Sequence[Sequence[_RevisionState]]) -> _CurrentRows:
        ids_by_noun: defaultdict[str, list[str]] = defaultdict(list)
        for states in batch:
            ids_by_noun[states[0].noun].append(states[0].id)
        rows_by_table: _CurrentRows = {}
        for noun in self.nouns:
            for table in noun_tables(noun):
                rows_by_id = rows_by_table[table] = defaultdict(list)
                query = _rows(table, _owner_column(table, noun))
                for row in self.connection.execute(
                    query, {"own": ids_by_noun[noun.name]}
                ).mappings():
                    rows_by_id[row[_owner_column(table, noun)]].append(dict(row))
        return rows_by_table

    def _record(self, states: list[_RevisionState], current_rows: _CurrentRows) -> Iterator[str]:
        newest = states[-1]
        if newest.revision is None or newest.noun not in self.nouns.by_name:
            yield f"{newest.name}: it has no revision"
            self.unread.update(state.revision for state in states if state.revision)
            return
        if newest.version != newest.versions:
            yield f"{newest.name}: its version does not match its record"
        if newest.current != (None if newest.document is None else newest.sort_key):
            yield f"{newest.name}: its record does not point to its latest revision"
        if states[0].revision != newest.number:
            yield f"{newest.name}: its number is not that of its first revision"
        noun = self.nouns[newest.noun]
        recorded_to = known_to = AFTER_ALL
        for state in reversed(states):  # the latest first: `known_to` looks ahead
            try:
                document = state.parsed_document()
                yield from _check_times(noun, state, document, (recorded_to, known_to))
                self.sums.add(noun, state.revision or 0, document)
                if document is not None:
                    self._take_terms(noun, state, document, is_current=state is newest)
                    if state is newest:
                        yield from self._check_rows(noun, state, document, current_rows)
                known_from = BEFORE_ALL if document is None else indexing.reported_day(document)
            except Exception:  # noqa: BLE001 - tampered bytes may raise anything
                yield f"{state.name}: its document cannot be read"
                self.unread.update(state.revision for state in states if state.revision)
                return
            recorded_to, known_to = state.revision or 0, min(known_to, known_from)

    def _take_terms(
        self, noun: Noun, state: _RevisionState, document: Document, *, is_current: bool
    ) -> None:
        key, terms = _key(noun, state, document), indexing.document_terms(noun, document)
        self.indexed.add(HISTORY_TERMS, key, terms)
        if is_current:
            self.indexed.add(CURRENT_TERMS, key, terms)

    def _check_rows(
        self, noun: Noun, state: _RevisionState, document: Document, current_rows: _CurrentRows
    ) -> Iterator[str]:
        """Check the rows of a current document."""
        if (document["version"], document["revision"]) != (state.version, state.revision):
            yield f"{state.name}: its version does not match its record"
        expected_rows = rows_from_document(noun, document)
        for table in noun_tables(noun):
            rows = expected_rows.get(table, [])
            self.expected[table.name] += len(rows)
            if _comparable(current_rows[table].get(state.id, ())) != _comparable(rows):
                yield (f"{state.name}: the rows in table {table.name} do not match its document")

    # ---- everything together

    def orphan_rows(self) -> Iterator[str]:
        """Rows of records that do not exist."""
        current_ids: defaultdict[str, set[str]] = defaultdict(set)
        for noun in self.nouns:
            for table in noun_tables(noun):
                count = select(func.count()).select_from(table)
                if self.connection.execute(count).scalar_one() == self.expected[table.name]:
                    continue
                owner = table.c[_owner_column(table, noun)]
                current = text("SELECT id FROM record WHERE noun = :noun AND sort_key IS NOT NULL")
                if noun.name not in current_ids:
                    current_ids[noun.name].update(
                        self.connection.execute(current, {"noun": noun.name}).scalars()
                    )
                rows = set(self.connection.execute(select(owner)).scalars())
                for identifier in sorted(rows - current_ids[noun.name], key=str):
                    name = f"{noun.name} {identifier}"
                    yield f"{name}: table {table.name} has rows of a record that does not exist"

    def indexes(self) -> Iterator[str]:
        """Where an index disagrees with the documents."""
        for table, index_name in _INDEXES.items():
            differing = self.indexed.differing(self.connection, table)
            if not differing:
                continue
            contents = index_contents(self.connection, table, differing)
            for batch in self._batches():
                for states in batch:
                    indexed_states = states if table == HISTORY_TERMS else states[-1:]
                    for state in indexed_states:
                        if not self._agrees(state, contents):
                            yield f"{state.name}: {index_name} does not match its document"
            for key in sorted(contents.terms):
                revision = sort_keys.revision_of(key)
                if revision not in self.unread:
                    yield f"{table}: contains revision {revision}, which it should not"
            if contents.left:
                yield f"{table}: does not match the documents in {contents.left} more places"

    def _agrees(self, state: _RevisionState, contents: IndexContents) -> bool:
        if state.revision is None or state.revision in self.unread or state.document is None:
            return True
        document, noun = state.parsed_document(), self.nouns[state.noun]
        if document is None:
            return True
        return contents.agrees(
            _key(noun, state, document), lambda: indexing.document_terms(noun, document)
        )


def _owner_column(table: Table, noun: Noun) -> str:
    """The column that says of which record a row is."""
    return "id" if table is noun.table else noun.name


def _key(noun: Noun, state: _RevisionState, document: Document) -> int:
    return sort_keys.make_sort_key(indexing.document_prefix(noun, document), state.revision or 0)


def _check_times(
    noun: Noun, state: _RevisionState, document: Document | None, ends: tuple[int, int]
) -> Iterator[str]:
    """Check the times of a revision."""
    prefix = (
        sort_keys.UNDATED_PREFIX if document is None else indexing.document_prefix(noun, document)
    )
    key = sort_keys.make_sort_key(prefix, state.revision or 0)
    stored = (state.sort_key, state.earliest, state.latest, state.known_from)
    if (
        stored != (key, *indexing.revision_times(noun, document))
        or (state.recorded_to, state.known_to) != ends
    ):
        yield f"{state.name}: its times do not match its document"
    if document is not None and state.reported_on != document["reported_on"]:
        yield f"{state.name}: its report day does not match its document"


@cache
def _rows(table: Table, owner: str) -> Select[Any]:
    """The rows of some records; made once, as it is asked for every thousand of them."""
    return select(table).where(table.c[owner].in_(bindparam("own", expanding=True)))


def _comparable(rows: Iterable[TableRow]) -> list[str]:
    return sorted(repr([(k, _plain(row[k])) for k in sorted(row)]) for row in rows)


def _plain(value: Any) -> Any:
    """SQLite keeps minus zero as zero."""
    return value + 0.0 if isinstance(value, float) else value
