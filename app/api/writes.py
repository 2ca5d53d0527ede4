"""The writes of every noun over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from app.api.openapi import answers, operations
from app.api.submission import CREATING, JSON_TYPES, OPTIONAL, PATCH_TYPES, Desk, Submission
from app.kit.http.problems import Fault, bad_body, faulty
from app.kit.strict_json import named
from app.ledger.noun import Noun, Nouns
from app.reads import record
from app.writes.operations import Done, Writing


def router(nouns: Nouns, desk: Desk, writing: Writing) -> APIRouter:
    """Creating, replacing, changing, deleting, restoring and merging of all nouns."""
    routes = APIRouter(prefix="/v1")
    for noun in nouns:
        _Routes(routes, noun, desk, writing).add()
    return routes


class _Routes:
    def __init__(self, routes: APIRouter, noun: Noun, desk: Desk, writing: Writing) -> None:
        self.routes = routes
        self.noun = noun
        self.desk = desk
        self.writing = writing

    def add(self) -> None:
        """Add every writing operation of the noun."""
        one = f"/{self.noun.plural}/{{id}}"
        self._operation(
            "POST", f"/{self.noun.plural}", "create", self._create, 201, 200, 204, 409, 422
        )
        there = (308, 404, 409, 410, 412, 428)
        self._operation("PUT", one, "replace", self._replace, 200, 201, 204, 422, *there)
        self._operation("PATCH", one, "change", self._patch, 200, 204, 422, *there)
        self._operation("DELETE", one, "delete", self._delete, 204, 200, 422, *there)
        self._operation(
            "POST", f"{one}/restore", "restore", self._restore, 200, 204, 404, 409, 412, 422, 428
        )
        self._operation("POST", f"{one}/merge", "merge", self._merge, 200, 204, 422, *there)

    def _operation(self, method: str, path: str, verb: str, endpoint: Any, *statuses: int) -> None:
        success: dict[int | str, Any] = {
            s: operations.write_response_spec(
                verb, s, answers.Deletion if verb == "delete" else answers.record(self.noun)
            )
            for s in statuses
            if s < 300
        }
        failures = (400, 401, 403, 413, 415, 429, *(s for s in statuses if s >= 300))
        self.routes.add_api_route(
            path,
            endpoint,
            methods=[method],
            operation_id=f"{verb}_{self.noun.name}",
            summary=f"{operations.OPERATION_VERBS[verb]} one {self.noun.name}",
            description=operations.OPERATION_DESCRIPTIONS[verb],
            tags=[self.noun.plural],
            status_code=statuses[0],
            responses={**success, **operations.problem_response_specs(*failures, noun=self.noun)},
            openapi_extra=operations.write_operation_spec(self.noun, verb),
        )

    async def _create(self, request: Request) -> Response:
        def do(connection: Connection, sent: Submission) -> Done:
            return self.writing.create(connection, self.noun, sent.body, sent.act)

        return await self.desk.take(request, do, types=JSON_TYPES, parameters=CREATING)

    async def _replace(self, request: Request) -> Response:
        identifier = record.addressed(self.noun, request.path_params)

        def do(connection: Connection, sent: Submission) -> Done:
            return self.writing.replace(connection, self.noun, identifier, sent.body, sent.act)

        return await self.desk.take(request, do, types=JSON_TYPES)

    async def _patch(self, request: Request) -> Response:
        identifier = record.addressed(self.noun, request.path_params)

        def do(connection: Connection, sent: Submission) -> Done:
            return self.writing.patch(connection, self.noun, identifier, sent.body, sent.act)

        return await self.desk.take(request, do, types=PATCH_TYPES)

    async def _delete(self, request: Request) -> Response:
        identifier = record.addressed(self.noun, request.path_params)

        def do(connection: Connection, sent: Submission) -> Done:
            _check_members(sent.body, "reason")
            return self.writing.delete(connection, self.noun, identifier, sent.act)

        return await self.desk.take(request, do, types=OPTIONAL)

    async def _restore(self, request: Request) -> Response:
        identifier = record.addressed(self.noun, request.path_params)

        def do(connection: Connection, sent: Submission) -> Done:
            revision = _member(sent.body, "revision", int, required=False)
            return self.writing.restore(connection, self.noun, identifier, revision, sent.act)

        return await self.desk.take(request, do, types=OPTIONAL)

    async def _merge(self, request: Request) -> Response:
        identifier = record.addressed(self.noun, request.path_params)

        def do(connection: Connection, sent: Submission) -> Done:
            into = _member(sent.body, "into", str, required=True)
            return self.writing.merge(connection, self.noun, identifier, into, sent.act)

        return await self.desk.take(request, do, scope="admin", types=JSON_TYPES)


def _member(body: Any, name: str, kind: type, *, required: bool) -> Any:
    """One member of a small body that may hold nothing else."""
    _check_members(body, name)
    value = body.get(name)
    wanted = "a whole number" if kind is int else "an identifier"
    if value is None and required:
        raise bad_body(name, "is missing", wanted)
    if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
        raise bad_body(name, "is of the wrong kind", wanted)
    return value


def _check_members(body: Any, name: str) -> None:
    """Refuse a small body that is no object, or holds anything else than one member."""
    if not isinstance(body, dict):
        raise bad_body("body", "is no object", f'{{"{name}": …}}')
    faults = [Fault(named(other), "is no field here", name) for other in body if other != name]
    if faults:
        raise faulty(422, "invalid-body", *faults)
