"""What goes into a write and what comes out of it, and the hash chain over all revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from app.kit.schema.shapes import Document
from app.kit.strict_json import dumps
from app.ledger import indexing, sort_keys
from app.ledger.noun import Noun, RecordRef
from app.ledger.write.states import RecordState

ZERO_HASH = bytes(32)  # what the first revision's hash is chained to


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One record to be written: its body as the noun's shape dumps it, or None to delete it."""

    noun: str
    id: str
    body: Document | None
    merged_into: str | None = None  # for a deletion: the record that takes its place
    restored_from: Document | None = None  # the earlier document being restored; None if new
    # Not sent by the client but implied by its request; a failure here refuses the whole write.
    is_implied: bool = False

    @property
    def ref(self) -> RecordRef:
        """The record."""
        return RecordRef(self.noun, self.id)


@dataclass(slots=True, eq=False)
class NewRevision:
    """A revision about to be written, made from a change and completed step by step."""

    noun: Noun
    id: str
    body: Document | None  # None: a deletion
    cause: Literal["requested", "implied", "cascaded"] = "requested"
    merged_into: str | None = None
    restored_from: Document | None = None
    state: RecordState | None = None  # of the record, before; None if it was never written
    document: Document | None = None  # the completed body
    action: str = ""  # known once it is written
    number: int = 0
    content: bytes | None = None

    @property
    def ref(self) -> RecordRef:
        """The record."""
        return self.noun.ref(self.id)

    @property
    def exists(self) -> bool:
        """Whether the record exists before the write, and is not deleted."""
        return self.state is not None and self.state.sort_key is not None

    @property
    def old_document(self) -> Document | None:
        """The record before the write."""
        return self.state.parsed if self.state else None

    @property
    def version(self) -> int:
        """Which version of its record this is, from 1."""
        return (self.state.version if self.state else 0) + 1

    @property
    def record_number(self) -> int:
        """The record's number: that of its first revision."""
        return self.state.number if self.state else self.number

    @property
    def sort_key(self) -> int:
        """The revision's key in the index."""
        if self.document is None:
            return sort_keys.make_sort_key(sort_keys.UNDATED_PREFIX, self.number)
        return sort_keys.make_sort_key(
            indexing.document_prefix(self.noun, self.document), self.number
        )


@dataclass(frozen=True, slots=True)
class WriteMetadata:
    """One write: its first and last revision, when it was recorded, by whom and why."""

    first_revision: int
    last_revision: int  # the database's revision after it
    recorded_at: str
    author: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class WriteResult(WriteMetadata):
    """What a write did: its revisions in order; none where nothing changed."""

    revisions: tuple[NewRevision, ...] = ()

    def revision_of(self, noun: str, identifier: str) -> NewRevision | None:
        """The revision of one record in this write, if it changed."""
        return next((r for r in self.revisions if r.ref == (noun, identifier)), None)


def chain_hash(previous: bytes, fields: Sequence[object], document: bytes | None) -> bytes:
    """SHA-256 over the previous hash, the fields as a JSON array, and the document.

    The fields are revision, write, noun, id, version, action, merged_into, recorded_at, author and
    reason.
    """
    return sha256(previous + dumps(list(fields)) + b"\n" + (document or b"")).digest()
