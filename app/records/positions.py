"""Positions: what each side wants on an issue, traced over time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from pydantic import Field
from sqlalchemy import Table

from app.kit.database import metadata
from app.kit.shapes import Date, Document, Language, Name, Text
from app.ledger.nouns import Child, Noun, Tag
from app.records import columns
from app.records.common import (
    IssueId,
    MeetingId,
    PartyId,
    PersonId,
    ProcessId,
    RecordShape,
    Sources,
    each,
    flag,
    id_tag,
    nothing,
    one,
    sources_field,
)

Stance = Literal[
    "demands",
    "calls_for",
    "proposes",
    "supports",
    "accepts",
    "conditions",
    "opposes",
    "rejects",
    "reports",
]
Channel = Literal["readout", "press_statement", "speech", "interview", "document", "reported"]
STANCES: tuple[str, ...] = get_args(Stance)
CHANNELS: tuple[str, ...] = get_args(Channel)


class PositionShape(RecordShape):
    """What a party holds on an issue."""

    party: PartyId = Field(description="Whose position it is.", examples=["SYR"])
    person: PersonId | None = Field(
        default=None, description="Who voiced it.", examples=["bashar-al-assad"]
    )
    office: Name | None = Field(
        default=None,
        description="The office of who voiced it, as held then.",
        examples=["President"],
    )
    issue: IssueId = Field(description="What it is about.", examples=["withdrawal-of-troops"])
    stance: Stance = Field(description="The kind of position.", examples=["demands"])
    text: Text | None = Field(default=None, description="The position in words of the record.")
    quote: Text | None = Field(default=None, description="The speaker's own words, kept short.")
    language: Language | None = Field(
        default=None, description="The language of the quote.", examples=["en"]
    )
    date: Date | None = Field(default=None, description="When it was voiced.")
    meeting: MeetingId | None = Field(
        default=None, description="The meeting it was voiced at.", examples=["2023-04-25-moscow"]
    )
    process: ProcessId | None = Field(
        default=None, description="The track.", examples=["syria-turkiye-normalisation"]
    )
    channel: Channel = Field(description="How it became known.", examples=["reported"])
    sources: Sources = sources_field()


table = Table(
    "position",
    metadata,
    columns.identifier(),
    columns.cites("party", required=True),
    columns.cites("person"),
    columns.short("office"),
    columns.cites("issue", required=True),
    columns.short("stance", required=True),
    columns.long("text"),
    columns.long("quote"),
    columns.short("language"),
    *columns.date("date"),
    columns.cites("meeting"),
    columns.cites("process"),
    columns.short("channel", required=True),
)
source_table = Table(
    "position_source",
    metadata,
    columns.parent("position"),
    columns.ordinal(),
    columns.item("source", "source"),
    info={"ordinal": "ordinal"},
)


def _issue(document: Document) -> Iterable[str]:
    return (document["issue"],)


noun = Noun(
    name="position",
    plural="positions",
    shape=PositionShape,
    table=table,
    children=(Child(source_table, "sources"),),
    tags=(
        id_tag("2023-03-syr-withdrawal"),
        Tag("party", one("party"), "Whose position it is.", "SYR"),
        Tag("person", one("person"), "Who voiced it.", "bashar-al-assad"),
        Tag("issue", _issue, "What it is about.", "withdrawal-of-troops"),
        Tag("stance", one("stance"), "The kind of position.", "demands", STANCES),
        Tag("meeting", one("meeting"), "The meeting it was voiced at.", "2023-04-25-moscow"),
        Tag("process", one("process"), "The track.", "syria-turkiye-normalisation"),
        Tag("channel", one("channel"), "How it became known.", "readout", CHANNELS),
        Tag("source", each("sources"), "A source it cites.", "2023-04-26-moscow-talks"),
        flag("quoted", lambda d: d["quote"] is not None, "Whether someone's own words are given."),
    ),
    derive=nothing,
    summary="What each side wants on an issue, and how it was voiced.",
    date="date",
)
