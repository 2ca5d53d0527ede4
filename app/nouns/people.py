"""People: who sat at the table, and the offices they held when."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from app.kit.schema.shapes import Date, Document, Name, Shape, Text
from app.ledger.noun import Filter, Noun, Similarity
from app.nouns.fields import (
    LEVELS,
    Level,
    Names,
    PartyId,
    RecordShape,
    Sources,
    id_filter,
    item_values,
    name_identifier,
    names_field,
    no_derived_fields,
    note_field,
    sources_field,
)
from app.nouns.similarity import name_similarity


class TenureShape(Shape):
    """An office held for a time."""

    office: Name = Field(description="The office.", examples=["Minister of Defence"])
    level: Level | None = Field(
        default=None, description="The level of the office.", examples=["defence_minister"]
    )
    party: PartyId = Field(description="The party the office belongs to.", examples=["RUS"])
    from_: Date | None = Field(default=None, alias="from", description="When the tenure began.")
    to: Date | None = Field(default=None, description="When the tenure ended.")


class PersonShape(RecordShape):
    """A person."""

    name: Name = Field(description="The name as it is usually written.", examples=["Hulusi Akar"])
    names: Names = names_field()
    party: PartyId | None = Field(
        default=None, description="The party they represent.", examples=["TUR"]
    )
    tenures: list[TenureShape] = Field(
        default_factory=list, max_length=200, description="The offices held."
    )
    note: Text | None = note_field()
    sources: Sources = sources_field()


def _parties(document: Document) -> Iterable[str]:
    own = [] if document["party"] is None else [document["party"]]
    return [*own, *(tenure["party"] for tenure in document["tenures"])]


noun = Noun(
    name="person",
    plural="people",
    shape=PersonShape,
    filters=(
        id_filter("hulusi-akar"),
        Filter("party", _parties, "A party they represent or held office for.", "TUR"),
        Filter(
            "office",
            item_values("tenures", "office"),
            "An office they held, ignoring case and accents.",
            "Minister of Defence",
            is_folded=True,
        ),
        Filter(
            "level",
            item_values("tenures", "level"),
            "The level of an office they held.",
            "defence_minister",
            LEVELS,
        ),
    ),
    derive=no_derived_fields,
    summary="Who takes part, and which offices they held when.",
    rank=2,
    name_fields=("name", "names"),
    is_inline=True,
    identifier_base=name_identifier,
    similarity=Similarity(name_similarity, word_fields=("name", "names")),
)
