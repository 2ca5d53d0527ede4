"""The one door for writes.

A write is one transaction under the one write lock: rows, documents, index and revisions commit
together, numbered without a gap. What hangs on what was changed is changed along with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson
from sqlalchemy import Connection

from app.kit.http.problems import FieldError, Problem, problem_from_errors
from app.kit.schema.shapes import Document
from app.kit.sql.database import Database
from app.kit.strict_json import dumps
from app.ledger import index
from app.ledger.dates import EmptyRange
from app.ledger.noun import Nouns, RecordRef
from app.ledger.snapshot import Snapshot
from app.ledger.write.append import append
from app.ledger.write.draft import Draft
from app.ledger.write.revisions import Change, Revised, Written
from app.ledger.write.states import State, citing, states

META = ("version", "revision", "recorded_at", "reported_on")


@dataclass(slots=True)
class Ledger:
    """Writes for a database of these nouns."""

    database: Database
    nouns: Nouns
    clock: list[datetime] = field(default_factory=list)  # fixed times, for tests

    def write(
        self, changes: Iterable[Change], *, author: str, reason: str | None = None
    ) -> Written:
        """Write these changes, all or nothing, in a transaction of their own.

        Raises:
            Problem: a citation of nothing, a deletion of what is cited, dates that cannot be.
        """
        with self.database.write_transaction() as connection:
            return self.write_in(connection, changes, author=author, reason=reason)

    def write_in(
        self,
        connection: Connection,
        changes: Iterable[Change],
        *,
        author: str,
        reason: str | None = None,
    ) -> Written:
        """Write within a transaction that holds the write lock."""
        draft = self.draft(Snapshot(connection, self.nouns), changes)
        return self.commit(draft, author=author, reason=reason)

    def tidy(self) -> None:
        """Make reads fast again after very many writes; changes nothing that is read."""
        with self.database.write_transaction() as connection:
            index.tidy(connection)

    def draft(self, snapshot: Snapshot, changes: Iterable[Change]) -> Draft:
        """Everything that these changes come to, checked and completed but not yet written."""
        draft = Draft(snapshot)
        for change in changes:
            if change.ref in draft.bodies:
                raise ValueError(f"{change.noun} {change.id} stands twice in one write")
            draft.stage(self.nouns[change.noun], change.id, change.body)
            if change.was is not None:
                draft.was[change.ref] = change.was
            if change.along:
                draft.along.add(change.ref)
            if change.merged_into is not None:
                draft.merged[change.ref] = change.merged_into
        draft.stored = states(snapshot, draft.bodies)
        self._check_identifiers(draft)
        self._check_citations(draft)
        settle(draft)
        self._check_deletions(draft)
        draft.stored |= states(snapshot, draft.moved)
        return draft

    def commit(self, draft: Draft, *, author: str, reason: str | None = None) -> Written:
        """Write a draft."""
        numbered = self._numbering(draft)
        revised = [r for address in numbered if (r := _revised(draft, address, draft.stored))]
        at = self.clock.pop(0) if self.clock else datetime.now(UTC)
        return append(draft.snapshot.connection, revised, author, reason, at)

    def _numbering(self, draft: Draft) -> list[RecordRef]:
        """The order in which revisions are numbered: as asked, then what moved along."""
        moved = set(draft.moved)
        asked = [address for address in draft.bodies if address not in moved]
        return [*asked, *(address for address in draft.order() if address in moved)]

    def _check_identifiers(self, draft: Draft) -> None:
        """Milestones and meetings share one space of identifiers."""
        events = self.nouns.events
        twins = {
            RecordRef(other, ref.id): ref.noun
            for ref in draft.bodies
            if ref.noun in events and ref not in draft.stored
            for other in events
            if other != ref.noun
        }
        taken = states(draft.snapshot, twins).keys() | (twins.keys() & draft.bodies.keys())
        if taken:
            noun, identifier = min(taken)
            raise Problem(
                409,
                "id-taken",
                f"A {noun} already has the identifier “{identifier}”;"
                " milestones and meetings share one space of identifiers.",
                [
                    FieldError(
                        "id",
                        f"is taken by a {noun}",
                        "another identifier",
                        ref=(twins[RecordRef(noun, identifier)], identifier),
                    )
                ],
            )

    def _check_citations(self, draft: Draft) -> None:
        present = [(self.nouns[n], b) for (n, _), b in draft.bodies.items() if b is not None]
        draft.look_up(present)
        faults = [fault for noun, body in present for fault in draft.missing(noun, body)]
        if faults:
            raise problem_from_errors(422, "unknown-reference", *faults)

    def _check_deletions(self, draft: Draft) -> None:
        for ref, body in list(draft.bodies.items()):
            state = draft.stored.get(ref)
            if body is not None or state is None or state.key is None:
                continue
            cited = [f"{ref.noun}:{ref.id}"]
            if self.nouns[ref.noun].event:
                cited.append(f"event:{ref.id}")
            left = [a for a in citing(draft.snapshot, cited) if a not in draft.bodies]
            if left:
                raise in_use(*ref, left)


def settle(draft: Draft) -> None:
    """Stage all that hangs on what moves, then complete every body, each once.

    Raises:
        Problem: 409 where a moved date empties a range or closes a circle; 422 where a body's own
            anchors leave it no day.
    """
    frontier = [address for address in draft.bodies if draft.leads(address)]
    followed: set[RecordRef] = set()
    while frontier:
        followed.update(frontier)
        frontier = [address for address in draft.follow(frontier) if address not in followed]
    _finish_all(draft)


def _finish_all(draft: Draft) -> None:
    own: list[FieldError] = []
    moved: list[tuple[RecordRef, str]] = []
    order = draft.order()
    for step, address in ((s, a) for s in (draft.finish, draft.finish_kept) for a in order):
        try:
            step(address)
        except EmptyRange as error:
            path, _, why = str(error).partition(": ")
            if address in draft.along or address in draft.moved:
                moved.append((address, f"{path}: {why}"))
                draft.complete[address] = _unmoved(draft, address)
            else:
                accepted = "an anchor that leaves at least one day"
                own.append(FieldError(path, why, accepted, ref=address))
                draft.complete[address] = _unmoved(draft, address)
    if own:
        raise problem_from_errors(422, "empty-date", *own)
    if moved:
        raise Problem(
            409,
            "empty-date",
            "The move would leave no day for "
            + "; ".join(f"{noun} {identifier} ({why})" for (noun, identifier), why in moved)
            + ".",
            extra={
                "affected": [
                    {"noun": noun, "id": identifier, "reason": why}
                    for (noun, identifier), why in moved
                ]
            },
        )


def _unmoved(draft: Draft, address: RecordRef) -> Document:
    """A stand-in for a date that failed, so that the others can still be looked at."""
    noun = draft.nouns[address[0]]
    empty = {"earliest": None, "latest": None}
    return {**(draft.bodies[address] or {}), (noun.date or "date"): empty, "reported_on": None}


def _revised(draft: Draft, address: RecordRef, stored: dict[RecordRef, State]) -> Revised | None:
    noun, state = draft.nouns[address[0]], stored.get(address)
    document = draft.complete.get(address)
    old = orjson.loads(state.document) if state and state.document else None
    if draft.bodies[address] is None:
        if state is None or state.key is None:
            return None
        into = draft.merged.get(address)
        action = "deleted" if into is None else "merged"
        return Revised(noun, address[1], action, state, None, into)
    if document is None:
        raise KeyError(address)
    reported = document.pop("reported_on")
    document |= {"version": 0, "revision": 0, "recorded_at": "", "reported_on": reported}
    if old is not None and _same(old, document):
        return None
    action = "created" if state is None else "restored" if state.key is None else "changed"
    return Revised(noun, address[1], action, state, document)


def _same(old: Document, new: Document) -> bool:
    meta = {name: old[name] for name in META if name != "reported_on"}
    return dumps(old) == dumps(new | meta)


def in_use(noun: str, identifier: str, citing_: Sequence[RecordRef]) -> Problem:
    """409: what others cite cannot be deleted."""
    listed = sorted(citing_)
    shown = ", ".join(f"{n} {i}" for n, i in listed[:10])
    more = f" and {len(listed) - 10} more" if len(listed) > 10 else ""
    return Problem(
        409,
        "in-use",
        f"The {noun} “{identifier}” is cited by {shown}{more}; change those first.",
        extra={
            "cited_by": [{"noun": n, "id": i} for n, i in listed[:200]],
            "total": len(listed),
        },
    )
