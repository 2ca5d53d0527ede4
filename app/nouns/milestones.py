"""Milestones: events that are no meetings, and that dates hang on."""

from __future__ import annotations

from pydantic import Field

from app.kit.schema.shapes import Date, Document, Name, Text
from app.kit.words import slug
from app.ledger.dates import Bounds
from app.ledger.noun import Likeness, Noun, Tag
from app.nouns.fields import (
    ProcessId,
    RecordShape,
    Sources,
    day_of,
    each,
    id_tag,
    note_field,
    nothing,
    one,
    sources_field,
    string,
)
from app.nouns.likeness import Score, date_likeness, text_likeness, undated, weighed


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


def _identify(body: Document) -> str:
    """The title and the day."""
    return slug(string(body, "title"), day_of(body.get("date")))


def _score(document: Document, other: Document, bounds: Bounds | None) -> Score:
    title = text_likeness(document["title"], other["title"])
    if undated(document, other):
        return (title if title >= 0.9 else 0.0), ["title"]
    return weighed({"title": (0.6, title), "date": (0.4, date_likeness(document, other, bounds))})


noun = Noun(
    name="milestone",
    plural="milestones",
    shape=MilestoneShape,
    tags=(
        id_tag("tr-general-election-2023"),
        Tag("process", one("process"), "The track it bears on.", "syria-turkiye-normalisation"),
        Tag("source", each("sources"), "A source it cites.", "2023-04-26-moscow-talks"),
    ),
    derive=nothing,
    summary="Events that are no meetings, and that dates hang on.",
    rank=3,
    date="date",
    event=True,
    identify=_identify,
    likeness=Likeness(_score, names=("title",)),
)
