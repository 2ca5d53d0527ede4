"""Processes: tracks that meetings belong to."""

from __future__ import annotations

from pydantic import Field

from app.kit.schema.shapes import Name, Text
from app.ledger.noun import Likeness, Noun
from app.nouns.fields import (
    PartyId,
    RecordShape,
    Sources,
    id_tag,
    identify_by_name,
    note_field,
    nothing,
    sources_field,
)
from app.nouns.likeness import alike_by_name


class ProcessShape(RecordShape):
    """A diplomatic track."""

    name: Name = Field(description="What it is called.", examples=["Syria–Türkiye normalisation"])
    summary: Text | None = Field(default=None, description="What it is about.")
    parties: list[PartyId] = Field(
        default_factory=list, max_length=200, description="Who takes part.", examples=[["SYR"]]
    )
    note: Text | None = note_field()
    sources: Sources = sources_field()


noun = Noun(
    name="process",
    plural="processes",
    shape=ProcessShape,
    tags=(id_tag("syria-turkiye-normalisation"),),
    derive=nothing,
    summary="Tracks that meetings belong to.",
    rank=2,
    names=("name",),
    identify=identify_by_name,
    likeness=Likeness(alike_by_name, names=("name",)),
)
