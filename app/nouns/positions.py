"""Positions: what each side wants on an issue, traced over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal, get_args

from pydantic import Field
from typing_extensions import TypeAliasType

from app.kit.http.problems import FieldError
from app.kit.schema.shapes import Date, Document, Language, Name, Text
from app.kit.words import slug
from app.ledger.dates import Bounds
from app.ledger.noun import FieldWarning, Likeness, Noun, Tag, WriteContext
from app.nouns.fields import (
    IssueId,
    MeetingId,
    PartyId,
    PersonId,
    ProcessId,
    RecordShape,
    Sources,
    day_of,
    each,
    flag,
    id_tag,
    nothing,
    one,
    sources_field,
    string,
)
from app.nouns.likeness import Score, date_likeness, text_likeness, undated, weighed
from app.nouns.tenures import tenure_warnings

Stance = TypeAliasType(
    "Stance",
    Literal[
        "demands",
        "calls_for",
        "proposes",
        "supports",
        "accepts",
        "conditions",
        "opposes",
        "rejects",
        "reports",
    ],
)
Channel = TypeAliasType(
    "Channel", Literal["readout", "press_statement", "speech", "interview", "document", "reported"]
)
STANCES: tuple[str, ...] = get_args(Stance.__value__)
CHANNELS: tuple[str, ...] = get_args(Channel.__value__)


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


def _issue(document: Document) -> Iterable[str]:
    return (document["issue"],)


def _identify(body: Document) -> str:
    """The day, the party and the issue."""
    return slug(day_of(body.get("date")), string(body, "party"), string(body, "issue"))


def _rules(body: Document, _bounds: Bounds | None, _today: date) -> Iterator[FieldError]:
    if body["quote"] is not None and body["person"] is None and body["office"] is None:
        yield FieldError(
            "person", "is missing beside a quote", "the person or the office that said it"
        )


def _warnings(document: Document, _today: date) -> Iterator[FieldWarning]:
    if not document["sources"]:
        yield "sources", "none is given, so that it counts as known on every day that is asked for"


def _context_warnings(context: WriteContext, document: Document) -> Iterator[FieldWarning]:
    yield from tenure_warnings(context, document, [("person", {"level": None} | document)])


def _score(document: Document, other: Document, bounds: Bounds | None) -> Score:
    same = ("party", "issue", "stance", "meeting", "person")
    if any(document[field] != other[field] for field in same):
        return 0.0, []
    texts = [d["quote"] or d["text"] for d in (document, other)]
    if undated(document, other):
        # Without a day, only the words can tell whether it is said again.
        return weighed({"text": (1.0, text_likeness(*texts))})
    text = text_likeness(*texts) if all(texts) else 1.0
    return weighed({"date": (0.4, date_likeness(document, other, bounds)), "text": (0.6, text)})


def _shared(document: Document) -> dict[str, Sequence[str]]:
    return {"party": [document["party"]], "issue": [document["issue"]]}


noun = Noun(
    name="position",
    plural="positions",
    shape=PositionShape,
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
    rank=5,
    date="date",
    newest_first=True,
    statement=True,
    identify=_identify,
    likeness=Likeness(_score, shared=_shared),
    rules=_rules,
    warnings=_warnings,
    context_warnings=_context_warnings,
)
