"""`POST /v1/imports`: many records at once, with a verdict on each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.authentication import Admission
from app.api.openapi import answers, operations
from app.api.openapi.write_documentation import IDEMPOTENCY_KEY
from app.api.submission import body_of, idempotent, replayed, response
from app.imports.importer import Import, Terms
from app.imports.readers import Row, Sorter, csv_rows, json, ndjson
from app.imports.verdicts import VERDICTS, Outcome, Verdict
from app.kit.http import api_keys, idempotency
from app.kit.http.api_keys import Key
from app.kit.http.problems import Fault, Problem, bad_query
from app.kit.http.query_string import pairs
from app.kit.strict_json import dumps
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from app.reads.values import one_of, unknown_parameter

MAX_BODY = 32 * 1024 * 1024
_MAX_REASON = 2_000
_FORMS = {"application/x-ndjson": "ndjson", "application/json": "json", "text/csv": "csv"}
_TRUTH = ("true", "false")
_DESCRIPTION = """\
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
    verdict: Literal["created", "unchanged", "changed", "duplicate", "refused"] = Field(
        description="What became of it.", examples=["created"]
    )
    noun: answers.NounName | None = Field(description="The kind of record.", examples=["meeting"])
    id: str | None = Field(description="Its identifier.", examples=["2023-04-25-moscow"])
    errors: list[answers.Fault] = answers.absent("For `refused`: each fault.")
    candidates: list[answers.Twin] = answers.absent(
        "For `duplicate`: the likely twins, best first."
    )


class ImportAnswer(BaseModel):
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


class ImportRefused(ImportAnswer, answers.Told):
    """Rows were refused or have likely twins, so nothing was written."""


def router(ledger: Ledger, admission: Admission) -> APIRouter:
    """The one route of imports."""
    routes = APIRouter(prefix="/v1")

    async def import_records(request: Request) -> Response:
        key = await run_in_threadpool(admission.admit, request, "admin")
        given = _parameters(request.scope["query_string"])
        form = _form(request)
        content = await body_of(request, MAX_BODY)
        known = idempotent(request, key, content)
        answer = await run_in_threadpool(_once, ledger, key, given, form, content, known)
        return response(answer)

    routes.add_api_route(
        "/imports",
        import_records,
        methods=["POST"],
        operation_id="import_records",
        summary="Import many records",
        description=_DESCRIPTION,
        tags=["dataset"],
        responses={
            200: {"description": "The verdicts.", "model": ImportAnswer},
            **operations.problems(400, 401, 403, 413, 415, 422, 429),
            422: operations.problem(422, "ImportRefused", "Problem"),
        },
        openapi_extra=_extra(),
    )
    return routes


def _once(
    ledger: Ledger,
    key: Key,
    given: dict[str, str],
    form: str,
    content: bytes,
    request: idempotency.Request | None,
) -> idempotency.Remembered:
    """The answer to an import, or the one that was given to it before."""
    now = datetime.now(UTC)
    if request is None or given.get("dry_run") == "true":
        answer = _answer(ledger, key, given, form, content)
        with ledger.database.writing() as connection:
            api_keys.note_use(connection, key.name, now)
        return answer
    # One transaction for all of it: a twin waits, and what is remembered was written.
    with ledger.database.writing() as connection:
        api_keys.note_use(connection, key.name, now)
        known = replayed(connection, request, now)
        if known is not None:
            return known
        answer = _answer(ledger, key, given, form, content, connection)
        idempotency.remember(connection, request, answer, now)
        return answer


