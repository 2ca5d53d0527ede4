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
from app.ledger.dates import Bounds
from app.ledger.noun import FieldWarning, Likeness, Noun, Tag
from app.nouns.fields import (
    MeetingId,
    PartyId,
    RecordShape,
    Sources,
    day_of,
    each,
    id_tag,
    inner,
    one,
    sources_field,
    string,
    versioned,
)
from app.nouns.likeness import Score, date_likeness, text_likeness, weighed

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

    derived = versioned(
        parties=(list[str], Field(description="Who deposited anything.", examples=[["TUR"]]))
    )


def _derive(document: Document) -> None:
    document["parties"] = sorted({deposit["party"] for deposit in document["deposits"]})


def _identify(body: Document) -> str:
    return slug(string(body, "title"), day_of(body.get("date")))


def _rules(body: Document, _bounds: Bounds | None, _today: date) -> Iterator[FieldError]:
    if body["status"] == "in_force" and not body["deposits"]:
        yield FieldError("deposits", "is empty for a treaty in force", "who ratified it")


def _warnings(document: Document, _today: date) -> Iterator[FieldWarning]:
    if not document["sources"]:
        yield "sources", "none is given"


def _score(document: Document, other: Document, bounds: Bounds | None) -> Score:
    title = text_likeness(document["title"], other["title"])
    return weighed({"title": (0.6, title), "date": (0.4, date_likeness(document, other, bounds))})


noun = Noun(
    name="treaty",
    plural="treaties",
    shape=TreatyShape,
    tags=(
        id_tag("adana-agreement-1998-10-20"),
        Tag("party", each("parties"), "Deposited an instrument.", "TUR"),
        Tag("status", one("status"), "How far it has come.", "in_force", TREATY_STATUSES),
        Tag("instrument", inner("deposits", "instrument"), "What was deposited.", "ratified"),
        Tag("source", each("sources"), "A source it cites.", "2023-04-26-moscow-talks"),
    ),
    derive=_derive,
    summary="What was signed, by whom, and whether it is in force.",
    rank=5,
    date="date",
    event=True,
    nested=True,
    hierarchy="amends",
    identify=_identify,
    likeness=Likeness(_score, names=("title",)),
    rules=_rules,
    warnings=_warnings,
)
