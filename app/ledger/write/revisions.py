"""What goes into a write and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.kit.schema.shapes import Document
from app.ledger.noun import Noun, RecordRef
from app.ledger.write.states import State


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who writes, why and when."""

    author: str
    reason: str | None
    at: datetime


@dataclass(slots=True)
class Revised:
    """One record's new state; `document` is None for a tombstone."""

    noun: Noun
    id: str
    action: str
    state: State | None
    old: Document | None
    document: Document | None
    merged_into: str | None = None
    seq: int = 0
    content: bytes | None = None

    @property
    def ref(self) -> RecordRef:
        """The record."""
        return self.noun.ref(self.id)


@dataclass(frozen=True, slots=True)
class Change:
    """One record to be written: its body as the noun's shape dumps it, or None to delete it."""

    noun: str
    id: str
    body: Document | None
    merged_into: str | None = None  # for a deletion: the record that takes its place
    was: Document | None = None  # the state that it goes back to, where it is no new one
    along: bool = False  # no body of the client's: what it cannot be, the move is refused for

    @property
    def ref(self) -> RecordRef:
        """The record."""
        return RecordRef(self.noun, self.id)


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did: its revisions in order; none where nothing changed."""

    revisions: tuple[Revised, ...]
    last: int  # the database's revision after it

    def of(self, noun: str, identifier: str) -> Revised | None:
        """The revision of one record in this write, if it changed."""
        return next((r for r in self.revisions if r.ref == (noun, identifier)), None)
