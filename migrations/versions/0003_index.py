"""The index of terms, and what lists and facets draw on. Rebuilt from the ledger.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "facet_value",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.Text(), primary_key=True),
        comment="Every value that a filter has ever had: what facets count.",
    )
    op.create_table(
        "noun_head",
        sa.Column("noun", sa.String(20), primary_key=True),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        comment="The newest revision of any record of each noun: what a list's ETag comes from.",
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE current_terms USING fts5"
            "(terms, content='', contentless_delete=1, detail=none, tokenize='ascii')"
        )
        op.execute(
            "CREATE VIRTUAL TABLE history_terms USING fts5"
            "(terms, content='', detail=none, columnsize=0, tokenize='ascii')"
        )
        return
    for table in ("current_terms", "history_terms"):
        op.execute(f"CREATE TABLE {table} (sort_key bigint PRIMARY KEY, terms bigint[] NOT NULL)")
        op.execute(f"CREATE INDEX ix_{table}_terms ON {table} USING gin (terms)")


def downgrade() -> None:
    op.execute("DROP TABLE history_terms")
    op.execute("DROP TABLE current_terms")
    op.execute("DELETE FROM dataset WHERE name = 'projection'")
    op.drop_table("noun_head")
    op.drop_table("facet_value")
