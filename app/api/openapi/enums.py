"""Enums as schemas of their own, so that clients have one type for each instead of dozens.

A list that a model declares as a type of its enum (`TypeAliasType`) has the name of that type; one
that a parameter declares has a `title`.
"""

from __future__ import annotations

from typing import Any

JsonSchema = dict[str, Any]

_ANNOTATIONS = ("description", "examples", "default")


def extract_enums(document: JsonSchema) -> None:
    """Move every enum to the schemas, and replace it with a reference."""
    schemas = document["components"]["schemas"]
    enums: dict[str, JsonSchema] = {}
    for name, schema in schemas.items():
        if "enum" in schema:
            enums[name] = schema | {"title": name}
        else:
            schemas[name] = _with_enum_refs(schema, enums)
    document["paths"] = _with_enum_refs(document["paths"], enums)
    schemas |= enums


def _with_enum_refs(node: Any, enums: dict[str, JsonSchema]) -> Any:
    if isinstance(node, list):
        return [_with_enum_refs(item, enums) for item in node]
    if not isinstance(node, dict):
        return node
    if not isinstance(node.get("enum"), list):
        # An example holds data, and is left as it is.
        return {
            k: v if k.startswith("example") else _with_enum_refs(v, enums) for k, v in node.items()
        }
    name = node.get("title")
    if name is None:
        raise ValueError(f"name the type of these values (TypeAliasType): {node['enum']}")
    annotations = {key: node[key] for key in _ANNOTATIONS if key in node}
    enum = {key: value for key, value in node.items() if key not in _ANNOTATIONS}
    if enums.setdefault(name, enum | {"title": name})["enum"] != node["enum"]:
        raise ValueError(f"{name} would have two meanings")
    return {"$ref": f"#/components/schemas/{name}"} | annotations
