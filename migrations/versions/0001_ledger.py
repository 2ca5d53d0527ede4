"""The ledger: every revision of every record, its document, its clocks.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dataset",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=("pk_dataset")),
        comment="What this dataset is: its name, its licence, the secret that seals cursors.",
    )
    op.create_table(
        "record",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("noun", sa.String(length=20), nullable=False),
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column(
            "key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="Index key of the current revision; null while deleted.",
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=("pk_record")),
        sa.UniqueConstraint("noun", "id", name=("uq_record_noun_id")),
        comment="Every record there ever was; its number is that of its first revision.",
    )
    op.create_table(
        "write",
        sa.Column(
            "first",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("first", name=("pk_write")),
        comment="One transaction that changed something: revisions `first` to `last`.",
    )
    with op.batch_alter_table("write", schema=None) as batch_op:
        batch_op.create_index(("ix_write_recorded_at"), ["recorded_at"], unique=False)

    op.create_table(
        "clock",
        sa.Column(
            "key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "earliest",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="First possible day, as a number; null without a date.",
        ),
        sa.Column(
            "latest",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="Last possible day, as a number; null without a date.",
        ),
        sa.Column(
            "recorded_to",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The revision that replaced this one.",
        ),
        sa.Column(
            "known_from",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The day of its report, as a number.",
        ),
        sa.Column(
            "known_to",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="The day a later revision was reported.",
        ),
        sa.ForeignKeyConstraint(["record"], ["record.number"], name=("fk_clock_record_record")),
        sa.PrimaryKeyConstraint("key", name=("pk_clock")),
        sa.UniqueConstraint("seq", name=("uq_clock_seq")),
        comment="When each revision happened, was known and was recorded.",
    )
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.create_index(("ix_clock_record_seq"), ["record", "seq"], unique=False)

    op.create_table(
        "revision",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("write", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column(
            "merged_into",
            sa.String(length=120),
            nullable=True,
            comment="For a tombstone: the record that this one was folded into.",
        ),
        sa.Column("reported_on", sa.String(length=20), nullable=True),
        sa.Column(
            "document",
            sa.LargeBinary(),
            nullable=True,
            comment="The rendered document; null for a tombstone.",
        ),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["record"], ["record.number"], name=("fk_revision_record_record")),
        sa.ForeignKeyConstraint(["write"], ["write.first"], name=("fk_revision_write_write")),
        sa.PrimaryKeyConstraint("seq", name=("pk_revision")),
        comment="Every state of every record, in one gapless sequence, chained by hash.",
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.create_index(("ix_revision_record_seq"), ["record", "seq"], unique=False)


def downgrade() -> None:
    filled = op.get_bind().execute(sa.text("SELECT count(*) FROM revision")).scalar_one()
    if filled:
        raise RuntimeError(f"the ledger holds {filled} revisions: export it and drop it by hand")
    op.drop_table("revision")
    op.drop_table("clock")
    op.drop_table("write")
    op.drop_table("record")
    op.drop_table("dataset")
