"""From a writing request to its answer: key, body, idempotency, transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from app.kit.http import idempotency
from app.kit.http.api_keys import Key
from app.kit.http.problems import Fault, Problem, bad_body, bad_query
from app.kit.http.query_string import pairs
from app.kit.strict_json import JsonError, dumps, loads
from app.reads.values import one_of, unknown_parameter
from app.writes.bodies import malformed
from app.writes.operations import Act

MAX_BODY = 1024 * 1024
PARAMETERS = ("dry_run", "reason")
CREATING = ("dry_run", "duplicate", "reason")
_MAX_REASON = 2_000
_NO_REASON = ("is no text, or too long", f"1 to {_MAX_REASON} characters")


@dataclass(frozen=True, slots=True)
class Submission:
    """A writing request, read."""

    act: Act
    body: Any
    dry_run: bool
    minimal: bool
    remembered: idempotency.Request | None


def response(answer: idempotency.Remembered) -> Response:
    """An answer as it is sent."""
    return Response(answer.body or None, answer.status, headers=orjson.loads(answer.headers))


def replayed(
    connection: Connection, request: idempotency.Request, now: datetime
) -> idempotency.Remembered | None:
    """The answer given to a request before, marked as such.

    Raises:
        Problem: 422 where the key was used for another request.
    """
    known = idempotency.recall(connection, request, now)
    if known is None:
        return None
    headers = orjson.loads(known.headers) | {"idempotency-replayed": "true"}
    return replace(known, headers=dumps(headers).decode())


# ---- reading the request


async def read(
    request: Request, key: Key, types: Sequence[str], parameters: Sequence[str]
) -> Submission:
    """The request's parameters, headers and body.

    Raises:
        Problem: 400, 413, 415 or 422, each naming what is wrong.
    """
    given = _parameters(request.scope["query_string"], parameters)
    raw = await body_of(request, MAX_BODY) if types else b""
    body: Any = {} if types == OPTIONAL else None
    if types and (raw or types != OPTIONAL):
        _check_type(request, types)
        body = _parsed(raw)
    reason = given.get("reason", "").strip() or None
    if isinstance(body, dict) and "reason" in body:
        body = dict(body)
        reason = _reason(body.pop("reason"))
    act = Act(key.name, reason, given.get("duplicate") == "allow", _if_match(request))
    preferences = {p.strip().lower() for p in request.headers.get("prefer", "").split(",")}
    return Submission(
        act,
        body,
        given.get("dry_run") == "true",
        "return=minimal" in preferences,
        idempotent(request, key, raw),
    )


JSON_TYPES = ("application/json",)
PATCH_TYPES = ("application/merge-patch+json", "application/json")
OPTIONAL = ("application/json", "")  # the body may be left out


def _parameters(raw: bytes, accepted: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in pairs(raw):
        if name not in accepted:
            raise unknown_parameter(name, accepted)
        if name in given:
            raise bad_query(Fault(name, "is given twice", "one occurrence"))
        if name == "dry_run":
            one_of(name, value, ("true", "false"))
        elif name == "duplicate":
            one_of(name, value, ("allow",))
        elif not _is_reason(value):
            raise bad_query(Fault(name, *_NO_REASON))
        given[name] = value
    return given


def _reason(value: Any) -> str:
    if not _is_reason(value):
        raise bad_body("reason", *_NO_REASON)
    return str(value).strip()


def _is_reason(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= _MAX_REASON


async def body_of(request: Request, limit: int) -> bytes:
    """The body's bytes.

    Raises:
        Problem: 413 as soon as it is seen to be too large.
    """
    problem = Problem(
        413,
        "body-too-large",
        f"The body is larger than {limit} bytes.",
        [Fault("body", "is too large", f"at most {limit} bytes")],
        headers={"connection": "close"},
    )
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and (len(announced) > 15 or int(announced) > limit):
        raise problem
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > limit:
            raise problem
    return bytes(found)


def _check_type(request: Request, types: Sequence[str]) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in types:
        accepted = [t for t in types if t]
        raise Problem(
            415,
            "unsupported-media-type",
            f"The body should be {' or '.join(accepted)}.",
            [Fault("Content-Type", "is not accepted here", accepted)],
            headers={"accept": ", ".join(accepted)},
        )


def _parsed(raw: bytes) -> Any:
    try:
        return loads(raw)
    except JsonError as error:
        raise malformed(error) from None


def _if_match(request: Request) -> tuple[int, ...] | None:
    header = request.headers.get("if-match")
    if header is None:
        return None
    if header.strip() == "*":
        return ()
    found = []
    for part in header.split(","):
        text = part.strip().removeprefix("W/")
        number = text.strip('"').partition(".")[0]
        if not (len(text) > 2 and text[0] == text[-1] == '"'):
            fault = Fault("If-Match", "is no ETag", 'the ETag as it was given, such as "12"')
            raise Problem(400, "bad-header", f"If-Match: {fault.message}", [fault])
        # A tag that we never gave matches nothing.
        found.append(
            int(number) if number.isascii() and number.isdigit() and len(number) < 19 else -1
        )
    return tuple(found)


def idempotent(request: Request, key: Key, raw: bytes) -> idempotency.Request | None:
    """What the Idempotency-Key of a request stands for, if it has one.

    Raises:
        Problem: 400 for one that cannot be.
    """
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not given.strip() or len(given) > idempotency.MAX_KEY:
        fault = Fault("Idempotency-Key", "is empty or too long", "1 to 200 characters")
        raise Problem(400, "bad-header", f"Idempotency-Key: {fault.message}", [fault])
    content = request.scope["query_string"] + b"\n" + raw
    return idempotency.Request(key.name, request.method, request.scope["path"], given, content)
