"""Who may write: the key is looked at before anything else of a request."""

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
    """Checks keys; slows down those who guess.

    A guess is a key that there never was. Who sends none, or one that has had its time, is told so
    as often as he likes; and a good key is good, whatever others at the same address have sent.
    """

    def __init__(self, database: Database, failures_per_minute: int) -> None:
        self.database = database
        self._limit = RateLimitItemPerMinute(failures_per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def authenticate(self, request: Request, scope: str) -> ApiKey:
        """The key of a request, good for a scope. Looks at the database: not for the event loop.

        Raises:
            Problem: 401 without a good key, 403 for a smaller scope, 429 after many failures.
        """
        key = self._find_key(request, scope)
        if key is None:
            client = request.client.host if request.client else "unknown"
            if not self._limiter.hit(self._limit, client):
                raise self._rate_limit_problem(client)
            raise _unauthorised_problem("There is no such key.", scope)
        refusal = key.rejection_reason(datetime.now(UTC))
        if refusal is not None:
            raise _unauthorised_problem(f"The key {refusal}.", scope)
        if not key.allows(scope):
            raise Problem(
                403,
                "scope-too-small",
                f"The key “{key.name}” has the scope `{key.scope}`; this needs `{scope}`. "
                + _how_to_create_key(scope),
                [FieldError("Authorization", "has too small a scope", f"a key with `{scope}`")],
            )
        return key

    def _rate_limit_problem(self, client: str) -> Problem:
        reset = self._limiter.get_window_stats(self._limit, client).reset_time
        wait = max(1, ceil(reset - time()))
        return Problem(
            429,
            "too-many-failures",
            f"Too many requests with a wrong key; try again in {wait} s.",
            headers={"retry-after": str(wait)},
        )

    def _find_key(self, request: Request, scope: str) -> ApiKey | None:
        """The key that a request names, whatever its state; None for one that never was."""
        header = request.headers.get("authorization")
        if header is None:
            raise _unauthorised_problem("A key is needed to write.", scope)
        kind, _, given = header.partition(" ")
        if kind.lower() != "bearer" or not given.strip():
            form = "The Authorization header is not of the form “Bearer KEY”."
            raise _unauthorised_problem(form, scope)
        with self.database.read_transaction() as connection:
            return api_keys.find_key(connection, given.strip())


def _how_to_create_key(scope: str) -> str:
    command = f"parley keys create --scope {scope} --name NAME"
    return f"Keys are made with `{command}`, run where the server's database is."


def _unauthorised_problem(detail: str, scope: str) -> Problem:
    return Problem(
        401,
        "unauthorised",
        f"{detail} {_how_to_create_key(scope)}",
        [FieldError("Authorization", "has no good key", "Authorization: Bearer <key>")],
        headers={"www-authenticate": 'Bearer realm="parley"'},
    )
