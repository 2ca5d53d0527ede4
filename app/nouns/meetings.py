"""Meetings: the heart. Derived fields and filters; the shapes are beside it."""

from __future__ import annotations

from collections.abc import Iterable

from app.kit.schema.shapes import Document
from app.ledger.noun import Noun, Owned, Tag
from app.nouns import meeting_rules
from app.nouns.fields import LEVELS, country_code, each, flag, id_tag, inner, one
from app.nouns.meeting_shapes import (
    ASSESSMENTS,
    MEETING_FORMATS,
    MEETING_KINDS,
    MEETING_STATUSES,
    ROLES,
    MeetingShape,
)


def derive(document: Document) -> None:
    """Fill in `parties`, `levels` and `format` from the participants."""
    participants = document["participants"]
    levels = {p["level"] for p in participants}
    seated = {p["party"] for p in participants if p["role"] != "observer"}
    document["parties"] = sorted({p["party"] for p in participants})
    document["levels"] = [level for level in LEVELS if level in levels]
    document["format"] = (
        MEETING_FORMATS[min(len(seated), len(MEETING_FORMATS)) - 1] if seated else None
    )


def _with_role(role: str) -> Tag:
    def values(document: Document) -> Iterable[str]:
        return (p["party"] for p in document["participants"] if p["role"] == role)

    return Tag(role, values, f"The party took part as {role}.", "RUS")


def _issues(document: Document) -> Iterable[str]:
    yield from document["issues"]
    for account in document["readouts"]:
        yield from account["issues"]


def _sources(document: Document) -> Iterable[str]:
    yield from document["sources"]
    for part in (*document["readouts"], *document["outcomes"]):
        if part["source"] is not None:
            yield part["source"]


def _of_place(field: str) -> Tag:
    def values(document: Document) -> Iterable[str]:
        place = document["place"]
        return () if place is None or place[field] is None else (place[field],)

    if field == "name":
        text = "The name of the place, case and accents folded."
        return Tag("place", values, text, "Moscow", folded=True)
    return Tag("country", values, "The country it took place in.", "RUS", check=country_code)


def is_named(document: Document) -> bool:
    """False where an office took part whose holder is not named."""
    return not any(
        p["person"] is None and p["name"] is None and (p["office"] or p["level"])
        for p in document["participants"]
    )


def is_quoted(document: Document) -> bool:
    """True where a readout gives someone's own words."""
    return any(account["quote"] is not None for account in document["readouts"])


noun = Noun(
    name="meeting",
    plural="meetings",
    shape=MeetingShape,
    tags=(
        id_tag("2023-04-25-moscow"),
        Tag("party", each("parties"), "Took part, in whatever role.", "TUR"),
        Tag("person", inner("participants", "person"), "Took part.", "sergey-shoigu"),
        Tag("level", each("levels"), "A level at the table.", "defence_minister", LEVELS),
        Tag("role", inner("participants", "role"), "Someone had this role.", "mediator", ROLES),
        _with_role("host"),
        _with_role("mediator"),
        Tag("status", one("status"), "How far it has come.", "held", MEETING_STATUSES),
        Tag("kind", one("kind"), "What kind it is.", "meeting", MEETING_KINDS),
        Tag("format", one("format"), "How many parties met.", "quadrilateral", MEETING_FORMATS),
        Tag("process", one("process"), "The track.", "syria-turkiye-normalisation"),
        Tag("issue", _issues, "Talked about, or in a readout.", "withdrawal-of-troops"),
        _of_place("name"),
        _of_place("country"),
        Tag("source", _sources, "A source it cites anywhere.", "2023-04-26-moscow-talks"),
        Tag(
            "outcome", inner("outcomes", "assessment"), "So assessed.", "breakthrough", ASSESSMENTS
        ),
        flag("named", is_named, "Whether every office at the table has a name."),
        flag("quoted", is_quoted, "Whether a readout gives someone's own words."),
    ),
    derive=derive,
    summary="Who met, when and where, at what level, and what each side said.",
    rank=4,
    date="date",
    event=True,
    owned=(
        Owned(
            "positions",
            "position",
            "meeting",
            "Positions voiced at it; date, process and sources are its own where they say nothing "
            "else.",
            shared=("date", "process", "sources"),
        ),
    ),
    newest_first=True,
    kept=("previous_dates",),
    identify=meeting_rules.identify,
    likeness=meeting_rules.likeness,
    rules=meeting_rules.rules,
    transition=meeting_rules.transition,
    warnings=meeting_rules.warnings,
    context_warnings=meeting_rules.context_warnings,
)
