"""Names for closed lists of values, so that clients have one type for each and not dozens."""

from __future__ import annotations

from typing import Any, get_args

from app.api.openapi import answers
from app.imports.verdicts import VERDICTS
from app.kit.schema.shapes import Precision
from app.nouns import meeting_shapes, parties, positions
from app.nouns.fields import LEVELS
from app.nouns.registry import NOUNS

Schema = dict[str, Any]

NAMES: dict[tuple[str, ...], str] = {
    meeting_shapes.KINDS: "MeetingKind",
    meeting_shapes.STATUSES: "MeetingStatus",
    meeting_shapes.FORMATS: "MeetingFormat",
    meeting_shapes.ROLES: "Role",
    meeting_shapes.ASSESSMENTS: "Assessment",
    get_args(meeting_shapes.Relation): "Relation",
    get_args(parties.Kind): "PartyKind",
    get_args(positions.Stance): "Stance",
    get_args(positions.Channel): "Channel",
    get_args(answers.Action): "Action",
    tuple(NOUNS.by_name): "NounName",
    tuple(VERDICTS): "Verdict",
    LEVELS: "Level",
    get_args(Precision): "Precision",
    ("possible", "certain"): "Match",
    ("json", "csv", "ndjson"): "ListFormat",
    ("allow",): "Duplicate",
}
_TOLD = ("description", "examples", "default")


def name_choices(document: Schema) -> None:
    """Move every closed list of values among the schemas, and refer to it from where it stood."""
    schemas = document["components"]["schemas"]
    found: dict[str, Schema] = {}
    for name, schema in schemas.items():
        schemas[name] = _named(schema, found)
    document["paths"] = _named(document["paths"], found)
    schemas |= found


def _named(node: Any, found: dict[str, Schema]) -> Any:
    if isinstance(node, list):
        return [_named(item, found) for item in node]
    if not isinstance(node, dict):
        return node
    if not isinstance(node.get("enum"), list):
        # An example holds data, and is left as it is.
        return {k: v if k.startswith("example") else _named(v, found) for k, v in node.items()}
    name = NAMES.get(tuple(node["enum"])) or node.get("title")
    if name is None:
        raise ValueError(f"these values have no name: {node['enum']}")
    told = {key: node[key] for key in _TOLD if key in node}
    own = {key: value for key, value in node.items() if key not in _TOLD}
    if found.setdefault(name, own | {"title": name})["enum"] != node["enum"]:
        raise ValueError(f"{name} would have two meanings")
    return {"$ref": f"#/components/schemas/{name}"} | told
