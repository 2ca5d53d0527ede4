"""Reading an export: its lines taken apart, the chain of hashes followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.kit.schema.shapes import Document
from app.ledger.maintenance.exporting import FORMAT_VERSION
from app.ledger.write.chain import START, Link, digest

# Quotes inside a string are escaped, so these bytes cannot stand in one.
_DOCUMENT = b',"document":'


class BrokenExport(ValueError):
    """The lines are no export, were changed since, or end early; the message says where."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision as it was exported; `content` is None for a tombstone."""

    seq: int
    noun: str
    id: str
    version: int
    action: str
    merged_into: str | None
    hash: bytes
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Told:
    """One write as it was exported, with its revisions."""

    first: int
    last: int
    recorded_at: str
    author: str
    reason: str | None
    entries: list[Entry] = field(default_factory=list)

    def row(self) -> Document:
        """As it stands in its table."""
        return {
            "first_revision": self.first,
            "last_revision": self.last,
            "recorded_at": self.recorded_at,
            "author": self.author,
            "reason": self.reason,
        }


def is_export(first: bytes) -> bool:
    """Whether a file's first line is the header of an export."""
    try:
        found = orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and "parley" in found


class Reader:
    """The writes of an export, one after the other, each with all its revisions.

    `revision` and `hash` are what the header promises of the end.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._number = 0
        first = self._object(next(self._lines, b""))
        if "parley" not in first:
            raise self._broken("is not the header of an export")
        version = first.get("format", 1)  # the first format had another header
        if version != FORMAT_VERSION:
            raise BrokenExport(
                f"the file is an export of format {version}, and this version of Parley reads "
                f"format {FORMAT_VERSION} only"
            )
        self.revision: int = self._member(first, "revision", int)
        self.hash: bytes = self._hash(first)

    def __iter__(self) -> Iterator[Told]:
        """Every write.

        Raises:
            BrokenExport: a line that was changed, or an end before the one that was promised.
        """
        previous, seq = START, 0
        while seq < self.revision:
            told = self._told(self._object(self._next(seq)))
            if told.first != seq + 1 or not told.first <= told.last <= self.revision:
                raise self._broken(f"is a write that should begin at revision {seq + 1}")
            for seq in range(told.first, told.last + 1):
                entry = self._entry(self._next(seq - 1))
                link = Link(
                    seq,
                    told.first,
                    entry.noun,
                    entry.id,
                    entry.version,
                    entry.action,
                    entry.merged_into,
                    told.recorded_at,
                    told.author,
                    told.reason,
                )
                previous = digest(previous, link, entry.content)
                if entry.seq != seq or entry.hash != previous:
                    raise self._broken(f"should be revision {seq}, but its hash does not hold")
                told.entries.append(entry)
            yield told
        if previous != self.hash:
            raise self._broken("ends with another hash than its header promises")

    def rest(self) -> Iterator[bytes]:
        """What stands behind the ledger, once it was read."""
        return self._lines

    def _next(self, seq: int) -> bytes:
        line = next(self._lines, b"")
        if not line.endswith(b"\n"):
            raise BrokenExport(f"the file ends after revision {seq} of {self.revision}")
        return line

    def _object(self, line: bytes) -> Document:
        self._number += 1
        try:
            found = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise self._broken("is no JSON") from None
        if not isinstance(found, dict):
            raise self._broken("is no object")
        return found

    def _told(self, found: Document) -> Told:
        return Told(
            self._member(found, "write", int),
            self._member(found, "last", int),
            self._member(found, "recorded_at", str),
            self._member(found, "author", str),
            self._member(found, "reason", str, optional=True),
        )

    def _entry(self, line: bytes) -> Entry:
        head, found, document = line.rstrip(b"\r\n").partition(_DOCUMENT)
        told = self._object(head + b"}" if found else line)
        content = document[:-1]
        if not document.endswith(b"}") or not content:
            raise self._broken("is a revision without a document")
        return Entry(
            self._member(told, "revision", int),
            self._member(told, "noun", str),
            self._member(told, "id", str),
            self._member(told, "version", int),
            self._member(told, "action", str),
            self._member(told, "merged_into", str, optional=True),
            self._hash(told),
            None if content == b"null" else content,
        )

    def _member(self, found: Document, name: str, kind: type, *, optional: bool = False) -> Any:
        value = found.get(name)
        if value is None and optional:
            return None
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self._broken(f"has no good `{name}`")
        return value

    def _hash(self, found: Document) -> bytes:
        try:
            return bytes.fromhex(self._member(found, "hash", str))
        except ValueError:
            raise self._broken("has no good `hash`") from None

    def _broken(self, what: str) -> BrokenExport:
        return BrokenExport(f"line {self._number} {what}")
