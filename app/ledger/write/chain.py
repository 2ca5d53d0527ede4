"""The hash chain: each revision's hash covers its document, its circumstances and all before it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from app.kit.strict_json import dumps

START = bytes(32)


@dataclass(frozen=True, slots=True)
class Link:
    """What a revision's hash covers, besides its document."""

    seq: int
    write: int
    noun: str
    id: str
    version: int
    action: str
    merged_into: str | None
    recorded_at: str
    author: str
    reason: str | None


def digest(previous: bytes, link: Link, document: bytes | None) -> bytes:
    """SHA-256 over the previous hash, the circumstances as a JSON array, and the document."""
    head = dumps(
        [
            link.seq,
            link.write,
            link.noun,
            link.id,
            link.version,
            link.action,
            link.merged_into,
            link.recorded_at,
            link.author,
            link.reason,
        ]
    )
    return sha256(previous + head + b"\n" + (document or b"")).digest()
