"""Milestones: events other than meetings, to which dates can be anchored."""

from __future__ import annotations

from pydantic import Field

from app.kit.schema.shapes import Date, Document, Name, Text
from app.kit.words import slug
from app.ledger.dates import DateBounds
from app.ledger.noun import Filter, Noun, Similarity
from app.nouns.fields import (
    ProcessId,
    RecordShape,
    Sources,
    date_slug,
    field_value,
    id_filter,
    list_values,
    no_derived_fields,
    note_field,
    sources_field,
    text_field,
)
from app.nouns.similarity import (
    Score,
    both_undated,
    date_similarity,
    text_similarity,
    weighted_score,
)


class MilestoneShape(RecordShape):
    """An event other than a meeting."""

    title: Name = Field(
        description="The title of the event.", examples=["Turkish general elections"]
    )
    date: Date | None = Field(default=None, description="The date of the event.")
    process: ProcessId | None = Field(
        default=None,
        description="The process it concerns.",
        examples=["syria-turkiye-normalisation"],
    )
    note: Text | None = note_field()
    sources: Sources = sources_field()


def _identifier_base(body: Document) -> str:
    """The title and the day."""
    return slug(text_field(body, "title"), date_slug(body.get("date")))


def _similarity_score(document: Document, other: Document, bounds: DateBounds | None) -> Score:
    title = text_similarity(document["title"], other["title"])
    if both_undated(document, other):
        return (title if title >= 0.9 else 0.0), ["title"]
    return weighted_score(
        {"title": (0.6, title), "date": (0.4, date_similarity(document, other, bounds))}
    )


noun = Noun(
    name="milestone",
    plural="milestones",
    shape=MilestoneShape,
    filters=(
        id_filter("tr-general-election-2023"),
        Filter(
            "process",
            field_value("process"),
            "The process it concerns.",
            "syria-turkiye-normalisation",
        ),
        Filter("source", list_values("sources"), "A cited source.", "2023-04-26-moscow-talks"),
    ),
    derive=no_derived_fields,
    summary="Events other than meetings, which other dates can refer to.",
    rank=3,
    date_field="date",
    is_event=True,
    identifier_base=_identifier_base,
    similarity=Similarity(_similarity_score, word_fields=("title",)),
)