def _answer(
    ledger: Ledger,
    key: Key,
    given: dict[str, str],
    form: str,
    content: bytes,
    connection: Connection | None = None,
) -> idempotency.Remembered:
    sorter = Sorter(ledger.nouns, None)
    if "noun" in given:
        sorter = Sorter(ledger.nouns, sorter.find(given["noun"]))
    rows = _rows(content, form, sorter)
    terms = Terms(
        key.name,
        given.get("reason", "import"),
        atomic=given.get("atomic") != "false",
        dry_run=given.get("dry_run") == "true",
        allow_twins=given.get("duplicate") == "allow",
    )
    verdicts: list[Verdict] = []
    outcome = Import(ledger, terms, verdicts.extend, connection).run(rows)
    body = _body(outcome, verdicts, dry_run=terms.dry_run)
    if terms.atomic and not terms.dry_run and not outcome.clean:
        bad = f"{outcome.counts['refused']} refused, {outcome.counts['duplicate']} duplicate"
        raise Problem(
            422,
            "import-refused",
            f"Of {len(verdicts)} rows: {bad}. Nothing was written; with ?atomic=false the good "
            "rows are.",
            extra=body,
        )
    headers = {"cache-control": "no-store", "content-type": "application/json"}
    return idempotency.Remembered(200, dumps(headers).decode(), dumps(body))


def _rows(content: bytes, form: str, sorter: Sorter) -> list[Row]:
    if form == "json":
        return json(content, sorter)
    if form == "csv":
        return list(csv_rows(content, sorter))
    return list(ndjson(content.split(b"\n"), sorter))


def _body(outcome: Outcome, verdicts: list[Verdict], *, dry_run: bool) -> dict[str, Any]:
    return {
        "total": len(verdicts),
        **{name: outcome.counts[name] for name in VERDICTS},
        "dry_run": dry_run,
        "written": outcome.written,
        "revision": outcome.revision,
        "rows": [v.body() for v in sorted(verdicts, key=lambda verdict: verdict.row)],
    }


# ---- reading the request


def _parameters(raw: bytes) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in pairs(raw):
        if name not in _PARAMETERS:
            raise unknown_parameter(name, list(_PARAMETERS))
        if name in given:
            raise bad_query(Fault(name, "is given twice", "one occurrence"))
        accepted = _PARAMETERS[name][0]
        if accepted:
            one_of(name, value, accepted)
        elif not value.strip() or len(value) > _MAX_REASON:
            raise bad_query(Fault(name, "is empty or too long", f"1 to {_MAX_REASON} characters"))
        given[name] = value.strip()
    return given


def _form(request: Request) -> str:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in _FORMS:
        raise Problem(
            415,
            "unsupported-media-type",
            f"The body should be {', '.join(_FORMS)}.",
            [Fault("Content-Type", "is not accepted here", list(_FORMS))],
            headers={"accept": ", ".join(_FORMS)},
        )
    return _FORMS[given]


_NOUN_NAMES = tuple(NOUNS.by_name)
_PARAMETERS: dict[str, tuple[tuple[str, ...], str, Any]] = {
    "noun": (_NOUN_NAMES, "The noun of every row that does not say its own.", "meeting"),
    "atomic": (_TRUTH, "`false`: write the good rows, whatever the others are.", True),
    "dry_run": (_TRUTH, "Say what would be, and write nothing.", True),
    "duplicate": (("allow",), "`allow`: write rows that have a likely twin.", "allow"),
    "reason": ((), "Why; it stands in history. Otherwise `import`.", "the archive of 2023"),
}
_RECORD = {"noun": "issue", "id": "ceasefire", "name": "Ceasefire"}


# What OpenAPI calls the rows of an import.
SCHEMAS: dict[str, dict[str, Any]] = {
    "ImportRow": {
        "type": "object",
        "description": "A record, and what kind it is of.",
        "properties": {
            "noun": {
                "type": "string",
                "enum": list(_NOUN_NAMES),
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


def _extra() -> dict[str, Any]:
    parameters = []
    for name, (accepted, text, example) in _PARAMETERS.items():
        schema: dict[str, Any] = {"type": "boolean" if accepted == _TRUTH else "string"}
        if accepted and accepted != _TRUTH:
            schema["enum"] = list(accepted)
        if name == "atomic":
            schema["default"] = True
        told = {"name": name, "in": "query", "required": False, "description": text}
        parameters.append(told | {"schema": schema, "example": example})
    told = {"name": "Idempotency-Key", "in": "header", "required": False}
    text, example = IDEMPOTENCY_KEY
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
