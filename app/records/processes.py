"""Processes: tracks that meetings belong to."""

from __future__ import annotations

from pydantic import Field
from sqlalchemy import Table

from app.kit.database import metadata
from app.kit.shapes import Name, Text
from app.ledger.nouns import Child, Likeness, Noun
from app.records import columns
from app.records.common import (
    PartyId,
    RecordShape,
    Sources,
    id_tag,
    identify_by_name,
    note_field,
    nothing,
    sources_field,
)
from app.records.likeness import alike_by_name


class ProcessShape(RecordShape):
    """A diplomatic track."""

    name: Name = Field(description="What it is called.", examples=["Syria–Türkiye normalisation"])
    summary: Text | None = Field(default=None, description="What it is about.")
    parties: list[PartyId] = Field(
        default_factory=list, max_length=200, description="Who takes part.", examples=[["SYR"]]
    )
    note: Text | None = note_field()
    sources: Sources = sources_field()


table = Table(
    "process",
    metadata,
    columns.identifier(),
    columns.short("name", required=True),
    columns.long("summary"),
    columns.long("note"),
)
party_table = Table(
    "process_party",
    metadata,
    columns.parent("process"),
    columns.ordinal(),
    columns.item("party", "party"),
    info={"ordinal": "ordinal"},
)
source_table = Table(
    "process_source",
    metadata,
    columns.parent("process"),
    columns.ordinal(),
    columns.item("source", "source"),
    info={"ordinal": "ordinal"},
)

noun = Noun(
    name="process",
    plural="processes",
    shape=ProcessShape,
    table=table,
    children=(Child(party_table, "parties"), Child(source_table, "sources")),
    tags=(id_tag("syria-turkiye-normalisation"),),
    derive=nothing,
    summary="Tracks that meetings belong to.",
    rank=2,
    names=("name",),
    identify=identify_by_name,
    likeness=Likeness(alike_by_name, names=("name",)),
)
