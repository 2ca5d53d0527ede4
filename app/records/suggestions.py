"""Nearest known records, for those who mistype an identifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, select

from app.kit.problems import Fault, Problem, spoken
from app.kit.words import fold
from app.ledger.drafts import Unknown
from app.ledger.nouns import Noun, Nouns

_MOST = 3
_ALIKE = 60  # of 100
# So many unknown references are looked for: each reads all records of its noun.
_LOOKED_UP = 20


def with_nearest(connection: Connection, nouns: Nouns, problem: Problem) -> Problem:
    """The same problem; unknown references name the nearest known ones."""
    faults = list(problem.errors)
    unknown = [(n, fault) for n, fault in enumerate(faults) if isinstance(fault, Unknown)]
    if not unknown:
        return problem
    for place, fault in unknown[:_LOOKED_UP]:
        known = [nouns[name] for name in fault.nouns]
        near = nearest(connection, known, fault.identifier)
        faults[place] = replace(fault, accepted=near or _where(known))
    return replace(problem, detail=spoken([_hinted(fault) for fault in faults]), errors=faults)


def _hinted(fault: Fault) -> Fault:
    if not isinstance(fault.accepted, list):
        return fault
    return replace(fault, message=f"{fault.message}; nearest: {', '.join(fault.accepted)}")


def _where(nouns: Sequence[Noun]) -> str:
    names = " or ".join(noun.name for noun in nouns)
    lists = " or ".join(f"/v1/{noun.plural}" for noun in nouns)
    return f"the identifier of {'an' if names[0] in 'aeiou' else 'a'} {names} in {lists}"


def nearest(connection: Connection, nouns: Sequence[Noun], identifier: str) -> list[str]:
    """The identifiers of the records whose identifier or name is most like a text."""
    known: dict[tuple[str, str], str] = {}
    for noun in nouns:
        label = next((n for n in ("name", "title") if n in noun.table.c), "id")
        for own, name in connection.execute(select(noun.table.c.id, noun.table.c[label])):
            known[own, "id"] = fold(own)
            if name:
                known[own, "name"] = fold(name)
    ranked = process.extract(
        fold(identifier.replace("-", " ")),
        known,
        scorer=fuzz.WRatio,
        processor=lambda text: text.replace("-", " "),
        limit=_MOST * 2,
        score_cutoff=_ALIKE,
    )
    return list(dict.fromkeys(key[0] for _, _, key in ranked))[:_MOST]
