"""Why a record cannot be shown: it never existed, was deleted, or was merged into another."""

from __future__ import annotations

from app.kit import edtf
from app.kit.http.problems import FieldError, Problem
from app.kit.strict_json import quote_excerpt
from app.ledger.noun import Noun
from app.ledger.read.lookups import StoredRecord, find_record
from app.ledger.selection import Clock
from app.ledger.snapshot import Snapshot


def not_found_problem(
    noun: Noun, identifier: str, clock: Clock, requested: int | None = None
) -> Problem:
    """404: no such record exists, or none at this clock.

    A revision is shown as the database was after the whole write that contains it, so the revision
    that was `requested` may be an earlier one than the clock's.
    """
    when = ""
    if clock.revision is not None and requested not in (None, clock.revision):
        end = f"{clock.revision}, where its write ends"
        when = f" at revision {requested} or at revision {end}"
    elif clock.revision is not None:
        when = f" at revision {clock.revision}"
    if clock.as_of is not None:
        when += f" as known on {edtf.iso_date(clock.as_of)}"
    return Problem(
        404,
        "not-found",
        f"There is no {noun.name} {quote_excerpt(identifier)}{when}.",
        [
            FieldError(
                "id",
                f"no {noun.name} has this identifier{when}",
                f"an identifier listed in /v1/{noun.plural}",
            )
        ],
    )


def tombstone_problem(noun: Noun, tombstone: StoredRecord) -> Problem:
    """308 for a merged record, which another answers for; 410 for a deleted one.

    The history of a deleted record can still be read.
    """
    name, path = f"The {noun.name} “{tombstone.ref.id}”", f"/v1/{noun.plural}"
    target, revision = tombstone.merged_into, tombstone.revision
    if target is not None:
        return Problem(
            308,
            "merged",
            f"{name} was merged into “{target}”; see {path}/{target}.",
            extra={"into": target},
            headers={"location": f"{path}/{target}"},
        )
    history = f"{path}/{tombstone.ref.id}/history"
    return Problem(
        410,
        "deleted",
        f"{name} was deleted in revision {revision}; see {history}. To bring it back, send POST "
        f"{path}/{tombstone.ref.id}/restore.",
        extra={"revision": revision, "history": history},
    )


def gone_problem(snapshot: Snapshot, noun: Noun, identifier: str) -> Problem:
    """The problem of a record that a write was to change, and that is not there."""
    stored = find_record(snapshot, noun.ref(identifier))
    if stored is None:
        return not_found_problem(noun, identifier, snapshot.clock)
    return tombstone_problem(noun, stored)
