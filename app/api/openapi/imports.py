"""What OpenAPI says of imports: their parameters, rows and verdicts."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from app.api.openapi import response_schemas
from app.api.openapi.operations import IDEMPOTENCY_KEY_SPEC
from app.kit.strict_json import dumps
from app.nouns.registry import NOUNS

_BOOLEAN_VALUES = ("true", "false")
IMPORT_DESCRIPTION = """\
Accepts NDJSON (one record per line), JSON (a list of records, or an object with a list for each \
plural noun) or CSV (one column per field: `date`, `place.name`, `participants.0.party`; separate \
several `sources` with `|`). Each record names its `noun`, unless the parameter `noun` names it \
for all. New people, issues and sources may be given in place of identifiers, and a meeting may \
include `positions`. Records may cite others of the same import, in any order.

Each row gets a verdict: `created`; `unchanged` if the record already exists like this; `changed` \
if it existed and was replaced as by `PUT`; `duplicate` if a likely duplicate exists and the row \
was not written; `refused`, with the errors. The same rows sent again are `unchanged`. A row \
without `id` gets a derived identifier.

All rows are written in one write, or none. With `atomic=false`, valid rows are written even if \
others are not valid; `written` says whether they were. Requires an API key with the scope \
`admin`."""


class RowVerdict(BaseModel):
    """The verdict on a row."""

    row: int = Field(description="The number of the row, counted from 1.", examples=[1])
    verdict: response_schemas.Verdict = Field(
        description="What happened to the row.", examples=["created"]
    )
    noun: response_schemas.NounName | None = Field(
        description="The type of record.", examples=["meeting"]
    )
    id: str | None = Field(
        description="The identifier of the record.", examples=["2023-04-25-moscow"]
    )
    errors: list[response_schemas.FieldError] = response_schemas.optional_member(
        "For `refused`: all errors."
    )
    candidates: list[response_schemas.DuplicateCandidate] = response_schemas.optional_member(
        "For `duplicate`: possible duplicates, most similar first."
    )


class ImportResult(BaseModel):
    """The result of an import."""

    total: int = Field(description="The number of rows.", examples=[1])
    created: int = Field(description="Rows that created a record.", examples=[1])
    unchanged: int = Field(description="Rows whose record already existed unchanged.", examples=[0])
    changed: int = Field(description="Rows that replaced a record.", examples=[0])
    duplicate: int = Field(description="Rows with a likely duplicate, not written.", examples=[0])
    refused: int = Field(description="Rows that are not valid, not written.", examples=[0])
    dry_run: bool = Field(description="Whether this was a dry run.", examples=[False])
    written: bool = Field(
        description="Whether the valid rows were written. If not, because of a dry run or of "
        "other rows, verdicts and counts say what would have happened.",
        examples=[True],
    )
    revision: int = Field(
        description="The revision of the database after the import.", examples=[41]
    )
    rows: list[RowVerdict] = Field(description="The verdicts, in the order of the rows.")


class ImportProblem(ImportResult, response_schemas.ProblemBase):
    """Rows were refused or have likely duplicates, so nothing was written."""


IMPORT_PARAMETERS: dict[str, tuple[tuple[str, ...], str, Any]] = {
    "noun": (tuple(NOUNS.by_name), "The noun of rows that do not name one.", "meeting"),
    "atomic": (
        _BOOLEAN_VALUES,
        "`false`: write the valid rows even if others are not valid.",
        True,
    ),
    "dry_run": (_BOOLEAN_VALUES, "Return the result without writing anything.", True),
    "duplicate": (("allow",), "`allow`: write rows even if a likely duplicate exists.", "allow"),
    "reason": ((), "The reason, kept in history. Defaults to `import`.", "the archive of 2023"),
}
_ENUM_NAMES = {"noun": "NounName", "duplicate": "DuplicatePolicy"}
_RECORD = {"noun": "issue", "id": "ceasefire", "name": "Ceasefire"}


# What OpenAPI calls the rows of an import.
IMPORT_SCHEMAS: dict[str, dict[str, Any]] = {
    "ImportRow": {
        "type": "object",
        "description": "A record and its noun.",
        "properties": {
            "noun": {
                "$ref": "#/components/schemas/NounName",
                "description": "The type of record.",
            }
        },
        "additionalProperties": True,
    },
    "ImportRows": {
        "type": "object",
        "description": "Lists of records by plural noun.",
        "additionalProperties": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/ImportRow"},
        },
    },
}


def import_operation_spec() -> dict[str, Any]:
    """The parameters and the body of an import."""
    parameters = []
    for name, (accepted, text, example) in IMPORT_PARAMETERS.items():
        schema: dict[str, Any] = {"type": "boolean" if accepted == _BOOLEAN_VALUES else "string"}
        if accepted and accepted != _BOOLEAN_VALUES:
            schema |= {"enum": list(accepted), "title": _ENUM_NAMES[name]}
        if name == "atomic":
            schema["default"] = True
        told = {"name": name, "in": "query", "required": False, "description": text}
        parameters.append(told | {"schema": schema, "example": example})
    told = {"name": "Idempotency-Key", "in": "header", "required": False}
    text, example = IDEMPOTENCY_KEY_SPEC
    parameters.append(
        told | {"description": text, "schema": {"type": "string"}, "example": example}
    )
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/ImportRow"}}
    by_noun = {"$ref": "#/components/schemas/ImportRows"}
    line = dumps(_RECORD).decode()
    content = {
        "application/x-ndjson": {"schema": {"type": "string"}, "example": line + "\n"},
        "application/json": {"schema": {"oneOf": [listed, by_noun]}, "example": [_RECORD]},
        "text/csv": {
            "schema": {"type": "string"},
            "example": "noun,id,name\nissue,ceasefire,Ceasefire\n",
        },
    }
    return {
        "parameters": parameters,
        "security": [{"key": []}],
        "requestBody": {"required": True, "content": content},
    }
