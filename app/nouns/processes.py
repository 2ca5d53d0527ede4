"""Processes: tracks that meetings belong to."""

from __future__ import annotations

from pydantic import Field

from app.kit.schema.shapes import Name, Text
from app.ledger.noun import Noun, Similarity
from app.nouns.fields import (
    PartyId,
    RecordShape,
    Sources,
    id_filter,
    name_identifier,
    no_derived_fields,
    note_field,
    sources_field,
)
from app.nouns.similarity import name_similarity


class ProcessShape(RecordShape):
    """A diplomatic track."""

    name: Name = Field(
        description="The name of the process.", examples=["Syria–Türkiye normalisation"]
    )
    summary: Text | None = Field(default=None, description="A summary of the process.")
    parties: list[PartyId] = Field(
        default_factory=list,
        max_length=200,
        description="The parties that take part.",
        examples=[["SYR"]],
    )
    note: Text | None = note_field()
    sources: Sources = sources_field()


noun = Noun(
    name="process",
    plural="processes",
    shape=ProcessShape,
    filters=(id_filter("syria-turkiye-normalisation"),),
    derive=no_derived_fields,
    summary="Diplomatic tracks that meetings belong to.",
    rank=2,
    name_fields=("name",),
    identifier_base=name_identifier,
    similarity=Similarity(name_similarity, word_fields=("name",)),
)
