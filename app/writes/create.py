"""Creating records: a new record and the new records inside its body, for one write."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from app.kit.http.problems import FieldError, Problem, bad_body, join_errors
from app.kit.schema.fields import ShapeField, shape_fields
from app.kit.schema.shapes import Document, Shape
from app.ledger.noun import Noun, Nouns, OwnedRecords, RecordRef
from app.ledger.read.lookups import find_record
from app.ledger.snapshot import Snapshot
from app.ledger.write.revisions import RecordChange
from app.ledger.write.states import RecordState, find_states
from app.writes.bodies import validate_body
from app.writes.identifiers import derive_identifier


class RecordCreator:
    """Makes changes of bodies, in the order in which they are to be written.

    New records inside a body come first, identifiers are derived, shapes are checked. Whether an
    identifier is taken, and what is to become of a record that exists, `is_taken` and `settle`
    decide.
    """

    def __init__(self, snapshot: Snapshot, *, inline: bool = True) -> None:
        """A creator; without `inline`, a body must cite records by identifier only."""
        self.snapshot = snapshot
        self.nouns = snapshot.nouns
        self.inline = inline
        self.changes: dict[RecordRef, RecordChange] = {}
        # Where in the body each record stands; empty for the body itself.
        self.paths: dict[RecordRef, str] = {}
        self.warnings: list[str] = []

    def create_whole(self, noun: Noun, body: Document) -> str:
        """Create a record with those that it owns; returns its identifier. Changes the body.

        Raises:
            Problem: 422 or 409, naming the field by its path in the whole body.
        """
        owned_items = [(owned, _take_owned(owned, body)) for owned in noun.owned_records]
        identifier = self.create(noun, body)
        for owned, items in owned_items:
            for index, item in enumerate(items):
                path = f"{owned.member}[{index}]"
                item_body = _owned_body(owned, noun, body, item, path)
                self.create(self.nouns[owned.noun], item_body, path)
        return identifier

    def create(self, noun: Noun, body: Document, path: str = "") -> str:
        """Create a record, those inside it first; returns its identifier. Changes the body.

        Raises:
            Problem: 422 or 409, naming the field by its path in the whole body.
        """
        prefix = f"{path}." if path else ""
        if self.inline:
            for record in list(inline_records(self.nouns, body, noun.shape, prefix)):
                noun_inside = self.nouns[record.noun]
                record.replace_with(self.create(noun_inside, record.body, record.path))
        if body.get("id") is None:
            self._derive_identifier(noun, body)
        try:
            document = validate_body(noun, body)
        except Problem as problem:
            raise problem.within(path) from None
        change = self.settle(noun, document, path)
        ref = noun.ref(str(document["id"]))
        if change is not None:
            self.changes[ref] = change
        self.paths[ref] = path
        return ref.id

    # ---- what a caller may decide otherwise

    def is_taken(self, noun: Noun, body: Document) -> bool:
        """Whether a new record with this body cannot have the identifier in it."""
        refs = [RecordRef(name, str(body["id"])) for name in self.nouns.identifier_space(noun)]
        return any(ref in self.paths for ref in refs) or bool(self.states(refs))

    def settle(self, noun: Noun, record: Document, path: str) -> RecordChange | None:
        """The change that a checked record comes to; None where there is nothing to write.

        Raises:
            Problem: 409 where its identifier is taken.
        """
        identifier = str(record["id"])
        if self.is_taken(noun, record):
            hint = self._taken_hint(noun, identifier)
            detail = f"The identifier “{identifier}” is already taken: {hint}."
            error = FieldError("id", f"“{identifier}” is already taken", hint)
            raise Problem(409, "id-taken", detail, [error]).within(path)
        return RecordChange(noun.name, identifier, record)

    def states(self, refs: Collection[RecordRef]) -> dict[RecordRef, RecordState]:
        """The current states of those of these records that were ever written."""
        return find_states(self.snapshot, refs)

    # ---- identifiers

    def _derive_identifier(self, noun: Noun, body: Document) -> None:
        body.pop("id", None)
        first = derive_identifier(noun, body, lambda _: False)
        identifier = derive_identifier(
            noun, body, lambda candidate: self.is_taken(noun, body | {"id": candidate})
        )
        if identifier:
            body["id"] = identifier
        if first != identifier:
            self._warn_of_tombstone(noun, first)

    def _warn_of_tombstone(self, noun: Noun, identifier: str) -> None:
        """Warn where the derived identifier would have been that of a deleted record."""
        state = self.states([noun.ref(identifier)]).get(noun.ref(identifier))
        if state is not None and state.sort_key is None:
            hint = self._taken_hint(noun, identifier)
            self.warnings.append(f"id: “{identifier}” is already taken: {hint}")

    def _taken_hint(self, noun: Noun, identifier: str) -> str:
        """What to do about an identifier, by who has it: meetings and milestones share theirs."""
        holders = self.states(
            [RecordRef(name, identifier) for name in self.nouns.identifier_space(noun)]
        )
        if not holders:
            return "this body uses it twice; choose another identifier"
        (name, _), state = next(iter(holders.items()))
        holder = self.nouns[name]
        url = f"/v1/{holder.plural}/{identifier}"
        if state.sort_key is None:
            stored = find_record(self.snapshot, holder.ref(identifier))
            target = None if stored is None else stored.merged_into
            fate = "deleted" if target is None else f"merged into {target}"
            return f"that {holder.name} was {fate}; bring it back with POST {url}/restore"
        if holder is not noun:
            return f"a {holder.name} uses it, see {url}; choose another identifier"
        return f"change that record with PATCH {url}, or choose another identifier"

    # ---- problems of the whole write

    def with_paths(self, problem: Problem) -> Problem:
        """A problem of the whole write, its errors named by their paths in the body."""
        errors = [
            error.within(self.paths.get(RecordRef(*error.ref), "")) if error.ref else error
            for error in problem.errors
        ]
        if all(new is old for new, old in zip(errors, problem.errors, strict=True)):
            return problem
        return replace(problem, detail=join_errors(errors), errors=errors)


# ---- records that a record owns


def _take_owned(owned: OwnedRecords, body: Document) -> list[Any]:
    """The records that a new owner brings along, taken out of its body."""
    items = body.pop(owned.member, [])
    if not isinstance(items, list):
        raise bad_body(owned.member, "is not a list", f"a list of {owned.member}")
    return items


def _owned_body(owned: OwnedRecords, noun: Noun, owner: Document, item: Any, path: str) -> Document:
    """The body of an owned record, with what it inherits from its owner."""
    if not isinstance(item, dict):
        raise bad_body(path, "is not an object", "a JSON object")
    body = {owned.owner_field: owner["id"], **item}
    if body[owned.owner_field] != owner["id"]:
        accepted = f"“{owner['id']}”, or omit it"
        raise bad_body(f"{path}.{owned.owner_field}", f"refers to another {noun.name}", accepted)
    for name in owned.inherited_fields:
        if name not in body and owner.get(name) is not None:
            body[name] = copy.deepcopy(owner[name])
    return body


# ---- records given inline


@dataclass(slots=True)
class InlineRecord:
    """A new record given in place of an identifier: where, what it is, and where that goes."""

    path: str
    noun: str
    body: Document
    container: Any
    index: str | int

    def replace_with(self, identifier: str) -> None:
        """Put the identifier where the record stood."""
        self.container[self.index] = identifier


def inline_records(
    nouns: Nouns, body: Document, shape: type[Shape], path: str = ""
) -> Iterator[InlineRecord]:
    """Each new record that stands in place of an identifier.

    Raises:
        Problem: 422 for a record of a noun that is not created inside others.
    """
    for part in shape_fields(shape):
        value = body.get(part.name)
        if part.cites is not None:
            yield from _cited_records(nouns, part.cites, part, value, body, path)
        elif part.shape is not None:
            for index, item in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(item, dict):
                    step = f"{part.name}[{index}]" if part.is_list else part.name
                    yield from inline_records(nouns, item, part.shape, f"{path}{step}.")


def _cited_records(
    nouns: Nouns, cites: str, part: ShapeField, value: Any, body: Document, path: str
) -> Iterator[InlineRecord]:
    citations: list[tuple[Any, str | int, Any, str]]
    if part.is_list and isinstance(value, list):
        citations = [(value, i, item, f"{part.name}[{i}]") for i, item in enumerate(value)]
    else:
        citations = [(body, part.name, value, part.name)]
    for container, index, item, field in citations:
        if not isinstance(item, dict):
            continue
        if cites not in nouns.inline_nouns:
            names = " or ".join(nouns[n].name_with_article for n in nouns.cited_nouns(cites))
            raise bad_body(path + field, "is not a valid identifier", f"the identifier of {names}")
        yield InlineRecord(path + field, cites, item, container, index)
