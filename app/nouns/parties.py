"""Parties: states, organisations and non-state actors that meet."""

from __future__ import annotations

import re
from typing import Literal, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from app.kit.countries import country_by_code, find_country, similar_countries
from app.kit.schema.shapes import Document, Name, Text
from app.kit.words import slug
from app.ledger.noun import ExternalCode, Filter, Noun, Similarity
from app.nouns.fields import (
    Names,
    RecordShape,
    Sources,
    field_value,
    id_filter,
    names_field,
    no_derived_fields,
    note_field,
    sources_field,
    text_field,
)
from app.nouns.similarity import name_similarity

PartyKind = TypeAliasType("PartyKind", Literal["state", "organisation", "non_state"])
PARTY_KINDS: tuple[str, ...] = get_args(PartyKind.__value__)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class PartyShape(RecordShape):
    """A state, organisation or non-state actor."""

    id: str = Field(
        min_length=1,
        max_length=120,
        description="The ISO 3166-1 alpha-3 code of a state; a slug for any other party.",
        examples=["TUR"],
    )
    name: Name = Field(description="The standard short name.", examples=["Türkiye"])
    kind: PartyKind = Field(description="The kind of party.", examples=["state"])
    names: Names = names_field()
    note: Text | None = note_field()
    sources: Sources = sources_field()

    @model_validator(mode="after")
    def check_identifier(self) -> PartyShape:
        """A state goes by its code, anything else by a slug."""
        if self.kind == "state" and country_by_code(self.id) is None:
            near = ", ".join(f"{c.alpha3} ({c.name})" for c in similar_countries(self.name))
            raise PydanticCustomError(
                "state_code",
                "the identifier of a state must be its ISO 3166-1 alpha-3 code",
                {"field": "id", "accepted": f"such as {near or 'TUR (Türkiye)'}"},
            )
        if self.kind != "state" and not _SLUG.fullmatch(self.id):
            raise PydanticCustomError(
                "slug",
                "the identifier of a party other than a state must be a slug",
                {"field": "id", "accepted": "lowercase letters, digits and single hyphens"},
            )
        return self


def _identifier_base(body: Document) -> str:
    """A state's code; the words of the name for any other party."""
    name = text_field(body, "name") or ""
    if body.get("kind") != "state":
        return slug(name)
    state = find_country(name)
    return ExternalCode(state.alpha3 if state else "")


noun = Noun(
    name="party",
    plural="parties",
    shape=PartyShape,
    filters=(
        id_filter("TUR"),
        Filter("kind", field_value("kind"), "The kind of party.", "state", PARTY_KINDS),
    ),
    derive=no_derived_fields,
    summary="States, organisations and non-state actors that take part.",
    rank=1,
    name_fields=("name", "names"),
    identifier_base=_identifier_base,
    similarity=Similarity(name_similarity, word_fields=("name", "names")),
)
