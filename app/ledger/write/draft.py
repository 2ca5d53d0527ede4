"""A write before it is written: citations checked, dates completed, dependents cascaded to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

import orjson

from app.kit import edtf
from app.kit.http.problems import FieldError, Problem
from app.kit.schema.fields import (
    citations,
    cited_records,
    date_objects,
    unfrozen_citations,
    writable_part,
)
from app.kit.schema.shapes import EVENT, Document
from app.kit.strict_json import dumps
from app.ledger.dates import DateBounds, EmptyDateRange, complete_date, rename_anchors
from app.ledger.indexing import record_bounds, reported_day
from app.ledger.noun import Noun, Nouns, RecordRef
from app.ledger.snapshot import Snapshot
from app.ledger.tables import BEFORE_ALL
from app.ledger.write.revisions import NewRevision, RecordChange
from app.ledger.write.states import (
    RecordDates,
    find_citing_documents,
    find_record_dates,
    find_states,
)

_DATING_NOUNS = ("source", EVENT)
_DATE_FIELDS = ("edtf", "before", "after")
NO_DATES = RecordDates(DateBounds(None, None), BEFORE_ALL)


@dataclass(frozen=True, slots=True)
class UnknownReference(FieldError):
    """A citation that names no record: which nouns were searched, and for which identifier."""

    nouns: tuple[str, ...] = ()
    identifier: str = ""


@dataclass(slots=True)
class Draft:
    """The records that one write would change, and the dates of those that they cite."""

    snapshot: Snapshot
    # In the order of the request, then as the cascade adds them.
    records: dict[RecordRef, NewRevision] = field(default_factory=dict)
    cited_dates: dict[RecordRef, RecordDates | None] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot, changes: Iterable[RecordChange]) -> Draft:
        """A draft of these changes, none of them completed.

        Raises:
            ValueError: a record is changed twice.
        """
        draft = cls(snapshot)
        for change in changes:
            if change.ref in draft.records:
                raise ValueError(f"{change.noun} {change.id} stands twice in one write")
            draft.records[change.ref] = NewRevision(
                draft.nouns[change.noun],
                change.id,
                change.body,
                "implied" if change.is_implied else "requested",
                change.merged_into,
                change.restored_from,
            )
        return draft

    @property
    def nouns(self) -> Nouns:
        """All nouns."""
        return self.snapshot.nouns

    # ---- citations

    def resolve(self, cited: str, identifier: str) -> RecordRef | None:
        """The record that a citation means, in the draft or stored; None if there is none."""
        for ref in self.nouns.cited_refs(cited, identifier):
            if ref in self.records:
                if self.records[ref].body is not None:
                    return ref
            elif self.cited_dates.get(ref) is not None:
                return ref
        return None

    def load_cited(self, revisions: Iterable[NewRevision]) -> None:
        """Look up the dates of everything that these revisions cite."""
        refs = {
            ref
            for revision in revisions
            for cited, identifier in cited_records(revision.body or {}, revision.noun.shape)
            for ref in self.nouns.cited_refs(cited, identifier)
        }
        refs -= self.cited_dates.keys()
        known = find_record_dates(self.snapshot, refs)
        self.cited_dates.update({ref: known.get(ref) for ref in refs})

    def unknown_references(self, revision: NewRevision) -> list[UnknownReference]:
        """The citations of a revision that name no record."""
        body, shape = revision.body or {}, revision.noun.shape
        if all(self.resolve(*cited) is not None for cited in cited_records(body, shape)):
            return []
        return [
            UnknownReference(
                path,
                f"no {' or '.join(nouns)} has the identifier “{identifier}”",
                ref=revision.ref,
                nouns=nouns,
                identifier=identifier,
            )
            for path, cited, identifier in citations(body, shape)
            if self.resolve(cited, identifier) is None
            for nouns in [self.nouns.cited_nouns(cited)]
        ]

    # ---- what rules may ask

    def documents_after(self, noun: str, identifiers: Iterable[str]) -> dict[str, Document]:
        """Records of a noun by identifier, as they will be after the write."""
        refs = {RecordRef(noun, identifier) for identifier in identifiers}
        revisions = [self.records[ref] for ref in refs if ref in self.records]
        documents = {r.id: r.document for r in revisions if r.document is not None}
        for ref, state in find_states(self.snapshot, refs.difference(self.records)).items():
            if state.parsed is not None:
                documents[ref.id] = state.parsed
        return documents

    def document_before_write(self, noun: str, identifier: str) -> Document | None:
        """A record of the write as it is before it."""
        revision = self.records.get(RecordRef(noun, identifier))
        return revision.old_document if revision else None

    def documents_citing(self, noun: str, identifier: str) -> Iterator[tuple[str, Document]]:
        """The stored documents that cite a record, each with its noun."""
        documents = find_citing_documents(self.snapshot, [f"{noun}:{identifier}"])
        yield from ((ref.noun, document) for ref, document in documents.items())

    # ---- completing

    def dates_of(self, ref: RecordRef) -> RecordDates:
        """What others derive from a record, as it will be after the write."""
        revision = self.records.get(ref)
        if revision is None or revision.body is None:
            return self.cited_dates.get(ref) or NO_DATES
        document = revision.document or {}
        bounds = record_bounds(revision.noun, document) or DateBounds(None, None)
        return RecordDates(bounds, reported_day(document))

    def _event_bounds(self, identifier: str) -> DateBounds:
        ref = self.resolve(EVENT, identifier)
        return NO_DATES.bounds if ref is None else self.dates_of(ref).bounds

    def complete_record(self, revision: NewRevision) -> None:
        """Complete a body: its dates, its derived fields, the day of its report.

        Raises:
            EmptyRange: anchors leave a date no day.
        """
        # A deep copy, ten times faster than copy.deepcopy.
        document: Document = orjson.loads(dumps(revision.body))
        for path, date in date_objects(document, revision.noun.shape, frozen=False):
            self._complete_date(path, date)
        revision.noun.derive(document)
        day = self._reported_day(revision.noun, document)
        document["reported_on"] = None if day == BEFORE_ALL else edtf.iso_date(day)
        revision.document = document

    def complete_frozen(self, revision: NewRevision) -> None:
        """Complete the frozen dates of a record, reusing their stored values where unchanged.

        Nothing is derived from these dates, so they wait until every other is complete.

        Raises:
            EmptyRange: anchors leave a date no day.
        """
        document = revision.document or {}
        frozen = list(date_objects(document, revision.noun.shape, frozen=True))
        previous = self._previous_dates(revision) if frozen else []
        for path, date in frozen:
            paths = (path, revision.noun.date_field)
            stored = next((d for p, d in previous if p in paths and _is_same_date(d, date)), None)
            if stored is not None:
                date.update(stored)
            else:
                self._complete_date(path, date)

    def _complete_date(self, path: str, date: Document) -> None:
        try:
            complete_date(date, self._event_bounds)
        except EmptyDateRange as error:
            raise EmptyDateRange(f"{path}: {error}") from None

    def _previous_dates(self, revision: NewRevision) -> list[tuple[str, Document]]:
        """The dates of a record before the write, with their paths; frozen ones first."""
        document, shape = revision.restored_from or revision.old_document, revision.noun.shape
        if document is None:
            return []
        previous = [d for kept in (True, False) for d in date_objects(document, shape, frozen=kept)]
        names = {r.id: r.merged_into for r in self.records.values() if r.noun.is_event}
        merged = {old: new for old, new in names.items() if new is not None}
        for _, date in previous:
            rename_anchors(date, merged)
        return previous

    def _reported_day(self, noun: Noun, document: Document) -> int:
        day = BEFORE_ALL
        if noun.published_field is not None:
            published = document[noun.published_field]
            if published is not None and published["latest"] is not None:
                day = edtf.day_number(published["latest"])
        for ref in self._dating_records(noun, document):
            day = max(day, self.dates_of(ref).reported_day)
        return day

    def _dating_records(self, noun: Noun, body: Document) -> Iterator[RecordRef]:
        """The sources and events that a record's dates and report are derived from."""
        for cited, identifier in unfrozen_citations(body, noun.shape):
            ref = self.resolve(cited, identifier) if cited in _DATING_NOUNS else None
            if ref is not None:
                yield ref

    # ---- cascading

    def dependency_order(self) -> list[NewRevision]:
        """The revisions with a body, each after those that its dates are derived from.

        Raises:
            Problem: 409, dates that are anchored to each other in a cycle.
        """
        graph = {
            ref: [t for t in self._dating_records(r.noun, r.body) if t in self.records]
            for ref, r in self.records.items()
            if r.body is not None
        }
        try:
            return [self.records[ref] for ref in TopologicalSorter(graph).static_order()]
        except CycleError as error:
            raise date_cycle_problem(error.args[1]) from None

    def stage_dependents(self, moved: Iterable[NewRevision]) -> list[NewRevision]:
        """Add what is derived from these revisions; returns the events among it, new or not."""
        citations_ = [("event:" if r.noun.is_event else f"{r.noun.name}:") + r.id for r in moved]
        documents = find_citing_documents(self.snapshot, citations_)
        stored = find_states(self.snapshot, documents.keys() - self.records.keys())
        added, events = [], []
        for ref, document in documents.items():
            noun = self.nouns[ref.noun]
            if ref not in self.records:
                revision = NewRevision(noun, ref.id, writable_body(noun, document), "cascaded")
                revision.restored_from, revision.state = document, stored[ref]
                self.records[ref] = revision
                added.append(revision)
            if noun.is_event and self.records[ref].body is not None:
                events.append(self.records[ref])
        self.load_cited(added)
        return events


