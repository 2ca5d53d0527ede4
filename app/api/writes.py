"""The writes of every noun over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import orjson
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.authentication import Authenticator
from app.api.openapi import operations, response_schemas
from app.api.write_request import (
    CREATE_PARAMETERS,
    JSON_TYPES,
    OPTIONAL_JSON_TYPES,
    PATCH_TYPES,
    WRITE_PARAMETERS,
    Parameters,
    read_write_request,
    to_response,
)
from app.kit.http import api_keys
from app.kit.http.cache import make_etag
from app.kit.http.idempotency import StoredResponse, once
from app.kit.http.problems import Problem
from app.kit.strict_json import append_member, dumps
from app.ledger.noun import Noun
from app.ledger.snapshot import Snapshot
from app.ledger.write.ledger import Ledger
from app.reads.record import identifier_from_path
from app.writes.operations import OperationResult, WriteOperations, WriteRequest
from app.writes.suggestions import with_suggestions

Operation = Callable[[WriteOperations], OperationResult]


class _Route(NamedTuple):
    """A writing operation of a noun; the first of the statuses is that of its success."""

    verb: str
    method: str
    path: str
    operation: Callable[..., OperationResult]  # of the noun, and of the identifier in the path
    statuses: tuple[int, ...]
    media_types: Collection[str] = JSON_TYPES
    parameters: Parameters = WRITE_PARAMETERS
    scope: str = "write"


_OF_RECORD = (308, 404, 409, 410, 412, 422, 428)
_ROUTES = (
    _Route(
        "create",
        "POST",
        "",
        WriteOperations.create,
        (201, 200, 204, 409, 422),
        parameters=CREATE_PARAMETERS,
    ),
    _Route("replace", "PUT", "/{id}", WriteOperations.replace, (200, 201, 204, *_OF_RECORD)),
    _Route("change", "PATCH", "/{id}", WriteOperations.patch, (200, 204, *_OF_RECORD), PATCH_TYPES),
    _Route(
        "delete",
        "DELETE",
        "/{id}",
        WriteOperations.delete,
        (204, 200, *_OF_RECORD),
        OPTIONAL_JSON_TYPES,
    ),
    _Route(
        "restore",
        "POST",
        "/{id}/restore",
        WriteOperations.restore,
        (200, 204, 404, 409, 412, 422, 428),
        OPTIONAL_JSON_TYPES,
    ),
    _Route(
        "merge",
        "POST",
        "/{id}/merge",
        WriteOperations.merge,
        (200, 204, *_OF_RECORD),
        scope="admin",
    ),
)


def router(ledger: Ledger, authenticator: Authenticator) -> APIRouter:
    """Creating, replacing, changing, deleting, restoring and merging of all nouns."""
    routes = APIRouter(prefix="/v1")
    handler = _WriteHandler(ledger, authenticator)
    for noun in ledger.nouns:
        for route in _ROUTES:
            _add_route(routes, noun, route, handler)
    return routes


def _add_route(routes: APIRouter, noun: Noun, route: _Route, handler: _WriteHandler) -> None:
    async def endpoint(request: Request) -> Response:
        return await handler.handle(request, noun, route)

    verb = route.verb
    model = response_schemas.Deletion if verb == "delete" else response_schemas.record_model(noun)
    success: dict[int | str, Any] = {
        status: operations.write_response_spec(verb, status, model)
        for status in route.statuses
        if status < 300
    }
    failures = (400, 401, 403, 413, 415, 429, *(s for s in route.statuses if s >= 300))
    routes.add_api_route(
        f"/{noun.plural}{route.path}",
        endpoint,
        methods=[route.method],
        operation_id=f"{verb}_{noun.name}",
        summary=f"{operations.OPERATION_VERBS[verb]} {noun.name_with_article}",
        description=operations.OPERATION_DESCRIPTIONS[verb],
        tags=[noun.plural],
        status_code=route.statuses[0],
        responses={**success, **operations.problem_response_specs(*failures, noun=noun)},
        openapi_extra=operations.write_operation_spec(noun, verb),
    )


class _DryRunRollback(Exception):
    """Carries a response out of a transaction that is rolled back."""

    def __init__(self, response: StoredResponse) -> None:
        self.response = response


class _WriteHandler:
    """Takes requests to write: key, body, transaction, idempotency, response."""

    def __init__(self, ledger: Ledger, authenticator: Authenticator) -> None:
        self.ledger = ledger
        self.authenticator = authenticator
        # Writes wait for one lock: if they waited in the common threads, reads would too.
        self._threads = CapacityLimiter(2)

    async def handle(self, request: Request, noun: Noun, route: _Route) -> Response:
        """Serve one request to write."""
        path = request.path_params
        target = (noun, identifier_from_path(noun, path)) if "id" in path else (noun,)
        key = await run_in_threadpool(self.authenticator.authenticate, request, route.scope)
        write_request = await read_write_request(request, key, route.media_types, route.parameters)
        response = await to_thread.run_sync(
            self._respond,
            write_request,
            lambda operations: route.operation(operations, *target),
            limiter=self._threads,
        )
        return to_response(response)

    def _respond(self, request: WriteRequest, operation: Operation) -> StoredResponse:
        now = datetime.now(UTC)
        try:
            with self.ledger.database.write_transaction() as connection:
                api_keys.record_use(connection, request.author, now)
                make = partial(self._run, connection, request, operation)
                response = once(connection, request.idempotent_request, now, make)
                if request.dry_run:
                    raise _DryRunRollback(response)  # noqa: TRY301 - the way out of the transaction
                return response
        except Exception as error:
            # The rollback took the note of the key's use along.
            with self.ledger.database.write_transaction() as connection:
                api_keys.record_use(connection, request.author, now)
            if isinstance(error, _DryRunRollback):
                return error.response
            raise

    def _run(
        self, connection: Connection, request: WriteRequest, operation: Operation
    ) -> StoredResponse:
        snapshot = Snapshot(connection, self.ledger.nouns)
        try:
            result = operation(WriteOperations(self.ledger, snapshot, request))
        except Problem as problem:
            raise with_suggestions(snapshot, problem) from None
        return _stored_response(result, request)


# ---- responses


def _stored_response(result: OperationResult, request: WriteRequest) -> StoredResponse:
    headers = {"cache-control": "no-store"}
    status = 201 if result.is_new and not request.dry_run else 200
    document = result.document
    if document is not None:
        headers["etag"] = make_etag(orjson.loads(document)["revision"])
        headers["location"] = f"/v1/{result.noun.plural}/{result.id}"
    if not request.dry_run and (document is None or request.wants_minimal):
        if request.wants_minimal:
            headers["preference-applied"] = "return=minimal"
        return StoredResponse(status if status == 201 else 204, headers, b"")
    headers["content-type"] = "application/json"
    content = _deletion_content(result) if document is None else _content(result, document)
    return StoredResponse(status, headers, content)


def _content(result: OperationResult, document: bytes) -> bytes:
    included: dict[str, dict[str, Any]] = {}
    for revision in result.other_revisions:
        other = None if revision.content is None else orjson.loads(revision.content)
        included.setdefault(revision.noun.plural, {})[revision.id] = other
    if included:
        document = append_member(document, "included", dumps(included))
    if result.warnings:
        document = append_member(document, "warnings", dumps(result.warnings))
    return document


def _deletion_content(result: OperationResult) -> bytes:
    """What a deletion would do: a tombstone has no document to show."""
    touched = [
        {"noun": r.noun.name, "id": r.id, "action": r.action, "revision": r.number}
        for r in result.write.revisions
    ]
    return dumps({**touched[0], "touched": touched})
