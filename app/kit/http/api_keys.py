"""API keys for writing: random, shown once, stored as SHA-256 hashes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from sqlalchemy import Column, Connection, String, Table, bindparam, select, text

from app.kit.sql.database import metadata
from app.kit.timestamps import utc_timestamp

SCOPES = ("write", "admin")  # "admin" includes "write"
MAX_NAME = 200
_PREFIX = "parley_"
_USE_RESOLUTION = timedelta(minutes=1)  # of the time of the last use

api_key = Table(
    "api_key",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("scope", String(10), nullable=False),
    Column("created_at", String(27), nullable=False),
    Column("expires_at", String(27)),
    Column("revoked_at", String(27)),
    Column("last_used_at", String(27)),
    comment="Who may write; the keys themselves are kept nowhere.",
)


class InvalidKeyName(ValueError):
    """The name is empty, too long, or has unprintable characters."""


class KeyNameTaken(ValueError):
    """The name is or was in use; it is permanent, as it appears in the history."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key as stored."""

    name: str
    key_hash: str
    scope: str
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None

    def allows(self, scope: str) -> bool:
        """Whether the key grants a scope."""
        return self.scope in ("admin", scope)

    def rejection_reason(self, now: datetime) -> str | None:
        """Why the key is rejected (revoked, expired); None while it is valid."""
        if self.revoked_at is not None:
            return f"was revoked on {self.revoked_at[:10]}"
        if self.expires_at is not None and self.expires_at <= utc_timestamp(now):
            return f"expired on {self.expires_at[:10]}"
        return None


_FIND = select(api_key).where(api_key.c.key_hash == bindparam("key_hash"))
_LIST = select(api_key).order_by(api_key.c.created_at, api_key.c.name)
_FIND_NAME = text("SELECT 1 FROM api_key WHERE name = :name")
_INSERT = text(
    "INSERT INTO api_key (name, key_hash, scope, created_at, expires_at)"
    " VALUES (:name, :key_hash, :scope, :at, :expires)"
)
_REVOKE = text("UPDATE api_key SET revoked_at = :at WHERE name = :name AND revoked_at IS NULL")
_RECORD_USE = text(
    "UPDATE api_key SET last_used_at = :at WHERE name = :name"
    " AND (last_used_at IS NULL OR last_used_at < :before)"
)


def hash_key(key: str) -> str:
    """The stored hash of a key. As keys are long and random, a plain hash cannot be reversed."""
    return sha256(key.encode()).hexdigest()


def create_key(
    connection: Connection, name: str, scope: str, now: datetime, expires: datetime | None = None
) -> str:
    """Create a key and return it; it cannot be retrieved later.

    Raises:
        KeyNameTaken: the name is or was in use.
        InvalidKeyName: the name cannot appear in the history.
    """
    if not 0 < len(name) <= MAX_NAME or not name.isprintable() or name != name.strip():
        raise InvalidKeyName(f"the name of a key must have 1 to {MAX_NAME} printable characters")
    if connection.execute(_FIND_NAME, {"name": name}).first():
        raise KeyNameTaken(f"the name {name!r} is or was in use by a key; choose another name")
    key = _PREFIX + secrets.token_urlsafe(32)
    values = {
        "name": name,
        "key_hash": hash_key(key),
        "scope": scope,
        "at": utc_timestamp(now),
        "expires": None if expires is None else utc_timestamp(expires),
    }
    connection.execute(_INSERT, values)
    return key


def list_keys(connection: Connection) -> list[ApiKey]:
    """Every key, revoked and expired ones included."""
    return [ApiKey(*row) for row in connection.execute(_LIST)]


def revoke_key(connection: Connection, name: str, now: datetime) -> bool:
    """Revoke a key; False if no key of this name is still in use."""
    return connection.execute(_REVOKE, {"name": name, "at": utc_timestamp(now)}).rowcount == 1


def find_key(connection: Connection, key: str) -> ApiKey | None:
    """Look up a key, whatever its state; None if it never existed."""
    key_hash = hash_key(key)
    row = connection.execute(_FIND, {"key_hash": key_hash}).first()
    if row is None:
        return None
    stored_key = ApiKey(*row)
    # A look-up by the hash of a random key has no useful timing; this makes sure of it, however
    # the engine compares.
    return stored_key if compare_digest(stored_key.key_hash, key_hash) else None


def record_use(connection: Connection, name: str, now: datetime) -> None:
    """Record the time of the last use of a key, to the minute."""
    before = utc_timestamp(now - _USE_RESOLUTION)
    connection.execute(_RECORD_USE, {"name": name, "at": utc_timestamp(now), "before": before})
