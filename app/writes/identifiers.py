"""Identifiers that are derived where the client gives none."""

from __future__ import annotations

from collections.abc import Callable

from app.kit.schema.shapes import MAX_IDENTIFIER, Document
from app.ledger.noun import ExternalCode, Noun

_MAX_NUMBERED = (
    33  # records with the same derived identifier beyond this are found by the index only
)


def numbered_identifiers(noun: Noun, body: Document) -> list[str]:
    """The identifiers that records with the same body would have been given."""
    base = noun.identifier_base(body)
    return [base, *(f"{base}-{number}" for number in range(2, _MAX_NUMBERED))] if base else []


def derive_identifier(noun: Noun, body: Document, is_taken: Callable[[str], bool]) -> str:
    """A readable identifier for a new record that is not taken; the noun's name if it has no words.

    An external code is returned even if it is taken, and is empty if there is none.
    """
    base = noun.identifier_base(body)
    if isinstance(base, ExternalCode):
        return base
    candidate, number = base[:MAX_IDENTIFIER], 1
    if not base:
        base, candidate = noun.name, f"{noun.name}-1"
    while is_taken(candidate):
        number += 1
        candidate = f"{base}-{number}"
    return candidate