def may_cascade(revision: NewRevision) -> bool:
    """Whether records that are derived from this one may change with it."""
    noun, old = revision.noun, revision.old_document
    if revision.body is None or old is None or not (noun.is_event or noun.published_field):
        return False
    return _dating_fields(noun, revision.body) != _dating_fields(noun, old)


def _dating_fields(noun: Noun, body: Document) -> object:
    """All of a record that the dates and the report of its dependents are derived from."""
    date = body[noun.published_field or noun.date_field or ""]
    cited = {pair for pair in unfrozen_citations(body, noun.shape) if pair[0] in _DATING_NOUNS}
    return date and [date[name] for name in _DATE_FIELDS], cited


def _is_same_date(left: Document, right: Document) -> bool:
    """Whether two dates were given in the same words, whatever was derived from them."""
    return all(left[name] == right[name] for name in _DATE_FIELDS)


def writable_body(noun: Noun, document: Document) -> Document:
    """The writable part of a stored document."""
    return writable_part(document, noun.shape)


def date_cycle_problem(cycle: Sequence[RecordRef]) -> Problem:
    """409: dates that are anchored to each other in a cycle."""
    names = " → ".join(" ".join(ref) for ref in cycle)
    error = FieldError("date", f"would depend on itself: {names}", "other anchors", ref=cycle[0])
    return Problem(
        409,
        "date-circle",
        f"These dates would depend on each other in a circle: {names}.",
        [error],
        extra={"circle": [ref.id for ref in cycle]},
    )
