"""Exports: the whole ledger as lines of JSON, in the order in which it was written.

The first line says which format the lines have, and with which revision they end. Then comes a
line for each write, followed by a line for each of its revisions:

    {"parley":"export","format":2,"revision":3,"hash":"…"}
    {"write":1,"last":2,"recorded_at":"…","author":"…","reason":null}
    {"revision":1,"noun":"party","id":"TUR","version":1,"action":"created","merged_into":null,
     "hash":"…","document":{…}}

A document stands there byte for byte as it is stored, so that its hash still holds; a tombstone
has `null`. API keys, stored responses and the secret that seals cursors are not part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, text

from app.kit.schema.shapes import Document
from app.kit.strict_json import dumps
from app.ledger.noun import RecordRef
from app.ledger.write.append import chain_head
from app.ledger.write.revisions import ZERO_HASH, WriteMetadata, chain_hash

# Raise it when the lines change, or when a document that was valid may no longer be.
EXPORT_FORMAT_VERSION = 2
_BATCH_SIZE = 500
_REVISIONS = text(
    "SELECT v.number, v.write, r.noun, r.id, v.version, v.action, v.merged_into, v.hash,"
    " v.document, w.last_revision, w.recorded_at, w.author, w.reason FROM revision AS v"
    " JOIN write AS w ON w.first_revision = v.write JOIN record AS r ON r.number = v.record"
    " WHERE v.number > :after ORDER BY v.number LIMIT :limit"
)


def export_lines(connection: Connection) -> Iterator[bytes]:
    """Every line of the export, from one snapshot, a batch of revisions in memory at a time."""
    head = chain_head(connection)
    end = {"revision": head.revision, "hash": head.hash.hex()}
    yield dumps({"parley": "export", "format": EXPORT_FORMAT_VERSION, **end}) + b"\n"
    after = write = 0
    while rows := connection.execute(_REVISIONS, {"after": after, "limit": _BATCH_SIZE}).all():
        for row in rows:
            number, next_write, noun, identifier, version, action, into, hash_, document = row[:9]
            if next_write != write:
                write = next_write
                yield _write_line(write, *row[9:])
            fields = {
                "revision": number,
                "noun": noun,
                "id": identifier,
                "version": version,
                "action": action,
                "merged_into": into,
                "hash": bytes(hash_).hex(),
            }
            content = b"null" if document is None else bytes(document)
            yield dumps(fields)[:-1] + b',"document":' + content + b"}\n"
            after = number


def _write_line(first: int, last: int, recorded_at: str, author: str, reason: str | None) -> bytes:
    fields = {
        "write": first,
        "last": last,
        "recorded_at": recorded_at,
        "author": author,
        "reason": reason,
    }
    return dumps(fields) + b"\n"


# ---- reading

# Quotes inside a string are escaped, so these bytes cannot stand in one.
_DOCUMENT = b',"document":'


class InvalidExport(ValueError):
    """The lines are not an export, were changed since, or end early; the message says where."""


@dataclass(frozen=True, slots=True)
class ExportedRevision:
    """One revision as it was exported; `content` is None for a tombstone."""

    number: int
    ref: RecordRef
    version: int
    action: str
    merged_into: str | None
    hash: bytes
    content: bytes | None


@dataclass(frozen=True, slots=True)
class ExportedWrite(WriteMetadata):
    """One write as it was exported, with its revisions."""

    revisions: list[ExportedRevision] = field(default_factory=list)


def is_export(first: bytes) -> bool:
    """Whether a file's first line is the header of an export."""
    try:
        header = orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return isinstance(header, dict) and "parley" in header


class ExportReader:
    """The writes of an export, one after the other, each with all its revisions.

    `revision` and `hash` are what the header promises of the end.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._number = 0
        first = self._object(next(self._lines, b""))
        if "parley" not in first:
            raise self._invalid("is not an export header")
        version = first.get("format", 1)  # the first format had another header
        if version != EXPORT_FORMAT_VERSION:
            raise InvalidExport(
                f"the file is an export of format {version}, but this version of Parley reads "
                f"only format {EXPORT_FORMAT_VERSION}"
            )
        self.revision: int = self._member(first, "revision", int)
        self.hash: bytes = self._hash(first)

    def __iter__(self) -> Iterator[ExportedWrite]:
        """Every write.

        Raises:
            InvalidExport: a line that was changed, or an end before the one that was promised.
        """
        previous, number = ZERO_HASH, 0
        while number < self.revision:
            write = self._write(self._object(self._next(number)))
            if (
                write.first_revision != number + 1
                or not write.first_revision <= write.last_revision <= self.revision
            ):
                raise self._invalid(f"is a write that should start at revision {number + 1}")
            for number in range(write.first_revision, write.last_revision + 1):
                item = self._revision(self._next(number - 1))
                revision_fields = (
                    number,
                    write.first_revision,
                    *item.ref,
                    item.version,
                    item.action,
                    item.merged_into,
                )
                write_fields = (write.recorded_at, write.author, write.reason)
                previous = chain_hash(previous, [*revision_fields, *write_fields], item.content)
                if item.number != number or item.hash != previous:
                    raise self._invalid(f"should be revision {number}, but its hash does not match")
                write.revisions.append(item)
            yield write
        if previous != self.hash:
            raise self._invalid("ends with a hash other than the one in the header")

    def trailing_lines(self) -> Iterator[bytes]:
        """The lines after the ledger, once it was read."""
        return self._lines

    def _next(self, number: int) -> bytes:
        line = next(self._lines, b"")
        if not line.endswith(b"\n"):
            raise InvalidExport(f"the file ends after revision {number} of {self.revision}")
        return line

    def _object(self, line: bytes) -> Document:
        self._number += 1
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise self._invalid("is not valid JSON") from None
        if not isinstance(value, dict):
            raise self._invalid("is not an object")
        return value

    def _write(self, fields: Document) -> ExportedWrite:
        return ExportedWrite(
            self._member(fields, "write", int),
            self._member(fields, "last", int),
            self._member(fields, "recorded_at", str),
            self._member(fields, "author", str),
            self._member(fields, "reason", str, optional=True),
        )

    def _revision(self, line: bytes) -> ExportedRevision:
        head, separator, document = line.rstrip(b"\r\n").partition(_DOCUMENT)
        fields = self._object(head + b"}" if separator else line)
        content = document[:-1]
        if not document.endswith(b"}") or not content:
            raise self._invalid("is a revision without a document")
        return ExportedRevision(
            self._member(fields, "revision", int),
            RecordRef(self._member(fields, "noun", str), self._member(fields, "id", str)),
            self._member(fields, "version", int),
            self._member(fields, "action", str),
            self._member(fields, "merged_into", str, optional=True),
            self._hash(fields),
            None if content == b"null" else content,
        )

    def _member(self, fields: Document, name: str, kind: type, *, optional: bool = False) -> Any:
        value = fields.get(name)
        if value is None and optional:
            return None
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self._invalid(f"has no valid `{name}`")
        return value

    def _hash(self, fields: Document) -> bytes:
        try:
            return bytes.fromhex(self._member(fields, "hash", str))
        except ValueError:
            raise self._invalid("has no valid `hash`") from None

    def _invalid(self, what: str) -> InvalidExport:
        return InvalidExport(f"line {self._number} {what}")
