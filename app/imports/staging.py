"""Rows of an import, each made into the changes that it stands for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

import orjson

from app.imports.readers import ImportRow
from app.kit.http.problems import FieldError, Problem, bad_body
from app.kit.schema.shapes import Document
from app.kit.strict_json import dumps
from app.ledger.noun import Noun, RecordRef
from app.ledger.read.missing_records import gone_problem
from app.ledger.snapshot import Snapshot
from app.ledger.write.draft import writable_body
from app.ledger.write.revisions import RecordChange
from app.ledger.write.states import RecordState, find_states
from app.writes.bodies import revise, validate_body
from app.writes.create import RecordCreator


@dataclass(slots=True, eq=False)
class StagedRow:
    """A row with the changes that it stands for; none where everything is there already."""

    row: ImportRow
    noun: Noun
    id: str = ""
    changes: dict[RecordRef, RecordChange] = field(default_factory=dict)
    # Those of the changes that were made by name, so that no twin of theirs is looked for.
    explicit: set[RecordRef] = field(default_factory=set)
    claimed: list[RecordRef] = field(default_factory=list)
    missing: list[FieldError] = field(default_factory=list)

    @property
    def ref(self) -> RecordRef:
        """The record that the row is about."""
        return self.noun.ref(self.id)


@dataclass(slots=True)
class IdentifierClaims:
    """Which row gave which identifier, and what it said, over a whole import."""

    rows: dict[RecordRef, tuple[int, bytes]] = field(default_factory=dict)
    # What is made along with rows: the first to say something of a record has the word.
    side_changes: dict[RecordRef, RecordChange] = field(default_factory=dict)
    side_change_by_body: dict[tuple[str, bytes], RecordChange] = field(default_factory=dict)

    def conflicting_row(self, address: RecordRef, record: Document) -> int | None:
        """The row that gave this identifier with other content, if one did."""
        known = self.rows.get(address)
        return None if known is None or known[1] == _digest(record) else known[0]

    def claim(self, staged: StagedRow, address: RecordRef, record: Document) -> None:
        """Note what a row says."""
        if address not in self.rows:
            self.rows[address] = (staged.row.number, _digest(record))
            staged.claimed.append(address)

    def release(self, staged: StagedRow) -> None:
        """Forget what a row said that came to nothing."""
        for address in staged.claimed:
            del self.rows[address]
        staged.claimed.clear()


class RowStager:
    """Stages rows on the records of one transaction."""

    def __init__(self, snapshot: Snapshot, claims: IdentifierClaims, reason: str | None) -> None:
        self.snapshot = snapshot
        self.claims = claims
        self.reason = reason
        self._states: dict[RecordRef, RecordState | None] = {}

    def look_up(self, rows: Iterable[ImportRow]) -> None:
        """Find at once the states of all records that these rows name."""
        self.states({ref for row in rows for ref in _named(row)})

    def states(self, refs: Collection[RecordRef]) -> dict[RecordRef, RecordState]:
        """The states of those of these records that were ever written, each found once."""
        unknown = [ref for ref in refs if ref not in self._states]
        if unknown:
            found = find_states(self.snapshot, unknown)
            self._states.update({ref: found.get(ref) for ref in unknown})
        return {ref: state for ref in refs if (state := self._states[ref]) is not None}

    def stage(self, row: ImportRow) -> StagedRow:
        """The changes that a row stands for.

        Raises:
            Problem: the row is refused as it is, whatever the others are.
        """
        if row.refusal is not None or row.noun is None:
            raise row.refusal or ValueError("a row without a noun")
        staged = StagedRow(row, row.noun)
        body = orjson.loads(dumps(row.body))  # a deep copy, ten times faster than copy.deepcopy
        try:
            for noun, other in row.side_records:
                self._stage_side_record(staged, noun, other)
            staged.id = _RowCreator(self, staged).create_whole(row.noun, body)
        except Problem:
            self.claims.release(staged)
            raise
        return staged

    def _stage_side_record(self, staged: StagedRow, noun: Noun, body: Document) -> None:
        """A record that is made where there is none, and left alone where there is."""
        said = (noun.name, dumps(body))
        change = self.claims.side_change_by_body.get(said)
        if change is None:
            record = validate_body(noun, body)
            new = RecordChange(noun.name, str(record["id"]), record)
            change = self.claims.side_changes.setdefault(new.ref, new)
            self.claims.side_change_by_body[said] = change
        ref = change.ref
        if not self.states([ref]):
            staged.changes[ref] = change
            staged.explicit.add(ref)


class _RowCreator(RecordCreator):
    """Creates the records of one row, beside those of the other rows."""

    def __init__(self, stager: RowStager, staged: StagedRow) -> None:
        super().__init__(stager.snapshot)
        self.stager = stager
        self.claims = stager.claims
        self.staged = staged
        self.changes = staged.changes

    def states(self, refs: Collection[RecordRef]) -> dict[RecordRef, RecordState]:
        """The current states, as the stager knows them."""
        return self.stager.states(refs)

    def is_taken(self, noun: Noun, body: Document) -> bool:
        """Whether the identifier stands for something else than this body says."""
        ref = noun.ref(str(body["id"]))
        existing = self.states(
            [RecordRef(name, ref[1]) for name in self.nouns.identifier_space(noun)]
        )
        if not existing and ref not in self.claims.rows:
            return False
        if any(other != ref for other in existing):
            return True
        try:
            record = validate_body(noun, body)
        except Problem:
            return False  # it will be refused for that
        if self.claims.conflicting_row(ref, record) is not None:
            return True
        return ref in existing and not _is_unchanged(noun, existing[ref], record)

    def settle(self, noun: Noun, record: Document, path: str) -> RecordChange | None:
        """The change that a row's record comes to; None if it exists like that.

        Raises:
            Problem: 422 where its identifier stands for another record, 410 or 308 where that is
                gone.
        """
        ref = noun.ref(str(record["id"]))
        row = self.claims.conflicting_row(ref, record)
        if row is not None:
            raise bad_body("id", f"is used by row {row} with different content").within(path)
        self.claims.claim(self.staged, ref, record)
        state = self.states([ref]).get(ref)
        if state is None:
            return RecordChange(*ref, record)
        if state.document is None:
            raise gone_problem(self.snapshot, noun, ref.id)
        if _is_unchanged(noun, state, record):
            return None
        if path:
            raise bad_body(f"{path}.id", "is taken by a different record")
        return revise(noun, orjson.loads(state.document), record, self.stager.reason)


def _named(row: ImportRow) -> Iterator[RecordRef]:
    for noun, body in [(row.noun, row.body), *row.side_records]:
        identifier = body.get("id") if isinstance(body, dict) else None
        if noun is not None and isinstance(identifier, str) and "\x00" not in identifier:
            yield noun.ref(identifier)


def _is_unchanged(noun: Noun, state: RecordState, new: Document) -> bool:
    """Whether a record exists as it is to be; fills in what it keeps. In place.

    What a noun keeps stays, unless that is written anew: a file that is read twice must find the
    second time what it left the first time.
    """
    if state.document is None:
        return False
    body = writable_body(noun, orjson.loads(state.document))
    for field_name in noun.preserved_fields:
        new[field_name] = new[field_name] or body[field_name]
    return body == new


def _digest(record: Document) -> bytes:
    return sha256(dumps(record)).digest()[:16]
