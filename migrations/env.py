"""Alembic's environment: the connection is given by `app.ledger.maintenance.migrate`."""

from __future__ import annotations

from alembic import context

from app.ledger.index_tables import is_index_table
from app.nouns.registry import metadata


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the index's own tables to the migrations that made them."""
    return not (kind == "table" and name is not None and is_index_table(name))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=include_name,
    compare_type=True,
    transactional_ddl=True,
    # SQLite cannot alter a constraint in place: Alembic then builds the table anew.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
