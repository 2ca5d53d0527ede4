"""What is kept: every revision of every record, keys for writing, and remembered answers.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# In the order in which they can be dropped. Constraints and indexes have no names here: the naming
# convention of the metadata gives them (`env.py`).
TABLES = (
    "idempotent_response",
    "api_key",
    "revision_time",
    "revision",
    "write",
    "record",
    "dataset",
)


def number(name: str, *keys: sa.ForeignKey, **more: Any) -> sa.Column[Any]:
    """A number of 64 bits; SQLite's own row number where it is a primary key."""
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    more = {"nullable": False, "autoincrement": False} | more
    return sa.Column(name, kind, *keys, **more)


def upgrade() -> None:
    op.create_table(
        "dataset",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        comment="Facts about this database: its cursors' secret, its projections' version.",
    )
    op.create_table(
        "record",
        number("number", primary_key=True),
        sa.Column("noun", sa.String(20), nullable=False),
        sa.Column("id", sa.String(120), nullable=False),
        number(
            "sort_key",
            nullable=True,
            comment="Index key of the current revision; null while deleted.",
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("noun", "id"),
        comment="Every record there ever was; its number is that of its first revision.",
    )
    op.create_table(
        "write",
        number("first_revision", primary_key=True),
        number("last_revision"),
        sa.Column("recorded_at", sa.String(27), nullable=False, index=True),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text()),
        comment="One transaction that changed something, with its first and last revision.",
    )
    op.create_table(
        "revision_time",
        number("sort_key", primary_key=True),
        number("revision", unique=True),
        number("record", sa.ForeignKey("record.number")),
        number(
            "earliest",
            nullable=True,
            comment="First possible day, as a number; null without a date.",
        ),
        number(
            "latest",
            nullable=True,
            comment="Last possible day, as a number; null without a date.",
        ),
        number("recorded_to", comment="The revision that replaced this one."),
        number("known_from", comment="The day of its report, as a number."),
        number("known_to", comment="The day a later revision was reported."),
        sa.Index(None, "record", "revision"),
        comment="When each revision happened, was known and was recorded.",
    )
    op.create_table(
        "revision",
        number("number", primary_key=True),
        number("write", sa.ForeignKey("write.first_revision")),
        number("record", sa.ForeignKey("record.number")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column(
            "merged_into",
            sa.String(120),
            comment="For a tombstone: the record that this one was folded into.",
        ),
        sa.Column("reported_on", sa.String(20)),
        sa.Column(
            "document",
            sa.LargeBinary(),
            comment="The rendered document; null for a tombstone.",
        ),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Index(None, "record", "number"),
        comment="Every state of every record, in one gapless sequence, chained by hash.",
    )
    op.create_table(
        "api_key",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("scope", sa.String(10), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("expires_at", sa.String(27)),
        sa.Column("revoked_at", sa.String(27)),
        sa.Column("last_used_at", sa.String(27)),
        comment="Who may write; the keys themselves are kept nowhere.",
    )
    op.create_table(
        "idempotent_response",
        sa.Column("key_hash", sa.String(64), primary_key=True),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=False, index=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        comment="Successful answers by idempotency key, for a day.",
    )


def downgrade() -> None:
    filled = op.get_bind().execute(sa.text("SELECT count(*) FROM revision")).scalar_one()
    if filled:
        raise RuntimeError(f"the ledger holds {filled} revisions: export it and drop it by hand")
    for table in TABLES:
        op.drop_table(table)
