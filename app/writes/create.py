"""A new record and the new records inside its body, put into one write."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from app.kit.http.problems import Fault, Problem, bad_body, spoken
from app.kit.schema.shapes import Document, Shape
from app.kit.schema.walk import Part, parts
from app.ledger.indexing import date_bounds
from app.ledger.noun import Noun, Nouns, Owned
from app.ledger.read import history
from app.ledger.snapshot import Snapshot
from app.ledger.write.draft import Draft
from app.ledger.write.revisions import Change
from app.ledger.write.states import Address, states
from app.writes.bodies import as_object, checked
from app.writes.duplicates import Twin, twins
from app.writes.identifiers import derived


class Creation:
    """Stages records in the order in which they are to be written: what stands inside first."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.nouns = snapshot.nouns
        self.changes: list[Change] = []
        # Where in the body each of them stands; empty for the record that was posted.
        self.paths: dict[Address, str] = {}
        self.warnings: list[str] = []

    def add(self, noun: Noun, body: Document, path: str = "") -> str:
        """Stage a record, what stands inside it first; gives its identifier.

        Raises:
            Problem: 422 or 409, naming the field by its place in the whole body.
        """
        prefix = f"{path}." if path else ""
        for nested in list(inline(self.nouns, body, noun.shape, prefix)):
            nested.settle(self.add(self.nouns[nested.noun], nested.body, nested.path))
        if body.get("id") is None:
            body.pop("id", None)
            own = derived(noun, body, lambda identifier: self._taken(noun, identifier))
            if own:
                body["id"] = own
                self._mind_tombstone(noun, body, own)
        try:
            record = checked(noun, body)
        except Problem as problem:
            raise problem.within(path) from None
        address = (noun.name, str(record["id"]))
        if self._taken(noun, address[1]):
            raise self._id_taken(noun, address[1]).within(path)
        self.changes.append(Change(*address, record))
        self.paths[address] = path
        return address[1]

    def add_whole(self, noun: Noun, body: Document) -> str:
        """Stage a record with those that belong to it; gives its identifier.

        Raises:
            Problem: 422 or 409, naming the field by its place in the whole body.
        """
        owned = [(owned, owned_in(owned, body)) for owned in noun.owned]
        identifier = self.add(noun, body)
        for kind, items in owned:
            for index, item in enumerate(items):
                self._add_owned(kind, noun, identifier, body, item, f"{kind.plural}[{index}]")
        return identifier

    def _add_owned(
        self, kind: Owned, noun: Noun, owner: str, whole: Document, raw: Any, path: str
    ) -> None:
        try:
            body = as_object(raw)
            if body.setdefault(kind.owner, owner) != owner:
                raise bad_body(kind.owner, f"is another {noun.name}", f"“{owner}”, or none")
        except Problem as problem:
            raise problem.within(path) from None
        share(kind, whole, body)
        self.add(self.nouns[kind.noun], body, path)

    def check_twins(self, draft: Draft) -> None:
        """Refuse new records that may be there already.

        Raises:
            Problem: 409 with all of them; the candidates are those of the record that was posted,
                or else of the first inside it that has some.
        """
        found: list[tuple[Noun, str, list[Twin]]] = []
        for (name, identifier), path in self.paths.items():
            noun, document = self.nouns[name], draft.complete[name, identifier]
            bounds, beside = date_bounds(noun, document), self._beside(draft, (name, identifier))
            near = twins(self.snapshot, noun, document, bounds, beside=beside)
            if near:
                found.append((noun, path, near))
        if found:
            noun, path, near = next((one for one in found if not one[1]), found[0])
            raise Problem(
                409,
                "likely-duplicate",
                f"This {noun.name} may already be {self._whereabouts(noun.name, near[0].id)}; "
                "send it with ?duplicate=allow if it is another one.",
                [self._twin(*one) for one in found],
                extra={"noun": noun.name, "candidates": [twin.body(noun) for twin in near]},
            )

    def _twin(self, noun: Noun, path: str, near: Sequence[Twin]) -> Fault:
        put = f"“{near[0].id}” in its place" if path else near[0].id
        accepted = f"{put}, or ?duplicate=allow if it is another one"
        message = f"may already be {self._whereabouts(noun.name, near[0].id)}"
        return Fault("body", message, accepted).within(path)

    def _mind_tombstone(self, noun: Noun, body: Document, own: str) -> None:
        """Say so where the identifier would be that of a deleted record."""
        bare = {name: value for name, value in body.items() if name != "id"}
        first = derived(noun, bare, lambda _: False)
        state = (
            None
            if first == own
            else states(self.snapshot, [(noun.name, first)]).get((noun.name, first))
        )
        if state is not None and state.key is None:
            self.warnings.append(f"id: “{first}” is taken: {self._hint(noun, first)}")

    def _beside(self, draft: Draft, address: Address) -> list[Document]:
        """The new records of the same noun that stand before one in the body."""
        before = takewhile(lambda other: other != address, self.paths)
        return [draft.complete[other] for other in before if other[0] == address[0]]

    def _whereabouts(self, noun: str, identifier: str) -> str:
        """Where a twin is: there before, or in the same body."""
        path = self.paths.get((noun, identifier))
        return f"there as {identifier}" if path is None else f"in this body, at `{path}`"

    def located(self, problem: Problem) -> Problem:
        """A problem of the whole write, its faults named by their places in the body."""
        faults = [
            fault.within(self.paths.get(fault.record, "")) if fault.record else fault
            for fault in problem.errors
        ]
        if all(one is other for one, other in zip(faults, problem.errors, strict=True)):
            return problem
        return replace(problem, detail=spoken(faults), errors=faults)

    def _taken(self, noun: Noun, identifier: str) -> bool:
        addresses: list[Address] = [(name, identifier) for name in self.nouns.siblings(noun)]
        return any(address in self.paths for address in addresses) or bool(
            states(self.snapshot, addresses)
        )

    def _id_taken(self, noun: Noun, identifier: str) -> Problem:
        hint = self._hint(noun, identifier)
        fault = Fault("id", f"“{identifier}” is taken", hint)
        return Problem(409, "id-taken", f"The identifier “{identifier}” is taken: {hint}.", [fault])

    def _hint(self, noun: Noun, identifier: str) -> str:
        """What to do about an identifier, by who has it: meetings and milestones share theirs."""
        held = states(self.snapshot, [(n, identifier) for n in self.nouns.siblings(noun)])
        if not held:
            return "it stands twice in this body; choose another identifier"
        holder = self.nouns[next(iter(held))[0]]
        state = held[holder.name, identifier]
        url = f"/v1/{holder.plural}/{identifier}"
        if state.key is None:
            into = history.newest(self.snapshot.connection, state.number).merged_into
            done = "deleted" if into is None else f"folded into {into}"
            return f"that {holder.name} was {done}; bring it back with POST {url}/restore"
        if holder is not noun:
            return f"a {holder.name} has it, see {url}; choose another identifier"
        return f"change it with PATCH {url}, or choose another identifier"


