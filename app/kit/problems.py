"""Errors: each is an `application/problem+json` body (RFC 9457) that says what would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any

from app.kit.strict_json import dumps

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the field, why, and what would be accepted."""

    field: str
    message: str
    accepted: str | list[str] | None = None

    def body(self) -> dict[str, Any]:
        """As it stands in `errors`."""
        return {"field": self.field, "message": self.message, "accepted": self.accepted}


@dataclass(eq=False)
class Problem(Exception):
    """An error that knows its status and can be shown to anyone.

    `kind` is its stable name (`not-found`, `unknown-parameter`, …), the last part of `type`.
    """

    status: int
    kind: str
    detail: str
    errors: Sequence[Fault] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.kind}: {self.detail}"

    def body(self) -> dict[str, Any]:
        """The members of the problem document."""
        found: dict[str, Any] = {
            "type": f"/docs#problem-{self.kind}",
            "title": self.kind.replace("-", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            found["errors"] = [fault.body() for fault in self.errors]
        return found | dict(self.extra)

    def content(self) -> bytes:
        """The problem document as bytes."""
        return dumps(self.body())


def bad_query(*faults: Fault) -> Problem:
    """A query that cannot be understood: 400."""
    detail = "; ".join(f"{fault.field}: {fault.message}" for fault in faults)
    return Problem(400, "bad-query", detail, faults)


def from_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """The problem for a bare HTTP status, as the framework raises it."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Error"
    kind = phrase.lower().replace(" ", "-").replace("'", "")
    return Problem(status, kind, f"{phrase}.", headers=dict(headers or {}))


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word most like `word`, or None."""
    found = get_close_matches(word[:100], known, n=1, cutoff=0.6)
    return found[0] if found else None
