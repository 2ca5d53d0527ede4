"""Writing records: create, replace, patch, delete, restore, merge. One transaction each.

Every function takes a snapshot of the transaction that holds the write lock, and changes nothing of
what it is given.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import orjson

from app.kit.http.idempotency import IdempotentRequest
from app.kit.http.problems import Problem, bad_body, problem_from_errors
from app.kit.schema.shapes import Document
from app.ledger.noun import Noun
from app.ledger.read import history
from app.ledger.read.missing_records import gone_problem, not_found_problem
from app.ledger.selection import NOW
from app.ledger.snapshot import Snapshot
from app.ledger.write.draft import Draft, UnknownReference, writable_body
from app.ledger.write.ledger import Ledger
from app.ledger.write.revisions import NewRevision, RecordChange, WriteResult
from app.ledger.write.states import RecordState, find_citing_documents, find_state
from app.writes import checks
from app.writes.bodies import (
    apply_merge_patch,
    body_member,
    check_if_match,
    check_only_member,
    check_tombstone_match,
    require_object,
    revise,
    validate_body,
)
from app.writes.create import RecordCreator
from app.writes.duplicates import check_duplicates
from app.writes.merge import merged_changes
from app.writes.restore import follow_merges, undo_changes


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """A request to write, read and parsed; it is never changed."""

    author: str
    body: Any = None
    reason: str | None = None
    if_match: tuple[int, ...] | None = None  # the revisions named; empty: any
    allow_duplicates: bool = False
    dry_run: bool = False
    wants_minimal: bool = False
    idempotent_request: IdempotentRequest | None = None


@dataclass(slots=True)
class OperationResult:
    """What an operation did: its write, and the record that it was about."""

    noun: Noun
    id: str
    write: WriteResult
    state: RecordState | None  # of the record, before
    warnings: list[str]

    @property
    def revision(self) -> NewRevision | None:
        """The record's new revision; None where nothing changed."""
        return self.write.revision_of(self.noun.name, self.id)

    @property
    def is_new(self) -> bool:
        """Whether the record is new."""
        revision = self.revision
        return revision is not None and revision.action == "created"

    @property
    def other_revisions(self) -> list[NewRevision]:
        """The new revisions of other records."""
        return [r for r in self.write.revisions if r is not self.revision]

    @property
    def document(self) -> bytes | None:
        """The record as it is now; None if it is deleted."""
        revision = self.revision
        return revision.content if revision else self.state.document if self.state else None


