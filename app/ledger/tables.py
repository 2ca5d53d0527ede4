"""The ledger's tables. The index of terms beside them is made by the migrations (`index.py`)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.kit.sql.database import metadata

# SQLite stores a 64-bit key in the row's own address only if it is declared INTEGER.
BigKey = BigInteger().with_variant(Integer(), "sqlite")

# Stand-ins for "no bound", so that a clock or a range is one comparison. All are beyond any
# day or revision that can be written.
BEFORE_ALL = -(2**60)
AFTER_ALL = 2**60

dataset = Table(
    "dataset",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    comment="Facts about this database: its cursors' secret, its projections' version.",
)

write = Table(
    "write",
    metadata,
    Column("first_revision", BigKey, primary_key=True, autoincrement=False),
    Column("last_revision", BigKey, nullable=False),
    Column("recorded_at", String(27), nullable=False),
    Column("author", String(200), nullable=False),
    Column("reason", Text),
    Index(None, "recorded_at"),
    comment="One transaction that changed something, with its first and last revision.",
)

record = Table(
    "record",
    metadata,
    Column("number", BigKey, primary_key=True, autoincrement=False),
    Column("noun", String(20), nullable=False),
    Column("id", String(120), nullable=False),
    Column("sort_key", BigKey, comment="Index key of the current revision; null while deleted."),
    Column("version", Integer, nullable=False),
    UniqueConstraint("noun", "id"),
    comment="Every record there ever was; its number is that of its first revision.",
)

revision = Table(
    "revision",
    metadata,
    Column("number", BigKey, primary_key=True, autoincrement=False),
    Column("write", BigKey, ForeignKey("write.first_revision"), nullable=False),
    Column("record", BigKey, ForeignKey("record.number"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("action", String(10), nullable=False),
    Column(
        "merged_into",
        String(120),
        comment="For a tombstone: the record that this one was folded into.",
    ),
    Column("reported_on", String(20)),
    Column("document", LargeBinary, comment="The rendered document; null for a tombstone."),
    Column("hash", LargeBinary(32), nullable=False),
    Index(None, "record", "number"),
    comment="Every state of every record, in one gapless sequence, chained by hash.",
)

revision_time = Table(
    "revision_time",
    metadata,
    Column("sort_key", BigKey, primary_key=True, autoincrement=False),
    Column("revision", BigKey, nullable=False, unique=True),
    Column("record", BigKey, ForeignKey("record.number"), nullable=False),
    Column("earliest", BigKey, comment="First possible day, as a number; null without a date."),
    Column("latest", BigKey, comment="Last possible day, as a number; null without a date."),
    Column("recorded_to", BigKey, nullable=False, comment="The revision that replaced this one."),
    Column("known_from", BigKey, nullable=False, comment="The day of its report, as a number."),
    Column("known_to", BigKey, nullable=False, comment="The day a later revision was reported."),
    Index(None, "record", "revision"),
    comment="When each revision happened, was known and was recorded.",
)

noun_head = Table(
    "noun_head",
    metadata,
    Column("noun", String(20), primary_key=True),
    Column("revision", BigKey, nullable=False),
    comment="The newest revision of any record of each noun: what a list's ETag comes from.",
)

facet_value = Table(
    "facet_value",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, primary_key=True),
    comment="Every value that a filter has ever had: what facets count.",
)
