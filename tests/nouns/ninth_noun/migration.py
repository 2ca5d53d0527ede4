"""Treaties.

Revision ID: treaties
Revises: head
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "treaties"
down_revision = "head"
branch_labels = None
depends_on = None

DEFERRED: dict[str, Any] = {"deferrable": True, "initially": "DEFERRED"}


def cites(name: str, noun: str, *, required: bool = False) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{noun}.id", **DEFERRED)
    return sa.Column(name, sa.String(120), key, nullable=not required)


def item_of(noun: str) -> list[sa.Column[Any]]:
    key = sa.ForeignKey(f"{noun}.id", **DEFERRED)
    return [
        sa.Column(noun, sa.String(120), key, primary_key=True),
        sa.Column("ordinal", sa.Integer(), primary_key=True, autoincrement=False),
    ]


def upgrade() -> None:
    lengths = {"edtf": 64, "before": 120, "after": 120, "earliest": 20, "latest": 20}
    op.create_table(
        "treaty",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("title", sa.String(500), nullable=False),
        *(sa.Column(f"date_{part}", sa.String(length)) for part, length in lengths.items()),
        sa.Column("status", sa.String(500), nullable=False),
        cites("meeting", "meeting"),
        cites("amends", "treaty"),
        sa.Column("note", sa.Text()),
    )
    op.create_table(
        "treaty_deposit",
        *item_of("treaty"),
        cites("party", "party", required=True),
        sa.Column("instrument", sa.String(500), nullable=False),
    )
    op.create_table("treaty_source", *item_of("treaty"), cites("source", "source", required=True))


def downgrade() -> None:
    for table in ("treaty_source", "treaty_deposit", "treaty"):
        op.drop_table(table)
