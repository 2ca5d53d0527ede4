"""Identifiers that are derived where the client gives none."""

from __future__ import annotations

from collections.abc import Callable

from app.kit.schema.shapes import MAX_IDENTIFIER, Document
from app.ledger.noun import ExternalCode, Noun

_MAX_NUMBERED = 33  # beyond so many of one name, only the index finds another


def numbered_identifiers(noun: Noun, body: Document) -> list[str]:
    """The identifiers that records which say the same would have been given."""
    base = noun.identifier_base(body)
    return [base, *(f"{base}-{number}" for number in range(2, _MAX_NUMBERED))] if base else []


def derive_identifier(noun: Noun, body: Document, taken: Callable[[str], bool]) -> str:
    """An identifier for a new record: readable, and not taken; the noun's where no word is.

    Of a code there is one only: it is given even where it is taken, and empty where there is none.
    """
    base = noun.identifier_base(body)
    if isinstance(base, ExternalCode):
        return base
    candidate, number = base[:MAX_IDENTIFIER], 1
    if not base:
        base, candidate = noun.name, f"{noun.name}-1"
    while taken(candidate):
        number += 1
        candidate = f"{base}-{number}"
    return candidate
