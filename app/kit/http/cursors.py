"""Cursors of paged lists, signed so that clients can only send back what they received.

A cursor pins the revision of the first page. The signature covers the query as well, so that a
cursor is only valid for its own.
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
# Parameters that may change between two pages of a list.
UNBOUND_PARAMETERS = frozenset(("cursor", "limit", "fields", "include", "facets"))


@dataclass(frozen=True, slots=True)
class Cursor:
    """The pinned revision, the total number of items, and the key of the last item sent."""

    revision: int
    total: int
    page_key: tuple[Any, ...]


def _signature(secret: bytes, scope: str, content: bytes) -> bytes:
    return blake2b(
        scope.encode() + b"\0" + content, key=secret, digest_size=_SIGNATURE_BYTES
    ).digest()


def cursor_scope(path: str, parameters: Iterable[tuple[str, str]]) -> str:
    """What a cursor is valid for: the path, and the parameters that select and sort."""
    bound = sorted((name, value) for name, value in parameters if name not in UNBOUND_PARAMETERS)
    return path + "?" + repr(bound)


def encode_cursor(secret: bytes, scope: str, cursor: Cursor) -> str:
    """A signed cursor as text for a URL."""
    content = dumps([cursor.revision, cursor.total, list(cursor.page_key)])
    signed = _signature(secret, scope, content) + content
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def decode_cursor(secret: bytes, scope: str, text: str) -> Cursor:
    """The cursor of a text.

    Raises:
        Problem: 400 for a text that is not a cursor of this query.
    """
    problem = bad_query(
        FieldError(
            "cursor", "is not valid for this query", "`next` of the previous page, unchanged"
        )
    )
    try:
        signed = base64.b64decode(
            text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True
        )
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise problem from None
    content = signed[_SIGNATURE_BYTES:]
    if not compare_digest(signed[:_SIGNATURE_BYTES], _signature(secret, scope, content)):
        raise problem
    revision, total, page_key = orjson.loads(content)
    return Cursor(revision, total, tuple(page_key))
