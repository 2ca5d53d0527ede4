"""The records as they stand, in tables. Rebuilt from the ledger's documents.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issue",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("broader", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["broader"],
            ["issue.id"],
            name=("fk_issue_broader_issue"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_issue")),
    )
    op.create_table(
        "party",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=500), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=("pk_party")),
    )
    op.create_table(
        "process",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=("pk_process")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("publisher", sa.String(length=500), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("published_edtf", sa.String(length=64), nullable=True),
        sa.Column("published_earliest", sa.String(length=20), nullable=True),
        sa.Column("published_latest", sa.String(length=20), nullable=True),
        sa.Column("published_before", sa.String(length=120), nullable=True),
        sa.Column("published_after", sa.String(length=120), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("mirrored_by", sa.String(length=500), nullable=True),
        sa.Column("reliability", sa.String(length=500), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=("pk_source")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("process", sa.String(length=120), nullable=True),
        sa.Column("kind", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=500), nullable=False),
        sa.Column("date_edtf", sa.String(length=64), nullable=True),
        sa.Column("date_earliest", sa.String(length=20), nullable=True),
        sa.Column("date_latest", sa.String(length=20), nullable=True),
        sa.Column("date_before", sa.String(length=120), nullable=True),
        sa.Column("date_after", sa.String(length=120), nullable=True),
        sa.Column("start", sa.String(length=500), nullable=True),
        sa.Column("end", sa.String(length=500), nullable=True),
        sa.Column("timezone", sa.String(length=500), nullable=True),
        sa.Column("place_name", sa.String(length=500), nullable=True),
        sa.Column("place_country", sa.String(length=500), nullable=True),
        sa.Column("place_latitude", sa.Float(), nullable=True),
        sa.Column("place_longitude", sa.Float(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("hedge", sa.String(length=500), nullable=True),
        sa.Column("format", sa.String(length=500), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["process"],
            ["process.id"],
            name=("fk_meeting_process_process"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_meeting")),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("date_edtf", sa.String(length=64), nullable=True),
        sa.Column("date_earliest", sa.String(length=20), nullable=True),
        sa.Column("date_latest", sa.String(length=20), nullable=True),
        sa.Column("date_before", sa.String(length=120), nullable=True),
        sa.Column("date_after", sa.String(length=120), nullable=True),
        sa.Column("process", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["process"],
            ["process.id"],
            name=("fk_milestone_process_process"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_milestone")),
    )
    op.create_table(
        "party_name",
        sa.Column("party", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.ForeignKeyConstraint(
            ["party"],
            ["party.id"],
            name=("fk_party_name_party_party"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("party", "ordinal", name=("pk_party_name")),
    )
    op.create_table(
        "party_source",
        sa.Column("party", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["party"],
            ["party.id"],
            name=("fk_party_source_party_party"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["source"],
            ["source.id"],
            name=("fk_party_source_source_source"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("party", "ordinal", name=("pk_party_source")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("party", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["party"],
            ["party.id"],
            name=("fk_person_party_party"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_person")),
    )
    op.create_table(
        "process_party",
        sa.Column("process", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("party", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["party"],
            ["party.id"],
            name=("fk_process_party_party_party"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["process"],
            ["process.id"],
            name=("fk_process_party_process_process"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("process", "ordinal", name=("pk_process_party")),
    )
    op.create_table(
        "process_source",
        sa.Column("process", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["process"],
            ["process.id"],
            name=("fk_process_source_process_process"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["source"],
            ["source.id"],
            name=("fk_process_source_source_source"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("process", "ordinal", name=("pk_process_source")),
    )
    op.create_table(
        "meeting_issue",
        sa.Column("meeting", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issue", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue"],
            ["issue.id"],
            name=("fk_meeting_issue_issue_issue"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["meeting"],
            ["meeting.id"],
            name=("fk_meeting_issue_meeting_meeting"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("meeting", "ordinal", name=("pk_meeting_issue")),
    )
    op.create_table(
        "meeting_link",
        sa.Column("meeting", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("relation", sa.String(length=500), nullable=False),
        sa.Column("other_meeting", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting"],
            ["meeting.id"],
            name=("fk_meeting_link_meeting_meeting"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["other_meeting"],
            ["meeting.id"],
            name=("fk_meeting_link_other_meeting_meeting"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("meeting", "ordinal", name=("pk_meeting_link")),
    )
    op.create_table(
        "meeting_source",
        sa.Column("meeting", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting"],
            ["meeting.id"],
            name=("fk_meeting_source_meeting_meeting"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["source"],
            ["source.id"],
            name=("fk_meeting_source_source_source"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("meeting", "ordinal", name=("pk_meeting_source")),
    )
    op.create_table(
        "milestone_source",
        sa.Column("milestone", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["milestone"],
            ["milestone.id"],
            name=("fk_milestone_source_milestone_milestone"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["source"],
            ["source.id"],
            name=("fk_milestone_source_source_source"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("milestone", "ordinal", name=("pk_milestone_source")),
    )
    op.create_table(
        "meeting_outcome",
        sa.Column("meeting", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("assessment", sa.String(length=500), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=500), nullable=True),
        sa.Column("source", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting"],
            ["meeting.id"],
            name=("fk_meeting_outcome_meeting_meeting"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["source"],
            ["source.id"],
            name=("fk_meeting_outcome_source_source"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("meeting", "ordinal", name=("pk_meeting_outcome")),
    )
    op.create_table(
        "meeting_participant",
        sa.Column("meeting", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("party", sa.String(length=120), nullable=False),
        sa.Column("person", sa.String(length=120), nullable=True),
        sa.Column("name", sa.String(length=500), nullable=True),
        sa.Column("office", sa.String(length=500), nullable=True),
        sa.Column("level", sa.String(length=500), nullable=True),
        sa.Column("role", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting"],
            ["meeting.id"],
            name=("fk_meeting_participant_meeting_meeting"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["party"],
            ["party.id"],
            name=("fk_meeting_participant_party_party"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.id"],
            name=("fk_meeting_participant_person_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("meeting", "ordinal", name=("pk_meeting_participant")),
    )
    op.create_table(
        "person_name",
        sa.Column("person", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.id"],
            name=("fk_person_name_person_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("person", "ordinal", name=("pk_person_name")),
    )
    op.create_table(
        "person_source",
        sa.Column("person", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.id"],
            name=("fk_person_source_person_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["source"],
            ["source.id"],
            name=("fk_person_source_source_source"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("person", "ordinal", name=("pk_person_source")),
    )
    op.create_table(
        "position",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("party", sa.String(length=120), nullable=False),
        sa.Column("person", sa.String(length=120), nullable=True),
        sa.Column("office", sa.String(length=500), nullable=True),
        sa.Column("issue", sa.String(length=120), nullable=False),
        sa.Column("stance", sa.String(length=500), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("date_edtf", sa.String(length=64), nullable=True),
        sa.Column("date_earliest", sa.String(length=20), nullable=True),
        sa.Column("date_latest", sa.String(length=20), nullable=True),
        sa.Column("date_before", sa.String(length=120), nullable=True),
        sa.Column("date_after", sa.String(length=120), nullable=True),
        sa.Column("meeting", sa.String(length=120), nullable=True),
        sa.Column("process", sa.String(length=120), nullable=True),
        sa.Column("channel", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue"],
            ["issue.id"],
            name=("fk_position_issue_issue"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["meeting"],
            ["meeting.id"],
            name=("fk_position_meeting_meeting"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["party"],
            ["party.id"],
            name=("fk_position_party_party"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.id"],
            name=("fk_position_person_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["process"],
            ["process.id"],
            name=("fk_position_process_process"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_position")),
    )
    op.create_table(
        "meeting_previous_date",
        sa.Column("meeting", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("date_edtf", sa.String(length=64), nullable=True),
        sa.Column("date_earliest", sa.String(length=20), nullable=True),
        sa.Column("date_latest", sa.String(length=20), nullable=True),
        sa.Column("date_before", sa.String(length=120), nullable=True),
        sa.Column("date_after", sa.String(length=120), nullable=True),
        sa.Column("status", sa.String(length=500), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting"],
            ["meeting.id"],
            name=("fk_meeting_previous_date_meeting_meeting"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("meeting", "ordinal", name=("pk_meeting_previous_date")),
    )
    op.create_table(
        "meeting_readout",
        sa.Column("meeting", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("party", sa.String(length=120), nullable=False),
        sa.Column("issuer", sa.String(length=500), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting"],
            ["meeting.id"],
            name=("fk_meeting_readout_meeting_meeting"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["party"],
            ["party.id"],
            name=("fk_meeting_readout_party_party"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["source"],
            ["source.id"],
            name=("fk_meeting_readout_source_source"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("meeting", "ordinal", name=("pk_meeting_readout")),
    )
    op.create_table(
        "meeting_readout_issue",
        sa.Column("meeting", sa.String(length=120), nullable=False),
        sa.Column("readout", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issue", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue"],
            ["issue.id"],
            name=("fk_meeting_readout_issue_issue_issue"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["meeting", "readout"],
            ["meeting_readout.meeting", "meeting_readout.ordinal"],
            name=("fk_meeting_readout_issue_meeting_readout_meeting_readout"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("meeting", "readout", "ordinal", name=("pk_meeting_readout_issue")),
    )
    op.create_table(
        "person_tenure",
        sa.Column("person", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("office", sa.String(length=500), nullable=False),
        sa.Column("level", sa.String(length=500), nullable=True),
        sa.Column("party", sa.String(length=120), nullable=False),
        sa.Column("from_edtf", sa.String(length=64), nullable=True),
        sa.Column("from_earliest", sa.String(length=20), nullable=True),
        sa.Column("from_latest", sa.String(length=20), nullable=True),
        sa.Column("from_before", sa.String(length=120), nullable=True),
        sa.Column("from_after", sa.String(length=120), nullable=True),
        sa.Column("to_edtf", sa.String(length=64), nullable=True),
        sa.Column("to_earliest", sa.String(length=20), nullable=True),
        sa.Column("to_latest", sa.String(length=20), nullable=True),
        sa.Column("to_before", sa.String(length=120), nullable=True),
        sa.Column("to_after", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["party"],
            ["party.id"],
            name=("fk_person_tenure_party_party"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.id"],
            name=("fk_person_tenure_person_person"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("person", "ordinal", name=("pk_person_tenure")),
    )
    op.create_table(
        "position_source",
        sa.Column("position", sa.String(length=120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["position"],
            ["position.id"],
            name=("fk_position_source_position_position"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["source"],
            ["source.id"],
            name=("fk_position_source_source_source"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("position", "ordinal", name=("pk_position_source")),
    )


def downgrade() -> None:
    op.execute("DELETE FROM dataset WHERE name = 'projection'")
    op.drop_table("position_source")
    op.drop_table("person_tenure")
    op.drop_table("meeting_readout_issue")
    op.drop_table("meeting_readout")
    op.drop_table("meeting_previous_date")
    op.drop_table("position")
    op.drop_table("person_source")
    op.drop_table("person_name")
    op.drop_table("meeting_participant")
    op.drop_table("meeting_outcome")
    op.drop_table("milestone_source")
    op.drop_table("meeting_source")
    op.drop_table("meeting_link")
    op.drop_table("meeting_issue")
    op.drop_table("process_source")
    op.drop_table("process_party")
    op.drop_table("person")
    op.drop_table("party_source")
    op.drop_table("party_name")
    op.drop_table("milestone")
    op.drop_table("meeting")
    op.drop_table("source")
    op.drop_table("process")
    op.drop_table("party")
    op.drop_table("issue")
