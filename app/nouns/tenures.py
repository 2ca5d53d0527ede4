"""Warnings where an office at a meeting or behind a position disagrees with a person's tenures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.kit import edtf
from app.kit.schema.shapes import Document
from app.kit.words import fold_text
from app.ledger.dates import DateBounds, bounds_of_date
from app.ledger.noun import DraftView, FieldWarning


def tenure_warnings(
    draft: DraftView, document: Document, participants: Sequence[tuple[str, Document]]
) -> Iterator[FieldWarning]:
    """Who sat or spoke in an office that their tenures do not show.

    `seats` are the objects with `person party office level` in a dated document, each with the
    field that it stands in.
    """
    occupied = [(field, seat) for field, seat in participants if seat["person"]]
    people = draft.documents_after("person", (seat["person"] for _, seat in occupied))
    bounds = bounds_of_date(document["date"])
    for field, seat in occupied:
        person = people.get(seat["person"])
        if person is not None:
            yield from ((field, warning) for warning in _tenure_conflicts(seat, bounds, person))


def _tenure_conflicts(seat: Document, bounds: DateBounds | None, person: Document) -> Iterator[str]:
    name = f"“{person['id']}”"
    if not person["tenures"]:
        return
    held = [tenure for tenure in person["tenures"] if _held_at(tenure, bounds)]
    if not held:
        yield f"no office of {name} is recorded for that date"
    elif seat["office"] and not any(_is_same_office(tenure, seat) for tenure in held):
        known = ", ".join(f"{t['office']} ({t['party']})" for t in held)
        yield f"{name} is recorded as {known} at that time, not as {seat['office']}"
    elif all(tenure["party"] != seat["party"] for tenure in held):
        yield f"no office of {name} for {seat['party']} is recorded for that date"
    elif seat["level"] and not {seat["level"], None} & (levels := {t["level"] for t in held}):
        known = " or ".join(sorted(levels))
        yield f"{name} is recorded at the level {known} at that time, not {seat['level']}"


def _held_at(tenure: Document, bounds: DateBounds | None) -> bool:
    if bounds is None:
        return True
    start = tenure["from"]["earliest"] if tenure["from"] else None
    end = tenure["to"]["latest"] if tenure["to"] else None
    held = DateBounds(
        None if start is None else edtf.day_number(start),
        None if end is None else edtf.day_number(end),
    )
    return bounds.may_overlap(held)


def _is_same_office(tenure: Document, seat: Document) -> bool:
    if fold_text(tenure["office"]) == fold_text(seat["office"]):
        return True
    return tenure["level"] is not None and tenure["level"] == seat["level"]
