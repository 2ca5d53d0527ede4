"""The shapes of answers, as OpenAPI publishes them: pages, histories, problems."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from app.kit.shapes import answer
from app.ledger.nouns import Noun


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
        description="created, changed, deleted, merged or restored.", examples=["created"]
    )
    merged_into: str | None = Field(
        description="For `merged`: the record that it was folded into.", examples=[None]
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
