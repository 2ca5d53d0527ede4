"""What OpenAPI says of parameters, from the same tables that parse them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.ledger.noun import Filter, Noun
from app.reads.parameters import SINGLE_PARAMETERS, TEXT_SEARCH_DESCRIPTION, Accepted, Parameter
from app.reads.query import QuerySchema

_DEFAULT_LIMIT = 50


def _parameter_spec(
    name: str, description: str, schema: Mapping[str, object], example: object, **more: object
) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": dict(schema),
        **more,
        "example": example,
    }


def _repeatable_spec(name: str, description: str, example: str) -> dict[str, Any]:
    schema = {"type": "array", "items": {"type": "string"}}
    return _parameter_spec(name, description, schema, [example], style="form", explode=True)


def _filter_spec(tag: Filter) -> dict[str, Any]:
    if tag.is_flag:
        return _parameter_spec(tag.name, tag.description, {"type": "boolean"}, example=True)
    text = (
        f"{tag.description} Repeat for AND, separate with commas for OR, prefix with `!` for NOT."
    )
    if tag.choices:
        text += " One of: " + ", ".join(f"`{value}`" for value in tag.choices) + "."
    return _repeatable_spec(tag.name, text, tag.example)


def _single_spec(parameter: Parameter, accepted: Accepted) -> dict[str, Any]:
    text, schema, example = parameter.description, dict(parameter.schema), parameter.example
    if isinstance(accepted, range):
        bounds = {"minimum": accepted.start, "maximum": accepted.stop - 1}
        schema |= bounds | {"default": _DEFAULT_LIMIT}
    elif "pattern" in schema:
        choices = ", ".join(f"`{choice}`" for choice in accepted)
        text += f" Comma-separated. Accepted values: {choices}."
        example = ",".join(accepted[:2])
    elif len(accepted) > 1:
        schema |= {"enum": list(accepted), "title": "ListFormat", "default": accepted[0]}
    return _parameter_spec(parameter.name, text, schema, example)


def single_parameters(accepted: Mapping[str, Accepted]) -> list[dict[str, Any]]:
    """The parameters that occur once, each with what it accepts."""
    return [_single_spec(SINGLE_PARAMETERS[name], accepted[name]) for name in accepted]


def list_parameters(schema: QuerySchema) -> list[dict[str, Any]]:
    """Every query parameter of a list."""
    specs = [_filter_spec(tag) for tag in schema.filters.values()]
    for spec in specs:
        if spec["name"] == "format":
            spec["description"] += f" Or {_other_formats(schema)}"
    specs.append(_repeatable_spec("q", TEXT_SEARCH_DESCRIPTION, "M4"))
    if schema.has_type:
        names = schema.noun_names
        specs.append(
            _filter_spec(Filter("type", lambda _: (), "The type of entry.", names[0], names))
        )
    return specs + single_parameters(schema.single_parameters)


def _other_formats(schema: QuerySchema) -> str:
    """What else `format` means if it is a filter as well."""
    names = ", ".join(f"`{name}`" for name in schema.formats.names)
    return f"the output format: {names}. To give both, use a path suffix for the output format."


def record_parameters(noun: Noun, accepted: Mapping[str, Accepted]) -> list[dict[str, Any]]:
    """The parameters of one record."""
    choosable = {"fields", "include"}
    shown = {name: accepted[name] for name in accepted if accepted[name] or name not in choosable}
    return [id_parameter(noun), *single_parameters(shown)]


def id_parameter(noun: Noun) -> dict[str, Any]:
    """The identifier in a path."""
    example = next(tag.example for tag in noun.filters if tag.name == "id")
    return {
        "name": "id",
        "in": "path",
        "required": True,
        "description": f"The identifier of the {noun.name}.",
        "schema": {"type": "string", "maxLength": 120},
        "example": example,
    }