def owned_in(owned: Owned, body: Document) -> list[Any]:
    """The records that a new owner brings along, taken out of its body."""
    items = body.pop(owned.plural, [])
    if not isinstance(items, list):
        raise bad_body(owned.plural, "is no list", f"a list of {owned.plural}")
    return items


def share(owned: Owned, owner: Document, body: Document) -> None:
    """Fill in what an owned record has in common with its owner and does not say. In place."""
    for name in owned.shared:
        if name not in body and owner.get(name) is not None:
            body[name] = copy.deepcopy(owner[name])


@dataclass(slots=True)
class Nested:
    """A record found inside a body: where, what it is, and where its identifier goes."""

    path: str
    noun: str
    body: Document
    holder: Any
    place: str | int

    def settle(self, identifier: str) -> None:
        """Put the identifier where the record stood."""
        self.holder[self.place] = identifier


def inline(nouns: Nouns, body: Document, shape: type[Shape], path: str = "") -> Iterator[Nested]:
    """Each new record that stands in place of an identifier."""
    for part in parts(shape):
        value = body.get(part.name)
        if part.cites is not None:
            yield from _cited(nouns, part.cites, part, value, body, path)
        elif part.shape is not None:
            for index, item in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(item, dict):
                    here = f"{part.name}[{index}]" if part.many else part.name
                    yield from inline(nouns, item, part.shape, f"{path}{here}.")


def _cited(
    nouns: Nouns, cites: str, part: Part, value: Any, holder: Document, path: str
) -> Iterator[Nested]:
    places: list[tuple[Any, str | int, Any, str]]
    if part.many and isinstance(value, list):
        places = [(value, i, item, f"{part.name}[{i}]") for i, item in enumerate(value)]
    else:
        places = [(holder, part.name, value, part.name)]
    for where, place, item, name in places:
        if not isinstance(item, dict):
            continue
        if cites not in nouns.nested:
            fault = Fault(path + name, "is no identifier", f"the identifier of a {cites}")
            raise Problem(422, "invalid-body", f"{fault.field}: {fault.message}", [fault])
        yield Nested(path + name, cites, item, where, place)
