"""What several nouns' shapes and filters share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, Field
from typing_extensions import TypeAliasType

from app.kit import countries, edtf
from app.kit.http.problems import FieldError, bad_query
from app.kit.schema.shapes import Cites, Document, Identifier, Language, Name, Shape, Text
from app.kit.strict_json import quote_excerpt
from app.kit.words import slug
from app.ledger.noun import Filter

PartyId = Annotated[Identifier, Cites("party")]
PersonId = Annotated[Identifier, Cites("person")]
IssueId = Annotated[Identifier, Cites("issue")]
SourceId = Annotated[Identifier, Cites("source")]
ProcessId = Annotated[Identifier, Cites("process")]
MeetingId = Annotated[Identifier, Cites("meeting")]

Level = TypeAliasType(
    "Level",
    Literal[
        "head_of_state",
        "head_of_government",
        "foreign_minister",
        "deputy_foreign_minister",
        "defence_minister",
        "intelligence_chief",
        "minister",
        "special_envoy",
        "ambassador",
        "official",
    ],
)
LEVELS: tuple[str, ...] = get_args(Level.__value__)

_VERSION_FIELDS: dict[str, Any] = {
    "version": (int, Field(description="The version of the record, counted from 1.", examples=[1])),
    "revision": (
        int,
        Field(description="The revision of the database that wrote this version.", examples=[12]),
    ),
    "recorded_at": (
        str,
        Field(
            description="When that revision was recorded, in UTC.",
            examples=["2026-01-01T00:00:00.000000Z"],
        ),
    ),
    "reported_on": (
        str | None,
        Field(
            description="The latest publication day among the cited sources, including those of "
            "events that its dates depend on; null without a dated source.",
            examples=["2023-04-26"],
        ),
    ),
}
# Added to single answers, list rows and timeline entries; ignored when they are put back.
_ROW_FIELDS = ("type", "match", "included", "warnings")


class RecordShape(Shape):
    """The fields of every record."""

    id: Identifier = Field(
        description="A readable, permanent identifier.", examples=["2023-04-25-moscow"]
    )

    derived: ClassVar[dict[str, Any]] = _VERSION_FIELDS
    ignored: ClassVar[tuple[str, ...]] = _ROW_FIELDS


def with_version_fields(**more: Any) -> dict[str, Any]:
    """The derived fields of a noun: its own, and those every record has."""
    return {**more, **_VERSION_FIELDS}


def _bare_name(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class OtherNameShape(Shape):
    """Another name, in any language."""

    name: Name = Field(description="The name.", examples=["Turkey"])
    language: Language | None = Field(
        default=None, description="The language, as a BCP 47 tag.", examples=["en"]
    )


OtherName = Annotated[OtherNameShape, BeforeValidator(_bare_name)]
Names = Annotated[list[OtherName], Field(max_length=200)]
Sources = Annotated[list[SourceId], Field(max_length=200)]
Note = Text | None


def names_field() -> Any:
    """Other names, searched by `q`."""
    return Field(
        default_factory=list, max_length=200, description="Other names, also searched by `q`."
    )


def sources_field() -> Any:
    """Citations."""
    return Field(
        default_factory=list,
        max_length=200,
        description="The sources that report it.",
        examples=[["2023-04-26-moscow-talks"]],
    )


def note_field() -> Any:
    """What a reader should know about the record itself."""
    return Field(default=None, description="A note on how this is recorded.")


# ---- identifiers


def date_slug(date: Any) -> str | None:
    """A date as it begins an identifier: `2023-04-25`, `2023-04`, `2023`.

    `date` comes from a body that is not checked yet: None where it has no first day.
    """
    text = date.get("edtf") if isinstance(date, dict) else date
    if not isinstance(text, str):
        return None
    try:
        parsed = edtf.parse(text)
    except edtf.EdtfError:
        return None
    if parsed.earliest is None:
        return None
    finer = {"year": 2, "month": 1}.get(parsed.precision, 0)
    return edtf.iso_date(parsed.earliest).rsplit("-", finer)[0]


def text_field(body: Document, field: str) -> str | None:
    """The text of a field, in a body that is not checked yet."""
    value = body.get(field)
    return value if isinstance(value, str) else None


def name_identifier(body: Document) -> str:
    """The words of the name."""
    return slug(text_field(body, "name"))


# ---- filters


def field_value(field: str) -> Callable[[Document], Iterable[str]]:
    """The value of a field, if there is one."""

    def values(document: Document) -> Iterable[str]:
        value = document[field]
        return () if value is None else (value,)

    return values


def list_values(field: str) -> Callable[[Document], Iterable[str]]:
    """The values of a list field."""

    def values(document: Document) -> Iterable[str]:
        return document[field]  # type: ignore[no-any-return]  # a list of strings

    return values


def item_values(field: str, name: str) -> Callable[[Document], Iterable[str]]:
    """One field of each item of a list field, where it is given."""

    def values(document: Document) -> Iterable[str]:
        return (item[name] for item in document[field] if item[name] is not None)

    return values


def id_filter(example: str) -> Filter:
    """The record's own identifier."""
    return Filter("id", field_value("id"), "The identifier of the record.", example, is_facet=False)


def flag_filter(name: str, test: Callable[[Document], bool], description: str) -> Filter:
    """A property that a record has or has not."""

    def values(document: Document) -> Iterable[str]:
        return ("true" if test(document) else "false",)

    return Filter(name, values, description, "true", ("true", "false"), is_flag=True)


def no_derived_fields(_document: Document) -> None:
    """No derived fields."""


def check_country_code(name: str, value: str) -> None:
    """Refuses a value that is not a country code, naming the country that seems meant."""
    if countries.country_by_code(value) is not None:
        return
    text = value[:60]  # no name is longer, and to compare names takes time
    meant = countries.find_country(text) or next(iter(countries.similar_countries(text, 1)), None)
    hint = f"; did you mean `{meant.alpha3}` ({meant.name})?" if meant else ""
    accepted = "an ISO 3166-1 alpha-3 code such as RUS"
    raise bad_query(
        FieldError(name, f"{quote_excerpt(value)} is not a valid country code{hint}", accepted)
    )
