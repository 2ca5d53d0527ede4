"""Whether a new record only repeats what another one says."""

from __future__ import annotations

from typing import Any

from app.kit.schema.shapes import Document, Shape
from app.kit.schema.walk import parts
from app.kit.words import fold


def said(shape: type[Shape], body: Document) -> list[str]:
    """The fields in which a body says something: not empty, and not what everybody has."""
    return [name for name, _, _ in _told(shape, body)]


def repeats(shape: type[Shape], body: Document, other: Document) -> bool:
    """Whether everything that a body says stands in another one, and in the same way.

    What the other says besides counts for nothing; nor does its identifier.
    """
    return all(_stands(inner, value, other.get(name)) for name, value, inner in _told(shape, body))


def _told(shape: type[Shape], body: Document) -> list[tuple[str, Any, type[Shape] | None]]:
    inner = {part.name: part.shape for part in parts(shape)}
    found = []
    for field, info in shape.model_fields.items():
        name = info.alias or field
        value = body.get(name)
        if name != "id" and value not in (None, [], info.default):
            found.append((name, value, inner.get(name)))
    return found


def _stands(shape: type[Shape] | None, value: Any, other: Any) -> bool:
    if isinstance(value, list):
        return isinstance(other, list) and all(
            any(_stands(shape, item, standing) for standing in other) for item in value
        )
    if shape is not None and isinstance(value, dict):
        return isinstance(other, dict) and repeats(shape, value, other)
    if isinstance(value, str) and isinstance(other, str):
        return value == other or fold(value) == fold(other)
    return bool(value == other)
