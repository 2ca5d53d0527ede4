"""Names for closed lists of values, so that clients have one type for each and not dozens.

A list that a model declares as a type of its own (`TypeAliasType`) has the name of that type; one
that a parameter declares has a `title`.
"""

from __future__ import annotations

from typing import Any

JsonSchema = dict[str, Any]

_ANNOTATIONS = ("description", "examples", "default")


def extract_enums(document: JsonSchema) -> None:
    """Move every closed list of values among the schemas, and refer to it from where it stood."""
    schemas = document["components"]["schemas"]
    found: dict[str, JsonSchema] = {}
    for name, schema in schemas.items():
        if "enum" in schema:
            found[name] = schema | {"title": name}
        else:
            schemas[name] = _with_enum_refs(schema, found)
    document["paths"] = _with_enum_refs(document["paths"], found)
    schemas |= found


def _with_enum_refs(node: Any, found: dict[str, JsonSchema]) -> Any:
    if isinstance(node, list):
        return [_with_enum_refs(item, found) for item in node]
    if not isinstance(node, dict):
        return node
    if not isinstance(node.get("enum"), list):
        # An example holds data, and is left as it is.
        return {
            k: v if k.startswith("example") else _with_enum_refs(v, found) for k, v in node.items()
        }
    name = node.get("title")
    if name is None:
        raise ValueError(f"name the type of these values (TypeAliasType): {node['enum']}")
    told = {key: node[key] for key in _ANNOTATIONS if key in node}
    own = {key: value for key, value in node.items() if key not in _ANNOTATIONS}
    if found.setdefault(name, own | {"title": name})["enum"] != node["enum"]:
        raise ValueError(f"{name} would have two meanings")
    return {"$ref": f"#/components/schemas/{name}"} | told
