"""The eight nouns, one line each."""

from __future__ import annotations

from app.kit import idempotency, keys
from app.kit.database import metadata
from app.ledger.nouns import Nouns
from app.records import (
    issues,
    meetings,
    milestones,
    parties,
    people,
    positions,
    processes,
    sources,
)

NOUNS = Nouns(
    (
        meetings.noun,
        people.noun,
        parties.noun,
        issues.noun,
        sources.noun,
        processes.noun,
        milestones.noun,
        positions.noun,
    )
)

# What the schema is compared with: importing a module declares its tables.
DECLARING = (keys, idempotency)

__all__ = ["DECLARING", "NOUNS", "metadata"]
