"""The schemas of responses in OpenAPI: records, pages, histories, problems.

They serve clients that are generated from the document, so every member has a type and every
type a name. A member that may not apply is optional, and never null.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BaseModel, Field, RootModel, create_model
from typing_extensions import TypeAliasType

from app.kit.schema.shapes import response_model
from app.ledger.noun import Noun
from app.nouns.registry import NOUNS

if TYPE_CHECKING:
    NounName = str
else:
    NounName = TypeAliasType("NounName", Literal[tuple(NOUNS.by_name)])

Verdict = TypeAliasType(
    "Verdict", Literal["created", "unchanged", "changed", "duplicate", "refused"]
)
Match = TypeAliasType("Match", Literal["possible", "certain"])


def optional_member(description: str, **more: Any) -> Any:
    """A member that is left out if it does not apply."""
    return Field(default=None, description=description, **more)


# ---- records


def schema_name(noun: Noun) -> str:
    """What a noun's records are called: `Meeting`."""
    return response_model(noun.shape).__name__


@cache
def included_model() -> type[BaseModel]:
    """The model of the records that a response includes."""
    fields: dict[str, Any] = {}
    for noun in NOUNS:
        model: Any = response_model(noun.shape)
        fields[noun.plural] = (dict[str, model | None], optional_member(f"The {noun.plural}."))
    text = "Cited records, or those written along, by noun and id; null for one that is gone."
    return create_model("Included", __doc__=text, **fields)


@cache
def record_model(noun: Noun) -> type[BaseModel]:
    """The model of one record, read or written."""
    members: dict[str, Any] = {
        "included": (
            included_model(),
            optional_member("With `include`, or what was written along with it."),
        ),
        "warnings": (list[str], optional_member("After a write: what looks odd, but was written.")),
    }
    base = response_model(noun.shape)
    return create_model(
        f"{schema_name(noun)}Response", __base__=base, __doc__=base.__doc__, **members
    )


# ---- pages


class Counts(RootModel[dict[str, int]]):
    """How many of all matches have each value."""


class Facets(RootModel[dict[str, Counts]]):
    """The values of each property asked for, counted."""


@cache
def page_model(noun: Noun) -> type[BaseModel]:
    """The model of a page of a noun's list."""
    return _list_page_model(f"{schema_name(noun)}Page", _row_model(noun, f"{schema_name(noun)}Row"))


def _row_model(noun: Noun, name: str, **more: Any) -> type[BaseModel]:
    extra: dict[str, Any] = dict(more)
    base = response_model(noun.shape)
    if noun.date_field is not None:
        extra["match"] = (Match, optional_member("With `from` or `to`: how it matches."))
    return create_model(name, __base__=base, __doc__=base.__doc__, **extra) if extra else base


def _list_page_model(name: str, item: Any) -> type[BaseModel]:
    fields: dict[str, Any] = _page_fields(item, "The records, in order.") | {
        "facets": (Facets, optional_member("With `facets`: each property's values, counted.")),
        "included": (
            included_model(),
            optional_member("With `include`: cited records, by noun and id."),
        ),
    }
    return create_model(name, __doc__="One page of a list.", **fields)


def _page_fields(item: Any, text: str) -> dict[str, Any]:
    next_ = Field(description="The path of the next page; null on the last one.", examples=[None])
    return {
        "items": (list[item], Field(description=text)),
        "next": (str | None, next_),
        "total": (int, Field(description="How many there are in all.", examples=[6])),
    }


def _discriminated_union(models: list[type[BaseModel]], member: str) -> Any:
    """A union of models, discriminated by a member."""
    union: Any = Union[tuple(models)]  # noqa: UP007 - built at run time
    return Annotated[union, Field(discriminator=member)]


def _noun_literal(noun: Noun) -> Any:
    return Literal[noun.name]


@cache
def timeline_page_model(nouns: tuple[Noun, ...]) -> type[BaseModel]:
    """The model of a page of the timeline."""
    entries = []
    for noun in nouns:
        field = (_noun_literal(noun), Field(description="The kind of entry.", examples=[noun.name]))
        entries.append(_row_model(noun, f"{schema_name(noun)}Entry", type=field))
    return _list_page_model("TimelinePage", _discriminated_union(entries, "type"))


# ---- the ledger


class Difference(BaseModel):
    """One place in which two states of a record differ; null for what was not or is not there."""

    path: str = Field(description="A JSON pointer.", examples=["/status"])
    from_: Any = Field(alias="from", description="What stood there.", examples=["planned"])
    to: Any = Field(description="What stands there.", examples=["held"])


Action = TypeAliasType("Action", Literal["created", "changed", "deleted", "merged", "restored"])


class Revision(BaseModel):
    """One revision of a record."""

    revision: int = Field(description="Its number in the whole database.", examples=[1])
    write: int = Field(description="The first revision of the write it is part of.", examples=[1])
    version: int = Field(description="Counts the record's revisions.", examples=[1])
    action: Action = Field(description="What was done.", examples=["created"])
    merged_into: str | None = Field(
        description="For `merged`: the record that it was folded into.", examples=[None]
    )
    recorded_at: str = Field(description="When, UTC.", examples=["2026-01-01T00:00:00.000000Z"])
    author: str = Field(description="Who.", examples=["seed"])
    reason: str | None = Field(description="Why.", examples=["seed: meetings"])
    hash: str = Field(description="The hash that chains it to all before it.", examples=["00"])
    changes: list[Difference] = Field(description="What changed.", examples=[[]])


