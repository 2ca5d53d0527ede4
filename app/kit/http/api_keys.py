"""Keys for writing: random, shown once, kept as SHA-256."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from sqlalchemy import Column, Connection, String, Table, bindparam, select, text

from app.kit.sql.database import metadata
from app.kit.timestamps import utc_timestamp

SCOPES = ("write", "admin")  # the second includes the first
MAX_NAME = 200
_PREFIX = "parley_"
_USE_RESOLUTION = timedelta(minutes=1)  # how exactly the last use is kept

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
    """The name is empty, too long, or holds what cannot be printed."""


class KeyNameTaken(ValueError):
    """A key of this name exists, or existed: names stand in the history for good."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept."""

    name: str
    key_hash: str
    scope: str
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None

    def allows(self, scope: str) -> bool:
        """Whether the key is good for a scope."""
        return self.scope in ("admin", scope)

    def rejection_reason(self, now: datetime) -> str | None:
        """Why the key is good for nothing any more; None while it is."""
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
    """What is kept of a key. It is random and long, so a plain hash cannot be guessed back."""
    return sha256(key.encode()).hexdigest()


def create_key(
    connection: Connection, name: str, scope: str, now: datetime, expires: datetime | None = None
) -> str:
    """Make a key; the only time that it is seen.

    Raises:
        KeyNameTaken: the name is in use, or was.
        KeyNameRefused: the name cannot stand in the history.
    """
    if not 0 < len(name) <= MAX_NAME or not name.isprintable() or name != name.strip():
        raise InvalidKeyName(f"a key's name has 1 to {MAX_NAME} printable characters")
    if connection.execute(_FIND_NAME, {"name": name}).first():
        raise KeyNameTaken(f"a key named {name!r} exists or existed; choose another name")
    key = _PREFIX + secrets.token_urlsafe(32)
    given = {
        "name": name,
        "key_hash": hash_key(key),
        "scope": scope,
        "at": utc_timestamp(now),
        "expires": None if expires is None else utc_timestamp(expires),
    }
    connection.execute(_INSERT, given)
    return key


def list_keys(connection: Connection) -> list[ApiKey]:
    """Every key there ever was."""
    return [ApiKey(*row) for row in connection.execute(_LIST)]


def revoke_key(connection: Connection, name: str, now: datetime) -> bool:
    """Make a key good for nothing; False if there is none of this name that still was."""
    return connection.execute(_REVOKE, {"name": name, "at": utc_timestamp(now)}).rowcount == 1


def find_key(connection: Connection, key: str) -> ApiKey | None:
    """The key that was given, whatever its state; None for one that never was."""
    wanted = hash_key(key)
    row = connection.execute(_FIND, {"key_hash": wanted}).first()
    if row is None:
        return None
    found = ApiKey(*row)
    # The look-up goes by the hash of a random key, so its timing tells nothing; this makes the
    # last word one that does not depend on how an engine compares.
    return found if compare_digest(found.key_hash, wanted) else None


def record_use(connection: Connection, name: str, now: datetime) -> None:
    """Keep when a key was last used, to the minute."""
    before = utc_timestamp(now - _USE_RESOLUTION)
    connection.execute(_RECORD_USE, {"name": name, "at": utc_timestamp(now), "before": before})
