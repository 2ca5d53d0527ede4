"""Idempotency keys: a request that is sent twice is carried out once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, Text, text

from app.kit.http.problems import FieldError, Problem
from app.kit.sql.database import metadata
from app.kit.strict_json import dumps
from app.kit.timestamps import utc_timestamp

RETENTION = timedelta(hours=24)
MAX_KEY = 200

idempotent_response = Table(
    "idempotent_response",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("expires_at", String(27), nullable=False, index=True),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    comment="Successful answers by idempotency key, for a day.",
)


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response that can be sent again."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """A request with an idempotency key, which is unique per API key, method and path."""

    author: str
    method: str
    path: str
    key: str
    content: bytes  # everything else that determines the response

    @property
    def key_hash(self) -> str:
        """The key under which the response is stored."""
        scoped_key = f"{self.author}\x1f{self.method}\x1f{self.path}\x1f{self.key}"
        return sha256(scoped_key.encode()).hexdigest()

    @property
    def request_hash(self) -> str:
        """A hash of the content, which must be the same when the request is repeated."""
        return sha256(self.content).hexdigest()


_FIND = text(
    "SELECT request_hash, status, headers, body FROM idempotent_response"
    " WHERE key_hash = :key_hash AND expires_at > :now"
)
_DELETE_EXPIRED = text("DELETE FROM idempotent_response WHERE expires_at <= :now")
_INSERT = text(
    "INSERT INTO idempotent_response"
    " (key_hash, request_hash, expires_at, status, headers, body)"
    " VALUES (:key_hash, :request_hash, :expires_at, :status, :headers, :body)"
)


def once(
    connection: Connection,
    request: IdempotentRequest | None,
    now: datetime,
    make: Callable[[], StoredResponse],
) -> StoredResponse:
    """The response to a request: made now, or the stored one, marked as a replay.

    The connection holds the write lock, so that a simultaneous repetition waits. Without a key
    (`request` is None) nothing is stored.

    Raises:
        Problem: 422 if the key was used for another request.
    """
    if request is None:
        return make()
    timestamp = utc_timestamp(now)
    connection.execute(_DELETE_EXPIRED, {"now": timestamp})
    row = connection.execute(_FIND, {"key_hash": request.key_hash, "now": timestamp}).first()
    if row is None:
        response = make()
        connection.execute(_INSERT, _row(request, response, now))
        return response
    if row[0] != request.request_hash:
        raise Problem(
            422,
            "idempotency-key-reused",
            "This Idempotency-Key was already used for a different request.",
            [
                FieldError(
                    "Idempotency-Key",
                    "was already used for a different request",
                    "a new key for a new request",
                )
            ],
        )
    headers = orjson.loads(row[2]) | {"idempotency-replayed": "true"}
    return StoredResponse(row[1], headers, bytes(row[3]))


def _row(request: IdempotentRequest, response: StoredResponse, now: datetime) -> dict[str, Any]:
    return {
        "key_hash": request.key_hash,
        "request_hash": request.request_hash,
        "expires_at": utc_timestamp(now + RETENTION),
        "status": response.status,
        "headers": dumps(response.headers).decode(),
        "body": response.body,
    }
