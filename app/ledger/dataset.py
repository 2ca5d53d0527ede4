"""What belongs to one database alone: the secret that seals its cursors."""

from __future__ import annotations

import secrets
from hashlib import blake2b

from sqlalchemy import text

from app.kit.sql.database import Database

_READ = text("SELECT value FROM dataset WHERE name = 'secret'")
_KEEP = text(
    "INSERT INTO dataset (name, value) VALUES ('secret', :value) ON CONFLICT (name) DO NOTHING"
)


def secret(database: Database) -> bytes:
    """The database's secret, made on first use; the same for every process."""
    with database.reading() as connection:
        found = connection.execute(_READ).scalar()
    if found is None:
        with database.writing() as connection:
            connection.execute(_KEEP, {"value": secrets.token_hex(32)})
            found = connection.execute(_READ).scalar_one()
    return bytes.fromhex(found)


def of(secret_: bytes) -> str:
    """The dataset's public name: the same for as long as it lives, wherever it is served from."""
    return blake2b(b"dataset", key=secret_, digest_size=8).hexdigest()
