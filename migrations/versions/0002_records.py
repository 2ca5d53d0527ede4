"""The records as they stand, in tables. Rebuilt from the ledger's documents.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Deferred, so that the records of one write may cite each other in any order. Constraints are
# named by the naming convention of the metadata (`env.py`).
DEFERRED: dict[str, Any] = {"deferrable": True, "initially": "DEFERRED"}


def identifier() -> sa.Column[Any]:
    """The record's own identifier."""
    return sa.Column("id", sa.String(120), primary_key=True)


def cites(
    name: str, noun: str | None = None, *, required: bool = False, key: bool = False
) -> sa.Column[Any]:
    """A reference to a record of `noun`, which is mostly called like the column."""
    target = sa.ForeignKey(f"{noun or name}.id", **DEFERRED)
    return sa.Column(name, sa.String(120), target, nullable=not (required or key), primary_key=key)


def short(name: str, length: int = 500, *, required: bool = False) -> sa.Column[Any]:
    """A name, or a word from a closed list."""
    return sa.Column(name, sa.String(length), nullable=not required)


def long(name: str) -> sa.Column[Any]:
    """Free text."""
    return sa.Column(name, sa.Text())


def date(name: str) -> list[sa.Column[Any]]:
    """A date: its text, the events it hangs on, its bounds as ISO days."""
    lengths = {"edtf": 64, "before": 120, "after": 120, "earliest": 20, "latest": 20}
    return [short(f"{name}_{part}", length) for part, length in lengths.items()]


def ordinal(name: str = "ordinal") -> sa.Column[Any]:
    """The place of an item in its list, from 0."""
    return sa.Column(name, sa.Integer(), primary_key=True, autoincrement=False)


def item_of(noun: str) -> list[sa.Column[Any]]:
    """The key of a list's table: a record, and the place in its list."""
    return [cites(noun, key=True), ordinal()]


def names(noun: str) -> list[sa.Column[Any]]:
    """The table of a record's other names."""
    return [*item_of(noun), short("name", required=True), short("language", 35)]


def listed(noun: str, cited: str) -> list[sa.Column[Any]]:
    """The table of a list of citations."""
    return [*item_of(noun), cites(cited, required=True)]


TABLES: dict[str, Sequence[SchemaItem]] = {
    "issue": [
        identifier(),
        short("name", required=True),
        cites("broader", "issue"),
        long("note"),
    ],
    "party": [
        identifier(),
        short("name", required=True),
        short("kind", required=True),
        long("note"),
    ],
    "party_name": names("party"),
    "person": [
        identifier(),
        short("name", required=True),
        cites("party"),
        long("note"),
    ],
    "person_name": names("person"),
    "person_tenure": [
        *item_of("person"),
        short("office", required=True),
        short("level"),
        cites("party", required=True),
        *date("from"),
        *date("to"),
    ],
    "source": [
        identifier(),
        short("publisher"),
        short("title"),
        long("url"),
        *date("published"),
        short("language", 35),
        short("mirrored_by"),
        short("reliability"),
        long("note"),
    ],
    "party_source": listed("party", "source"),
    "person_source": listed("person", "source"),
    "process": [
        identifier(),
        short("name", required=True),
        long("summary"),
        long("note"),
    ],
    "process_party": listed("process", "party"),
    "process_source": listed("process", "source"),
    "milestone": [
        identifier(),
        short("title", required=True),
        *date("date"),
        cites("process"),
        long("note"),
    ],
    "milestone_source": listed("milestone", "source"),
    "meeting": [
        identifier(),
        short("title", required=True),
        cites("process"),
        short("kind", required=True),
        short("status", required=True),
        *date("date"),
        short("start"),
        short("end"),
        short("timezone"),
        short("place_name"),
        short("place_country"),
        sa.Column("place_latitude", sa.Float()),
        sa.Column("place_longitude", sa.Float()),
        long("summary"),
        short("hedge"),
        long("note"),
        short("format"),
    ],
    "meeting_participant": [
        *item_of("meeting"),
        cites("party", required=True),
        cites("person"),
        short("name"),
        short("office"),
        short("level"),
        short("role", required=True),
    ],
    "meeting_issue": listed("meeting", "issue"),
    "meeting_readout": [
        *item_of("meeting"),
        cites("party", required=True),
        short("issuer"),
        long("text"),
        long("quote"),
        cites("source"),
    ],
    "meeting_readout_issue": [
        sa.Column("meeting", sa.String(120), primary_key=True),
        ordinal("readout"),
        ordinal(),
        cites("issue", required=True),
        sa.ForeignKeyConstraint(
            ["meeting", "readout"],
            ["meeting_readout.meeting", "meeting_readout.ordinal"],
            **DEFERRED,
        ),
    ],
    "meeting_outcome": [
        *item_of("meeting"),
        short("assessment", required=True),
        long("text"),
        short("by"),
        cites("source"),
    ],
    "meeting_link": [
        *item_of("meeting"),
        short("relation", required=True),
        cites("other_meeting", "meeting", required=True),
    ],
    "meeting_previous_date": [
        *item_of("meeting"),
        *date("date"),
        short("status"),
        long("reason"),
    ],
    "meeting_source": listed("meeting", "source"),
    "position": [
        identifier(),
        cites("party", required=True),
        cites("person"),
        short("office"),
        cites("issue", required=True),
        short("stance", required=True),
        long("text"),
        long("quote"),
        short("language", 35),
        *date("date"),
        cites("meeting"),
        cites("process"),
        short("channel", required=True),
    ],
    "position_source": listed("position", "source"),
}


def upgrade() -> None:
    for name, columns in TABLES.items():
        op.create_table(name, *columns)


def downgrade() -> None:
    op.execute("DELETE FROM dataset WHERE name = 'projection'")
    for name in reversed(TABLES):
        op.drop_table(name)
