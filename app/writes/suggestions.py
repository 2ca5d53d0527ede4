"""Nearest known records, for those who mistype an identifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process
from sqlalchemy import select

from app.kit.http.problems import FieldError, Problem, join_errors
from app.kit.words import fold_text
from app.ledger.noun import Noun
from app.ledger.read.lookups import find_record
from app.ledger.snapshot import Snapshot
from app.ledger.write.draft import UnknownReference

_MAX_SUGGESTIONS = 3
_MIN_SIMILARITY = 60  # of 100
# So many unknown references are looked for: each reads all records of its noun.
_MAX_LOOKED_UP = 20


def has_unknown_reference(problem: Problem) -> bool:
    """Whether a problem is, or is also, that something cited is not there."""
    return any(isinstance(fault, UnknownReference) for fault in problem.errors)


def with_suggestions(snapshot: Snapshot, problem: Problem) -> Problem:
    """The same problem; unknown references name the nearest known ones."""
    nouns, faults = snapshot.nouns, list(problem.errors)
    unknown = [(n, fault) for n, fault in enumerate(faults) if isinstance(fault, UnknownReference)]
    if not unknown:
        return problem
    for place, fault in unknown[:_MAX_LOOKED_UP]:
        known = [nouns[name] for cited in fault.nouns for name in nouns.cited_nouns(cited)]
        gone = _tombstone_error(snapshot, known, fault)
        if gone is not None:
            faults[place] = gone
            continue
        near = similar_identifiers(snapshot, known, fault.identifier)
        faults[place] = replace(fault, accepted=near or _accepted_text(known))
    return replace(
        problem,
        detail=join_errors([with_suggestions_in_message(fault) for fault in faults]),
        errors=faults,
    )


def _tombstone_error(
    snapshot: Snapshot, nouns: Sequence[Noun], fault: UnknownReference
) -> FieldError | None:
    """What to do about a reference to a record that is there no more."""
    for noun in nouns:
        stored = find_record(snapshot, noun.ref(fault.identifier))
        if stored is None or stored.document is not None:
            continue
        name = f"the {noun.name} “{fault.identifier}”"
        if stored.merged_into is not None:
            into = stored.merged_into
            return replace(fault, message=f"{name} was merged into “{into}”", accepted=[into])
        url = f"/v1/{noun.plural}/{fault.identifier}/restore"
        hint = f"restore it first: POST {url}"
        return replace(
            fault,
            message=f"{name} was deleted in revision {stored.revision}; {hint}",
            accepted=hint,
        )
    return None


def with_suggestions_in_message(fault: FieldError) -> FieldError:
    """The same fault, its message naming the nearest known records where these are known."""
    if not isinstance(fault, UnknownReference) or not isinstance(fault.accepted, list):
        return fault
    return replace(fault, message=f"{fault.message}; closest matches: {', '.join(fault.accepted)}")


def _accepted_text(nouns: Sequence[Noun]) -> str:
    names = " or ".join(noun.name_with_article for noun in nouns)
    lists = " or ".join(f"/v1/{noun.plural}" for noun in nouns)
    return f"the identifier of {names} in {lists}; to create one: POST {lists}"


def similar_identifiers(snapshot: Snapshot, nouns: Sequence[Noun], identifier: str) -> list[str]:
    """The identifiers of the records whose identifier or name is most like a text."""
    known: dict[tuple[str, str], str] = {}
    for noun in nouns:
        label = next((n for n in ("name", "title") if n in noun.table.c), "id")
        named = select(noun.table.c.id, noun.table.c[label])
        for own, name in snapshot.connection.execute(named):
            known[own, "id"] = fold_text(own)
            if name:
                known[own, "name"] = fold_text(name)
    ranked = process.extract(
        fold_text(identifier.replace("-", " ")),
        known,
        scorer=fuzz.WRatio,
        processor=lambda text: text.replace("-", " "),
        limit=_MAX_SUGGESTIONS * 2,
        score_cutoff=_MIN_SIMILARITY,
    )
    return list(dict.fromkeys(key[0] for _, _, key in ranked))[:_MAX_SUGGESTIONS]
