"""Bodies: what is to be written, checked against a noun's shape."""

from __future__ import annotations

import copy
from typing import Any

from pydantic import ValidationError

from app.kit.http.problems import Fault, Problem, bad_body, faulty
from app.kit.schema.shapes import Document, Shape
from app.kit.schema.walk import fields, parts
from app.kit.strict_json import JsonError
from app.ledger.noun import Noun
from app.writes.body_errors import fault


def as_object(raw: Any) -> Document:
    """A body that is an object, as a copy that may be changed.

    Raises:
        Problem: 422 for anything else.
    """
    if not isinstance(raw, dict):
        raise bad_body("body", "is no object", "a JSON object")
    return copy.deepcopy(raw)


def checked(noun: Noun, body: Any) -> Document:
    """The body as the ledger takes it, every field present.

    Raises:
        Problem: 422 with every fault, each naming its field and what is accepted.
    """
    try:
        return noun.shape.model_validate(body).body()
    except ValidationError as error:
        raise invalid(error, noun.shape) from None


def patched(target: Any, patch: Any, shape: type[Shape] | None) -> Any:
    """What a JSON merge patch (RFC 7396) makes of a body; nothing that is given is changed.

    A null for what is no field here stays, so that the check of the body finds it.
    """
    if not isinstance(patch, dict):
        return patch
    inner = {} if shape is None else {part.name: part.shape for part in parts(shape)}
    found = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None and (shape is None or name in fields(shape)):
            found.pop(name, None)
        else:
            found[name] = patched(found.get(name), value, inner.get(name))
    return found


def malformed(error: JsonError) -> Problem:
    """400: what is no JSON, or holds what nobody could store, by its path."""
    accepted = "text and numbers that can be stored" if error.path else "JSON in UTF-8"
    return faulty(400, "malformed-json", Fault(error.path[:200] or "body", str(error), accepted))


def invalid(error: ValidationError, shape: type[Shape]) -> Problem:
    """422 for a body that breaks a rule; the input itself is not repeated."""
    faults = [fault(dict(found), shape) for found in error.errors(include_url=False)]
    return faulty(422, "invalid-body", *faults)
