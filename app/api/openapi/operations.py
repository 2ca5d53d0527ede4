"""What OpenAPI says of operations: their answers, their problems, the parts of a write."""

from __future__ import annotations

from typing import Any

from app.api.openapi.parameters import id_parameter
from app.api.openapi.response_schemas import schema_name
from app.kit.http.problems import MEDIA_TYPE
from app.ledger.noun import Noun
from app.reads.output_format import JSON_FORMAT, NOT_EXPRESSED_HEADER, OutputFormats

_STATUS = {
    400: "A parameter is unknown, malformed or out of range; or the body is no JSON.",
    401: "There is no key, or none that is good.",
    403: "The key's scope is too small.",
    409: "It is taken, likely a duplicate, cited by others, or its dates cannot be.",
    412: "The record has changed since; the current one is in the answer.",
    413: "The body is too large.",
    415: "The body is of a media type that is not accepted.",
    422: "The body breaks a rule; each fault names its field.",
    428: "To change a record, If-Match is needed.",
    429: "Too many requests with a wrong key.",
    308: "The record was folded into another: `Location` says which.",
    404: "There is no such record, or none at this clock.",
    406: "There is nothing of a media type that Accept names.",
    410: "The record was deleted; its history is still there.",
    503: "The database does not answer.",
}


def problem_response_specs(
    *statuses: int, noun: Noun | None = None
) -> dict[int | str, dict[str, Any]]:
    """The problem responses of an operation, on records of a noun."""
    stale = f"Stale{schema_name(noun)}" if noun else "Problem"
    return {
        status: problem_response_spec(status, stale if status == 412 else "Problem")
        for status in statuses
    }


def problem_response_spec(status: int, *shapes: str) -> dict[str, Any]:
    """One problem response, and the shape that it has, or one of several."""
    refs = [{"$ref": f"#/components/schemas/{shape}"} for shape in shapes]
    schema = refs[0] if len(refs) == 1 else {"anyOf": refs}
    return {"description": _STATUS[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def list_response_spec(model: Any, formats: OutputFormats) -> dict[str, Any]:
    """The answer of a list, in each of its formats."""
    bodies = {
        format_.media_type: {"schema": {"type": "string", "description": format_.summary}}
        for format_ in formats.all
        if format_ is not JSON_FORMAT
    }
    return {
        "description": "One page, or all of it.",
        "model": model,
        "content": bodies,
        "headers": {
            NOT_EXPRESSED_HEADER: {
                "description": "What the format cannot express, where there is something.",
                "schema": {"type": "string"},
            },
            "Content-Disposition": {
                "description": "The name of a file of it; none for the native form.",
                "schema": {"type": "string"},
            },
            "Link": {
                "description": "The next page, where there is one: `rel=next`.",
                "schema": {"type": "string"},
            },
        },
    }


# ---- writes

OPERATION_VERBS = {
    "create": "Create",
    "replace": "Create or replace",
    "change": "Change",
    "delete": "Delete",
    "restore": "Restore",
    "merge": "Merge",
}
OPERATION_DESCRIPTIONS = {
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
    "restore": ("RestoreInput", "application/json"),
    "merge": ("MergeInput", "application/json"),
}
_EXAMPLES: dict[str, Any] = {
    "change": {"reason": "corrected from the readout"},
    "restore": {"revision": 1},
    "merge": {"into": "2023-04-25-moscow"},
}


IDEMPOTENCY_KEY_SPEC = (
    "The same key within a day gives the first answer again, and writes once.",
    "0a1b2c3d",
)


def write_response_spec(verb: str, status: int, model: Any) -> dict[str, Any]:
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


def write_operation_spec(noun: Noun, verb: str) -> dict[str, Any]:
    """The parameters, headers and body of a writing operation."""
    parameters: list[Any] = [] if verb == "create" else [id_parameter(noun)]
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
                | ({"enum": [example], "title": "DuplicatePolicy"} if name == "duplicate" else {}),
                "example": example,
            }
        )
    extra: dict[str, Any] = {"parameters": parameters, "security": [{"key": []}]}
    body = _BODIES.get(verb)
    if body is not None:
        shape, media_type = body
        schema = {"$ref": f"#/components/schemas/{shape.format(schema_name(noun))}"}
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
    "Idempotency-Key": ("header", *IDEMPOTENCY_KEY_SPEC),
    "Prefer": ("header", "`return=minimal` leaves the record out of the answer.", "return=minimal"),
}