@cache
def _revision_model(noun: Noun) -> type[BaseModel]:
    text = "The record as it then stood; null for a tombstone."
    document: Any = (response_model(noun.shape) | None, Field(description=text))
    name = f"{schema_name(noun)}Revision"
    return create_model(name, __base__=Revision, __doc__=Revision.__doc__, document=document)


@cache
def history_model(noun: Noun) -> type[BaseModel]:
    """The model of a record's history."""
    text = "A record's revisions, newest first."
    fields = _page_fields(_revision_model(noun), "The revisions.")
    return create_model(f"{schema_name(noun)}History", __doc__=text, **fields)


@cache
def changes_model() -> type[BaseModel]:
    """The model of the ledger's changes."""
    models = []
    for noun in NOUNS:
        members: dict[str, Any] = {
            "noun": (
                _noun_literal(noun),
                Field(description="The kind of record.", examples=[noun.name]),
            ),
            "id": (str, Field(description="The record.")),
        }
        name = f"{schema_name(noun)}Change"
        text = f"One revision of a {noun.name}."
        models.append(create_model(name, __base__=_revision_model(noun), __doc__=text, **members))
    fields = _page_fields(_discriminated_union(models, "noun"), "The revisions.")
    return create_model("ChangesPage", __doc__="The ledger, oldest first.", **fields)


# ---- problems


class FieldError(BaseModel):
    """One thing that is wrong."""

    field: str = Field(description="The field or parameter.", examples=["from"])
    message: str = Field(description="What is wrong with it.", examples=["is no date"])
    accepted: str | list[str] | None = Field(
        description="What would be accepted.", examples=["a day 2023-04-25"]
    )


class DuplicateCandidate(BaseModel):
    """A record that may be the same."""

    id: str = Field(description="Its identifier.", examples=["2023-04-25-moscow"])
    score: float = Field(description="How like it is, from 0 to 1.", examples=[0.94])
    alike: list[str] = Field(description="In what it is alike.", examples=[["date", "parties"]])
    url: str = Field(description="Where it is.", examples=["/v1/meetings/2023-04-25-moscow"])


class RecordReference(BaseModel):
    """A record, named."""

    noun: NounName = Field(description="The kind of record.", examples=["meeting"])
    id: str = Field(description="Its identifier.", examples=["2023-04-25-moscow"])


class AffectedRecord(RecordReference):
    """A record that a change would leave without a day."""

    reason: str = Field(description="Why.", examples=["date: lies after its anchor"])


class ChangedRecord(RecordReference):
    """A record that a write would change."""

    action: str = Field(description="What would become of it.", examples=["deleted"])
    revision: int = Field(description="The revision that would be.", examples=[45])


class Deletion(ChangedRecord):
    """What a deletion would be."""

    touched: list[ChangedRecord] = Field(
        description="Every record that it would change, itself first."
    )


class ProblemBase(BaseModel):
    """What every problem says."""

    type: str = Field(description="Which kind of problem.", examples=["/docs#problem-bad-query"])
    title: str = Field(description="The kind, in words.", examples=["Bad query"])
    status: int = Field(description="The HTTP status.", examples=[400])
    detail: str = Field(description="What happened.", examples=["from: is no date"])
    errors: list[FieldError] = optional_member("Each fault, with what would be accepted.")


class Problem(ProblemBase):
    """An error (RFC 9457). Beyond `errors`, each member belongs to one kind of problem."""

    noun: NounName = optional_member(
        "`likely-duplicate`: the kind of record.", examples=["meeting"]
    )
    candidates: list[DuplicateCandidate] = optional_member(
        "`likely-duplicate`: the likely twins, best first."
    )
    cited_by: list[RecordReference] = optional_member("`in-use`: what cites it, the first 200.")
    total: int = optional_member("`in-use`: how many records cite it.", examples=[2])
    affected: list[AffectedRecord] = optional_member(
        "`empty-date`, `rule-broken`: what the move would break."
    )
    circle: list[str] = optional_member("`date-circle`: the records, in a circle.")
    revision: int = optional_member("`deleted`: the revision that deleted it.", examples=[45])
    history: str = optional_member("`deleted`: where its history is.")
    into: str = optional_member("`merged`: the record that it was folded into.")
    formats: dict[str, str] = optional_member("`not-acceptable`: the media type of each format.")


@cache
def stale_model(noun: Noun) -> type[BaseModel]:
    """The model of the problem that a record has changed since it was read."""
    current: Any = (
        response_model(noun.shape) | None,
        Field(description="The record as it now stands; null where there is none."),
    )
    name = f"Stale{schema_name(noun)}"
    text = "The record has changed since it was read."
    return create_model(name, __base__=ProblemBase, __doc__=text, current=current)
