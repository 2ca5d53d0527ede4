"""Warnings where an office at a meeting or behind a position disagrees with a person's tenures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.kit import edtf
from app.kit.schema.shapes import Document
from app.kit.words import fold_text
from app.ledger.dates import Bounds, bounds_of
from app.ledger.noun import FieldWarning, WriteContext


def tenure_warnings(
    context: WriteContext, document: Document, seats: Sequence[tuple[str, Document]]
) -> Iterator[FieldWarning]:
    """Who sat or spoke in an office that their tenures do not show.

    `seats` are the objects with `person party office level` in a dated document, each with the
    field that it stands in.
    """
    occupied = [(field, seat) for field, seat in seats if seat["person"]]
    people = context.after("person", (seat["person"] for _, seat in occupied))
    bounds = bounds_of(document["date"])
    for field, seat in occupied:
        person = people.get(seat["person"])
        if person is not None:
            yield from ((field, warning) for warning in _disagreements(seat, bounds, person))


def _disagreements(seat: Document, bounds: Bounds | None, person: Document) -> Iterator[str]:
    name = f"“{person['id']}”"
    if not person["tenures"]:
        return
    held = [tenure for tenure in person["tenures"] if _is_then(tenure, bounds)]
    if not held:
        yield f"no office of {name} is recorded for that date"
    elif seat["office"] and not any(_is_same(tenure, seat) for tenure in held):
        known = ", ".join(f"{t['office']} ({t['party']})" for t in held)
        yield f"{name} is recorded as {known} then, not as {seat['office']}"
    elif all(tenure["party"] != seat["party"] for tenure in held):
        yield f"{name} held no office for {seat['party']} then"
    elif seat["level"] and not {seat["level"], None} & (levels := {t["level"] for t in held}):
        known = " or ".join(sorted(levels))
        yield f"{name} is recorded at the level {known} then, not {seat['level']}"


def _is_then(tenure: Document, bounds: Bounds | None) -> bool:
    if bounds is None:
        return True
    start = tenure["from"]["earliest"] if tenure["from"] else None
    end = tenure["to"]["latest"] if tenure["to"] else None
    held = Bounds(
        None if start is None else edtf.day_number(start),
        None if end is None else edtf.day_number(end),
    )
    return bounds.may_overlap(held)


def _is_same(tenure: Document, seat: Document) -> bool:
    if fold_text(tenure["office"]) == fold_text(seat["office"]):
        return True
    return tenure["level"] is not None and tenure["level"] == seat["level"]
