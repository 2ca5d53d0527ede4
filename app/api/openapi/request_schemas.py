"""The bodies that may be written, as OpenAPI publishes them: new, whole, and patches.

A noun has three. `NewMeeting` is posted: it may hold new people, issues and sources in place of
identifiers, and positions. `MeetingInput` is put: the record whole. `MeetingPatch` is a merge
patch of it: every field may be left out, and null takes a value away.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from app.api.openapi.response_schemas import schema_name
from app.kit.schema.fields import shape_fields
from app.kit.schema.shapes import Shape
from app.kit.strict_json import dumps, loads
from app.ledger.noun import Noun, Nouns

JsonSchema = dict[str, Any]
_SCHEMAS_PATH = "#/components/schemas/"
_NULL: JsonSchema = {"type": "null"}
# What may be given as text alone, and what the text then is.
_TEXT_FORMS = {"DateInput": "Its EDTF text alone.", "OtherNameInput": "The name alone."}
_REASON: JsonSchema = {
    "type": "string",
    "minLength": 1,
    "maxLength": 2000,
    "description": "Why, for the whole write; it stands in history.",
    "examples": ["corrected from the readout"],
}
_RESTORE_INPUT: JsonSchema = {
    "type": "object",
    "description": "What to go back to.",
    "properties": {
        "revision": {
            "type": "integer",
            "minimum": 1,
            "description": "An earlier revision of the record; a tombstone needs none.",
            "examples": [1],
        },
        "reason": _REASON,
    },
    "additionalProperties": False,
}
_MERGE_INPUT: JsonSchema = {
    "type": "object",
    "description": "What to fold the record into.",
    "properties": {
        "into": {
            "type": "string",
            "description": "The identifier of another record of its kind.",
            "examples": ["2023-04-25-moscow"],
        },
        "reason": _REASON,
    },
    "required": ["into"],
    "additionalProperties": False,
}


def request_schemas(nouns: Nouns) -> dict[str, JsonSchema]:
    """Every body, and what they hold, by name."""
    found: dict[str, JsonSchema] = {"RestoreInput": _RESTORE_INPUT, "MergeInput": _MERGE_INPUT}
    for noun in nouns:
        found |= _input_schemas(noun)
    for noun in nouns:
        _add_creation_schema(nouns, noun.shape, found)
        _add_patch_schema(noun.shape, found)
    for noun in nouns:
        for owned in noun.owned_records:
            found[f"New{schema_name(noun)}"]["properties"][owned.member] = {
                "type": "array",
                "items": _schema_ref(f"New{schema_name(nouns[owned.noun])}"),
                "description": owned.description,
            }
    for noun in nouns:
        title = schema_name(noun)
        for name in (f"New{title}", f"{title}Input", f"{title}Patch"):
            found[name]["properties"]["reason"] = _REASON
    return found


def _schema_ref(name: str) -> JsonSchema:
    return {"$ref": _SCHEMAS_PATH + name}


def _base_schema_name(shape: type[Shape]) -> str:
    return shape.__name__.removesuffix("Shape")


def _input_schemas(noun: Noun) -> dict[str, JsonSchema]:
    """A noun's body and the shapes in it, inputs named apart from answers."""
    raw = dumps(noun.shape.model_json_schema(ref_template=_SCHEMAS_PATH + "{model}")).decode()
    own: JsonSchema = loads(raw.replace('Shape"', 'Input"').encode())
    found = {key.replace("Shape", "Input"): value for key, value in own.pop("$defs", {}).items()}
    found[_base_schema_name(noun.shape) + "Input"] = own
    own["required"] = [name for name in own.get("required", ()) if name != "id"]
    if not own["required"]:
        del own["required"]
    own["properties"]["id"]["description"] += " The path gives it, or it is derived."
    for schema in found.values():
        for name, field in schema.get("properties", {}).items():
            schema["properties"][name] = _without_default(_allow_text(field))
    return found


