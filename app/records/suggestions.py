"""Nearest known records, for those who mistype an identifier."""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, select

from app.kit.problems import Fault, Problem
from app.kit.words import fold
from app.ledger.nouns import Noun, Nouns

_UNKNOWN = re.compile(r"no ([a-z]+)(?: or [a-z]+)* has the identifier “(.*)”")


def with_nearest(connection: Connection, nouns: Nouns, problem: Problem) -> Problem:
    """The same problem; unknown references name the nearest known ones."""
    if problem.kind != "unknown-reference":
        return problem
    faults = []
    for fault in problem.errors:
        found = _UNKNOWN.match(fault.message)
        if found is None:
            faults.append(fault)
            continue
        noun = nouns[found[1]]
        near = nearest(connection, noun, found[2])
        accepted: str | list[str] = near or f"the identifier of a {noun.name} in /v1/{noun.plural}"
        faults.append(Fault(fault.field, fault.message, accepted))
    hints = "; ".join(
        f"{f.field}: {f.message}"
        + (f"; nearest: {', '.join(f.accepted)}" if isinstance(f.accepted, list) else "")
        for f in faults[:20]
    )
    return Problem(problem.status, problem.kind, hints, faults)


def nearest(connection: Connection, noun: Noun, identifier: str, limit: int = 3) -> list[str]:
    """The identifiers of the records whose identifier or name is most like a text."""
    label = next((n for n in ("name", "title") if n in noun.table.c), "id")
    rows = connection.execute(select(noun.table.c.id, noun.table.c[label]))
    known: dict[tuple[str, str], str] = {}
    for own, name in rows:
        known[own, "id"] = fold(own)
        if name:
            known[own, "name"] = fold(name)
    wanted = fold(identifier.replace("-", " "))
    ranked = process.extract(
        wanted, known, scorer=fuzz.WRatio, processor=lambda s: s.replace("-", " "), limit=limit * 2,
        score_cutoff=60,
    )  # fmt: skip
    return list(dict.fromkeys(key[0] for _, _, key in ranked))[:limit]
