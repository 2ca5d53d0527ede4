"""The only way to write to the database.

A write is one transaction under the one write lock: rows, documents, index and revisions commit
together, numbered without a gap. What is derived from a changed record
is changed in the same write.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from app.kit.http.problems import FieldError, Problem, problem_from_errors
from app.kit.schema.shapes import Document
from app.kit.sql.database import Database
from app.kit.strict_json import dumps
from app.ledger import index_tables
from app.ledger.dates import EmptyDateRange
from app.ledger.noun import Nouns, RecordRef
from app.ledger.snapshot import Snapshot
from app.ledger.write.append import append_revisions
from app.ledger.write.draft import Draft, UnknownReference, may_cascade
from app.ledger.write.revisions import NewRevision, RecordChange, WriteResult
from app.ledger.write.states import find_citing_documents, find_states

VERSION_FIELDS = ("version", "revision", "recorded_at", "reported_on")


@dataclass(slots=True)
class Ledger:
    """Writes for a database of these nouns."""

    database: Database
    nouns: Nouns
    fixed_times: list[datetime] = field(
        default_factory=list
    )  # in place of the time of the next writes, for tests

    def write(
        self, changes: Iterable[RecordChange], *, author: str, reason: str | None = None
    ) -> WriteResult:
        """Write these changes, all or nothing, in a transaction of their own.

        Raises:
            Problem: a citation of nothing, a deletion of what is cited, dates that cannot be.
        """
        with self.database.write_transaction() as connection:
            return self.write_within(connection, changes, author=author, reason=reason)

    def write_within(
        self,
        connection: Connection,
        changes: Iterable[RecordChange],
        *,
        author: str,
        reason: str | None = None,
    ) -> WriteResult:
        """Write within a transaction that holds the write lock."""
        draft = self.draft(Snapshot(connection, self.nouns), changes)
        return self.commit(draft, author=author, reason=reason)

    def optimize(self) -> None:
        """Make reads fast again after very many writes; changes nothing that is read."""
        with self.database.write_transaction() as connection:
            index_tables.optimize_index(connection)

    def draft(self, snapshot: Snapshot, changes: Iterable[RecordChange]) -> Draft:
        """All that these changes come to, checked and completed but not yet written."""
        draft = Draft.of(snapshot, changes)
        stored = find_states(snapshot, draft.records)
        for ref, revision in draft.records.items():
            revision.state = stored.get(ref)
        _check_identifiers(draft)
        errors = [error for found in _unknown_references(draft).values() for error in found]
        if errors:
            raise problem_from_errors(422, "unknown-reference", *errors)
        cascade(draft)
        _check_deletions(draft)
        return draft

    def unknown_references(
        self, snapshot: Snapshot, changes: Iterable[RecordChange]
    ) -> dict[RecordRef, list[UnknownReference]]:
        """The citations of these changes that name no record, neither stored nor among them."""
        return _unknown_references(Draft.of(snapshot, changes))

    def commit(self, draft: Draft, *, author: str, reason: str | None = None) -> WriteResult:
        """Write a draft."""
        requested = [r for r in draft.records.values() if r.cause != "cascaded"]
        cascaded = [r for r in draft.dependency_order() if r.cause == "cascaded"]
        revisions = [r for r in (*requested, *cascaded) if _set_action(r)]
        now = self.fixed_times.pop(0) if self.fixed_times else datetime.now(UTC)
        return append_revisions(draft.snapshot.connection, revisions, author, reason, now)


def _check_identifiers(draft: Draft) -> None:
    """Milestones and meetings share one space of identifiers."""
    requesting = {
        RecordRef(other, revision.id): revision.ref
        for revision in draft.records.values()
        if revision.noun.is_event and revision.state is None
        for other in draft.nouns.events
        if other != revision.noun.name
    }
    taken = find_states(draft.snapshot, requesting).keys() | (
        requesting.keys() & draft.records.keys()
    )
    if taken:
        ref = min(taken)
        raise Problem(
            409,
            "id-taken",
            f"A {ref.noun} already has the identifier “{ref.id}”; milestones and meetings share "
            "one set of identifiers.",
            [
                FieldError(
                    "id",
                    f"is taken by a {ref.noun}",
                    "another identifier",
                    ref=requesting[ref],
                )
            ],
        )


def _unknown_references(draft: Draft) -> dict[RecordRef, list[UnknownReference]]:
    draft.load_cited(draft.records.values())
    return {
        ref: errors
        for ref, revision in draft.records.items()
        if (errors := draft.unknown_references(revision))
    }


def _check_deletions(draft: Draft) -> None:
    for revision in draft.records.values():
        if revision.body is not None or not revision.exists:
            continue
        cited = [f"{revision.noun.name}:{revision.id}"]
        if revision.noun.is_event:
            cited.append(f"event:{revision.id}")
        remaining = [
            ref for ref in find_citing_documents(draft.snapshot, cited) if ref not in draft.records
        ]
        if remaining:
            raise in_use_problem(*revision.ref, remaining)


def cascade(draft: Draft) -> None:
    """Stage all that is derived from what changes, then complete every record, each once.

    Raises:
        Problem: 409 where a moved date empties a range or closes a cycle; 422 where a body's own
            anchors leave it no day.
    """
    frontier = [revision for revision in draft.records.values() if may_cascade(revision)]
    followed: set[NewRevision] = set()
    while frontier:
        followed.update(frontier)
        frontier = [r for r in draft.stage_dependents(frontier) if r not in followed]
    _complete_all(draft)


def _complete_all(draft: Draft) -> None:
    errors: list[FieldError] = []
    affected: list[dict[str, str]] = []
    order = draft.dependency_order()
    for step in (draft.complete_record, draft.complete_frozen):
        for revision in order:
            try:
                step(revision)
            except EmptyDateRange as error:
                revision.document = _placeholder(revision)
                path, _, reason = str(error).partition(": ")
                if revision.cause == "requested":
                    accepted = "an anchor that leaves at least one day"
                    errors.append(FieldError(path, reason, accepted, ref=revision.ref))
                else:
                    ref = {"noun": revision.noun.name, "id": revision.id}
                    affected.append({**ref, "reason": f"{path}: {reason}"})
    if errors:
        raise problem_from_errors(422, "empty-date", *errors)
    if affected:
        named = "; ".join(f"{a['noun']} {a['id']} ({a['reason']})" for a in affected)
        detail = f"The change would leave no possible day for {named}."
        raise Problem(409, "empty-date", detail, extra={"affected": affected})


def _placeholder(revision: NewRevision) -> Document:
    """Stands in for a record whose date failed, so that the others can still be completed."""
    empty = {"earliest": None, "latest": None}
    return {
        **(revision.body or {}),
        (revision.noun.date_field or "date"): empty,
        "reported_on": None,
    }


def _set_action(revision: NewRevision) -> bool:
    """Note what a revision does to its record; False if it changes nothing."""
    old, document = revision.old_document, revision.document
    if document is None:
        revision.action = "deleted" if revision.merged_into is None else "merged"
        return revision.exists
    reported = document.pop("reported_on")
    document |= {"version": 0, "revision": 0, "recorded_at": "", "reported_on": reported}
    if revision.state is None:
        revision.action = "created"
    else:
        revision.action = "changed" if revision.exists else "restored"
    return old is None or not _is_unchanged(old, document)


def _is_unchanged(old: Document, new: Document) -> bool:
    meta = {name: old[name] for name in VERSION_FIELDS if name != "reported_on"}
    return dumps(old) == dumps(new | meta)


def in_use_problem(noun: str, identifier: str, citing: Sequence[RecordRef]) -> Problem:
    """409: what others cite cannot be deleted."""
    refs = sorted(citing)
    shown = ", ".join(f"{noun_name} {other_id}" for noun_name, other_id in refs[:10])
    more = f" and {len(refs) - 10} more" if len(refs) > 10 else ""
    return Problem(
        409,
        "in-use",
        f"The {noun} “{identifier}” is cited by {shown}{more}; change those records first.",
        extra={
            "cited_by": [{"noun": noun_name, "id": other_id} for noun_name, other_id in refs[:200]],
            "total": len(refs),
        },
    )
