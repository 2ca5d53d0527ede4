"""The eight nouns, one line each."""

from __future__ import annotations

from importlib import import_module

from app.kit.http import api_keys, idempotency
from app.kit.sql.database import metadata
from app.ledger.noun import Nouns

# The module of each noun, in the order in which the API lists them.
_MODULES = (
    "meetings",
    "people",
    "parties",
    "issues",
    "sources",
    "processes",
    "milestones",
    "positions",
)

NOUNS = Nouns([import_module(f"{__package__}.{module}").noun for module in _MODULES])

# What the schema is compared with: importing a module declares its tables.
DECLARING = (api_keys, idempotency)

__all__ = ["DECLARING", "NOUNS", "metadata"]
