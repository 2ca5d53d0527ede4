"""Sources: who reports it. Cited, never copied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.kit.schema.shapes import Date, Document, Language, Name, Text, Url
from app.kit.words import slug
from app.ledger.dates import DateBounds
from app.ledger.noun import FieldWarning, Filter, Noun, Similarity
from app.nouns.fields import (
    RecordShape,
    date_slug,
    field_value,
    id_filter,
    no_derived_fields,
    note_field,
    text_field,
)
from app.nouns.similarity import Score, text_similarity


class SourceShape(RecordShape):
    """A publication that reports on events."""

    publisher: Name | None = Field(
        default=None, description="The original publisher.", examples=["Example News"]
    )
    title: Name | None = Field(default=None, description="The title.", examples=["Talks in Moscow"])
    url: Url | None = Field(
        default=None, description="The URL.", examples=["https://example.org/talks"]
    )
    published: Date | None = Field(default=None, description="The publication day.")
    language: Language | None = Field(
        default=None, description="The language, as a BCP 47 tag.", examples=["en"]
    )
    mirrored_by: Name | None = Field(
        default=None, description="Who mirrors it.", examples=["SOUTH FRONT"]
    )
    reliability: Name | None = Field(
        default=None, description="An assessment of its reliability.", examples=["unrated"]
    )
    note: Text | None = note_field()

    @model_validator(mode="after")
    def check_published(self) -> SourceShape:
        """A publication day stands by itself: what is known when hangs on it."""
        if self.published and (self.published.before or self.published.after):
            raise PydanticCustomError(
                "anchored",
                "a publication day cannot depend on an event",
                {"field": "published", "accepted": 'EDTF text such as "2023-04-26"'},
            )
        return self


def _identifier_base(body: Document) -> str:
    """The day of publication, who published it, and the title."""
    who = text_field(body, "publisher") or text_field(body, "mirrored_by")
    return slug(date_slug(body.get("published")), who, text_field(body, "title"))


def _similarity_score(document: Document, other: Document, _bounds: DateBounds | None) -> Score:
    if document["url"] is not None and document["url"] == other["url"]:
        return 1.0, ["url"]
    if document["url"] is not None and other["url"] is not None:
        return 0.0, []
    days = [d["published"] and d["published"]["edtf"] for d in (document, other)]
    if days[0] != days[1] or document["publisher"] != other["publisher"]:
        return 0.0, []
    best = text_similarity(document["title"], other["title"])
    return (best if best >= 0.9 else 0.0), ["title", "published"]


def _warnings(document: Document, today: date) -> Iterator[FieldWarning]:
    published = document["published"]
    if published and published["earliest"] and published["earliest"] > today.isoformat():
        yield "published", f"{published['display']} is in the future"


noun = Noun(
    name="source",
    plural="sources",
    shape=SourceShape,
    filters=(
        id_filter("2023-04-26-moscow-talks"),
        Filter(
            "url",
            field_value("url"),
            "The exact URL, in double quotes if it contains a comma.",
            "https://example.org/talks",
            is_exact=True,
            is_facet=False,
        ),
    ),
    derive=no_derived_fields,
    summary="The publications that report events: cited, never copied.",
    published_field="published",
    is_inline=True,
    identifier_base=_identifier_base,
    similarity=Similarity(_similarity_score, word_fields=("title",), exact_filters=("url",)),
    warnings=_warnings,
)
