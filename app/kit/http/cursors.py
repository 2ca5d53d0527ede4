"""Cursors: where a walk stands, sealed so that only what we gave comes back.

A cursor pins the revision of the walk's first page. It is sealed together with the query it
belongs to, so that it cannot be carried over to another one.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

import orjson

from app.kit.http.problems import FieldError, bad_query
from app.kit.strict_json import dumps

_SIGNATURE_BYTES = 12  # bytes
# What may change between two pages of one walk.
UNBOUND_PARAMETERS = frozenset(("cursor", "limit", "fields", "include", "facets"))


@dataclass(frozen=True, slots=True)
class Cursor:
    """The revision a walk is pinned to, how much it finds in all, and the last item given."""

    revision: int
    total: int
    page_key: tuple[Any, ...]


def _signature(secret: bytes, scope: str, content: bytes) -> bytes:
    return blake2b(
        scope.encode() + b"\0" + content, key=secret, digest_size=_SIGNATURE_BYTES
    ).digest()


def cursor_scope(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """What a cursor is bound to: the path and the parameters that choose and order."""
    kept = sorted((name, value) for name, value in pairs if name not in UNBOUND_PARAMETERS)
    return path + "?" + repr(kept)


def encode_cursor(secret: bytes, scope_: str, cursor: Cursor) -> str:
    """A cursor as text for a URL."""
    content = dumps([cursor.revision, cursor.total, list(cursor.page_key)])
    raw = _signature(secret, scope_, content) + content
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode_cursor(secret: bytes, scope_: str, text: str) -> Cursor:
    """The cursor that a text stands for.

    Raises:
        Problem: 400 for one that was not given for this query.
    """
    refused = bad_query(
        FieldError(
            "cursor", "was not given for this query", "the `next` of the page before, unchanged"
        )
    )
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise refused from None
    content = raw[_SIGNATURE_BYTES:]
    if not compare_digest(raw[:_SIGNATURE_BYTES], _signature(secret, scope_, content)):
        raise refused
    revision, total, position = orjson.loads(content)
    return Cursor(revision, total, tuple(position))
