"""Reading a request to write: key, parameters, headers and body."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.kit.http import idempotency
from app.kit.http.api_keys import ApiKey
from app.kit.http.idempotency import StoredResponse
from app.kit.http.problems import FieldError, Problem, bad_body, bad_query
from app.kit.http.query_string import parse_query_string
from app.kit.strict_json import JsonError, loads
from app.reads.values import check_choice, unknown_parameter_problem
from app.writes.bodies import malformed_json_problem
from app.writes.operations import WriteRequest

MAX_WRITE_BYTES = 1024 * 1024
_MAX_REASON = 2_000

# Each parameter with the values that it takes; any text that is not too long without them.
Parameters = Mapping[str, Collection[str]]
WRITE_PARAMETERS: Parameters = {"dry_run": ("true", "false"), "reason": ()}
CREATE_PARAMETERS: Parameters = {
    "dry_run": ("true", "false"),
    "duplicate": ("allow",),
    "reason": (),
}

JSON_TYPES = ("application/json",)
PATCH_TYPES = ("application/merge-patch+json", "application/json")
OPTIONAL_JSON_TYPES = ("application/json", "")  # the body may be left out


async def read_write_request(
    request: Request, key: ApiKey, media_types: Collection[str], accepted: Parameters
) -> WriteRequest:
    """The request's parameters, headers and body; `media_types` are those of the body.

    Raises:
        Problem: 400, 413, 415 or 422, each naming what is wrong.
    """
    parameters = write_parameters(request.scope["query_string"], accepted)
    content = await read_body(request, MAX_WRITE_BYTES)
    body: Any = {}
    if content or "" not in media_types:
        media_type(request, media_types)
        body = _parse_json(content)
    reason = parameters.get("reason")
    if isinstance(body, dict) and "reason" in body:
        body = dict(body)
        reason = _check_reason(body.pop("reason"))
    preferences = {p.strip().lower() for p in request.headers.get("prefer", "").split(",")}
    dry_run = parameters.get("dry_run") == "true"
    stored = idempotent_request(request, key, content)
    return WriteRequest(
        key.name,
        body,
        reason,
        _parse_if_match(request),
        allow_duplicates=parameters.get("duplicate") == "allow",
        dry_run=dry_run,
        wants_minimal="return=minimal" in preferences,
        idempotent_request=None if dry_run else stored,
    )


def write_parameters(query_string: bytes, accepted: Parameters) -> dict[str, str]:
    """The parameters of a request to write, each of them once.

    Raises:
        Problem: 400 for the first that is wrong.
    """
    parameters: dict[str, str] = {}
    for name, value in parse_query_string(query_string):
        if name not in accepted:
            raise unknown_parameter_problem(name, list(accepted))
        if name in parameters:
            raise bad_query(FieldError(name, "must not be repeated", "one occurrence"))
        if accepted[name]:
            check_choice(name, value, list(accepted[name]))
        elif not _is_reason(value):
            raise bad_query(
                FieldError(name, "is empty or too long", f"1 to {_MAX_REASON} characters")
            )
        parameters[name] = value.strip()
    return parameters


def _check_reason(value: Any) -> str:
    if not isinstance(value, str) or not _is_reason(value):
        accepted = f"1 to {_MAX_REASON} characters"
        raise bad_body("reason", "is not a valid reason", accepted)
    return value.strip()


def _is_reason(value: str) -> bool:
    return bool(value.strip()) and len(value) <= _MAX_REASON


async def read_body(request: Request, limit: int) -> bytes:
    """The body's bytes.

    Raises:
        Problem: 413 as soon as it is seen to be too large.
    """
    problem = Problem(
        413,
        "body-too-large",
        f"The body is larger than {limit} bytes.",
        [FieldError("body", "is too large", f"at most {limit} bytes")],
        headers={"connection": "close"},
    )
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and (len(announced) > 15 or int(announced) > limit):
        raise problem
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit:
            raise problem
    return bytes(content)


def media_type(request: Request, accepted: Collection[str]) -> str:
    """The media type of the body, without its parameters.

    Raises:
        Problem: 415 for any other than those accepted.
    """
    value = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if value not in accepted:
        names = [name for name in accepted if name]
        raise Problem(
            415,
            "unsupported-media-type",
            f"The body must be {' or '.join(names)}.",
            [FieldError("Content-Type", "is not a supported media type", names)],
            headers={"accept": ", ".join(names)},
        )
    return value


def _parse_json(content: bytes) -> Any:
    try:
        return loads(content)
    except JsonError as error:
        raise malformed_json_problem(error) from None


def _parse_if_match(request: Request) -> tuple[int, ...] | None:
    header = request.headers.get("if-match")
    if header is None:
        return None
    if header.strip() == "*":
        return ()
    revisions = []
    for part in header.split(","):
        text = part.strip().removeprefix("W/")
        number = text.strip('"').partition(".")[0]
        if not (len(text) > 2 and text[0] == text[-1] == '"'):
            fault = FieldError(
                "If-Match", "is not a valid ETag", 'an ETag as returned by the server, such as "12"'
            )
            raise Problem(400, "bad-header", f"If-Match: {fault.message}", [fault])
        # An ETag that we never gave matches nothing.
        revisions.append(
            int(number) if number.isascii() and number.isdigit() and len(number) < 19 else -1
        )
    return tuple(revisions)


def idempotent_request(
    request: Request, key: ApiKey, content: bytes
) -> idempotency.IdempotentRequest | None:
    """What the Idempotency-Key of a request stands for, if it has one.

    Raises:
        Problem: 400 for one that is empty or too long.
    """
    header = request.headers.get("idempotency-key")
    if header is None:
        return None
    if not header.strip() or len(header) > idempotency.MAX_KEY:
        fault = FieldError("Idempotency-Key", "is empty or too long", "1 to 200 characters")
        raise Problem(400, "bad-header", f"Idempotency-Key: {fault.message}", [fault])
    decisive = request.scope["query_string"] + b"\n" + content
    return idempotency.IdempotentRequest(
        key.name, request.method, request.scope["path"], header, decisive
    )


def to_response(stored: StoredResponse) -> Response:
    """The response as it is sent."""
    return Response(stored.body or None, stored.status, headers=stored.headers)
