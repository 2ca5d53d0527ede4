"""What OpenAPI says of the writes."""

from __future__ import annotations

from typing import Any

from app.api.openapi.answers import title_of
from app.api.openapi.operations import identifier
from app.ledger.noun import Noun

VERBS = {
    "create": "Create",
    "replace": "Create or replace",
    "change": "Change",
    "delete": "Delete",
    "restore": "Restore",
    "merge": "Merge",
}
WRITES = {
    "create": "Creates a record under the identifier given, or one that is derived. New people, "
    "issues and sources may stand in place of identifiers; a meeting may carry `positions`: all "
    "or nothing. A likely twin is refused with candidates, unless `duplicate=allow`.",
    "replace": "Creates the record under this identifier, or replaces it whole.",
    "change": "Changes the record by a JSON merge patch (RFC 7396); arrays are replaced whole. A "
    "meeting keeps its former date and status in `previous_dates`.",
    "delete": "Leaves a tombstone: the record answers 410, stays in history and can be restored. "
    "A body may hold a `reason`, and nothing else.",
    "restore": "Brings back a tombstone, or an earlier revision of the record as a new one.",
    "merge": "Folds the record into another, which from then on answers in its place (308). What "
    "cited it cites the other. Undone by restoring it.",
}
# What a body is called, and its media type.
_BODIES = {
    "create": ("New{}", "application/json"),
    "replace": ("{}Input", "application/json"),
    "change": ("{}Patch", "application/merge-patch+json"),
    "restore": ("Restoration", "application/json"),
    "merge": ("Merging", "application/json"),
}
_EXAMPLES: dict[str, Any] = {
    "change": {"reason": "corrected from the readout"},
    "restore": {"revision": 1},
    "merge": {"into": "2023-04-25-moscow"},
}


IDEMPOTENCY_KEY = (
    "The same key within a day gives the first answer again, and writes once.",
    "0a1b2c3d",
)


def written(verb: str, status: int, model: Any) -> dict[str, Any]:
    """The answer to a successful write."""
    if status == 204:
        minimal = "" if verb == "delete" else ", as `Prefer: return=minimal` asks"
        return {"description": f"Done; nothing is shown{minimal}."}
    text = "The record as it now stands."
    if verb == "delete":
        text = "What would be, for `dry_run`."
    if verb == "create":
        text = "The new record." if status == 201 else "As it would be, for `dry_run`."
    return {"description": text, "model": model}


def write_extra(noun: Noun, verb: str) -> dict[str, Any]:
    """The parameters, headers and body of a writing operation."""
    parameters: list[Any] = [] if verb == "create" else [identifier(noun)]
    for name, (place, text, example) in _WRITE_PARAMETERS.items():
        if name == "duplicate" and verb != "create":
            continue
        if name == "If-Match" and verb == "create":
            continue
        parameters.append(
            {
                "name": name,
                "in": place,
                "required": False,
                "description": text,
                "schema": {"type": "boolean" if example is True else "string"}
                | ({"enum": [example]} if name == "duplicate" else {}),
                "example": example,
            }
        )
    extra: dict[str, Any] = {"parameters": parameters, "security": [{"key": []}]}
    body = _BODIES.get(verb)
    if body is not None:
        shape, media_type = body
        schema = {"$ref": f"#/components/schemas/{shape.format(title_of(noun))}"}
        content: dict[str, Any] = {media_type: {"schema": schema}}
        if verb in _EXAMPLES:
            content[media_type]["example"] = _EXAMPLES[verb]
        extra["requestBody"] = {"required": verb != "restore", "content": content}
    return extra


_WRITE_PARAMETERS: dict[str, tuple[str, str, Any]] = {
    "dry_run": ("query", "Say what would be, and write nothing.", True),
    "duplicate": ("query", "`allow`: write it even if a likely twin is there.", "allow"),
    "reason": ("query", "Why; it stands in history.", "corrected from the readout"),
    "If-Match": ("header", "The ETag of the record as it was read; needed to change it.", '"12"'),
    "Idempotency-Key": ("header", *IDEMPOTENCY_KEY),
    "Prefer": ("header", "`return=minimal` leaves the record out of the answer.", "return=minimal"),
}
