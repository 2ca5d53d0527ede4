"""What OpenAPI says of the reads: parameters and answers, from the same registries that serve."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from app.kit.problems import MEDIA_TYPE
from app.kit.shapes import answer
from app.ledger.nouns import Noun, Tag
from app.records.parameters import ONCE, Parameter, Q
from app.records.queries import Grammar


class Wrong(BaseModel):
    """One thing that is wrong."""

    field: str = Field(description="The field or parameter.", examples=["from"])
    message: str = Field(description="What is wrong with it.", examples=["is no date"])
    accepted: str | list[str] | None = Field(
        description="What would be accepted.", examples=["a day 2023-04-25"]
    )


class ProblemDocument(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(title="Problem", extra="allow")

    type: str = Field(description="Which kind of problem.", examples=["/docs#problem-bad-query"])
    title: str = Field(description="The kind, in words.", examples=["Bad query"])
    status: int = Field(description="The HTTP status.", examples=[400])
    detail: str = Field(description="What happened.", examples=["from: is no date"])
    errors: list[Wrong] | None = Field(
        default=None, description="Each fault, with what would be accepted."
    )


_STATUS = {
    400: "A parameter is unknown, malformed or out of range.",
    404: "There is no such record, or none at this clock.",
    410: "The record was deleted; its history is still there.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem responses of an operation."""
    return {
        status: {
            "description": _STATUS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
        }
        for status in statuses
    }


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
    listed = ", ".join(f"`{value}`" for value in values)
    parameter = ONCE[name]
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": f"{parameter.description} Comma-separated; accepted: {listed}.",
        "schema": {"type": "array", "items": {"type": "string", "enum": list(values)}},
        "style": "form",
        "explode": False,
        "example": [values[0]],
    }


def list_parameters(grammar: Grammar) -> list[dict[str, Any]]:
    """Every query parameter of a list."""
    found = [_filter(tag) for tag in grammar.tags.values()]
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
        else:
            found.append(_documented(ONCE[name]))
    return found


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


def single_parameters(noun: Noun, fields: tuple[str, ...], include: tuple[str, ...]) -> list[Any]:
    """The parameters of one record."""
    found: list[Any] = [
        identifier(noun),
        _documented(ONCE["as_of"]),
        _documented(ONCE["revision"]) | {"example": 1},
    ]
    for name, values in (("fields", fields), ("include", include)):
        if values:
            found.append(
                {
                    "name": name,
                    "in": "query",
                    "required": False,
                    "description": f"{ONCE[name].description} Comma-separated.",
                    "schema": {"type": "array", "items": {"type": "string", "enum": list(values)}},
                    "style": "form",
                    "explode": False,
                    "example": [values[0]],
                }
            )
    found.append(_documented(ONCE["format"]))
    return found


def identifier(noun: Noun) -> dict[str, Any]:
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


def ledger_parameters(*names: str) -> list[dict[str, Any]]:
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


# ---- answers


@cache
def page(noun: Noun) -> type[BaseModel]:
    """The shape of a list's page."""
    title = answer(noun.shape).__name__
    item = _row(noun, f"{title}Row")
    return _page(f"{title}Page", item)


def _row(noun: Noun, name: str, **more: Any) -> type[BaseModel]:
    extra: dict[str, Any] = dict(more)
    if noun.date is not None:
        extra["match"] = (
            Literal["possible", "certain"] | None,
            Field(default=None, description="With `from` or `to`: how the row matches."),
        )
    if not extra:
        return answer(noun.shape)
    return create_model(name, __base__=answer(noun.shape), **extra)


def _page(name: str, item: Any) -> type[BaseModel]:
    fields: dict[str, Any] = {
        "items": (list[item], Field(description="The records, in order.")),
        "next": (
            str | None,
            Field(description="The path of the next page; null on the last one.", examples=[None]),
        ),
        "total": (int, Field(description="How many records match in all.", examples=[6])),
        "facets": (
            dict[str, dict[str, int]] | None,
            Field(default=None, description="With `facets`: each property's values, counted."),
        ),
        "included": (
            dict[str, dict[str, Any]] | None,
            Field(default=None, description="With `include`: cited records, by noun and id."),
        ),
    }
    return create_model(name, __doc__="One page of a list.", **fields)


@cache
def timeline_page(nouns: tuple[Noun, ...]) -> type[BaseModel]:
    """The shape of the timeline's page."""
    entries = []
    for noun in nouns:
        kind = Literal[noun.name]  # type: ignore[name-defined]  # built at run time
        field = (kind, Field(description="The kind of entry.", examples=[noun.name]))
        entries.append(_row(noun, f"{answer(noun.shape).__name__}Entry", type=field))
    union: Any = entries[0]
    for entry in entries[1:]:
        union = union | entry
    return _page("TimelinePage", union)


class RevisionEntry(BaseModel):
    """One revision of a record."""

    revision: int = Field(description="Its number in the whole database.", examples=[1])
    write: int = Field(description="The first revision of the write it is part of.", examples=[1])
    version: int = Field(description="Counts the record's revisions.", examples=[1])
    action: str = Field(
        description="created, changed, deleted or restored.", examples=["created"]
    )
    recorded_at: str = Field(description="When, UTC.", examples=["2026-01-01T00:00:00.000000Z"])
    author: str = Field(description="Who.", examples=["seed"])
    reason: str | None = Field(description="Why.", examples=["seed: meetings"])
    hash: str = Field(description="The hash that chains it to all before it.", examples=["00"])
    changes: list[dict[str, Any]] = Field(
        description="What changed: `path` (a JSON pointer), `from` and `to`.", examples=[[]]
    )
    document: dict[str, Any] | None = Field(
        description="The record as it then stood; null for a tombstone."
    )


class ChangeEntry(RevisionEntry):
    """One revision of any record."""

    noun: str = Field(description="The kind of record.", examples=["meeting"])
    id: str = Field(description="The record.", examples=["2023-04-25-moscow"])


class HistoryPage(BaseModel):
    """A record's revisions, newest first."""

    items: list[RevisionEntry] = Field(description="The revisions.")
    next: str | None = Field(description="The path of the next page.", examples=[None])
    total: int = Field(description="How many there are in all.", examples=[1])


class ChangesPage(BaseModel):
    """The ledger from a revision on, oldest first."""

    items: list[ChangeEntry] = Field(description="The revisions.")
    next: str | None = Field(description="The path of the next page.", examples=[None])
    total: int = Field(description="How many there are in all.", examples=[1])
