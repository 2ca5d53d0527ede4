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
    text = "Cited or also changed records, by noun and identifier; null for a deleted record."
    return create_model("Included", __doc__=text, **fields)


@cache
def record_model(noun: Noun) -> type[BaseModel]:
    """The model of one record, read or written."""
    members: dict[str, Any] = {
        "included": (
            included_model(),
            optional_member("The records that `include` adds, or that a write also changed."),
        ),
        "warnings": (list[str], optional_member("After a write: possible mistakes.")),
    }
    base = response_model(noun.shape)
    return create_model(
        f"{schema_name(noun)}Response", __base__=base, __doc__=base.__doc__, **members
    )


# ---- pages


class Counts(RootModel[dict[str, int]]):
    """The number of matching records for each value."""


class Facets(RootModel[dict[str, Counts]]):
    """Value counts of each requested property."""


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
    fields: dict[str, Any] = _page_fields(item, "The records, in the requested order.") | {
        "facets": (Facets, optional_member("With `facets`: value counts of each property.")),
        "included": (
            included_model(),
            optional_member("With `include`: the cited records, by noun and identifier."),
        ),
    }
    return create_model(name, __doc__="One page of a list.", **fields)


def _page_fields(item: Any, text: str) -> dict[str, Any]:
    next_ = Field(description="The path of the next page; null on the last page.", examples=[None])
    return {
        "items": (list[item], Field(description=text)),
        "next": (str | None, next_),
        "total": (int, Field(description="The total number of items on all pages.", examples=[6])),
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
        field = (_noun_literal(noun), Field(description="The type of entry.", examples=[noun.name]))
        entries.append(_row_model(noun, f"{schema_name(noun)}Entry", type=field))
    return _list_page_model("TimelinePage", _discriminated_union(entries, "type"))


# ---- the ledger


class Difference(BaseModel):
    """A difference from the previous version; null stands for an absent value."""

    path: str = Field(description="A JSON Pointer (RFC 6901).", examples=["/status"])
    from_: Any = Field(alias="from", description="The old value.", examples=["planned"])
    to: Any = Field(description="The new value.", examples=["held"])


Action = TypeAliasType("Action", Literal["created", "changed", "deleted", "merged", "restored"])


class Revision(BaseModel):
    """A revision of a record."""

    revision: int = Field(description="The number of the revision.", examples=[1])
    write: int = Field(description="The first revision of the same write.", examples=[1])
    version: int = Field(description="The version of the record, counted from 1.", examples=[1])
    action: Action = Field(description="What happened to the record.", examples=["created"])
    merged_into: str | None = Field(
        description="For `merged`: the record that it was merged into.", examples=[None]
    )
    recorded_at: str = Field(
        description="When the revision was recorded, in UTC.",
        examples=["2026-01-01T00:00:00.000000Z"],
    )
    author: str = Field(description="Who made the change.", examples=["seed"])
    reason: str | None = Field(description="Why the change was made.", examples=["seed: meetings"])
    hash: str = Field(
        description="The hash of this revision, chained to the previous revision.", examples=["00"]
    )
    changes: list[Difference] = Field(
        description="The differences from the previous version.", examples=[[]]
    )


@cache
def _revision_model(noun: Noun) -> type[BaseModel]:
    text = "The record at this revision; null if it was deleted or merged."
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
                Field(description="The type of record.", examples=[noun.name]),
            ),
            "id": (str, Field(description="The identifier of the record.")),
        }
        name = f"{schema_name(noun)}Change"
        text = f"A revision of {noun.name_with_article}."
        models.append(create_model(name, __base__=_revision_model(noun), __doc__=text, **members))
    fields = _page_fields(_discriminated_union(models, "noun"), "The revisions.")
    return create_model("ChangesPage", __doc__="A page of changes, oldest first.", **fields)


# ---- problems


class FieldError(BaseModel):
    """An error in a field or parameter."""

    field: str = Field(description="The name of the field or parameter.", examples=["from"])
    message: str = Field(description="What is wrong.", examples=["is not a valid date"])
    accepted: str | list[str] | None = Field(
        description="What would be accepted.", examples=["a day (2023-04-25)"]
    )


class DuplicateCandidate(BaseModel):
    """A possible duplicate."""

    id: str = Field(description="The identifier of the record.", examples=["2023-04-25-moscow"])
    score: float = Field(description="The similarity, from 0 to 1.", examples=[0.94])
    alike: list[str] = Field(
        description="The fields that are similar.", examples=[["date", "parties"]]
    )
    url: str = Field(
        description="The path of the record.", examples=["/v1/meetings/2023-04-25-moscow"]
    )


class RecordReference(BaseModel):
    """A reference to a record."""

    noun: NounName = Field(description="The type of record.", examples=["meeting"])
    id: str = Field(description="The identifier of the record.", examples=["2023-04-25-moscow"])


class AffectedRecord(RecordReference):
    """A record that the change would make invalid."""

    reason: str = Field(
        description="Why the record would be invalid.",
        examples=["status: must not be `held`: the meeting is in the future (2031-01-01)"],
    )


class ChangedRecord(RecordReference):
    """A record that the write would change."""

    action: str = Field(description="What would happen to the record.", examples=["deleted"])
    revision: int = Field(description="The revision that would be created.", examples=[45])


class Deletion(ChangedRecord):
    """What a deletion would change."""

    touched: list[ChangedRecord] = Field(
        description="All records that the deletion would change, the record itself first."
    )


class ProblemBase(BaseModel):
    """The members common to all problems."""

    type: str = Field(
        description="A URI reference that identifies the problem type.",
        examples=["/docs#problem-bad-query"],
    )
    title: str = Field(description="A short title of the problem type.", examples=["Invalid query"])
    status: int = Field(description="The HTTP status code.", examples=[400])
    detail: str = Field(
        description="An explanation of this occurrence of the problem.",
        examples=["from: “x” is not a valid date"],
    )
    errors: list[FieldError] = optional_member("All errors, with what would be accepted.")


class Problem(ProblemBase):
    """An error (RFC 9457). The members after `errors` occur only with the problem types named."""

    noun: NounName = optional_member(
        "`likely-duplicate`: the type of record.", examples=["meeting"]
    )
    candidates: list[DuplicateCandidate] = optional_member(
        "`likely-duplicate`: possible duplicates, most similar first."
    )
    cited_by: list[RecordReference] = optional_member(
        "`in-use`: the first 200 records that cite it."
    )
    total: int = optional_member("`in-use`: the number of records that cite it.", examples=[2])
    affected: list[AffectedRecord] = optional_member(
        "`empty-date`, `rule-broken`: other records that the change would make invalid."
    )
    circle: list[str] = optional_member("`date-circle`: the records that form the circle.")
    revision: int = optional_member(
        "`deleted`: the revision that deleted the record.", examples=[45]
    )
    history: str = optional_member("`deleted`: the path of the record's history.")
    into: str = optional_member("`merged`: the record that it was merged into.")
    formats: dict[str, str] = optional_member("`not-acceptable`: the media type of each format.")


@cache
def stale_model(noun: Noun) -> type[BaseModel]:
    """The model of the problem that a record has changed since it was read."""
    current: Any = (
        response_model(noun.shape) | None,
        Field(description="The current version of the record; null if there is none."),
    )
    name = f"Stale{schema_name(noun)}"
    text = "The record has changed since it was read."
    return create_model(name, __base__=ProblemBase, __doc__=text, current=current)
