"""Rows of an import, each made into the changes that it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson

from app.imports.readers import Row
from app.kit.http.problems import Fault, Problem, bad_body
from app.kit.schema.shapes import Document
from app.kit.strict_json import dumps
from app.ledger.noun import Noun, Owned
from app.ledger.read import history
from app.ledger.snapshot import Snapshot
from app.ledger.write.draft import body_of
from app.ledger.write.revisions import Change
from app.ledger.write.states import Address, State, states
from app.reads.record import deleted, merged
from app.writes.bodies import checked
from app.writes.create import inline, owned_in, share
from app.writes.identifiers import derived


@dataclass(slots=True, eq=False)
class Staged:
    """A row with the changes that it stands for; none where everything is there already."""

    row: Row
    noun: Noun
    id: str = ""
    changes: dict[Address, Change] = field(default_factory=dict)
    # Those of the changes that were made by name, so that no twin of theirs is looked for.
    named: set[Address] = field(default_factory=set)
    claimed: list[Address] = field(default_factory=list)
    missing: list[Fault] = field(default_factory=list)

    @property
    def address(self) -> Address:
        """The record that the row is about."""
        return self.noun.name, self.id


@dataclass(slots=True)
class Claims:
    """Which row gave which identifier, and what it said, over a whole import."""

    rows: dict[Address, tuple[int, bytes]] = field(default_factory=dict)
    # What is made along with rows: the first to say something of a record has the word.
    also: dict[Address, Change] = field(default_factory=dict)
    said: dict[tuple[str, bytes], Change] = field(default_factory=dict)

    def differs(self, address: Address, record: Document) -> int | None:
        """The row that gave this identifier with other content, if one did."""
        known = self.rows.get(address)
        return None if known is None or known[1] == _digest(record) else known[0]

    def make(self, staged: Staged, address: Address, record: Document) -> None:
        """Note what a row says."""
        if address not in self.rows:
            self.rows[address] = (staged.row.number, _digest(record))
            staged.claimed.append(address)

    def give_up(self, staged: Staged) -> None:
        """Forget what a row said that came to nothing."""
        for address in staged.claimed:
            del self.rows[address]
        staged.claimed.clear()


class Stager:
    """Stages rows on the records as they stand in one transaction."""

    def __init__(self, snapshot: Snapshot, claims: Claims, reason: str | None) -> None:
        self.snapshot = snapshot
        self.nouns = snapshot.nouns
        self.claims = claims
        self.reason = reason
        self._states: dict[Address, State | None] = {}

    def look_up(self, rows: Iterable[Row]) -> None:
        """Learn at once of all records that these rows name."""
        wanted = {address for row in rows for address in _named(row)}
        found = states(self.snapshot, wanted)
        self._states.update({address: found.get(address) for address in wanted})

    def stage(self, row: Row) -> Staged:
        """The changes that a row stands for.

        Raises:
            Problem: the row is refused as it is, whatever the others are.
        """
        if row.refusal is not None or row.noun is None:
            raise row.refusal or ValueError("a row without a noun")
        staged = Staged(row, row.noun)
        body = orjson.loads(dumps(row.body))  # a deep copy, ten times faster than copy.deepcopy
        try:
            owned = [(owned, owned_in(owned, body)) for owned in row.noun.owned]
            for noun, other in row.also:
                self._along(staged, noun, other)
            staged.id = self._add(staged, row.noun, body, "")
            for kind, items in owned:
                for index, item in enumerate(items):
                    self._owned(staged, kind, body, item, f"{kind.plural}[{index}]")
        except Problem:
            self.claims.give_up(staged)
            raise
        return staged

    def _add(self, staged: Staged, noun: Noun, body: Document, path: str) -> str:
        prefix = f"{path}." if path else ""
        for nested in list(inline(self.nouns, body, noun.shape, prefix)):
            inner = self.nouns[nested.noun]
            nested.settle(self._add(staged, inner, nested.body, nested.path))
        if body.get("id") is None:
            body.pop("id", None)
            own = derived(noun, body, lambda i: self._is_other(noun, body, i))
            if own:
                body["id"] = own
        try:
            record = checked(noun, body)
        except Problem as problem:
            raise problem.within(path) from None
        address = (noun.name, str(record["id"]))
        row = self.claims.differs(address, record)
        if row is not None:
            raise bad_body(prefix + "id", f"row {row} has it, with other content")
        self.claims.make(staged, address, record)
        change = self._change(noun, record, path)
        if change is not None:
            staged.changes[address] = change
        return address[1]

    def _change(self, noun: Noun, record: Document, path: str) -> Change | None:
        """What a record comes to; None where it is there as it is."""
        address = (noun.name, record["id"])
        state = self._state(address)
        if state is None:
            return Change(*address, record)
        if state.document is None:
            raise self._gone(noun, record["id"], state)
        old = orjson.loads(state.document)
        if _is_as(noun, old, record):
            return None
        if path:
            raise bad_body(f"{path}.id", "is taken, and the record there is another")
        noun.transition(old, record, self.reason)
        return Change(*address, record)

    def _along(self, staged: Staged, noun: Noun, body: Document) -> None:
        """A record that is made where there is none, and left alone where there is."""
        said = (noun.name, dumps(body))
        change = self.claims.said.get(said)
        if change is None:
            record = checked(noun, body)
            new = Change(noun.name, str(record["id"]), record)
            change = self.claims.also.setdefault((new.noun, new.id), new)
            self.claims.said[said] = change
        address = (change.noun, change.id)
        if self._state(address) is None:
            staged.changes[address] = change
            staged.named.add(address)

    def _owned(self, staged: Staged, kind: Owned, whole: Document, raw: Any, path: str) -> None:
        """A record that belongs to the row's; what it shares with it is filled in."""
        if not isinstance(raw, dict):
            raise bad_body(path, "is no object")
        body = {kind.owner: staged.id} | raw
        share(kind, whole, body)
        self._add(staged, self.nouns[kind.noun], body, path)

    def _is_other(self, noun: Noun, body: Document, identifier: str) -> bool:
        """Whether an identifier stands for something else than this body says."""
        here = (noun.name, identifier)
        taken = [
            a
            for name in self.nouns.siblings(noun)
            if self._state(a := (name, identifier)) is not None
        ]
        if not taken and here not in self.claims.rows:
            return False
        if any(address != here for address in taken):
            return True
        try:
            record = checked(noun, body | {"id": identifier})
        except Problem:
            return False  # it will be refused for that
        if self.claims.differs(here, record) is not None:
            return True
        state = self._state(here)
        if state is None:
            return False
        if state.document is None:
            return True
        return not _is_as(noun, orjson.loads(state.document), record)

    def _state(self, address: Address) -> State | None:
        if address not in self._states:
            self._states[address] = states(self.snapshot, [address]).get(address)
        return self._states[address]

    def _gone(self, noun: Noun, identifier: str, state: State) -> Problem:
        last = history.newest(self.snapshot.connection, state.number)
        if last.merged_into is not None:
            return merged(noun, identifier, last.merged_into)
        return deleted(noun, identifier, last.seq)


def _named(row: Row) -> Iterator[Address]:
    for noun, body in [(row.noun, row.body), *row.also]:
        identifier = body.get("id") if isinstance(body, dict) else None
        if noun is not None and isinstance(identifier, str) and "\x00" not in identifier:
            yield noun.name, identifier


def _is_as(noun: Noun, old: Document, new: Document) -> bool:
    """Whether a record is there as it is to be.

    What a noun keeps stays, unless that is written anew: a file that is read twice must find the
    second time what it left the first time.
    """
    body = body_of(noun, old)
    for field_name in noun.kept:
        new[field_name] = new[field_name] or body[field_name]
    return body == new


def _digest(record: Document) -> bytes:
    return sha256(dumps(record)).digest()[:16]
