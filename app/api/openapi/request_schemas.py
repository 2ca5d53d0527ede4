"""The schemas of request bodies in OpenAPI: new records, whole records, and patches.

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
_TEXT_FORMS = {
    "DateInput": "Short form: the EDTF text alone.",
    "OtherNameInput": "Short form: the name alone.",
}
_REASON: JsonSchema = {
    "type": "string",
    "minLength": 1,
    "maxLength": 2000,
    "description": "The reason for the whole write, kept in history.",
    "examples": ["corrected from the readout"],
}
_RESTORE_INPUT: JsonSchema = {
    "type": "object",
    "description": "What to restore.",
    "properties": {
        "revision": {
            "type": "integer",
            "minimum": 1,
            "description": "An earlier revision of the record. Not required if the record was "
            "deleted.",
            "examples": [1],
        },
        "reason": _REASON,
    },
    "additionalProperties": False,
}
_MERGE_INPUT: JsonSchema = {
    "type": "object",
    "description": "What to merge the record into.",
    "properties": {
        "into": {
            "type": "string",
            "description": "The identifier of another record of the same type.",
            "examples": ["2023-04-25-moscow"],
        },
        "reason": _REASON,
    },
    "required": ["into"],
    "additionalProperties": False,
}


def request_schemas(nouns: Nouns) -> dict[str, JsonSchema]:
    """The schemas of all request bodies, and of their parts, by name."""
    schemas: dict[str, JsonSchema] = {"RestoreInput": _RESTORE_INPUT, "MergeInput": _MERGE_INPUT}
    for noun in nouns:
        schemas |= _input_schemas(noun)
    for noun in nouns:
        _add_creation_schema(nouns, noun.shape, schemas)
        _add_patch_schema(noun.shape, schemas)
    for noun in nouns:
        for owned in noun.owned_records:
            schemas[f"New{schema_name(noun)}"]["properties"][owned.member] = {
                "type": "array",
                "items": _schema_ref(f"New{schema_name(nouns[owned.noun])}"),
                "description": owned.description,
            }
    for noun in nouns:
        title = schema_name(noun)
        for name in (f"New{title}", f"{title}Input", f"{title}Patch"):
            schemas[name]["properties"]["reason"] = _REASON
    return schemas


def _schema_ref(name: str) -> JsonSchema:
    return {"$ref": _SCHEMAS_PATH + name}


def _base_schema_name(shape: type[Shape]) -> str:
    return shape.__name__.removesuffix("Shape")


def _input_schemas(noun: Noun) -> dict[str, JsonSchema]:
    """The schemas of a noun's body and its parts, named apart from those of responses."""
    text = dumps(noun.shape.model_json_schema(ref_template=_SCHEMAS_PATH + "{model}")).decode()
    body: JsonSchema = loads(text.replace('Shape"', 'Input"').encode())
    schemas = {key.replace("Shape", "Input"): value for key, value in body.pop("$defs", {}).items()}
    schemas[_base_schema_name(noun.shape) + "Input"] = body
    body["required"] = [name for name in body.get("required", ()) if name != "id"]
    if not body["required"]:
        del body["required"]
    body["properties"]["id"]["description"] += " Taken from the path, or derived if omitted."
    for schema in schemas.values():
        for name, field in schema.get("properties", {}).items():
            schema["properties"][name] = _without_default(_allow_text(field))
    return schemas


def _without_default(field: JsonSchema) -> JsonSchema:
    """A field with its default in words: clients take a `default` as a promise of its presence."""
    default = field.pop("default", None)
    if default not in (None, []):
        field["description"] += f" Defaults to `{default}`."
    return field


def _with_alternatives(
    field: JsonSchema, test: Callable[[JsonSchema], bool], alternatives: list[JsonSchema]
) -> JsonSchema:
    """A field that accepts the alternatives wherever it accepts a schema that passes the test."""
    if test(field):
        annotations = {k: field.pop(k) for k in ("description", "examples", "title") if k in field}
        return {"anyOf": [field, *alternatives]} | annotations
    if "items" in field:
        return field | {"items": _with_alternatives(field["items"], test, alternatives)}
    if "anyOf" in field:
        options: list[JsonSchema] = []
        for option in field["anyOf"]:
            changed = _with_alternatives(option, test, alternatives)
            options += changed["anyOf"] if set(changed) == {"anyOf"} else [changed]
        return field | {"anyOf": options}
    return field


def _allow_text(field: JsonSchema) -> JsonSchema:
    for name, text in _TEXT_FORMS.items():
        text_form: JsonSchema = {"type": "string", "minLength": 1, "description": text}
        field = _with_alternatives(field, lambda f, n=name: f == _schema_ref(n), [text_form])  # type: ignore[misc]  # mypy types no default of a lambda
    return field


def _is_text(field: JsonSchema) -> bool:
    return field.get("type") == "string"


def _add_creation_schema(nouns: Nouns, shape: type[Shape], schemas: dict[str, JsonSchema]) -> str:
    """Add the schema of a new record or a part of one; returns its name."""
    base, name = _base_schema_name(shape) + "Input", "New" + _base_schema_name(shape)
    if name in schemas:
        return name
    schema, differs = deepcopy(schemas[base]), "id" in schemas[base]["properties"]
    for part in shape_fields(shape):
        field = schema["properties"][part.name]
        if part.cites in nouns.inline_nouns:
            nested = _schema_ref(f"New{schema_name(nouns[part.cites])}")
            schema["properties"][part.name] = _with_alternatives(field, _is_text, [nested])
            differs = True
        elif part.shape is not None and not part.is_date:
            part_name = _add_creation_schema(nouns, part.shape, schemas)
            differs |= part_name != _base_schema_name(part.shape) + "Input"
            schema["properties"][part.name] = _with_ref(field, part_name)
    if not differs:
        return base
    schema["title"] = name
    schemas[name] = schema
    return name


def _with_ref(field: JsonSchema, name: str) -> JsonSchema:
    """A field with its reference replaced."""
    if "$ref" in field:
        return field | _schema_ref(name)
    if "items" in field:
        return field | {"items": _with_ref(field["items"], name)}
    if "anyOf" in field:
        return field | {"anyOf": [_with_ref(option, name) for option in field["anyOf"]]}
    return field


def _add_patch_schema(shape: type[Shape], schemas: dict[str, JsonSchema]) -> str:
    """Add the schema of a merge patch, in which objects are patched and lists replaced."""
    name = _base_schema_name(shape) + "Patch"
    patch = deepcopy(schemas[_base_schema_name(shape) + "Input"])
    patch.pop("required", None)
    patch["properties"].pop("id", None)
    patch["title"] = name
    patch["description"] += " Omitted fields stay unchanged; null removes a value."
    nested = {
        p.name: p.shape for p in shape_fields(shape) if p.shape and not p.is_list and not p.is_date
    }
    for field_name, field in patch["properties"].items():
        if field_name in nested:
            field = _with_ref(field, _add_patch_schema(nested[field_name], schemas))  # noqa: PLW2901 - the field, patched
        patch["properties"][field_name] = _nullable(field)
    schemas[name] = patch
    return name


def _nullable(field: JsonSchema) -> JsonSchema:
    if _NULL in field.get("anyOf", ()):
        return field
    annotations = {k: field.pop(k) for k in ("description", "examples", "title") if k in field}
    options = field.get("anyOf", [field])
    return {"anyOf": [*options, _NULL]} | annotations
