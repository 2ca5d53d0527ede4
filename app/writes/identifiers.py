"""Identifiers that are derived where the client gives none."""

from __future__ import annotations

from collections.abc import Callable

from app.kit.schema.shapes import MAX_IDENTIFIER, Document
from app.ledger.noun import Code, Noun

_NAMESAKES = 33  # beyond so many of one name, only the index finds another


def namesakes(noun: Noun, body: Document) -> list[str]:
    """The identifiers that records which say the same would have been given."""
    base = noun.identify(body)
    return [base, *(f"{base}-{number}" for number in range(2, _NAMESAKES))] if base else []


def derived(noun: Noun, body: Document, taken: Callable[[str], bool]) -> str:
    """An identifier for a new record: readable, and not taken; the noun's where no word is.

    Of a code there is one only: it is given even where it is taken, and empty where there is none.
    """
    base = noun.identify(body)
    if isinstance(base, Code):
        return base
    candidate, number = base[:MAX_IDENTIFIER], 1
    if not base:
        base, candidate = noun.name, f"{noun.name}-1"
    while taken(candidate):
        number += 1
        candidate = f"{base}-{number}"
    return candidate
