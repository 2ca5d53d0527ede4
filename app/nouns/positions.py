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
from app.ledger.dates import DateBounds
from app.ledger.noun import DraftView, FieldWarning, Filter, Noun, Similarity
from app.nouns.fields import (
    IssueId,
    MeetingId,
    PartyId,
    PersonId,
    ProcessId,
    RecordShape,
    Sources,
    date_slug,
    field_value,
    flag_filter,
    id_filter,
    list_values,
    no_derived_fields,
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
    """A party's position on an issue."""

    party: PartyId = Field(description="The party whose position it is.", examples=["SYR"])
    person: PersonId | None = Field(
        default=None, description="The person who voiced it.", examples=["bashar-al-assad"]
    )
    office: Name | None = Field(
        default=None,
        description="The office of the speaker at the time.",
        examples=["President"],
    )
    issue: IssueId = Field(description="The issue.", examples=["withdrawal-of-troops"])
    stance: Stance = Field(description="The stance taken.", examples=["demands"])
    text: Text | None = Field(default=None, description="The position, paraphrased.")
    quote: Text | None = Field(default=None, description="A short verbatim quote.")
    language: Language | None = Field(
        default=None, description="The language of the quote.", examples=["en"]
    )
    date: Date | None = Field(default=None, description="When it was voiced.")
    meeting: MeetingId | None = Field(
        default=None,
        description="The meeting at which it was voiced.",
        examples=["2023-04-25-moscow"],
    )
    process: ProcessId | None = Field(
        default=None,
        description="The process it belongs to.",
        examples=["syria-turkiye-normalisation"],
    )
    channel: Channel = Field(
        description="The channel through which it became known.", examples=["reported"]
    )
    sources: Sources = sources_field()


def _issue(document: Document) -> Iterable[str]:
    return (document["issue"],)


def _identifier_base(body: Document) -> str:
    """The day, the party and the issue."""
    return slug(date_slug(body.get("date")), text_field(body, "party"), text_field(body, "issue"))


def _rules(body: Document, _bounds: DateBounds | None, _today: date) -> Iterator[FieldError]:
    if body["quote"] is not None and body["person"] is None and body["office"] is None:
        yield FieldError("person", "is required with a quote", "the person or office that said it")


def _warnings(document: Document, _today: date) -> Iterator[FieldWarning]:
    if not document["sources"]:
        yield "sources", "none is given, so `as_of` treats the position as known on every day"


def _context_warnings(draft: DraftView, document: Document) -> Iterator[FieldWarning]:
    yield from tenure_warnings(draft, document, [("person", {"level": None} | document)])


def _similarity_score(document: Document, other: Document, bounds: DateBounds | None) -> Score:
    same = ("party", "issue", "stance", "meeting", "person")
    if any(document[field] != other[field] for field in same):
        return 0.0, []
    texts = [d["quote"] or d["text"] for d in (document, other)]
    if both_undated(document, other):
        # Without a day, only the words can tell whether it is said again.
        return weighted_score({"text": (1.0, text_similarity(*texts))})
    text = text_similarity(*texts) if all(texts) else 1.0
    return weighted_score(
        {"date": (0.4, date_similarity(document, other, bounds)), "text": (0.6, text)}
    )


def _required_filters(document: Document) -> dict[str, Sequence[str]]:
    return {"party": [document["party"]], "issue": [document["issue"]]}


noun = Noun(
    name="position",
    plural="positions",
    shape=PositionShape,
    filters=(
        id_filter("2023-03-syr-withdrawal"),
        Filter("party", field_value("party"), "The party whose position it is.", "SYR"),
        Filter("person", field_value("person"), "The person who voiced it.", "bashar-al-assad"),
        Filter("issue", _issue, "The issue.", "withdrawal-of-troops"),
        Filter("stance", field_value("stance"), "The stance taken.", "demands", STANCES),
        Filter(
            "meeting",
            field_value("meeting"),
            "The meeting at which it was voiced.",
            "2023-04-25-moscow",
        ),
        Filter(
            "process",
            field_value("process"),
            "The process it belongs to.",
            "syria-turkiye-normalisation",
        ),
        Filter(
            "channel",
            field_value("channel"),
            "The channel through which it became known.",
            "readout",
            CHANNELS,
        ),
        Filter("source", list_values("sources"), "A cited source.", "2023-04-26-moscow-talks"),
        flag_filter("quoted", lambda d: d["quote"] is not None, "Whether it contains a quote."),
    ),
    derive=no_derived_fields,
    summary="What each side wants on an issue, and how it was voiced.",
    rank=5,
    date_field="date",
    newest_first=True,
    is_statement=True,
    identifier_base=_identifier_base,
    similarity=Similarity(_similarity_score, required_filters=_required_filters),
    rules=_rules,
    warnings=_warnings,
    context_warnings=_context_warnings,
)
