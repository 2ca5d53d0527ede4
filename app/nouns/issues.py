"""Issues: what is talked about."""

from __future__ import annotations

from pydantic import Field

from app.kit.schema.shapes import Name, Text
from app.ledger.noun import Likeness, Noun, Tag
from app.nouns.fields import (
    IssueId,
    RecordShape,
    id_tag,
    identify_by_name,
    note_field,
    nothing,
    one,
)
from app.nouns.likeness import alike_by_name


class IssueShape(RecordShape):
    """A matter under negotiation."""

    name: Name = Field(description="What it is called.", examples=["Withdrawal of Turkish troops"])
    broader: IssueId | None = Field(
        default=None, description="The wider issue it is part of.", examples=["security"]
    )
    note: Text | None = note_field()


noun = Noun(
    name="issue",
    plural="issues",
    shape=IssueShape,
    tags=(
        id_tag("withdrawal-of-troops"),
        Tag("broader", one("broader"), "The wider issue it is part of.", "security"),
    ),
    derive=nothing,
    summary="What is talked about.",
    rank=1,
    names=("name",),
    nested=True,
    hierarchy="broader",
    identify=identify_by_name,
    likeness=Likeness(alike_by_name, names=("name",)),
)
