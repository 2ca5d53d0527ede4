"""Who may write: the API key is checked before anything else of a request."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil
from time import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from app.kit.http import api_keys
from app.kit.http.api_keys import ApiKey
from app.kit.http.problems import FieldError, Problem
from app.kit.sql.database import Database


class Authenticator:
    """Checks API keys, and slows down clients that guess them.

    Only unknown keys count as failures. Missing or expired keys are refused without a limit, and a
    valid key is never rate-limited.
    """

    def __init__(self, database: Database, failures_per_minute: int) -> None:
        self.database = database
        self._limit = RateLimitItemPerMinute(failures_per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def forget(self) -> None:
        """Forget all failures."""
        self._limiter.storage.reset()

    def authenticate(self, request: Request, scope: str) -> ApiKey:
        """The API key of a request, if it has the scope. Blocks: not for the event loop.

        Raises:
            Problem: 401 without a valid key, 403 for a smaller scope, 429 after many failures.
        """
        api_key = self._find_key(request, scope)
        if api_key is None:
            client = request.client.host if request.client else "unknown"
            if not self._limiter.hit(self._limit, client):
                raise self._rate_limit_problem(client)
            raise _unauthorised_problem("The API key is not valid.", scope)
        reason = api_key.rejection_reason(datetime.now(UTC))
        if reason is not None:
            raise _unauthorised_problem(f"The API key {reason}.", scope)
        if not api_key.allows(scope):
            raise Problem(
                403,
                "scope-too-small",
                (
                    f"The API key “{api_key.name}” has the scope `{api_key.scope}`; this request "
                    f"requires `{scope}`. "
                )
                + _how_to_create_key(scope),
                [
                    FieldError(
                        "Authorization",
                        "lacks the required scope",
                        f"an API key with the scope `{scope}`",
                    )
                ],
            )
        return api_key

    def _rate_limit_problem(self, client: str) -> Problem:
        reset = self._limiter.get_window_stats(self._limit, client).reset_time
        seconds = max(1, ceil(reset - time()))
        return Problem(
            429,
            "too-many-failures",
            f"Too many requests with an invalid API key; try again in {seconds} s.",
            headers={"retry-after": str(seconds)},
        )

    def _find_key(self, request: Request, scope: str) -> ApiKey | None:
        """The key of a request, valid or not; None if it is unknown."""
        header = request.headers.get("authorization")
        if header is None:
            raise _unauthorised_problem("Writing requires an API key.", scope)
        scheme, _, key = header.partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            detail = "The Authorization header must have the form “Bearer KEY”."
            raise _unauthorised_problem(detail, scope)
        with self.database.read_transaction() as connection:
            return api_keys.find_key(connection, key.strip())


def _how_to_create_key(scope: str) -> str:
    command = f"parley keys create --scope {scope} --name NAME"
    return f"To create a key, run `{command}` against the server's database."


def _unauthorised_problem(detail: str, scope: str) -> Problem:
    return Problem(
        401,
        "unauthorised",
        f"{detail} {_how_to_create_key(scope)}",
        [
            FieldError(
                "Authorization", "must contain a valid API key", "Authorization: Bearer <key>"
            )
        ],
        headers={"www-authenticate": 'Bearer realm="parley"'},
    )