@dataclass(frozen=True, slots=True)
class WriteOperations:
    """The operations of one request, in a transaction that holds the write lock."""

    ledger: Ledger
    snapshot: Snapshot
    request: WriteRequest

    def create(self, noun: Noun) -> OperationResult:
        """Create a record, and the new records inside it, all or nothing."""
        creator = RecordCreator(self.snapshot)
        identifier = creator.create_whole(noun, require_object(self.request.body))
        try:
            draft = self._draft(creator.changes.values())
        except Problem as problem:
            raise creator.with_paths(problem) from None
        if not self.request.allow_duplicates:
            check_duplicates(draft, creator.paths)
        return self._commit(draft, noun, identifier, creator.warnings)

    def replace(self, noun: Noun, identifier: str) -> OperationResult:
        """Create a record under an identifier, or replace it whole."""
        body = require_object(self.request.body)
        _check_owned(noun, body)
        if body.setdefault("id", identifier) != identifier:
            raise _id_mismatch(identifier)
        state = find_state(self.snapshot, noun.ref(identifier))
        if state is not None and state.sort_key is None:
            raise gone_problem(self.snapshot, noun, identifier)
        old = _document(state)
        check_if_match(noun, identifier, old, self.request.if_match)
        if old is None:
            creator = RecordCreator(self.snapshot, inline=False)
            creator.create(noun, body)
            changes = list(creator.changes.values())
        else:
            # What was expected before is kept, unless it is written anew on purpose.
            kept = {field_name: old[field_name] for field_name in noun.preserved_fields}
            changes = [revise(noun, old, validate_body(noun, kept | body), self.request.reason)]
        return self._commit(self._draft(changes), noun, identifier)

    def patch(self, noun: Noun, identifier: str) -> OperationResult:
        """Change a record by a JSON merge patch (RFC 7396)."""
        old = self._matched(noun, identifier)
        patch = _without_derived(require_object(self.request.body), noun)
        _check_owned(noun, patch)
        if patch.get("id", identifier) != identifier:
            raise _id_mismatch(identifier)
        new = validate_body(noun, apply_merge_patch(_without_derived(old, noun), patch, noun.shape))
        draft = self._draft([revise(noun, old, new, self.request.reason)])
        return self._commit(draft, noun, identifier)

    def delete(self, noun: Noun, identifier: str) -> OperationResult:
        """Leave a tombstone; what belongs to the record is deleted with it."""
        check_only_member(self.request.body, "reason")
        self._matched(noun, identifier)
        owned_nouns = {owned.noun for owned in noun.owned_records}
        implied = [
            RecordChange(other, other_id, None, is_implied=True)
            for (other, other_id) in find_citing_documents(
                self.snapshot, [f"{noun.name}:{identifier}"]
            )
            if other in owned_nouns
        ]
        draft = self._draft([RecordChange(noun.name, identifier, None), *implied])
        return self._commit(draft, noun, identifier)

    def restore(self, noun: Noun, identifier: str) -> OperationResult:
        """Bring back a deleted record, or an earlier state as a new revision."""
        number = body_member(self.request.body, "revision", int, required=False)
        state = find_state(self.snapshot, noun.ref(identifier))
        if state is None:
            raise not_found_problem(noun, identifier, NOW)
        last = history.latest_revision_of(self.snapshot.connection, state.number)
        if state.sort_key is None:
            check_tombstone_match(noun, last, self.request.if_match)
        elif number is None:
            what = f"a revision from its history: GET /v1/{noun.plural}/{identifier}/history"
            raise bad_body("revision", "is required, as the record is not deleted", what)
        else:
            check_if_match(noun, identifier, _document(state), self.request.if_match)
        if number is None:
            changes, warnings = undo_changes(self.snapshot, last)
        else:
            was = self._document_at(noun, identifier, number)
            body = writable_body(noun, was)
            changes, warnings = (
                [RecordChange(noun.name, identifier, body, restored_from=was, is_implied=True)],
                [],
            )
        warnings += follow_merges(self.snapshot, changes)
        return self._commit(self._draft(changes), noun, identifier, warnings)

    def merge(self, noun: Noun, identifier: str) -> OperationResult:
        """Merge a record into another; everything that cited it cites the other."""
        target_id = body_member(self.request.body, "into", str, required=True)
        try:
            old = self._matched(noun, identifier)
        except Problem as problem:
            raise _redirect_to_merge(problem) from None
        if target_id == identifier:
            raise bad_body(
                "into", "must not be the record itself", "another record of the same type"
            )
        try:
            target = self._current(noun, target_id)
        except Problem:
            why = f"no {noun.name} has this identifier"
            fault = UnknownReference("into", why, nouns=(noun.name,), identifier=target_id)
            raise problem_from_errors(422, "invalid-body", fault) from None
        changes = merged_changes(self.snapshot, noun, old, target)
        return self._commit(self._draft(changes), noun, target_id)

    # ---- the record's state

    def _current(self, noun: Noun, identifier: str) -> Document:
        document = _document(find_state(self.snapshot, noun.ref(identifier)))
        if document is None:
            raise gone_problem(self.snapshot, noun, identifier)
        return document

    def _matched(self, noun: Noun, identifier: str) -> Document:
        """The current document, if `If-Match` allows to change it."""
        document = self._current(noun, identifier)
        check_if_match(noun, identifier, document, self.request.if_match)
        return document

    def _document_at(self, noun: Noun, identifier: str, number: int) -> Document:
        revision = history.find_revision(self.snapshot.connection, number)
        if revision is None or (revision.noun, revision.id) != (noun.name, identifier):
            path = f"/v1/{noun.plural}/{identifier}/history"
            raise bad_body(
                "revision", "is not a revision of this record", f"a revision listed in {path}"
            )
        if revision.document is None:
            what = "a revision with a document, such as the one before it"
            raise bad_body("revision", "is the deletion of the record", what)
        document: Document = orjson.loads(revision.document)
        return document

    # ---- the write

    def _draft(self, changes: Collection[RecordChange]) -> Draft:
        draft = self.ledger.draft(self.snapshot, changes)
        errors = chain.from_iterable(checks.rule_errors(draft).values())
        if listed := list(errors):
            raise problem_from_errors(422, "rule-broken", *listed)
        checks.check_cascaded_records(draft)
        return draft

    def _commit(
        self, draft: Draft, noun: Noun, identifier: str, warnings: Sequence[str] = ()
    ) -> OperationResult:
        ref = noun.ref(identifier)
        warnings = [*checks.draft_warnings(draft, ref), *warnings]
        write = self.ledger.commit(draft, author=self.request.author, reason=self.request.reason)
        return OperationResult(noun, identifier, write, draft.records[ref].state, warnings)


def _document(state: RecordState | None) -> Document | None:
    return None if state is None or state.document is None else orjson.loads(state.document)


def _without_derived(document: Document, noun: Noun) -> Document:
    return {k: v for k, v in document.items() if k not in noun.shape.derived}


def _redirect_to_merge(problem: Problem) -> Problem:
    """Who follows the other's address means to merge the other: the plain record takes no POST."""
    location = problem.headers.get("location")
    return replace(problem, headers={"location": f"{location}/merge"}) if location else problem


def _check_owned(noun: Noun, body: Document) -> None:
    for owned in noun.owned_records:
        if owned.member in body:
            what = f"POST /v1/{owned.member}, each with its `{owned.owner_field}`"
            raise bad_body(owned.member, f"can only be sent with a new {noun.name}", what)


def _id_mismatch(identifier: str) -> Problem:
    return bad_body("id", "does not match the path", f"“{identifier}”, or omit it")
