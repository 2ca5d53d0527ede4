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
Takes NDJSON (a record a line), JSON (a list of records, or lists of them by plural noun) or CSV \
(a column a field: `date`, `place.name`, `participants.0.party`; several `sources` parted by `|`). \
A record says its `noun`, unless `noun` says it for all. New people, issues and sources may stand \
in place of identifiers, and a meeting may carry `positions`. Records may cite others of the same \
import, in any order.

Each row has a verdict: `created`; `unchanged`, it is there as it is; `changed`, its identifier is \
there and was replaced as by `PUT`; `duplicate`, a likely twin is there, so nothing was written; \
`refused`, with the reasons. Sent again, the same rows are `unchanged`. A row without `id` gets a \
derived one.

All or nothing, in one write, unless `atomic=false`: then the good rows are written, whatever the \
others are. `written` says which it was. Needs a key with the scope `admin`."""


class RowVerdict(BaseModel):
    """What became of one row."""

    row: int = Field(description="Which row, counted from 1.", examples=[1])
    verdict: response_schemas.Verdict = Field(
        description="What became of it.", examples=["created"]
    )
    noun: response_schemas.NounName | None = Field(
        description="The kind of record.", examples=["meeting"]
    )
    id: str | None = Field(description="Its identifier.", examples=["2023-04-25-moscow"])
    errors: list[response_schemas.FieldError] = response_schemas.optional_member(
        "For `refused`: each fault."
    )
    candidates: list[response_schemas.DuplicateCandidate] = response_schemas.optional_member(
        "For `duplicate`: the likely twins, best first."
    )


class ImportResult(BaseModel):
    """What an import did."""

    total: int = Field(description="How many rows there were.", examples=[1])
    created: int = Field(description="Rows whose record is new.", examples=[1])
    unchanged: int = Field(description="Rows that were there as they are.", examples=[0])
    changed: int = Field(description="Rows that replaced a record.", examples=[0])
    duplicate: int = Field(description="Rows with a likely twin, not written.", examples=[0])
    refused: int = Field(description="Rows that break a rule, not written.", examples=[0])
    dry_run: bool = Field(description="Whether nothing was to be written.", examples=[False])
    written: bool = Field(
        description="Whether the good rows were written. If not, in a dry run or as other rows of "
        "the same import cannot be, verdicts and counts say what would be.",
        examples=[True],
    )
    revision: int = Field(description="The database's revision after it.", examples=[41])
    rows: list[RowVerdict] = Field(description="The verdicts, in the order of the rows.")


class ImportProblem(ImportResult, response_schemas.ProblemBase):
    """Rows were refused or have likely twins, so nothing was written."""


IMPORT_PARAMETERS: dict[str, tuple[tuple[str, ...], str, Any]] = {
    "noun": (tuple(NOUNS.by_name), "The noun of every row that does not say its own.", "meeting"),
    "atomic": (_BOOLEAN_VALUES, "`false`: write the good rows, whatever the others are.", True),
    "dry_run": (_BOOLEAN_VALUES, "Say what would be, and write nothing.", True),
    "duplicate": (("allow",), "`allow`: write rows that have a likely twin.", "allow"),
    "reason": ((), "Why; it stands in history. Otherwise `import`.", "the archive of 2023"),
}
_ENUM_NAMES = {"noun": "NounName", "duplicate": "DuplicatePolicy"}
_RECORD = {"noun": "issue", "id": "ceasefire", "name": "Ceasefire"}


# What OpenAPI calls the rows of an import.
IMPORT_SCHEMAS: dict[str, dict[str, Any]] = {
    "ImportRow": {
        "type": "object",
        "description": "A record, and what kind it is of.",
        "properties": {
            "noun": {
                "$ref": "#/components/schemas/NounName",
                "description": "The kind of record.",
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
