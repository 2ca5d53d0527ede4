"""Errors: each is an `application/problem+json` body (RFC 9457) that says what would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any

from app.kit.http.problem_types import PROBLEM_TYPES
from app.kit.strict_json import dumps

MEDIA_TYPE = "application/problem+json"

# Of many faults so many are told one by one, and so many in the sentence.
_MAX_LISTED = 100
_MAX_IN_DETAIL = 20


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong: the field, why, and what would be accepted.

    `ref` (noun and identifier) says which of several records written together it is about; it
    is not told, as the client knows places in its body only.
    """

    field: str
    message: str
    accepted: str | list[str] | None = None
    ref: tuple[str, str] | None = None

    def within(self, path: str) -> FieldError:
        """The same fault, of a record that stands at `path` inside the body."""
        if not path:
            return self
        return replace(self, field=path if self.field == "body" else f"{path}.{self.field}")

    def to_json(self) -> dict[str, Any]:
        """As it stands in `errors`."""
        return {"field": self.field, "message": self.message, "accepted": self.accepted}


@dataclass(eq=False)
class Problem(Exception):
    """An error that knows its status and can be shown to anyone.

    `type` is its stable name (`not-found`, `unknown-parameter`, …), the last part of `type`.
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
        found: dict[str, Any] = {
            "type": f"/docs#problem-{self.type}",
            "title": PROBLEM_TYPES[self.type].title
            if self.type in PROBLEM_TYPES
            else _phrase(self.status),
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            found["errors"] = [fault.to_json() for fault in self.errors[:_MAX_LISTED]]
        return found | dict(self.extra)

    def within(self, path: str) -> Problem:
        """The same problem, of a record that stands at `path` inside the body."""
        if not path:
            return self
        faults = [fault.within(path) for fault in self.errors]
        return replace(self, detail=join_errors(faults) or self.detail, errors=faults)

    def to_bytes(self) -> bytes:
        """The problem document as bytes."""
        return dumps(self.to_json())


def join_errors(faults: Sequence[FieldError]) -> str:
    """Faults as one sentence."""
    told = [f"{fault.field}: {fault.message}" for fault in faults[:_MAX_IN_DETAIL]]
    if len(faults) > _MAX_IN_DETAIL:
        told.append(f"and {len(faults) - _MAX_IN_DETAIL} more")
    return "; ".join(told)


def problem_from_errors(status: int, kind: str, *faults: FieldError) -> Problem:
    """A problem that its faults tell whole."""
    return Problem(status, kind, join_errors(faults), faults)


def bad_query(*faults: FieldError) -> Problem:
    """A query that cannot be understood: 400."""
    return problem_from_errors(400, "bad-query", *faults)


def bad_body(field_: str, message: str, accepted: str | list[str] | None = None) -> Problem:
    """A body with one fault: 422."""
    return problem_from_errors(422, "invalid-body", FieldError(field_, message, accepted))


def problem_from_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """The problem for a bare HTTP status, as the framework raises it."""
    phrase = _phrase(status)
    kind = phrase.lower().replace(" ", "-").replace("'", "")
    return Problem(status, kind, f"{phrase}.", headers=dict(headers or {}))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def closest_match(word: str, known: Sequence[str]) -> str | None:
    """The known word most like `word`, or None."""
    found = get_close_matches(word[:100], known, n=1, cutoff=0.6)
    return found[0] if found else None
