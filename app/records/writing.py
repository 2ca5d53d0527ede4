"""Writing records: create, replace, patch, delete, restore, merge. One transaction each.

Every function takes a connection that holds the write lock, and changes nothing of what it is
given.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from app.kit.problems import Fault, Problem
from app.kit.shapes import Document
from app.ledger import past
from app.ledger.describing import date_bounds
from app.ledger.drafts import Draft, body_of
from app.ledger.nouns import Noun, Nouns
from app.ledger.revisions import Change, Revised, Written
from app.ledger.selections import NOW
from app.ledger.states import Address, State, citing, states
from app.ledger.writes import Ledger
from app.records import rules
from app.records.bodies import checked
from app.records.merging import folded, pointed_elsewhere
from app.records.nesting import inline
from app.records.singles import deleted, merged, missing
from app.records.slugs import derived
from app.records.suggestions import with_nearest
from app.records.twins import twins


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
        own = (self.noun.name, self.id)
        return [r for r in self.written.revisions if (r.noun.name, r.id) != own]


@dataclass(frozen=True, slots=True)
class Writing:
    """The writes of all nouns, through one ledger."""

    ledger: Ledger

    @property
    def nouns(self) -> Nouns:
        """All nouns."""
        return self.ledger.nouns

    # ---- what can be done

    def create(self, connection: Connection, noun: Noun, raw: Any, act: Act) -> Done:
        """Create a record, and the new records inside it, all or nothing."""
        body = _object(raw)
        positions = _positions(noun, body)
        staging = _Staging(self, connection)
        identifier = staging.add(noun, body, "")
        for index, position in enumerate(positions):
            staging.add_position(identifier, body, position, index)
        draft = self._draft(connection, staging.changes)
        new = [(self.nouns[change.noun], change.id) for change in staging.changes]
        if not act.allow_twins:
            self._check_twins(connection, draft, new)
        return self._done(draft, noun, identifier, act)

    def replace(
        self, connection: Connection, noun: Noun, identifier: str, raw: Any, act: Act
    ) -> Done:
        """Create a record under an identifier, or replace it whole."""
        body = _object(raw)
        if body.setdefault("id", identifier) != identifier:
            raise _wrong_id(identifier)
        state = states(connection, [(noun.name, identifier)]).get((noun.name, identifier))
        if state is not None and state.key is None:
            raise self._gone(connection, noun, identifier, state)
        old = _document(state)
        _check_match(noun, identifier, old, act)
        if old is not None and noun.name == "meeting":
            # What was expected before is kept, unless it is written anew on purpose.
            body.setdefault("previous_dates", old["previous_dates"])
        new = checked(noun, body)
        if old is not None and noun.name == "meeting":
            rules.life(old, new, act.reason)
        draft = self._draft(connection, [Change(noun.name, identifier, new)])
        return self._done(draft, noun, identifier, act)

    def patch(
        self, connection: Connection, noun: Noun, identifier: str, raw: Any, act: Act
    ) -> Done:
        """Change a record by a JSON merge patch (RFC 7396)."""
        old = self._present(connection, noun, identifier)
        _check_match(noun, identifier, old, act)
        changes = {k: v for k, v in _object(raw).items() if k not in noun.shape.derived}
        if changes.get("id", identifier) != identifier:
            raise _wrong_id(identifier)
        new = checked(noun, _patched(_bare(old, noun), changes))
        if noun.name == "meeting":
            rules.life(old, new, act.reason)
        draft = self._draft(connection, [Change(noun.name, identifier, new)])
        return self._done(draft, noun, identifier, act)

    def delete(self, connection: Connection, noun: Noun, identifier: str, act: Act) -> Done:
        """Leave a tombstone; what belongs to the record goes along with it."""
        old = self._present(connection, noun, identifier)
        _check_match(noun, identifier, old, act)
        along = [
            Change(other, id_, None)
            for (other, id_) in citing(connection, [f"{noun.name}:{identifier}"])
            if other in noun.dependents
        ]
        draft = self._draft(connection, [*along, Change(noun.name, identifier, None)])
        return self._done(draft, noun, identifier, act)

    def restore(
        self, connection: Connection, noun: Noun, identifier: str, revision: int | None, act: Act
    ) -> Done:
        """Bring back a tombstone, or an earlier state as a new revision."""
        address = (noun.name, identifier)
        state = states(connection, [address]).get(address)
        if state is None:
            raise missing(noun, identifier, NOW)
        if state.key is not None:
            _check_match(noun, identifier, _document(state), act)
            if revision is None:
                fault = Fault("revision", "is missing", "the revision to go back to")
                raise Problem(422, "invalid-body", f"revision: {fault.message}", [fault])
        if revision is None:
            changes, warnings = self._undone(connection, state)
        else:
            changes = [Change(*address, self._earlier(connection, noun, identifier, revision))]
            warnings = []
        done = self._done(self._draft(connection, changes, ruled=False), noun, identifier, act)
        done.warnings += warnings
        return done

    def merge(
        self, connection: Connection, noun: Noun, identifier: str, into: str, act: Act
    ) -> Done:
        """Fold a twin into another record; everything that cited it cites the other."""
        old = self._present(connection, noun, identifier)
        _check_match(noun, identifier, old, act)
        if into == identifier:
            raise _refused("into", "is the record itself", "another record of the same kind")
        try:
            target = self._present(connection, noun, into)
        except Problem:
            accepted = f"the identifier of a {noun.name}"
            raise _refused("into", f"names no {noun.name}", accepted) from None
        cited = [f"{noun.name}:{identifier}"]
        if noun.event:
            cited.append(f"event:{identifier}")
        kinds = {noun.name, "event"} if noun.event else {noun.name}
        changes = {
            address: pointed_elsewhere(self.nouns[address[0]], document, kinds, identifier, into)
            for address, document in citing(connection, cited).items()
            if address != (noun.name, identifier)
        }
        own = (noun.name, into)
        base = changes.get(own) or body_of(noun, target)
        changes[own] = folded(noun, base, body_of(noun, old))
        written = [Change(*address, body) for address, body in changes.items()]
        written.append(Change(noun.name, identifier, None, merged_into=into))
        return self._done(self._draft(connection, written, ruled=False), noun, into, act)

    # ---- how it is done

    def _draft(
        self, connection: Connection, changes: Sequence[Change], *, ruled: bool = True
    ) -> Draft:
        try:
            draft = self.ledger.draft(connection, changes)
        except Problem as problem:
            raise with_nearest(connection, self.nouns, problem) from None
        if ruled:
            today = datetime.now(UTC).date()
            for change in changes:
                document = draft.complete.get((change.noun, change.id))
                if change.body is not None and document is not None:
                    bounds = date_bounds(self.nouns[change.noun], document)
                    rules.check(change.noun, document, bounds, today)
        return draft

    def _done(self, draft: Draft, noun: Noun, identifier: str, act: Act) -> Done:
        warnings = self._warnings(draft)
        address = (noun.name, identifier)
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

    def _warnings(self, draft: Draft) -> list[str]:
        found: list[str] = []
        for (name, _), document in draft.complete.items():
            if name != "meeting" or not document["participants"]:
                continue
            seated = {("person", p["person"]) for p in document["participants"] if p["person"]}
            bounds = date_bounds(self.nouns[name], document)
            for address, state in sorted(states(draft.connection, seated).items()):
                person = draft.complete.get(address) or _document(state)
                if person is not None:
                    found += rules.tenure_warnings(document, bounds, person)
        return found

    def _check_twins(
        self, connection: Connection, draft: Draft, new: Sequence[tuple[Noun, str]]
    ) -> None:
        for noun, identifier in new:
            document = draft.complete[noun.name, identifier]
            found = twins(connection, self.nouns, noun, document, date_bounds(noun, document))
            if found:
                raise Problem(
                    409,
                    "likely-duplicate",
                    f"This {noun.name} may already be there as {found[0].id}; "
                    "send it with ?duplicate=allow if it is another one.",
                    extra={"noun": noun.name, "candidates": [t.body(noun) for t in found]},
                )

    def _present(self, connection: Connection, noun: Noun, identifier: str) -> Document:
        state = states(connection, [(noun.name, identifier)]).get((noun.name, identifier))
        if state is None:
            raise missing(noun, identifier, NOW)
        document = _document(state)
        if document is None:
            raise self._gone(connection, noun, identifier, state)
        return document

    def _gone(self, connection: Connection, noun: Noun, identifier: str, state: State) -> Problem:
        last = past.newest(connection, state.number)
        if last.merged_into is not None:
            return merged(noun, identifier, last.merged_into)
        return deleted(noun, identifier, last.seq)

    def _earlier(
        self, connection: Connection, noun: Noun, identifier: str, revision: int
    ) -> Document:
        found = past.one(connection, revision)
        if found is None or (found.noun, found.id) != (noun.name, identifier):
            history = f"/v1/{noun.plural}/{identifier}/history"
            raise _refused("revision", "is none of this record", f"one listed in {history}")
        if found.document is None:
            raise _refused("revision", "is a tombstone", "a revision with a document")
        return body_of(noun, orjson.loads(found.document))

    def _undone(self, connection: Connection, state: State) -> tuple[list[Change], list[str]]:
        """What undoes the write that left a tombstone, as far as it still stands."""
        last = past.newest(connection, state.number)
        changes, warnings = [], []
        for entry in past.of_write(connection, last.write):
            before = past.document_before(connection, entry.record, entry.seq)
            if before is None or (last.action == "deleted" and entry.action != "deleted"):
                continue
            if past.newest(connection, entry.record).seq != entry.seq:
                warnings.append(f"{entry.noun} {entry.id} was changed since, and stays as it is")
                continue
            body = body_of(self.nouns[entry.noun], orjson.loads(before))
            changes.append(Change(entry.noun, entry.id, body))
        return changes, warnings


class _Staging:
    """A new record and the new records inside it, put into one write."""

    def __init__(self, writing: Writing, connection: Connection) -> None:
        self.writing = writing
        self.connection = connection
        self.changes: list[Change] = []

    def add(self, noun: Noun, body: Document, path: str) -> str:
        """Stage a record, what stands inside it first; gives its identifier."""
        for nested in list(inline(body, noun.shape, path)):
            nested.settle(self.add(self.writing.nouns[nested.noun], nested.body, nested.path + "."))
        if body.get("id") is None:
            body["id"] = derived(noun.name, body, lambda i: self._taken(noun, i)) or None
        if body["id"] is None:
            del body["id"]
        try:
            record = checked(noun, body)
        except Problem as problem:
            raise _inside(problem, path) from None
        address = (noun.name, record["id"])
        if self._taken(noun, record["id"]):
            raise self._id_taken(noun, record["id"])
        self.changes.append(Change(*address, record))
        return str(record["id"])

    def add_position(self, meeting: str, body: Document, raw: Any, index: int) -> None:
        """Stage a position voiced at the meeting; what it shares with the meeting is filled in."""
        position = _object(raw)
        position.setdefault("meeting", meeting)
        for name in ("date", "process", "sources"):
            if name not in position and body.get(name) is not None:
                position[name] = copy.deepcopy(body[name])
        self.add(self.writing.nouns["position"], position, f"positions[{index}].")

    def _taken(self, noun: Noun, identifier: str) -> bool:
        names = self.writing.nouns.events if noun.event else (noun.name,)
        addresses: list[Address] = [(name, identifier) for name in names]
        staged = {(change.noun, change.id) for change in self.changes}
        return bool(staged & set(addresses)) or bool(states(self.connection, addresses))

    def _id_taken(self, noun: Noun, identifier: str) -> Problem:
        state = states(self.connection, [(noun.name, identifier)]).get((noun.name, identifier))
        url = f"/v1/{noun.plural}/{identifier}"
        hint = f"change it with PATCH {url}, or choose another identifier"
        if state is not None and state.key is None:
            hint = f"it was deleted; bring it back with POST {url}/restore"
        fault = Fault("id", f"“{identifier}” is taken", hint)
        return Problem(409, "id-taken", f"The identifier “{identifier}” is taken: {hint}.", [fault])


def _object(raw: Any) -> Document:
    if not isinstance(raw, dict):
        fault = Fault("body", "is no object", "a JSON object")
        raise Problem(422, "invalid-body", f"body: {fault.message}", [fault])
    return copy.deepcopy(raw)


def _positions(noun: Noun, body: Document) -> list[Any]:
    if noun.name != "meeting":
        return []
    given = body.pop("positions", [])
    if not isinstance(given, list):
        fault = Fault("positions", "is no list", "a list of positions")
        raise Problem(422, "invalid-body", f"positions: {fault.message}", [fault])
    return given


def _inside(problem: Problem, path: str) -> Problem:
    faults = [Fault(path + f.field, f.message, f.accepted) for f in problem.errors]
    detail = "; ".join(f"{fault.field}: {fault.message}" for fault in faults[:20])
    return Problem(problem.status, problem.kind, detail, faults)


def _document(state: State | None) -> Document | None:
    return None if state is None or state.document is None else orjson.loads(state.document)


def _bare(document: Document, noun: Noun) -> Document:
    return {k: v for k, v in document.items() if k not in noun.shape.derived}


def _patched(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    found = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = _patched(found.get(name), value)
    return found


def _check_match(noun: Noun, identifier: str, old: Document | None, act: Act) -> None:
    url = f"/v1/{noun.plural}/{identifier}"
    if act.if_match is None:
        if old is None:
            return
        raise Problem(
            428,
            "if-match-required",
            f"To change a record, send If-Match with the ETag that GET {url} gave.",
            [Fault("If-Match", "is missing", f'If-Match: "{old["revision"]}"')],
            headers={"etag": f'"{old["revision"]}"'},
        )
    if old is None or (act.if_match and old["revision"] not in act.if_match):
        found = "it is not there" if old is None else f'its ETag is "{old["revision"]}"'
        raise Problem(
            412,
            "stale",
            f"The {noun.name} “{identifier}” is not what If-Match names: {found}.",
            [Fault("If-Match", "does not match", "the current ETag")],
            extra={"current": old},
            headers={} if old is None else {"etag": f'"{old["revision"]}"'},
        )


def _wrong_id(identifier: str) -> Problem:
    return _refused("id", "differs from the path's", f"“{identifier}”, or none")


def _refused(field_: str, message: str, accepted: str) -> Problem:
    fault = Fault(field_, message, accepted)
    return Problem(422, "invalid-body", f"{field_}: {message}", [fault])
