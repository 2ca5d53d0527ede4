"""Sources: who reports it. Cited, never copied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.kit.schema.shapes import Date, Document, Language, Name, Text, Url
from app.kit.words import slug
from app.ledger.dates import Bounds
from app.ledger.noun import FieldWarning, Likeness, Noun, Tag
from app.nouns.fields import RecordShape, day_of, id_tag, note_field, nothing, one, string
from app.nouns.likeness import Score, text_likeness


class SourceShape(RecordShape):
    """A publication that reports something."""

    publisher: Name | None = Field(
        default=None, description="Who published it first.", examples=["Example News"]
    )
    title: Name | None = Field(default=None, description="Its title.", examples=["Talks in Moscow"])
    url: Url | None = Field(
        default=None, description="Its address.", examples=["https://example.org/talks"]
    )
    published: Date | None = Field(default=None, description="The day of publication.")
    language: Language | None = Field(
        default=None, description="Its language, as a BCP 47 tag.", examples=["en"]
    )
    mirrored_by: Name | None = Field(
        default=None, description="Who carries a copy of it.", examples=["SOUTH FRONT"]
    )
    reliability: Name | None = Field(
        default=None, description="What is known of its reliability.", examples=["unrated"]
    )
    note: Text | None = note_field()

    @model_validator(mode="after")
    def check_published(self) -> SourceShape:
        """A publication day stands by itself: what is known when hangs on it."""
        if self.published and (self.published.before or self.published.after):
            raise PydanticCustomError(
                "anchored",
                "a day of publication cannot hang on an event",
                {"field": "published", "accepted": 'EDTF text alone, such as "2023-04-26"'},
            )
        return self


def _identify(body: Document) -> str:
    """The day of publication, who published it, and the title."""
    who = string(body, "publisher") or string(body, "mirrored_by")
    return slug(day_of(body.get("published")), who, string(body, "title"))


def _score(document: Document, other: Document, _bounds: Bounds | None) -> Score:
    if document["url"] is not None and document["url"] == other["url"]:
        return 1.0, ["url"]
    if document["url"] is not None and other["url"] is not None:
        return 0.0, []
    days = [d["published"] and d["published"]["edtf"] for d in (document, other)]
    if days[0] != days[1] or document["publisher"] != other["publisher"]:
        return 0.0, []
    best = text_likeness(document["title"], other["title"])
    return (best if best >= 0.9 else 0.0), ["title", "published"]


def _warnings(document: Document, today: date) -> Iterator[FieldWarning]:
    published = document["published"]
    if published and published["earliest"] and published["earliest"] > today.isoformat():
        yield "published", f"{published['display']} lies in the future"


noun = Noun(
    name="source",
    plural="sources",
    shape=SourceShape,
    tags=(
        id_tag("2023-04-26-moscow-talks"),
        Tag(
            "url",
            one("url"),
            "The exact address; in double quotes where it holds a comma.",
            "https://example.org/talks",
            exact=True,
            facet=False,
        ),
    ),
    derive=nothing,
    summary="Who reports it: cited, never copied.",
    published="published",
    nested=True,
    identify=_identify,
    likeness=Likeness(_score, names=("title",), exact=("url",)),
    warnings=_warnings,
)
