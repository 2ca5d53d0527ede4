"""Changing a record only as it was seen: `If-Match` against what is there."""

from __future__ import annotations

from app.kit.http.problems import Fault, Problem
from app.kit.schema.shapes import Document
from app.ledger.noun import Noun


def check_match(
    noun: Noun, identifier: str, old: Document | None, given: tuple[int, ...] | None
) -> None:
    """Refuse a change of another state than the one that the client has seen.

    `old` is the record as it stands, None where there is none; `given` the revisions that
    `If-Match` names, empty for `*`, None without the header.

    Raises:
        Problem: 428 without the header, 412 with the current tag and record.
    """
    url = f"/v1/{noun.plural}/{identifier}"
    if given is None:
        if old is None:
            return
        raise Problem(
            428,
            "if-match-required",
            f"To change a record, send If-Match with the ETag that GET {url} gave.",
            [Fault("If-Match", "is missing", f'If-Match: "{old["revision"]}"')],
            headers={"etag": f'"{old["revision"]}"'},
        )
    if old is None or (given and old["revision"] not in given):
        found, accepted = "there is none; leave If-Match out to create it", "no If-Match"
        if old is not None:
            found, accepted = f'its ETag is "{old["revision"]}"', f'If-Match: "{old["revision"]}"'
        raise Problem(
            412,
            "stale",
            f"The {noun.name} “{identifier}” is not what If-Match names: {found}.",
            [Fault("If-Match", "does not match", accepted)],
            extra={"current": old},
            headers={} if old is None else {"etag": f'"{old["revision"]}"'},
        )
