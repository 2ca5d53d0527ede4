"""Errors of a body, in words that say what would be accepted.

The validator names a type of error and a location; what is accepted there comes from the
declaration of the shape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

from app.kit.http.problems import FieldError, closest_match
from app.kit.schema.fields import FieldLocation, field_names, locate_field
from app.kit.schema.shapes import MAX_IDENTIFIER, Cites, DateShape, Document, PatternHint, Shape
from app.kit.strict_json import dumps, path_step
from app.ledger.write.draft import UnknownReference

_DATE_FORMS = "EDTF text such as 2023-04-25, or an object with edtf, before and after"
_REPLACES_LIST = "; it replaces the entire existing list"
# The message of each type of error, and what is accepted if the location does not say more.
_MESSAGES: dict[str, tuple[str, str | None]] = {
    "string_type": ("is not a string", "a string"),
    "string_too_short": ("is empty", "a non-empty string, or null"),
    "string_too_long": ("is too long", None),
    "too_long": ("has too many items", None),
    "finite_number": ("is not a number", "a number"),
    "float_type": ("is not a number", "a number"),
    "bool_type": ("is not a boolean", "true or false"),
}
_BOUND_WORDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_LENGTH_UNITS = {"string_too_long": "characters", "too_long": "items"}


def field_error(error: Document, shape: type[Shape]) -> FieldError:
    """The error of one field, from an error of pydantic."""
    field, context, error_type = _path(error), error.get("ctx") or {}, error["type"]
    location = locate_field(shape, error["loc"])
    if location is not None and error_type in _ERROR_BY_TYPE:
        field_error_ = _ERROR_BY_TYPE[error_type](field, location, error)
        if field_error_ is not None:
            return field_error_
    message, accepted = _MESSAGES.get(error_type, (error["msg"], None))
    accepted = context.get("accepted") or accepted
    if error_type in _LENGTH_UNITS:
        accepted = f"at most {context['max_length']} {_LENGTH_UNITS[error_type]}"
    bounds = [f"{word} {context[name]:g}" for name, word in _BOUND_WORDS.items() if name in context]
    return FieldError(field, message, accepted or ", ".join(bounds) or None)


def _path(error: Document) -> str:
    path = ""
    for step in error["loc"]:
        path += f"[{step}]" if isinstance(step, int) else f".{path_step(step)}"
    field = (error.get("ctx") or {}).get("field")
    return (f"{path}.{field}" if field else path).removeprefix(".")[:200] or "body"


# ---- by what is declared at the location


def _unknown_field_error(field: str, location: FieldLocation, error: Document) -> FieldError:
    names = sorted(field_names(location.owner))
    suggestion = closest_match(str(error["loc"][-1]), names)
    hint = f"; did you mean `{suggestion}`?" if suggestion else ""
    return FieldError(field, f"unknown field{hint}", names)


def _missing_error(field: str, location: FieldLocation, _: Document) -> FieldError:
    return FieldError(field, "is required", _accepted_value(location))


def _choice_error(field: str, location: FieldLocation, _: Document) -> FieldError:
    return FieldError(field, "is not a valid value", _accepted_value(location))


def _pattern_error(field: str, location: FieldLocation, error: Document) -> FieldError | None:
    hint = location.marker(PatternHint)
    if hint is None:
        return None
    identifier_error = _identifier_error(field, location, error)
    return identifier_error or FieldError(
        field, f"is not a valid {hint.description}", hint.accepted
    )


def _identifier_error(field: str, location: FieldLocation, error: Document) -> FieldError | None:
    """A name or an object given where an identifier is expected: look for what it may mean."""
    cites = location.marker(Cites)
    if cites is None:
        return None
    value = error["input"]
    if isinstance(value, dict):
        value = next((value[n] for n in ("id", "name", "title") if value.get(n)), "")
    identifier = str(value)[:MAX_IDENTIFIER]
    nouns = (cites.noun,)
    return UnknownReference(
        field, "is not a valid identifier", None, nouns=nouns, identifier=identifier
    )


def _object_error(field: str, location: FieldLocation, _: Document) -> FieldError:
    if location.shape is not None and issubclass(location.shape, DateShape):
        return FieldError(field, "is not a valid date", _DATE_FORMS)
    return FieldError(field, "is not an object", f"an object{_example_text(location.shape)}")


def _list_error(field: str, location: FieldLocation, _: Document) -> FieldError:
    example = "" if location.shape is None else _example_text(location.shape, "[{}]")
    return FieldError(field, "is not a list", f"a list{example}{_REPLACES_LIST}")


_ERROR_BY_TYPE: dict[str, Callable[[str, FieldLocation, Document], FieldError | None]] = {
    "extra_forbidden": _unknown_field_error,
    "missing": _missing_error,
    "literal_error": _choice_error,
    "string_pattern_mismatch": _pattern_error,
    "string_type": _identifier_error,
    "model_type": _object_error,
    "list_type": _list_error,
}


def _accepted_value(location: FieldLocation) -> str | list[str]:
    """What a field accepts: its values, if it is a closed list, or an example."""
    if get_origin(location.annotation) is Literal:
        return list(get_args(location.annotation))
    examples = location.field.examples if location.field is not None else None
    if not examples:
        return "a value"
    return f"a value such as {dumps(examples[0]).decode()}"


def _example_text(shape: type[Shape] | None, template: str = "{}") -> str:
    """An example of an object: its required fields, or else its first field."""
    if shape is None:
        return ""
    infos = [(info.alias or name, info) for name, info in shape.model_fields.items()]
    required = [pair for pair in infos if pair[1].is_required()] or infos[:1]
    example: dict[str, Any] = {name: (info.examples or ["…"])[0] for name, info in required}
    return f" such as {template.replace('{}', dumps(example).decode())}"
