"""What OpenAPI says of operations: their answers, their problems, the parts of a write."""

from __future__ import annotations

from typing import Any

from app.api.openapi.parameters import id_parameter
from app.api.openapi.response_schemas import schema_name
from app.kit.http.problems import MEDIA_TYPE
from app.ledger.noun import Noun
from app.reads.output_format import JSON_FORMAT, NOT_EXPRESSED_HEADER, OutputFormats

_STATUS = {
    400: "A parameter is unknown, malformed or out of range, or the body is not valid JSON.",
    401: "The API key is missing or not valid.",
    403: "The API key lacks the required scope.",
    409: "The identifier is taken, the record is a likely duplicate or in use, or dates conflict.",
    412: "The record has changed; `current` holds the current version.",
    413: "The body is too large.",
    415: "The media type of the body is not supported.",
    422: "The body is not valid; each error names its field.",
    428: "Changing a record requires If-Match.",
    429: "Too many requests with an invalid API key.",
    308: "The record was merged into another; `Location` names it.",
    404: "The record or revision does not exist, or did not yet exist at this clock.",
    406: "None of the media types in Accept is available.",
    410: "The record was deleted; its history is still available.",
    503: "The database is not available.",
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
        "description": "One page, or the whole list.",
        "model": model,
        "content": bodies,
        "headers": {
            NOT_EXPRESSED_HEADER: {
                "description": "The fields and parameters that the format cannot express, if any.",
                "schema": {"type": "string"},
            },
            "Content-Disposition": {
                "description": "The suggested file name; absent for JSON.",
                "schema": {"type": "string"},
            },
            "Link": {
                "description": "The next page, if any, with `rel=next`.",
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
    "create": "Creates a record with the given identifier, or with a derived one. New people, "
    "issues and sources may be given in place of identifiers, and a meeting may include "
    "`positions`; all of them are written, or nothing. If a likely duplicate exists, "
    "nothing is written and the candidates are returned, unless `duplicate=allow`.",
    "replace": "Creates the record with this identifier, or replaces it entirely.",
    "change": "Changes the record with a JSON Merge Patch (RFC 7396); arrays are replaced "
    "entirely. A meeting keeps its earlier dates and statuses in `previous_dates`.",
    "delete": "Deletes the record. Reads then return 410, its history stays available, and it can "
    "be restored. The body may contain a `reason` and nothing else.",
    "restore": "Restores a deleted record, or writes an earlier revision as a new one.",
    "merge": "Merges the record into another. Reads are then redirected to the other record "
    "(308), and records that cited it cite the other one. To undo a merge, restore the "
    "record.",
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
    "A request repeated with the same key within a day returns the first response.",
    "0a1b2c3d",
)


def write_response_spec(verb: str, status: int, model: Any) -> dict[str, Any]:
    """The answer to a successful write."""
    if status == 204:
        minimal = "" if verb == "delete" else ", as requested by `Prefer: return=minimal`"
        return {"description": f"Success; no content is returned{minimal}."}
    text = "The current version of the record."
    if verb == "delete":
        text = "With `dry_run`: what the deletion would change."
    if verb == "create":
        text = (
            "The new record."
            if status == 201
            else "With `dry_run`: the record as it would be created."
        )
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
    "dry_run": ("query", "Return the result without writing anything.", True),
    "duplicate": ("query", "`allow`: write the record even if a likely duplicate exists.", "allow"),
    "reason": ("query", "The reason, kept in history.", "corrected from the readout"),
    "If-Match": (
        "header",
        "The ETag of the record as last read. Required to change a record.",
        '"12"',
    ),
    "Idempotency-Key": ("header", *IDEMPOTENCY_KEY_SPEC),
    "Prefer": ("header", "`return=minimal` omits the record from the response.", "return=minimal"),
}
