"""Bodies: what is to be written, checked against a noun's shape."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from app.kit.parts import cited_at, fields, parts
from app.kit.problems import Fault, Problem, bad_body, faulty
from app.kit.shapes import IDENTIFIER, MAX_IDENTIFIER, DateShape, Document, Shape
from app.kit.strict_json import JsonError, named
from app.ledger.drafts import Unknown
from app.ledger.nouns import Noun


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
    faults = [_fault(dict(found), shape) for found in error.errors(include_url=False)]
    return faulty(422, "invalid-body", *faults)


def _fault(found: dict[str, Any], shape: type[Shape]) -> Fault:
    told = _told(found)
    if (found.get("ctx") or {}).get("pattern") != IDENTIFIER:
        return told
    told = replace(told, message="is no identifier", accepted=_FORM)
    cites = cited_at(shape, found["loc"])
    if cites is None:
        return told
    # Who gives a name means a record that has one.
    meant = str(found["input"])[:MAX_IDENTIFIER]
    return Unknown(told.field, told.message, told.accepted, nouns=(cites,), identifier=meant)


def _told(found: dict[str, Any]) -> Fault:
    context = found.get("ctx") or {}
    path = ""
    for part in found["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{named(part)}"
    if context.get("field"):
        path += f".{context['field']}"
    kind = "date_type" if context.get("class_name") == DateShape.__name__ else found["type"]
    message = _MESSAGES.get(kind, found["msg"])
    accepted = context.get("accepted") or _ACCEPTED.get(kind)
    if kind == "literal_error":
        accepted = _QUOTED.findall(context["expected"])
    bounds = [f"{word} {context[name]:g}" for name, word in _BOUNDS.items() if name in context]
    accepted = accepted or ", ".join(bounds) or None
    return Fault(path.removeprefix(".")[:200] or "body", message, accepted)


_MESSAGES = {
    "extra_forbidden": "is no field here",
    "model_type": "is no object",
    "date_type": "is no date",
    "list_type": "is no list",
    "literal_error": "is none of the accepted values",
    "missing": "is missing",
}
_QUOTED = re.compile(r"'([^']*)'")  # as pydantic lists the values of a Literal
_FORM = "letters and digits, with single “-”, “.” or “_” between them"
_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


_ACCEPTED = {
    "missing": "this field is required",
    "extra_forbidden": "only documented fields",
    "string_type": "a string",
    "list_type": "a list",
    "model_type": "an object",
    "date_type": "EDTF text such as 2023-04-25, or an object with edtf, before and after",
    "finite_number": "a number",
    "bool_type": "true or false",
    "float_type": "a number",
    "string_pattern_mismatch": "text of the documented form",
    "string_too_long": "a shorter text",
    "string_too_short": "a text that is not empty",
    "too_long": "fewer items",
}
