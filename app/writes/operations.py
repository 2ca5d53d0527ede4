"""Writing records: create, replace, patch, delete, restore, merge. One transaction each.

Every function takes a snapshot of the transaction that holds the write lock, and changes nothing of
what it is given.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from app.kit.http.problems import Problem, bad_body, faulty
from app.kit.schema.shapes import EVENT, Document
from app.ledger.noun import Noun, Nouns
from app.ledger.read import history
from app.ledger.selection import NOW
from app.ledger.snapshot import Snapshot
from app.ledger.write.draft import Draft, Unknown, body_of
from app.ledger.write.ledger import Ledger
from app.ledger.write.revisions import Change, Revised, Written
from app.ledger.write.states import State, citing, find_state
from app.reads.record import deleted, merged, missing
from app.writes import checks
from app.writes.bodies import as_object, check_match, check_tombstone, checked, patched, revise
from app.writes.create import RecordCreator
from app.writes.duplicates import check_duplicates
from app.writes.merge import fitting, folded, pointed_elsewhere
from app.writes.restore import followed, undone


@dataclass(frozen=True, slots=True)
class Act:
    """Who writes, why, and what they allow."""

    author: str
    reason: str | None = None
    allow_twins: bool = False
    if_match: tuple[int, ...] | None = None  # the revisions named; empty: any


@dataclass(slots=True)
class Done:
    """What a write did to the record it was about."""

    noun: Noun
    id: str
    created: bool
    document: bytes | None
    revision: int
    written: Written
    warnings: list[str] = field(default_factory=list)

    def others(self) -> list[Revised]:
        """The records that were written along with it."""
        own = self.noun.ref(self.id)
        return [r for r in self.written.revisions if r.ref != own]


@dataclass(frozen=True, slots=True)
class Writing:
    """The writes of all nouns, through one ledger."""

    ledger: Ledger

    @property
    def nouns(self) -> Nouns:
        """All nouns."""
        return self.ledger.nouns

    # ---- what can be done

    def create(self, snapshot: Snapshot, noun: Noun, raw: Any, act: Act) -> Done:
        """Create a record, and the new records inside it, all or nothing."""
        creator = RecordCreator(snapshot)
        identifier = creator.create_whole(noun, as_object(raw))
        try:
            draft = self._draft(snapshot, creator.changes.values())
        except Problem as problem:
            raise creator.with_paths(problem) from None
        if not act.allow_twins:
            check_duplicates(draft, creator.paths)
        done = self._done(draft, noun, identifier, act)
        done.warnings += creator.warnings
        return done

    def replace(self, snapshot: Snapshot, noun: Noun, identifier: str, raw: Any, act: Act) -> Done:
        """Create a record under an identifier, or replace it whole."""
        body = as_object(raw)
        _check_owned(noun, body)
        if body.setdefault("id", identifier) != identifier:
            raise _wrong_id(identifier)
        state = find_state(snapshot, noun.ref(identifier))
        if state is not None and state.key is None:
            raise self._gone(snapshot, noun, identifier, state)
        old = _document(state)
        check_match(noun, identifier, old, act.if_match)
        if old is None:
            creator = RecordCreator(snapshot, inline=False)
            creator.create(noun, body)
            changes = list(creator.changes.values())
        else:
            # What was expected before is kept, unless it is written anew on purpose.
            kept = {field_name: old[field_name] for field_name in noun.kept}
            changes = [revise(noun, old, checked(noun, kept | body), act.reason)]
        return self._done(self._draft(snapshot, changes), noun, identifier, act)

    def patch(self, snapshot: Snapshot, noun: Noun, identifier: str, raw: Any, act: Act) -> Done:
        """Change a record by a JSON merge patch (RFC 7396)."""
        old = self._present(snapshot, noun, identifier)
        check_match(noun, identifier, old, act.if_match)
        changes = {k: v for k, v in as_object(raw).items() if k not in noun.shape.derived}
        _check_owned(noun, changes)
        if changes.get("id", identifier) != identifier:
            raise _wrong_id(identifier)
        new = checked(noun, patched(_bare(old, noun), changes, noun.shape))
        draft = self._draft(snapshot, [revise(noun, old, new, act.reason)])
        return self._done(draft, noun, identifier, act)

    def delete(self, snapshot: Snapshot, noun: Noun, identifier: str, act: Act) -> Done:
        """Leave a tombstone; what belongs to the record goes along with it."""
        old = self._present(snapshot, noun, identifier)
        check_match(noun, identifier, old, act.if_match)
        along = [
            Change(other, id_, None, along=True)
            for (other, id_) in citing(snapshot, [f"{noun.name}:{identifier}"])
            if other in {owned.noun for owned in noun.owned}
        ]
        draft = self._draft(snapshot, [Change(noun.name, identifier, None), *along])
        return self._done(draft, noun, identifier, act)

    def restore(
        self, snapshot: Snapshot, noun: Noun, identifier: str, revision: int | None, act: Act
    ) -> Done:
        """Bring back a tombstone, or an earlier state as a new revision."""
        address = noun.ref(identifier)
        state = find_state(snapshot, address)
        if state is None:
            raise missing(noun, identifier, NOW)
        if state.key is not None:
            if revision is None:
                what = f"which of its history: GET /v1/{noun.plural}/{identifier}/history"
                raise bad_body("revision", "is missing, as the record is not deleted", what)
            check_match(noun, identifier, _document(state), act.if_match)
        else:
            check_tombstone(noun, history.newest(snapshot.connection, state.number), act.if_match)
        if revision is None:
            last = history.newest(snapshot.connection, state.number)
            changes, warnings = undone(snapshot, last)
        else:
            was = self._earlier(snapshot, noun, identifier, revision)
            changes = [Change(*address, body_of(noun, was), was=was, along=True)]
            warnings = []
        warnings += followed(snapshot, changes)
        done = self._done(self._draft(snapshot, changes), noun, identifier, act)
        done.warnings += warnings
        return done

    def merge(self, snapshot: Snapshot, noun: Noun, identifier: str, into: str, act: Act) -> Done:
        """Fold a twin into another record; everything that cited it cites the other."""
        try:
            old = self._present(snapshot, noun, identifier)
        except Problem as problem:
            raise _by_merging(problem) from None
        check_match(noun, identifier, old, act.if_match)
        if into == identifier:
            raise bad_body("into", "is the record itself", "another record of the same kind")
        try:
            target = self._present(snapshot, noun, into)
        except Problem:
            why = f"names no {noun.name}"
            fault = Unknown("into", why, nouns=(noun.name,), identifier=into)
            raise faulty(422, "invalid-body", fault) from None
        cited = [f"{noun.name}:{identifier}"]
        if noun.event:
            cited.append(f"event:{identifier}")
        kinds = {noun.name, EVENT} if noun.event else {noun.name}
        changes = {
            address: pointed_elsewhere(self.nouns[address[0]], document, kinds, identifier, into)
            for address, document in citing(snapshot, cited).items()
            if address != noun.ref(identifier)
        }
        own = noun.ref(into)
        base = changes.get(own) or body_of(noun, target)
        changes[own] = fitting(noun, base, folded(noun, base, body_of(noun, old)))
        written = [Change(noun.name, identifier, None, merged_into=into, along=True)]
        written += [Change(*own, changes.pop(own), along=True)]
        written += [Change(*address, body, along=True) for address, body in changes.items()]
        return self._done(self._draft(snapshot, written), noun, into, act)

    # ---- how it is done

    def _draft(self, snapshot: Snapshot, changes: Collection[Change]) -> Draft:
        draft = self.ledger.draft(snapshot, changes)
        checks.check(draft, [change.ref for change in changes if not change.along])
        return draft

    def _done(self, draft: Draft, noun: Noun, identifier: str, act: Act) -> Done:
        address = noun.ref(identifier)
        warnings = checks.warnings(draft, address)
        state = draft.stored.get(address)
        written = self.ledger.commit(draft, author=act.author, reason=act.reason)
        own = written.of(*address)
        if own is None:  # nothing changed
            if state is None or state.document is None:
                raise KeyError(address)
            revision = int(orjson.loads(state.document)["revision"])
            return Done(noun, identifier, False, state.document, revision, written, warnings)
        created = state is None
        return Done(noun, identifier, created, own.content, own.seq, written, warnings)

    def _present(self, snapshot: Snapshot, noun: Noun, identifier: str) -> Document:
        state = find_state(snapshot, noun.ref(identifier))
        if state is None:
            raise missing(noun, identifier, NOW)
        document = _document(state)
        if document is None:
            raise self._gone(snapshot, noun, identifier, state)
        return document

    def _gone(self, snapshot: Snapshot, noun: Noun, identifier: str, state: State) -> Problem:
        last = history.newest(snapshot.connection, state.number)
        if last.merged_into is not None:
            return merged(noun, identifier, last.merged_into)
        return deleted(noun, identifier, last.seq)

    def _earlier(self, snapshot: Snapshot, noun: Noun, identifier: str, revision: int) -> Document:
        found = history.one(snapshot.connection, revision)
        if found is None or (found.noun, found.id) != noun.ref(identifier):
            path = f"/v1/{noun.plural}/{identifier}/history"
            raise bad_body("revision", "is none of this record", f"one listed in {path}")
        if found.document is None:
            what = "a revision that has a document: the one before it, for instance"
            raise bad_body("revision", "is the deletion itself", what)
        earlier: Document = orjson.loads(found.document)
        return earlier


def _document(state: State | None) -> Document | None:
    return None if state is None or state.document is None else orjson.loads(state.document)


def _bare(document: Document, noun: Noun) -> Document:
    return {k: v for k, v in document.items() if k not in noun.shape.derived}


def _by_merging(problem: Problem) -> Problem:
    """Who follows the other's address means to merge the other: the plain record takes no POST."""
    location = problem.headers.get("location")
    return replace(problem, headers={"location": f"{location}/merge"}) if location else problem


def _check_owned(noun: Noun, body: Document) -> None:
    for owned in noun.owned:
        if owned.plural in body:
            what = f"POST /v1/{owned.plural}, each with its `{owned.owner}`"
            raise bad_body(owned.plural, f"come along with a new {noun.name} only", what)


def _wrong_id(identifier: str) -> Problem:
    return bad_body("id", "differs from the path's", f"“{identifier}”, or none")
