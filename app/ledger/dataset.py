"""What a dataset says of itself, and the secret that belongs to its database alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hashlib import blake2b

from sqlalchemy import text

from app.kit.sql.database import Database

_READ = text("SELECT value FROM dataset WHERE name = 'secret'")
_KEEP = text(
    "INSERT INTO dataset (name, value) VALUES ('secret', :value) ON CONFLICT (name) DO NOTHING"
)


def cursor_secret(database: Database) -> bytes:
    """The secret that signs cursors, made on first use and shared by all processes."""
    with database.read_transaction() as connection:
        value = connection.execute(_READ).scalar()
    if value is None:
        with database.write_transaction() as connection:
            connection.execute(_KEEP, {"value": secrets.token_hex(32)})
            value = connection.execute(_READ).scalar_one()
    return bytes.fromhex(value)


def dataset_id(secret: bytes) -> str:
    """The dataset's public identifier: stable for its lifetime, wherever it is served from."""
    return blake2b(b"dataset", key=secret, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Site:
    """A dataset as it is published: its name, licence and identifier, and its cursors' secret."""

    name: str
    licence: str
    dataset_id: str
    cursor_secret: bytes = field(repr=False)
    origin: str = ""  # our own address, for formats that hold absolute URLs

    @classmethod
    def of(cls, database: Database, name: str, licence: str, origin: str) -> Site:
        """The site of a database, published under a name and a licence."""
        secret = cursor_secret(database)
        return cls(name, licence, dataset_id(secret), secret, origin)
