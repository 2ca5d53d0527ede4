"""Bringing a database to the schema of this version, and comparing it with the model."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection

from app.kit.sql.database import Database, metadata
from app.ledger.index_tables import is_index_table


class UnknownSchema(RuntimeError):
    """The database has tables that no migration of this version makes."""


def _migrations_folder() -> Path:
    """The migrations: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parents[2]
    beside = package.parent / "migrations"
    return beside if (beside / "env.py").exists() else package / "_bundled" / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_migrations_folder()))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database, to: str = "head") -> None:
    """Migrate up to a schema revision.

    Raises:
        UnknownSchema: another version of Parley made the database.
    """
    try:
        with database.write_transaction() as connection:
            command.upgrade(_config(connection), to)
    except CommandError:
        revision = schema_revision(database)
        raise UnknownSchema(
            f"its schema was created by another version of Parley ({revision})"
        ) from None


def downgrade(database: Database, to: str) -> None:
    """Migrate down to a schema revision; `base` leaves nothing."""
    with database.write_transaction() as connection:
        command.downgrade(_config(connection), to)


def autogenerate(database: Database, message: str) -> None:
    """Write a new migration for what the model has and the database has not."""
    with database.write_transaction() as connection:
        command.revision(_config(connection), message, autogenerate=True)


def schema_revision(database: Database) -> str | None:
    """The schema revision that a database is at."""
    with database.read_transaction() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def schema_differences(database: Database) -> list[object]:
    """How the database's schema differs from the model's; empty where they agree."""
    with database.read_transaction() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: (
                    not (kind == "table" and is_index_table(name))
                ),
                "compare_type": True,
            },
        )
        return list(compare_metadata(context, metadata))