def _without_default(field: JsonSchema) -> JsonSchema:
    """A field whose default is told in words: clients take one for a promise that it is there."""
    default = field.pop("default", None)
    if default not in (None, []):
        field["description"] += f" `{default}` if it is left out."
    return field


def _with_alternatives(
    field: JsonSchema, test: Callable[[JsonSchema], bool], more: list[JsonSchema]
) -> JsonSchema:
    """A field that also takes something else wherever it takes what passes a test."""
    if test(field):
        told = {k: field.pop(k) for k in ("description", "examples", "title") if k in field}
        return {"anyOf": [field, *more]} | told
    if "items" in field:
        return field | {"items": _with_alternatives(field["items"], test, more)}
    if "anyOf" in field:
        options: list[JsonSchema] = []
        for option in field["anyOf"]:
            changed = _with_alternatives(option, test, more)
            options += changed["anyOf"] if set(changed) == {"anyOf"} else [changed]
        return field | {"anyOf": options}
    return field


def _allow_text(field: JsonSchema) -> JsonSchema:
    for name, text in _TEXT_FORMS.items():
        alone: JsonSchema = {"type": "string", "minLength": 1, "description": text}
        field = _with_alternatives(field, lambda f, n=name: f == _schema_ref(n), [alone])  # type: ignore[misc]  # mypy types no default of a lambda
    return field


def _is_text(field: JsonSchema) -> bool:
    return field.get("type") == "string"


def _add_creation_schema(nouns: Nouns, shape: type[Shape], found: dict[str, JsonSchema]) -> str:
    """Add the shape of a new record, or of a part of one; gives the name that it then has."""
    base, name = _base_schema_name(shape) + "Input", "New" + _base_schema_name(shape)
    if name in found:
        return name
    new, differs = deepcopy(found[base]), "id" in found[base]["properties"]
    for part in shape_fields(shape):
        field = new["properties"][part.name]
        if part.cites in nouns.inline_nouns:
            nested = _schema_ref(f"New{schema_name(nouns[part.cites])}")
            new["properties"][part.name] = _with_alternatives(field, _is_text, [nested])
            differs = True
        elif part.shape is not None and not part.is_date:
            inner = _add_creation_schema(nouns, part.shape, found)
            differs |= inner != _base_schema_name(part.shape) + "Input"
            new["properties"][part.name] = _with_ref(field, inner)
    if not differs:
        return base
    new["title"] = name
    found[name] = new
    return name


def _with_ref(field: JsonSchema, name: str) -> JsonSchema:
    """A field with its one reference led elsewhere."""
    if "$ref" in field:
        return field | _schema_ref(name)
    if "items" in field:
        return field | {"items": _with_ref(field["items"], name)}
    if "anyOf" in field:
        return field | {"anyOf": [_with_ref(option, name) for option in field["anyOf"]]}
    return field


def _add_patch_schema(shape: type[Shape], found: dict[str, JsonSchema]) -> str:
    """Add the shape of a merge patch: objects in it are patched too, lists are replaced."""
    name = _base_schema_name(shape) + "Patch"
    patch = deepcopy(found[_base_schema_name(shape) + "Input"])
    patch.pop("required", None)
    patch["properties"].pop("id", None)
    patch["title"] = name
    patch["description"] += " What is left out stays; null takes a value away."
    nested = {
        p.name: p.shape for p in shape_fields(shape) if p.shape and not p.is_list and not p.is_date
    }
    for field_name, field in patch["properties"].items():
        if field_name in nested:
            field = _with_ref(field, _add_patch_schema(nested[field_name], found))  # noqa: PLW2901 - the field, patched
        patch["properties"][field_name] = _nullable(field)
    found[name] = patch
    return name


def _nullable(field: JsonSchema) -> JsonSchema:
    if _NULL in field.get("anyOf", ()):
        return field
    told = {k: field.pop(k) for k in ("description", "examples", "title") if k in field}
    options = field.get("anyOf", [field])
    return {"anyOf": [*options, _NULL]} | told
