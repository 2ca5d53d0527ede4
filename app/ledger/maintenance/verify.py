"""`parley verify`: the chain holds, and everything derived agrees with the documents.

Whatever was done behind the ledger's back must be told, and nothing of it may end the looking: any
value may be of any kind, a document anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from app.ledger.maintenance import derived
from app.ledger.maintenance.derived import as_bytes
from app.ledger.noun import Nouns
from app.ledger.write.revisions import ZERO_HASH, chain_hash

_BATCH_SIZE = 2_000
_REVISIONS = text(
    "SELECT v.number, v.write, r.noun, r.id, v.version, v.action, v.merged_into, w.recorded_at,"
    " w.author, w.reason, v.document, v.hash, w.last_revision, v.record FROM revision AS v"
    " LEFT JOIN write AS w ON w.first_revision = v.write"
    " LEFT JOIN record AS r ON r.number = v.record"
    " WHERE v.number > :after ORDER BY v.number LIMIT :limit"
)
_LAST = text("SELECT max(last_revision) FROM write")


def verify(connection: Connection, nouns: Nouns) -> Iterator[str]:
    """Each fault found, as a sentence that names the revision or the record."""
    driver: Any = connection.connection.dbapi_connection
    strict = getattr(driver, "text_factory", None)
    if strict is not None:  # SQLite hands out as text what is none
        driver.text_factory = _text
    try:
        yield from _check_chain(connection)
        yield from derived.derived_inconsistencies(connection, nouns)
    finally:
        if strict is not None:
            driver.text_factory = strict


def _text(raw: bytes) -> str:
    return raw.decode(errors="surrogateescape")


@dataclass(slots=True)
class _ChainState:
    """How far the chain has been followed."""

    previous: bytes = ZERO_HASH
    expected: int = 1
    write_end: int = 0
    versions: dict[int, int] = field(default_factory=dict)


def _check_chain(connection: Connection) -> Iterator[str]:
    walk = _ChainState()
    given = {"after": 0, "limit": _BATCH_SIZE}
    while entries := connection.execute(_REVISIONS, given).all():
        for entry in entries:
            if entry[0] != walk.expected:
                yield f"revision {walk.expected} is missing: the next one is {entry[0]}"
            walk.expected = given["after"] = entry[0]
            walk.expected += 1
            try:
                yield from _check_revision(walk, *entry)
            except Exception:  # noqa: BLE001 - tampered bytes may raise anything
                yield f"revision {entry[0]} ({entry[2]} {entry[3]}) cannot be read"
            walk.previous = as_bytes(entry[11])
    last, end = connection.execute(_LAST).scalar() or 0, walk.write_end
    if last != walk.expected - 1 or end != walk.expected - 1:
        newest = max(last, end) if isinstance(last, int) else last
        yield f"revision {walk.expected} is missing: the last write ends at {newest}"


def _check_revision(walk: _ChainState, *entry: Any) -> Iterator[str]:
    """One revision in the chain."""
    seq, write, noun, identifier, version = entry[:5]
    document, stored, last, record = entry[10:]
    name = f"revision {seq} ({noun} {identifier})"
    if last is None or noun is None:
        yield f"revision {seq} has no write or no record"
        return
    content = None if document is None else as_bytes(document)
    if chain_hash(walk.previous, entry[:10], content) != as_bytes(stored):
        yield f"{name} does not match its hash"
    elif isinstance(document, str) or isinstance(stored, str):
        yield f"{name} is kept as text, not as bytes"
    if walk.versions.get(record, 0) + 1 != version:
        yield f"{name} breaks the count of versions"
    walk.versions[record] = version
    if not write <= seq <= last or (seq == write and seq != walk.write_end + 1):
        yield f"revision {seq} lies outside its write ({write} to {last})"
    walk.write_end = last
