"""A write before it is written: bodies completed, citations checked, moved dates followed."""

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
from app.ledger.dates import Bounds, EmptyRange, complete, rename_anchors
from app.ledger.indexing import date_bounds
from app.ledger.noun import Noun, Nouns, RecordRef
from app.ledger.snapshot import Snapshot
from app.ledger.tables import BEFORE_ALL
from app.ledger.write.states import Fact, State, citing, facts, states

_DRAWN = ("source", EVENT)
_SAID = ("edtf", "before", "after")
NOWHERE = Fact(Bounds(None, None), BEFORE_ALL)


@dataclass(frozen=True, slots=True)
class Unknown(FieldError):
    """A citation that names no record: of which nouns one was looked for, and as what."""

    nouns: tuple[str, ...] = ()
    identifier: str = ""


@dataclass(slots=True)
class Draft:
    """All that one write would change, with what it draws on."""

    snapshot: Snapshot
    bodies: dict[RecordRef, Document | None] = field(default_factory=dict)  # None: deleted
    complete: dict[RecordRef, Document] = field(default_factory=dict)
    known: dict[RecordRef, Fact | None] = field(default_factory=dict)
    moved: list[RecordRef] = field(default_factory=list)  # changed by the cascade alone
    along: set[RecordRef] = field(default_factory=set)  # changed with what the request names
    stored: dict[RecordRef, State] = field(default_factory=dict)  # as it stands
    merged: dict[RecordRef, str] = field(default_factory=dict)  # deleted in favour of another
    was: dict[RecordRef, Document] = field(default_factory=dict)  # the state that is gone back to

    @property
    def nouns(self) -> Nouns:
        """All nouns."""
        return self.snapshot.nouns

    def stage(self, noun: Noun, identifier: str, body: Document | None) -> None:
        """Put a checked body, or None to delete, into the draft."""
        self.bodies[noun.ref(identifier)] = body

    def address(self, cited: str, identifier: str) -> RecordRef | None:
        """The record that a citation means, staged or stored; None where there is none."""
        for ref in self.nouns.cited_refs(cited, identifier):
            if ref in self.bodies:
                if self.bodies[ref] is not None:
                    return ref
            elif self.known.get(ref) is not None:
                return ref
        return None

    def look_up(self, documents: Iterable[tuple[Noun, Document]]) -> None:
        """Learn the facts of everything that these documents cite."""
        wanted = {
            ref
            for noun, document in documents
            for kind, identifier in cited_records(document, noun.shape)
            for ref in self.nouns.cited_refs(kind, identifier)
        }
        wanted -= self.known.keys()
        found = facts(self.snapshot, wanted)
        self.known.update({address: found.get(address) for address in wanted})

    def missing(self, noun: Noun, document: Document) -> list[Unknown]:
        """The citations of a document that name no record."""
        if all(
            self.address(kind, i) is not None for kind, i in cited_records(document, noun.shape)
        ):
            return []
        return [
            Unknown(
                path,
                f"no {' or '.join(self.nouns.targets(kind))} has the identifier “{identifier}”",
                ref=(noun.name, document["id"]),
                nouns=self.nouns.targets(kind),
                identifier=identifier,
            )
            for path, kind, identifier in citations(document, noun.shape)
            if self.address(kind, identifier) is None
        ]

    # ---- what rules may ask

    def after(self, noun: str, identifiers: Iterable[str]) -> dict[str, Document]:
        """Records of a noun by identifier, as they will stand."""
        refs = {RecordRef(noun, identifier) for identifier in identifiers}
        documents = {ref.id: self.complete[ref] for ref in refs if ref in self.complete}
        for ref, state in states(self.snapshot, refs.difference(self.bodies)).items():
            if state.document is not None:
                documents[ref.id] = orjson.loads(state.document)
        return documents

    def before(self, noun: str, identifier: str) -> Document | None:
        """A written record as it stands."""
        state = self.stored.get(RecordRef(noun, identifier))
        return None if state is None or state.document is None else orjson.loads(state.document)

    def citing(self, noun: str, identifier: str) -> Iterator[tuple[str, Document]]:
        """The documents that cite a record as things stand, each with its noun."""
        documents = citing(self.snapshot, [f"{noun}:{identifier}"])
        yield from ((name, document) for (name, _), document in documents.items())

    # ---- completing

    def fact(self, address: RecordRef) -> Fact:
        """What others derive from a record, as it will stand."""
        body = self.bodies.get(address)
        if body is None:
            return self.known.get(address) or NOWHERE
        noun = self.nouns[address[0]]
        document = self.complete[address]
        bounds = date_bounds(noun, document) or Bounds(None, None)
        day = document["reported_on"]
        return Fact(bounds, BEFORE_ALL if day is None else edtf.day_number(day))

    def _event(self, identifier: str) -> Bounds:
        address = self.address(EVENT, identifier)
        return NOWHERE.bounds if address is None else self.fact(address).bounds

    def finish(self, address: RecordRef) -> Document:
        """Complete one staged body: its dates, its derived fields, the day of its report.

        Raises:
            EmptyRange: anchors leave a date no day.
        """
        noun, body = self.nouns[address[0]], self.bodies[address]
        document: Document = orjson.loads(
            dumps(body)
        )  # a deep copy, ten times faster than copy.deepcopy
        for path, date in date_objects(document, noun.shape, frozen=False):
            self._complete(path, date)
        noun.derive(document)
        day = self._reported(noun, document)
        document["reported_on"] = None if day == BEFORE_ALL else edtf.iso_date(day)
        self.complete[address] = document
        return document

    def finish_kept(self, address: RecordRef) -> None:
        """Complete what a record keeps as it once was: as it stood, where it did.

        Nothing is derived from these dates, so they wait until every other is complete.

        Raises:
            EmptyRange: anchors leave a date no day.
        """
        noun, document = self.nouns[address[0]], self.complete[address]
        kept = list(date_objects(document, noun.shape, frozen=True))
        once = self._once(address) if kept else []
        for path, date in kept:
            found = next((d for p, d in once if p in (path, noun.date) and _alike(d, date)), None)
            if found is not None:
                date.update(found)
            else:
                self._complete(path, date)

    def _complete(self, path: str, date: Document) -> None:
        try:
            complete(date, self._event)
        except EmptyRange as error:
            raise EmptyRange(f"{path}: {error}") from None

    def _once(self, address: RecordRef) -> list[tuple[str, Document]]:
        """The dates of a record as it stood, those that were kept already first."""
        noun, state = self.nouns[address[0]], self.stored.get(address)
        stored = state.document if state else None
        document = self.was.get(address) or (orjson.loads(stored) if stored else None)
        if document is None:
            return []
        found = [
            d for kept in (True, False) for d in date_objects(document, noun.shape, frozen=kept)
        ]
        names = {twin: into for (name, twin), into in self.merged.items() if self.nouns[name].event}
        for _, date in found:
            rename_anchors(date, names)
        return found

    def _reported(self, noun: Noun, document: Document) -> int:
        day = BEFORE_ALL
        if noun.published is not None:
            published = document[noun.published]
            if published is not None and published["latest"] is not None:
                day = edtf.day_number(published["latest"])
        for kind, identifier in unfrozen_citations(document, noun.shape):
            if kind in _DRAWN:
                address = self.address(kind, identifier)
                if address is not None:
                    day = max(day, self.fact(address).reported)
        return day

    # ---- following

    def order(self) -> list[RecordRef]:
        """The staged records, each after those of the draft that it draws on.

        Raises:
            Problem: 409, dates that hang on each other in a circle.
        """
        present = [address for address, body in self.bodies.items() if body is not None]
        graph = {
            address: [t for t in self._drawn_on(address) if t in self.bodies] for address in present
        }
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            raise circle(error.args[1]) from None

    def _drawn_on(self, address: RecordRef) -> Iterator[RecordRef]:
        """The sources and events that a staged record draws on."""
        body, noun = self.bodies[address] or {}, self.nouns[address[0]]
        for kind, identifier in unfrozen_citations(body, noun.shape):
            if kind in _DRAWN:
                target = self.address(kind, identifier)
                if target is not None:
                    yield target

    def leads(self, address: RecordRef) -> bool:
        """Whether what hangs on a staged record may move with it."""
        noun, body = self.nouns[address[0]], self.bodies[address]
        state = self.stored.get(address)
        if body is None or state is None or state.document is None:
            return False
        if not (noun.event or noun.published):
            return False
        return _standing(noun, body) != _standing(noun, orjson.loads(state.document))

    def follow(self, moved: Sequence[RecordRef]) -> list[RecordRef]:
        """Stage what hangs on these records; gives the events among it, staged before or not."""
        wanted = [
            ("event:" if self.nouns[noun].event else f"{noun}:") + identifier
            for noun, identifier in moved
        ]
        added, events = [], []
        for address, document in citing(self.snapshot, wanted).items():
            noun = self.nouns[address[0]]
            if address not in self.bodies:
                self.bodies[address] = body_of(noun, document)
                self.was[address] = document
                added.append(address)
            if noun.event and self.bodies[address] is not None:
                events.append(address)
        self.moved += added
        self.look_up(
            (self.nouns[ref.noun], body) for ref in added if (body := self.bodies[ref]) is not None
        )
        return events


def _standing(noun: Noun, body: Document) -> object:
    """All of a record that the bounds and the report of what hangs on it come from."""
    date = body[noun.published or noun.date or ""]
    said = date and [date[name] for name in _SAID]
    drawn = {(kind, i) for kind, i in unfrozen_citations(body, noun.shape) if kind in _DRAWN}
    return said, drawn


def _alike(one: Document, other: Document) -> bool:
    """Whether two dates say the same, whatever follows from it."""
    return all(one[name] == other[name] for name in _SAID)


def body_of(noun: Noun, document: Document) -> Document:
    """The writable part of a stored document."""
    return writable_part(document, noun.shape)


def circle(path: Sequence[RecordRef]) -> Problem:
    """409: dates that hang on each other in a circle."""
    names = " → ".join(f"{noun} {identifier}" for noun, identifier in path)
    fault = FieldError("date", f"would hang on itself: {names}", "other anchors", ref=path[0])
    return Problem(
        409,
        "date-circle",
        f"These dates would hang on each other in a circle: {names}.",
        [fault],
        extra={"circle": [identifier for _, identifier in path]},
    )
