"""What OpenAPI says of parameters, from the same tables that read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.ledger.noun import Noun, Tag
from app.reads.parameters import ONCE, Parameter, Q
from app.reads.query import Grammar


def _documented(parameter: Parameter, **more: Any) -> dict[str, Any]:
    schema = dict(parameter.schema) | more.pop("schema", {})
    found = {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.description,
        "schema": schema,
    } | more
    if parameter.example or "example" not in found:
        found["example"] = parameter.example
    return found


def _filter(tag: Tag) -> dict[str, Any]:
    if tag.flag:
        return _documented(
            Parameter(tag.name, tag.description, tag.example, {"type": "boolean"}), example=True
        ) | {"example": True}
    more = " Repeat: and; comma: or; leading `!`: not."
    if tag.accepted:
        more += " One of: " + ", ".join(f"`{value}`" for value in tag.accepted) + "."
    schema = {"type": "array", "items": {"type": "string"}}
    return {
        "name": tag.name,
        "in": "query",
        "required": False,
        "description": tag.description + more,
        "schema": schema,
        "style": "form",
        "explode": True,
        "example": [tag.example],
    }


def _choice(name: str, grammar: Grammar) -> dict[str, Any]:
    """A parameter whose values depend on the endpoint."""
    values = {
        "sort": grammar.sort_names,
        "fields": grammar.field_names,
        "facets": grammar.facet_names,
        "include": grammar.include_names,
    }[name]
    return _several(name, values)


def _several(name: str, values: Sequence[str]) -> dict[str, Any]:
    """A parameter of several values, as one text.

    OpenAPI knows lists with commas (`explode: false`), but makers of clients do not agree on them:
    some repeat the parameter, which is refused.
    """
    listed = ", ".join(f"`{value}`" for value in values)
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": f"{ONCE[name].description} Comma-separated; accepted: {listed}.",
        "schema": {"type": "string", "pattern": "^-?[a-z_]+(,-?[a-z_]+)*$"},
        "example": ",".join(values[:2]),
    }


def list_parameters(grammar: Grammar) -> list[dict[str, Any]]:
    """Every query parameter of a list."""
    found = [_filter(tag) for tag in grammar.tags.values()]
    for own in found:
        if own["name"] == "format":
            own["description"] += f" Or {_representations(grammar)}"
    found.append(_filter_like(Q))
    if grammar.typed:
        nouns = tuple(noun.name for noun in grammar.nouns)
        found.append(_filter(Tag("type", lambda _: (), "The kind of entry.", nouns[0], nouns)))
    for name in grammar.once:
        if name in ("fields", "facets", "include", "sort"):
            found.append(_choice(name, grammar))
        elif name == "limit":
            bounds = {"minimum": 0, "maximum": grammar.max_limit, "default": 50}
            found.append(_documented(ONCE[name], schema=bounds) | {"example": 20})
        elif name == "revision":
            found.append(_documented(ONCE[name]) | {"example": 1})
        elif name == "cursor":
            found.append(_documented(ONCE[name]) | {"example": "taken-from-next"})
        elif name == "format":
            enum = {"enum": list(grammar.formats), "title": "ListFormat", "default": "json"}
            found.append(_documented(ONCE[name], schema=enum))
        else:
            found.append(_documented(ONCE[name]))
    return found


def _representations(grammar: Grammar) -> str:
    """What else `format` means where it is a filter as well."""
    listed = ", ".join(f"`{name}`" for name in grammar.formats)
    return f"the representation, one of {listed}; a suffix of the path leaves room for both."


def _filter_like(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.description,
        "schema": {"type": "array", "items": {"type": "string"}},
        "style": "form",
        "explode": True,
        "example": [parameter.example],
    }


def record_parameters(noun: Noun, fields: tuple[str, ...], include: tuple[str, ...]) -> list[Any]:
    """The parameters of one record."""
    found: list[Any] = [
        id_parameter(noun),
        _documented(ONCE["as_of"]),
        _documented(ONCE["revision"]) | {"example": 1},
    ]
    for name, values in (("fields", fields), ("include", include)):
        if values:
            found.append(_several(name, values))
    found.append(_documented(ONCE["format"]))
    return found


def id_parameter(noun: Noun) -> dict[str, Any]:
    """The identifier in a path."""
    example = next(tag.example for tag in noun.tags if tag.name == "id")
    return {
        "name": "id",
        "in": "path",
        "required": True,
        "description": f"The identifier of the {noun.name}.",
        "schema": {"type": "string", "maxLength": 120},
        "example": example,
    }


def history_parameters(*names: str) -> list[dict[str, Any]]:
    """The parameters of a read of the ledger."""
    found = []
    for name in names:
        if name == "after":
            text = "Only what came after this revision."
            after = Parameter(name, text, "0", {"type": "integer", "minimum": 0})
            found.append(_documented(after) | {"example": 0})
        elif name == "limit":
            bounds = {"minimum": 1, "maximum": 200, "default": 50}
            found.append(_documented(ONCE[name], schema=bounds) | {"example": 20})
        elif name == "revision":
            found.append(_documented(ONCE[name]) | {"example": 1})
        elif name == "cursor":
            found.append(_documented(ONCE[name]) | {"example": "taken-from-next"})
        else:
            found.append(_documented(ONCE[name]))
    return found
