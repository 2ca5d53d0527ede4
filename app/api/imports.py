"""`POST /v1/imports`: many records at once, with a verdict on each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.authentication import Admission
from app.api.openapi import operations
from app.api.openapi.imports import (
    IMPORT_DESCRIPTION,
    IMPORT_PARAMETERS,
    ImportAnswer,
    import_operation_spec,
)
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
from app.reads.values import one_of, unknown_parameter

MAX_BODY = 32 * 1024 * 1024
_MAX_REASON = 2_000
_FORMS = {"application/x-ndjson": "ndjson", "application/json": "json", "text/csv": "csv"}


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
        description=IMPORT_DESCRIPTION,
        tags=["dataset"],
        responses={
            200: {"description": "The verdicts.", "model": ImportAnswer},
            **operations.problem_response_specs(400, 401, 403, 413, 415, 422, 429),
            422: operations.problem_response_spec(422, "ImportRefused", "Problem"),
        },
        openapi_extra=import_operation_spec(),
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
        if name not in IMPORT_PARAMETERS:
            raise unknown_parameter(name, list(IMPORT_PARAMETERS))
        if name in given:
            raise bad_query(Fault(name, "is given twice", "one occurrence"))
        accepted = IMPORT_PARAMETERS[name][0]
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
