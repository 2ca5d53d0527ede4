"""Meetings: the heart. Derived fields and filters; the shapes are beside it."""

from __future__ import annotations

from collections.abc import Iterable

from app.kit.schema.shapes import Document
from app.ledger.noun import Filter, Noun, OwnedRecords
from app.nouns import meeting_rules
from app.nouns.fields import (
    LEVELS,
    check_country_code,
    field_value,
    flag_filter,
    id_filter,
    item_values,
    list_values,
)
from app.nouns.meeting_shapes import (
    ASSESSMENTS,
    MEETING_FORMATS,
    MEETING_KINDS,
    MEETING_STATUSES,
    ROLES,
    MeetingShape,
)


def derive_fields(document: Document) -> None:
    """Fill in `parties`, `levels` and `format` from the participants."""
    participants = document["participants"]
    levels = {p["level"] for p in participants}
    seated = {p["party"] for p in participants if p["role"] != "observer"}
    document["parties"] = sorted({p["party"] for p in participants})
    document["levels"] = [level for level in LEVELS if level in levels]
    document["format"] = (
        MEETING_FORMATS[min(len(seated), len(MEETING_FORMATS)) - 1] if seated else None
    )


def _with_role(role: str) -> Filter:
    def values(document: Document) -> Iterable[str]:
        return (p["party"] for p in document["participants"] if p["role"] == role)

    return Filter(role, values, f"The party took part as {role}.", "RUS")


def _issues(document: Document) -> Iterable[str]:
    yield from document["issues"]
    for account in document["readouts"]:
        yield from account["issues"]


def _sources(document: Document) -> Iterable[str]:
    yield from document["sources"]
    for part in (*document["readouts"], *document["outcomes"]):
        if part["source"] is not None:
            yield part["source"]


def _of_place(field: str) -> Filter:
    def values(document: Document) -> Iterable[str]:
        place = document["place"]
        return () if place is None or place[field] is None else (place[field],)

    if field == "name":
        text = "The name of the place, case and accents folded."
        return Filter("place", values, text, "Moscow", is_folded=True)
    return Filter(
        "country", values, "The country it took place in.", "RUS", check=check_country_code
    )


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
    filters=(
        id_filter("2023-04-25-moscow"),
        Filter("party", list_values("parties"), "Took part, in whatever role.", "TUR"),
        Filter("person", item_values("participants", "person"), "Took part.", "sergey-shoigu"),
        Filter("level", list_values("levels"), "A level at the table.", "defence_minister", LEVELS),
        Filter(
            "role", item_values("participants", "role"), "Someone had this role.", "mediator", ROLES
        ),
        _with_role("host"),
        _with_role("mediator"),
        Filter("status", field_value("status"), "How far it has come.", "held", MEETING_STATUSES),
        Filter("kind", field_value("kind"), "What kind it is.", "meeting", MEETING_KINDS),
        Filter(
            "format",
            field_value("format"),
            "How many parties met.",
            "quadrilateral",
            MEETING_FORMATS,
        ),
        Filter("process", field_value("process"), "The track.", "syria-turkiye-normalisation"),
        Filter("issue", _issues, "Talked about, or in a readout.", "withdrawal-of-troops"),
        _of_place("name"),
        _of_place("country"),
        Filter("source", _sources, "A source it cites anywhere.", "2023-04-26-moscow-talks"),
        Filter(
            "outcome",
            item_values("outcomes", "assessment"),
            "So assessed.",
            "breakthrough",
            ASSESSMENTS,
        ),
        flag_filter("named", is_named, "Whether every office at the table has a name."),
        flag_filter("quoted", is_quoted, "Whether a readout gives someone's own words."),
    ),
    derive=derive_fields,
    summary="Who met, when and where, at what level, and what each side said.",
    rank=4,
    date_field="date",
    is_event=True,
    owned_records=(
        OwnedRecords(
            "positions",
            "position",
            "meeting",
            "Positions voiced at it; date, process and sources are its own where they say nothing "
            "else.",
            inherited_fields=("date", "process", "sources"),
        ),
    ),
    newest_first=True,
    preserved_fields=("previous_dates",),
    identifier_base=meeting_rules.identifier_base,
    similarity=meeting_rules.similarity,
    rules=meeting_rules.rules,
    transition=meeting_rules.transition,
    warnings=meeting_rules.warnings,
    context_warnings=meeting_rules.context_warnings,
)
