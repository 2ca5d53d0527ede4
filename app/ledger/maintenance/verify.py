"""`parley verify`: the chain holds, and everything derived agrees with the documents.

Reports every tampering; no stored value, of whatever type, may abort the check.
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
    """Each inconsistency, as a sentence that names the revision or the record."""
    driver: Any = connection.connection.dbapi_connection
    strict = getattr(driver, "text_factory", None)
    if strict is not None:  # SQLite returns invalid text as text
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
    chain = _ChainState()
    parameters = {"after": 0, "limit": _BATCH_SIZE}
    while rows := connection.execute(_REVISIONS, parameters).all():
        for row in rows:
            if row[0] != chain.expected:
                yield f"revision {chain.expected} is missing: the next one is {row[0]}"
            chain.expected = parameters["after"] = row[0]
            chain.expected += 1
            try:
                yield from _check_revision(chain, *row)
            except Exception:  # noqa: BLE001 - tampered bytes may raise anything
                yield f"revision {row[0]} ({row[2]} {row[3]}) cannot be read"
            chain.previous = as_bytes(row[11])
    last, end = connection.execute(_LAST).scalar() or 0, chain.write_end
    if last != chain.expected - 1 or end != chain.expected - 1:
        newest = max(last, end) if isinstance(last, int) else last
        yield f"revision {chain.expected} is missing: the last write ends at {newest}"


def _check_revision(chain: _ChainState, *row: Any) -> Iterator[str]:
    """One revision in the chain."""
    number, write, noun, identifier, version = row[:5]
    document, stored, last, record = row[10:]
    name = f"revision {number} ({noun} {identifier})"
    if last is None or noun is None:
        yield f"revision {number} has no write or no record"
        return
    content = None if document is None else as_bytes(document)
    if chain_hash(chain.previous, row[:10], content) != as_bytes(stored):
        yield f"{name} does not match its hash"
    elif isinstance(document, str) or isinstance(stored, str):
        yield f"{name} is stored as text, not as bytes"
    if chain.versions.get(record, 0) + 1 != version:
        yield f"{name} has the wrong version number"
    chain.versions[record] = version
    if not write <= number <= last or (number == write and number != chain.write_end + 1):
        yield f"revision {number} is outside its write ({write} to {last})"
    chain.write_end = last
