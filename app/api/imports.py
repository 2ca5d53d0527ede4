"""`POST /v1/imports`: many records at once, with a verdict on each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.authentication import Authenticator
from app.api.openapi import operations
from app.api.openapi.imports import (
    IMPORT_DESCRIPTION,
    IMPORT_PARAMETERS,
    ImportResult,
    import_operation_spec,
)
from app.api.write_request import (
    idempotent_request,
    media_type,
    read_body,
    to_response,
    write_parameters,
)
from app.imports.importer import Importer, ImportOptions
from app.imports.readers import ImportRow, NounResolver, read_csv, read_json, read_ndjson
from app.imports.verdicts import VERDICTS, ImportSummary, Verdict
from app.kit.http import api_keys
from app.kit.http.api_keys import ApiKey
from app.kit.http.idempotency import IdempotentRequest, StoredResponse, once
from app.kit.http.problems import Problem
from app.kit.strict_json import dumps
from app.ledger.write.ledger import Ledger

MAX_IMPORT_BYTES = 32 * 1024 * 1024
_IMPORT_MEDIA_TYPES = {
    "application/x-ndjson": "ndjson",
    "application/json": "json",
    "text/csv": "csv",
}


@dataclass(frozen=True, slots=True)
class _ImportRequest:
    """A request to import, read and parsed."""

    noun: str | None
    import_format: str
    content: bytes
    options: ImportOptions
    idempotent_request: IdempotentRequest | None


def router(ledger: Ledger, authenticator: Authenticator) -> APIRouter:
    """The one route of imports."""
    routes = APIRouter(prefix="/v1")

    async def import_records(request: Request) -> Response:
        key = await run_in_threadpool(authenticator.authenticate, request, "admin")
        import_request = await _read_import_request(request, key)
        return to_response(await run_in_threadpool(_respond, ledger, import_request))

    routes.add_api_route(
        "/imports",
        import_records,
        methods=["POST"],
        operation_id="import_records",
        summary="Import records",
        description=IMPORT_DESCRIPTION,
        tags=["dataset"],
        responses={
            200: {"description": "The result, with a verdict on each row.", "model": ImportResult},
            **operations.problem_response_specs(400, 401, 403, 413, 415, 422, 429),
            422: operations.problem_response_spec(422, "ImportProblem", "Problem"),
        },
        openapi_extra=import_operation_spec(),
    )
    return routes


async def _read_import_request(request: Request, key: ApiKey) -> _ImportRequest:
    accepted = {name: values for name, (values, _, _) in IMPORT_PARAMETERS.items()}
    parameters = write_parameters(request.scope["query_string"], accepted)
    import_format = _IMPORT_MEDIA_TYPES[media_type(request, _IMPORT_MEDIA_TYPES)]
    content = await read_body(request, MAX_IMPORT_BYTES)
    terms = ImportOptions(
        key.name,
        parameters.get("reason", "import"),
        atomic=parameters.get("atomic") != "false",
        dry_run=parameters.get("dry_run") == "true",
        allow_duplicates=parameters.get("duplicate") == "allow",
    )
    stored = idempotent_request(request, key, content)
    return _ImportRequest(
        parameters.get("noun"), import_format, content, terms, None if terms.dry_run else stored
    )


def _respond(ledger: Ledger, request: _ImportRequest) -> StoredResponse:
    """The response to an import, or the one that was given to it before."""
    now, author = datetime.now(UTC), request.options.author
    if request.idempotent_request is None:
        response = _run(ledger, request)
        with ledger.database.write_transaction() as connection:
            api_keys.record_use(connection, author, now)
        return response
    # One transaction for all of it: the same request waits, and a stored response was written.
    with ledger.database.write_transaction() as connection:
        api_keys.record_use(connection, author, now)
        make = partial(_run, ledger, request, connection)
        return once(connection, request.idempotent_request, now, make)


def _run(
    ledger: Ledger, request: _ImportRequest, connection: Connection | None = None
) -> StoredResponse:
    sorter = NounResolver(ledger.nouns, ledger.nouns[request.noun] if request.noun else None)
    rows = _rows(request.content, request.import_format, sorter)
    verdicts: list[Verdict] = []
    outcome = Importer(ledger, request.options, verdicts.extend, connection).run(rows)
    body = _result_body(outcome, verdicts, dry_run=request.options.dry_run)
    if request.options.atomic and not request.options.dry_run and not outcome.is_clean:
        bad = f"{outcome.counts['refused']} refused, {outcome.counts['duplicate']} duplicate"
        raise Problem(
            422,
            "import-refused",
            f"Of {len(verdicts)} rows: {bad}. Nothing was written. Send ?atomic=false to write "
            "the valid rows.",
            extra=body,
        )
    headers = {"cache-control": "no-store", "content-type": "application/json"}
    return StoredResponse(200, headers, dumps(body))


def _rows(content: bytes, import_format: str, sorter: NounResolver) -> list[ImportRow]:
    if import_format == "json":
        return read_json(content, sorter)
    if import_format == "csv":
        return list(read_csv(content, sorter))
    return list(read_ndjson(content.split(b"\n"), sorter))


def _result_body(
    outcome: ImportSummary, verdicts: list[Verdict], *, dry_run: bool
) -> dict[str, Any]:
    return {
        "total": len(verdicts),
        **{name: outcome.counts[name] for name in VERDICTS},
        "dry_run": dry_run,
        "written": outcome.written,
        "revision": outcome.revision,
        "rows": [v.to_json() for v in sorted(verdicts, key=lambda verdict: verdict.row)],
    }
