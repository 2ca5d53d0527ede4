"""Errors as `application/problem+json` (RFC 9457), which say what would be accepted instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any

from app.kit.http.problem_types import PROBLEM_TYPES
from app.kit.strict_json import dumps

MEDIA_TYPE = "application/problem+json"

# At most so many errors in `errors`, and in `detail`.
_MAX_LISTED = 100
_MAX_IN_DETAIL = 20


@dataclass(frozen=True, slots=True)
class FieldError:
    """One error: the field, what is wrong with it, and what is accepted.

    `ref` (noun and identifier) is the record among several that are written together. Clients do
    not see it, as they only know paths in their request.
    """

    field: str
    message: str
    accepted: str | list[str] | None = None
    ref: tuple[str, str] | None = None

    def within(self, path: str) -> FieldError:
        """Returns this error for a record that lies at `path` in the body."""
        if not path:
            return self
        return replace(self, field=path if self.field == "body" else f"{path}.{self.field}")

    def to_json(self) -> dict[str, Any]:
        """An item of `errors` in a problem document."""
        return {"field": self.field, "message": self.message, "accepted": self.accepted}


@dataclass(eq=False)
class Problem(Exception):
    """An error with an HTTP status, safe to show to clients.

    `type` is the stable name of its kind (`not-found`, `bad-query`, …), the end of the URL in the
    member `type`.
    """

    status: int
    type: str
    detail: str
    errors: Sequence[FieldError] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.type}: {self.detail}"

    def to_json(self) -> dict[str, Any]:
        """The members of the problem document."""
        members: dict[str, Any] = {
            "type": f"/docs#problem-{self.type}",
            "title": PROBLEM_TYPES[self.type].title
            if self.type in PROBLEM_TYPES
            else _phrase(self.status),
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            members["errors"] = [error.to_json() for error in self.errors[:_MAX_LISTED]]
        return members | dict(self.extra)

    def within(self, path: str) -> Problem:
        """Returns this problem for a record that lies at `path` in the body."""
        if not path:
            return self
        errors = [error.within(path) for error in self.errors]
        return replace(self, detail=join_errors(errors) or self.detail, errors=errors)

    def to_bytes(self) -> bytes:
        """The problem document as bytes."""
        return dumps(self.to_json())


def join_errors(errors: Sequence[FieldError]) -> str:
    """Errors as one sentence."""
    texts = [f"{error.field}: {error.message}" for error in errors[:_MAX_IN_DETAIL]]
    if len(errors) > _MAX_IN_DETAIL:
        texts.append(f"and {len(errors) - _MAX_IN_DETAIL} more")
    return "; ".join(texts)


def problem_from_errors(status: int, problem_type: str, *errors: FieldError) -> Problem:
    """A problem whose detail is its errors."""
    return Problem(status, problem_type, join_errors(errors), errors)


def bad_query(*errors: FieldError) -> Problem:
    """An invalid query: 400."""
    return problem_from_errors(400, "bad-query", *errors)


def bad_body(field_name: str, message: str, accepted: str | list[str] | None = None) -> Problem:
    """A body with one error: 422."""
    return problem_from_errors(422, "invalid-body", FieldError(field_name, message, accepted))


def problem_from_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """The problem for an HTTP status that the framework raises without a body."""
    phrase = _phrase(status)
    problem_type = phrase.lower().replace(" ", "-").replace("'", "")
    return Problem(status, problem_type, f"{phrase}.", headers=dict(headers or {}))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def closest_match(word: str, known: Sequence[str]) -> str | None:
    """The known word most similar to `word`; None if no word is similar."""
    matches = get_close_matches(word[:100], known, n=1, cutoff=0.6)
    return matches[0] if matches else None
