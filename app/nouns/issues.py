"""Issues: what is talked about."""

from __future__ import annotations

from pydantic import Field

from app.kit.schema.shapes import Name, Text
from app.ledger.noun import Filter, Noun, Similarity
from app.nouns.fields import (
    IssueId,
    RecordShape,
    field_value,
    id_filter,
    name_identifier,
    no_derived_fields,
    note_field,
)
from app.nouns.similarity import name_similarity


class IssueShape(RecordShape):
    """A matter under negotiation."""

    name: Name = Field(
        description="The name of the issue.", examples=["Withdrawal of Turkish troops"]
    )
    broader: IssueId | None = Field(
        default=None, description="The broader issue it belongs to.", examples=["security"]
    )
    note: Text | None = note_field()


noun = Noun(
    name="issue",
    plural="issues",
    shape=IssueShape,
    filters=(
        id_filter("withdrawal-of-troops"),
        Filter("broader", field_value("broader"), "The broader issue it belongs to.", "security"),
    ),
    derive=no_derived_fields,
    summary="What is discussed or negotiated.",
    rank=1,
    name_fields=("name",),
    is_inline=True,
    parent_field="broader",
    identifier_base=name_identifier,
    similarity=Similarity(name_similarity, word_fields=("name",)),
)
