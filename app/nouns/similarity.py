"""How alike two records are: the measures that nouns score likely duplicates by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz

from app.kit.schema.shapes import Document
from app.kit.words import fold_text
from app.ledger.dates import DateBounds, bounds_of_date

Score = tuple[float, list[str]]  # from 0 to 1, and the fields that agree


def text_similarity(left: str | None, right: str | None) -> float:
    """How alike two texts are, whatever the order of their words."""
    if not left or not right:
        return 0.0
    return fuzz.token_sort_ratio(fold_text(left), fold_text(right)) / 100


def both_undated(document: Document, other: Document) -> bool:
    """Whether there is no date to compare."""
    return document["date"] is None and other["date"] is None


def date_similarity(document: Document, other: Document, bounds: DateBounds | None) -> float:
    """1 for the same days, less the less they share."""
    if date_key(document["date"]) == date_key(other["date"]) is not None:
        return 1.0
    others = bounds_of_date(other["date"])
    if bounds is None or others is None or None in (bounds.earliest, others.earliest):
        return 0.0
    if not bounds.may_overlap(others):
        return 0.0
    if bounds == others:
        return 1.0
    spans = [b.latest - b.earliest if b.latest is not None else 365 for b in (bounds, others)]  # type: ignore[operator]  # neither is None
    return 0.8 if max(spans) <= 31 else 0.5


def date_key(date: Document | None) -> tuple[str | None, ...] | None:
    """What a date says, without what is derived from it."""
    return None if date is None else (date["edtf"], date["before"], date["after"])


def overlap_ratio(left: Iterable[str], right: Iterable[str]) -> float:
    """The part of all values that both have."""
    left, right = set(left), set(right)
    return len(left & right) / len(left | right) if left | right else 0.0


def weighted_score(parts: Mapping[str, tuple[float, float]]) -> Score:
    """The weighted mean of `parts`, each a weight and a value; pass only what a record states."""
    whole = sum(weight for weight, _ in parts.values())
    score = sum(weight * value for weight, value in parts.values()) / whole
    return round(score, 9), sorted(name for name, (_, value) in parts.items() if value >= 0.8)


def name_similarity(document: Document, other: Document, _bounds: DateBounds | None) -> Score:
    """How alike the closest of two records' names are; nothing below nine tenths."""
    best = max(text_similarity(one, two) for one in _names(document) for two in _names(other))
    return (best if best >= 0.9 else 0.0), ["name"]


def _names(document: Document) -> list[str]:
    return [document["name"], *(item["name"] for item in document.get("names", []))]
