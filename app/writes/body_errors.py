"""What is wrong with a body, in words that say what would do.

The validator names a kind of fault and a place; what would be accepted there is read off the
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
_REPLACES_LIST = "; it replaces the whole list that is there"
# What a fault is called, and what would do where the place does not say more.
_MESSAGES: dict[str, tuple[str, str | None]] = {
    "string_type": ("is no text", "a string"),
    "string_too_short": ("is empty", "a text that is not empty, or null"),
    "string_too_long": ("is too long", None),
    "too_long": ("lists too much", None),
    "finite_number": ("is no number", "a number"),
    "float_type": ("is no number", "a number"),
    "bool_type": ("is neither true nor false", "true or false"),
}
_BOUND_WORDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_LENGTH_UNITS = {"string_too_long": "characters", "too_long": "items"}


def field_error(found: Document, shape: type[Shape]) -> FieldError:
    """One fault of a body, as pydantic tells it, in our words."""
    field, context, kind = _path(found), found.get("ctx") or {}, found["type"]
    here = locate_field(shape, found["loc"])
    if here is not None and kind in _ERROR_BY_TYPE:
        told = _ERROR_BY_TYPE[kind](field, here, found)
        if told is not None:
            return told
    message, accepted = _MESSAGES.get(kind, (found["msg"], None))
    accepted = context.get("accepted") or accepted
    if kind in _LENGTH_UNITS:
        accepted = f"at most {context['max_length']} {_LENGTH_UNITS[kind]}"
    bounds = [f"{word} {context[name]:g}" for name, word in _BOUND_WORDS.items() if name in context]
    return FieldError(field, message, accepted or ", ".join(bounds) or None)


def _path(found: Document) -> str:
    path = ""
    for part in found["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{path_step(part)}"
    own = (found.get("ctx") or {}).get("field")
    return (f"{path}.{own}" if own else path).removeprefix(".")[:200] or "body"


# ---- by what is declared at the place


def _unknown_field_error(field: str, here: FieldLocation, found: Document) -> FieldError:
    known = sorted(field_names(here.owner))
    near = closest_match(str(found["loc"][-1]), known)
    hint = f"; did you mean `{near}`?" if near else ""
    return FieldError(field, f"is no field here{hint}", known)


def _missing_error(field: str, here: FieldLocation, _: Document) -> FieldError:
    return FieldError(field, "is missing", _accepted_value(here))


def _choice_error(field: str, here: FieldLocation, _: Document) -> FieldError:
    return FieldError(field, "is none of the accepted values", _accepted_value(here))


def _pattern_error(field: str, here: FieldLocation, found: Document) -> FieldError | None:
    form = here.marker(PatternHint)
    if form is None:
        return None
    return _identifier_error(field, here, found) or FieldError(
        field, f"is no {form.description}", form.accepted
    )


def _identifier_error(field: str, here: FieldLocation, found: Document) -> FieldError | None:
    """Who gives a name, or a record, where one is cited means the record that has the name."""
    cites = here.marker(Cites)
    if cites is None:
        return None
    given = found["input"]
    if isinstance(given, dict):
        given = next((given[n] for n in ("id", "name", "title") if given.get(n)), "")
    meant = str(given)[:MAX_IDENTIFIER]
    return UnknownReference(field, "is no identifier", None, nouns=(cites.noun,), identifier=meant)


def _object_error(field: str, here: FieldLocation, _: Document) -> FieldError:
    if here.shape is not None and issubclass(here.shape, DateShape):
        return FieldError(field, "is no date", _DATE_FORMS)
    return FieldError(field, "is no object", f"an object{_example_text(here.shape)}")


def _list_error(field: str, here: FieldLocation, _: Document) -> FieldError:
    example = "" if here.shape is None else _example_text(here.shape, "[{}]")
    return FieldError(field, "is no list", f"a list{example}{_REPLACES_LIST}")


_ERROR_BY_TYPE: dict[str, Callable[[str, FieldLocation, Document], FieldError | None]] = {
    "extra_forbidden": _unknown_field_error,
    "missing": _missing_error,
    "literal_error": _choice_error,
    "string_pattern_mismatch": _pattern_error,
    "string_type": _identifier_error,
    "model_type": _object_error,
    "list_type": _list_error,
}


def _accepted_value(here: FieldLocation) -> str | list[str]:
    """What a field takes: its values, if they are counted, or an example."""
    if get_origin(here.annotation) is Literal:
        return list(get_args(here.annotation))
    examples = here.field.examples if here.field is not None else None
    if not examples:
        return "this field is required"
    return f"this field is required, such as {dumps(examples[0]).decode()}"


def _example_text(shape: type[Shape] | None, form: str = "{}") -> str:
    """An example of an object: what it must have, or else its first field."""
    if shape is None:
        return ""
    infos = [(info.alias or name, info) for name, info in shape.model_fields.items()]
    shown = [pair for pair in infos if pair[1].is_required()] or infos[:1]
    example: dict[str, Any] = {name: (info.examples or ["…"])[0] for name, info in shown}
    return f" such as {form.replace('{}', dumps(example).decode())}"
