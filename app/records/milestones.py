"""Milestones: events that are no meetings, and that dates hang on."""

from __future__ import annotations

from pydantic import Field
from sqlalchemy import Table

from app.kit.database import metadata
from app.kit.shapes import Date, Name, Text
from app.ledger.nouns import Child, Noun, Tag
from app.records import columns
from app.records.common import (
    ProcessId,
    RecordShape,
    Sources,
    each,
    id_tag,
    note_field,
    nothing,
    one,
    sources_field,
)


class MilestoneShape(RecordShape):
    """An event that is no meeting."""

    title: Name = Field(description="What happened.", examples=["Turkish general elections"])
    date: Date | None = Field(default=None, description="When.")
    process: ProcessId | None = Field(
        default=None,
        description="The track it bears on.",
        examples=["syria-turkiye-normalisation"],
    )
    note: Text | None = note_field()
    sources: Sources = sources_field()


table = Table(
    "milestone",
    metadata,
    columns.identifier(),
    columns.short("title", required=True),
    *columns.date("date"),
    columns.cites("process"),
    columns.long("note"),
)
source_table = Table(
    "milestone_source",
    metadata,
    columns.parent("milestone"),
    columns.ordinal(),
    columns.item("source", "source"),
    info={"ordinal": "ordinal"},
)

noun = Noun(
    name="milestone",
    plural="milestones",
    shape=MilestoneShape,
    table=table,
    children=(Child(source_table, "sources"),),
    tags=(
        id_tag("tr-general-election-2023"),
        Tag("process", one("process"), "The track it bears on.", "syria-turkiye-normalisation"),
        Tag("source", each("sources"), "A source it cites.", "2023-04-26-moscow-talks"),
    ),
    derive=nothing,
    summary="Events that are no meetings, and that dates hang on.",
    date="date",
    event=True,
)
