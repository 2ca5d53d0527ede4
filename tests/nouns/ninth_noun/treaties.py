"""Treaties: what was signed, by whom, and whether it is in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import Field
from typing_extensions import TypeAliasType

from app.kit.http.problems import FieldError
from app.kit.schema.shapes import Cites, Date, Document, Identifier, Name, Shape, Text
from app.kit.words import slug
from app.ledger.dates import DateBounds
from app.ledger.noun import FieldWarning, Filter, Noun, Similarity
from app.nouns.fields import (
    MeetingId,
    PartyId,
    RecordShape,
    Sources,
    date_slug,
    field_value,
    id_filter,
    item_values,
    list_values,
    sources_field,
    text_field,
    with_version_fields,
)
from app.nouns.similarity import Score, date_similarity, text_similarity, weighted_score

TreatyStatus = TypeAliasType("TreatyStatus", Literal["signed", "in_force", "terminated"])
Instrument = TypeAliasType("Instrument", Literal["ratified", "acceded"])
TREATY_STATUSES: tuple[str, ...] = get_args(TreatyStatus.__value__)
TreatyId = Annotated[Identifier, Cites("treaty")]


class DepositShape(Shape):
    """An instrument that a party deposited."""

    party: PartyId = Field(description="Who deposited it.", examples=["TUR"])
    instrument: Instrument = Field(description="What it was.", examples=["ratified"])


class TreatyShape(RecordShape):
    """A treaty."""

    title: Name = Field(description="What it is called.", examples=["Adana agreement"])
    date: Date | None = Field(default=None, description="When it was signed.")
    status: TreatyStatus = Field(default="signed", description="How far it has come.")
    deposits: list[DepositShape] = Field(
        default_factory=list, max_length=200, description="The instruments deposited."
    )
    meeting: MeetingId | None = Field(default=None, description="Where it was signed.")
    amends: TreatyId | None = Field(default=None, description="The treaty that it amends.")
    note: Text | None = Field(default=None, description="What else is to be known.")
    sources: Sources = sources_field()

    derived = with_version_fields(
        parties=(list[str], Field(description="Who deposited anything.", examples=[["TUR"]]))
    )


def _derive(document: Document) -> None:
    document["parties"] = sorted({deposit["party"] for deposit in document["deposits"]})


def _identify(body: Document) -> str:
    return slug(text_field(body, "title"), date_slug(body.get("date")))


def _rules(body: Document, _bounds: DateBounds | None, _today: date) -> Iterator[FieldError]:
    if body["status"] == "in_force" and not body["deposits"]:
        yield FieldError("deposits", "is empty for a treaty in force", "who ratified it")


def _warnings(document: Document, _today: date) -> Iterator[FieldWarning]:
    if not document["sources"]:
        yield "sources", "none is given"


def _score(document: Document, other: Document, bounds: DateBounds | None) -> Score:
    title = text_similarity(document["title"], other["title"])
    return weighted_score(
        {"title": (0.6, title), "date": (0.4, date_similarity(document, other, bounds))}
    )


noun = Noun(
    name="treaty",
    plural="treaties",
    shape=TreatyShape,
    filters=(
        id_filter("adana-agreement-1998-10-20"),
        Filter("party", list_values("parties"), "Deposited an instrument.", "TUR"),
        Filter(
            "status", field_value("status"), "How far it has come.", "in_force", TREATY_STATUSES
        ),
        Filter(
            "instrument", item_values("deposits", "instrument"), "What was deposited.", "ratified"
        ),
        Filter("source", list_values("sources"), "A source it cites.", "2023-04-26-moscow-talks"),
    ),
    derive=_derive,
    summary="What was signed, by whom, and whether it is in force.",
    rank=5,
    date_field="date",
    is_event=True,
    is_inline=True,
    parent_field="amends",
    identifier_base=_identify,
    similarity=Similarity(_score, word_fields=("title",)),
    rules=_rules,
    warnings=_warnings,
)
