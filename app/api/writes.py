"""The writes of every noun over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.authentication import Admission
from app.api.openapi import answers, operations
from app.api.submission import (
    CREATING,
    JSON_TYPES,
    OPTIONAL,
    PARAMETERS,
    PATCH_TYPES,
    Submission,
    read,
    replayed,
    response,
)
from app.kit.http import api_keys, idempotency
from app.kit.http.cache import make_etag
from app.kit.http.problems import Fault, Problem, bad_body, faulty
from app.kit.sql.database import Database
from app.kit.strict_json import dumps, named
from app.ledger.noun import Noun, Nouns
from app.ledger.snapshot import Snapshot
from app.reads import record
from app.reads.lists import with_member
from app.writes.operations import Done, Writing
from app.writes.suggestions import with_nearest

Do = Callable[[Snapshot, Submission], Done]


class _DryRun(Exception):
    """Carries a result out of a transaction that is not to be kept."""

    def __init__(self, answer: idempotency.Remembered) -> None:
        self.answer = answer


class Desk:
    """Takes writing requests."""

    def __init__(self, database: Database, nouns: Nouns, admission: Admission) -> None:
        self.database = database
        self.nouns = nouns
        self.admission = admission
        # Writes wait for one lock: were they to wait in the common threads, reads would too.
        self._threads = CapacityLimiter(2)

    async def take(
        self,
        request: Request,
        do: Do,
        *,
        scope: str = "write",
        types: Sequence[str] = (),
        parameters: Sequence[str] = PARAMETERS,
    ) -> Response:
        """Serve one writing request; `types` are the media types of its body, none for no body."""
        key = await run_in_threadpool(self.admission.admit, request, scope)
        submission = await read(request, key, types, parameters)
        answer = await to_thread.run_sync(self._answer, submission, do, limiter=self._threads)
        return response(answer)

    def _answer(self, submission: Submission, do: Do) -> idempotency.Remembered:
        now = datetime.now(UTC)
        try:
            with self.database.writing() as connection:
                api_keys.note_use(connection, submission.act.author, now)
                if submission.remembered is not None and not submission.dry_run:
                    known = replayed(connection, submission.remembered, now)
                    if known is not None:
                        return known
                answer = _rendered(self._done(connection, submission, do), submission)
                if submission.dry_run:
                    raise _DryRun(answer)  # noqa: TRY301 - the way out of the transaction
                if submission.remembered is not None:
                    idempotency.remember(connection, submission.remembered, answer, now)
                return answer
        except Exception as outcome:
            # What was undone took the note of the key's use along.
            with self.database.writing() as connection:
                api_keys.note_use(connection, submission.act.author, now)
            if isinstance(outcome, _DryRun):
                return outcome.answer
            raise

    def _done(self, connection: Connection, submission: Submission, do: Do) -> Done:
        snapshot = Snapshot(connection, self.nouns)
        try:
            return do(snapshot, submission)
        except Problem as problem:
            raise with_nearest(snapshot, problem) from None


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
        def do(snapshot: Snapshot, sent: Submission) -> Done:
            return self.writing.create(snapshot, self.noun, sent.body, sent.act)

        return await self.desk.take(request, do, types=JSON_TYPES, parameters=CREATING)

    async def _replace(self, request: Request) -> Response:
        identifier = record.addressed(self.noun, request.path_params)

        def do(snapshot: Snapshot, sent: Submission) -> Done:
            return self.writing.replace(snapshot, self.noun, identifier, sent.body, sent.act)

        return await self.desk.take(request, do, types=JSON_TYPES)

    async def _patch(self, request: Request) -> Response:
        identifier = record.addressed(self.noun, request.path_params)

        def do(snapshot: Snapshot, sent: Submission) -> Done:
            return self.writing.patch(snapshot, self.noun, identifier, sent.body, sent.act)

        return await self.desk.take(request, do, types=PATCH_TYPES)

    async def _delete(self, request: Request) -> Response:
        identifier = record.addressed(self.noun, request.path_params)

        def do(snapshot: Snapshot, sent: Submission) -> Done:
            _check_members(sent.body, "reason")
            return self.writing.delete(snapshot, self.noun, identifier, sent.act)

        return await self.desk.take(request, do, types=OPTIONAL)

    async def _restore(self, request: Request) -> Response:
        identifier = record.addressed(self.noun, request.path_params)

        def do(snapshot: Snapshot, sent: Submission) -> Done:
            revision = _member(sent.body, "revision", int, required=False)
            return self.writing.restore(snapshot, self.noun, identifier, revision, sent.act)

        return await self.desk.take(request, do, types=OPTIONAL)

    async def _merge(self, request: Request) -> Response:
        identifier = record.addressed(self.noun, request.path_params)

        def do(snapshot: Snapshot, sent: Submission) -> Done:
            into = _member(sent.body, "into", str, required=True)
            return self.writing.merge(snapshot, self.noun, identifier, into, sent.act)

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


# ---- answers


def _rendered(done: Done, submission: Submission) -> idempotency.Remembered:
    headers = {"cache-control": "no-store"}
    status = 201 if done.created else 200
    if submission.dry_run:
        status = 200
    if done.document is not None:
        headers["etag"] = make_etag(done.revision)
        headers["location"] = f"/v1/{done.noun.plural}/{done.id}"
    if not submission.dry_run and (done.document is None or submission.minimal):
        status = status if status == 201 else 204
        if submission.minimal:
            headers["preference-applied"] = "return=minimal"
        return idempotency.Remembered(status, dumps(headers).decode(), b"")
    headers["content-type"] = "application/json"
    return idempotency.Remembered(status, dumps(headers).decode(), _content(done))


def _content(done: Done) -> bytes:
    if done.document is None:
        return dumps(_deletion(done))
    body = done.document
    others: dict[str, dict[str, Any]] = {}
    for revised in done.others():
        document = None if revised.content is None else orjson.loads(revised.content)
        others.setdefault(revised.noun.plural, {})[revised.id] = document
    if others:
        body = with_member(body, "included", dumps(others))
    if done.warnings:
        body = with_member(body, "warnings", dumps(done.warnings))
    return body


def _deletion(done: Done) -> dict[str, Any]:
    """What a deletion would be: a tombstone has no document to show."""
    touched = [
        {"noun": r.noun.name, "id": r.id, "action": r.action, "revision": r.seq}
        for r in done.written.revisions
    ]
    return {**touched[0], "touched": touched}
