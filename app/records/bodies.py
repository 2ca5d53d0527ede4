"""Bodies: what is to be written, checked against a noun's shape."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from app.kit.problems import Fault, Problem
from app.kit.shapes import Document
from app.ledger.nouns import Noun


def checked(noun: Noun, body: Any) -> Document:
    """The body as the ledger takes it, every field present.

    Raises:
        Problem: 422 with every fault, each naming its field and what is accepted.
    """
    try:
        return noun.shape.model_validate(body).body()
    except ValidationError as error:
        raise invalid(error) from None


def invalid(error: ValidationError, prefix: str = "") -> Problem:
    """422 for a body that breaks a rule; the input itself is not repeated."""
    faults = [_fault(dict(found), prefix) for found in error.errors(include_url=False)]
    detail = "; ".join(f"{fault.field}: {fault.message}" for fault in faults[:20])
    return Problem(422, "invalid-body", detail, faults)


def _fault(found: dict[str, Any], prefix: str) -> Fault:
    context = found.get("ctx") or {}
    path = ""
    for part in found["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    inner = context.get("field")
    if inner:
        path = f"{path}.{inner}" if path else inner
    message = "is no field here" if found["type"] == "extra_forbidden" else found["msg"]
    accepted = context.get("accepted") or context.get("expected") or _ACCEPTED.get(found["type"])
    return Fault(prefix + (path[:200] or "body"), message, accepted)


_ACCEPTED = {
    "missing": "this field is required",
    "extra_forbidden": "only documented fields",
    "string_type": "a string",
    "list_type": "a list",
    "model_type": "an object",
    "bool_type": "true or false",
    "float_type": "a number",
    "string_pattern_mismatch": "text of the documented form",
    "string_too_long": "a shorter text",
    "string_too_short": "a text that is not empty",
    "too_long": "fewer items",
}
