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

    return Filter(role, values, f"A party that takes part as {role}.", "RUS")


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
        text = "The name of the place, ignoring case and accents."
        return Filter("place", values, text, "Moscow", is_folded=True)
    return Filter(
        "country",
        values,
        "The country of the place, as an ISO 3166-1 alpha-3 code.",
        "RUS",
        check=check_country_code,
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
        Filter("party", list_values("parties"), "A party that takes part, in any role.", "TUR"),
        Filter(
            "person",
            item_values("participants", "person"),
            "A person who takes part.",
            "sergey-shoigu",
        ),
        Filter(
            "level",
            list_values("levels"),
            "The level of a participant.",
            "defence_minister",
            LEVELS,
        ),
        Filter(
            "role",
            item_values("participants", "role"),
            "The role of a participant.",
            "mediator",
            ROLES,
        ),
        _with_role("host"),
        _with_role("mediator"),
        Filter(
            "status", field_value("status"), "The status of the meeting.", "held", MEETING_STATUSES
        ),
        Filter("kind", field_value("kind"), "The kind of meeting.", "meeting", MEETING_KINDS),
        Filter(
            "format",
            field_value("format"),
            "The format, by the number of parties.",
            "quadrilateral",
            MEETING_FORMATS,
        ),
        Filter(
            "process",
            field_value("process"),
            "The process it belongs to.",
            "syria-turkiye-normalisation",
        ),
        Filter(
            "issue",
            _issues,
            "An issue discussed, or mentioned in a readout.",
            "withdrawal-of-troops",
        ),
        _of_place("name"),
        _of_place("country"),
        Filter(
            "source",
            _sources,
            "A cited source, including those of readouts and outcomes.",
            "2023-04-26-moscow-talks",
        ),
        Filter(
            "outcome",
            item_values("outcomes", "assessment"),
            "An assessment of the outcome.",
            "breakthrough",
            ASSESSMENTS,
        ),
        flag_filter("named", is_named, "Whether every participating office has a named holder."),
        flag_filter("quoted", is_quoted, "Whether a readout contains a quote."),
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
            "Positions voiced at the meeting. They take its date, process and sources unless they "
            "give their own.",
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
