"""Shapes: pydantic models that declare the fields of records, once for all purposes.

The annotation of a field says what it is: searchable text (`Text`), a citation of another record
(`Cites`), a date. The validation of input, the citations and the searchable text of a document,
the models of responses and the tables all follow from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from app.kit import edtf

Document = dict[str, Any]

IDENTIFIER = r"^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$"
MAX_IDENTIFIER = 120


_IDENTIFIER = re.compile(IDENTIFIER)


def is_identifier(text: str) -> bool:
    """Whether a text is a valid identifier."""
    return len(text) <= MAX_IDENTIFIER and _IDENTIFIER.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Cites:
    """Marks a string that is the identifier of a record of `noun`."""

    noun: str


EVENT = "event"  # cited by dates: a record of any noun that dates may be anchored to


@dataclass(frozen=True, slots=True)
class PatternHint:
    """Describes a pattern in words, for error messages."""

    description: str
    accepted: str


@dataclass(frozen=True, slots=True)
class Searchable:
    """Marks text that `q` searches."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """Marks a field whose dates stay as they were when their anchors move."""


@dataclass(frozen=True, slots=True)
class HasColumn:
    """Marks a derived field that gets a column, for people who write SQL."""


Text = Annotated[
    str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True), Searchable()
]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True), Searchable()
]
Identifier = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_IDENTIFIER, pattern=IDENTIFIER),
    PatternHint("identifier", "letters and digits, optionally separated by single “-”, “.” or “_”"),
]
Url = Annotated[
    str,
    StringConstraints(max_length=2_000, pattern=r"^https?://[^\s<>\x22]+$"),
    PatternHint("URL", "a URL that starts with https:// or http:// and contains no spaces"),
]
Language = Annotated[
    str,
    StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"),
    PatternHint("language tag", "a BCP 47 tag such as en, ar or zh-Hans"),
]


class Shape(BaseModel):
    """A body that may be written. Unknown fields are refused, values are not coerced."""

    model_config = ConfigDict(extra="forbid", strict=True)

    # Read-only fields, by name, and other members that input may have. They are ignored, so that
    # a document that was read can be written back unchanged.
    derived: ClassVar[dict[str, Any]] = {}
    ignored: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def drop_derived(cls, value: Any) -> Any:
        """Remove read-only fields from input."""
        if isinstance(value, dict):
            return {k: v for k, v in value.items() if k not in cls.derived and k not in cls.ignored}
        return value

    def to_document(self) -> Document:
        """Returns the writable part of a document, with every field."""
        return self.model_dump(by_alias=True)


# "unknown" is the precision of a date that has anchors but no text.
Precision = TypeAliasType("Precision", Literal[edtf.Precision, "unknown"])


_Day = Annotated[str, StringConstraints(max_length=20)]


class DateShape(Shape):
    """A date: EDTF text, and the events that it precedes or follows."""

    edtf: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = Field(
        default=None,
        description="EDTF (ISO 8601-2) text, kept as given; null if only `before` or `after` is "
        "known.",
        examples=["2023-04-26/.."],
    )
    before: Annotated[Identifier, Cites(EVENT)] | None = Field(
        default=None,
        description="The milestone or meeting that this date precedes.",
        examples=["tr-general-election-2023"],
    )
    after: Annotated[Identifier, Cites(EVENT)] | None = Field(
        default=None,
        description="The milestone or meeting that this date follows.",
        examples=["2023-04-25-moscow"],
    )

    @model_validator(mode="after")
    def check_edtf(self) -> DateShape:
        """Check that the text is EDTF, and that the date has a text or an anchor."""
        if self.edtf is not None:
            try:
                edtf.parse(self.edtf)
            except edtf.EdtfError as error:
                raise PydanticCustomError(
                    "edtf", "{reason}", {"reason": error.message, "accepted": error.accepted}
                ) from None
        elif self.before is None and self.after is None:
            raise PydanticCustomError(
                "edtf",
                "a date requires `edtf`, `before` or `after`",
                {"accepted": 'EDTF text such as "2023-04-25", or null for no date'},
            )
        return self

    derived: ClassVar[dict[str, Any]] = {
        "earliest": (
            Annotated[_Day | None, HasColumn()],
            Field(
                description="The first possible day; null if unbounded.", examples=["2023-04-26"]
            ),
        ),
        "latest": (
            Annotated[_Day | None, HasColumn()],
            Field(description="The last possible day; null if unbounded.", examples=["2023-05-30"]),
        ),
        "precision": (
            Precision,
            Field(description="The precision of the date.", examples=["interval"]),
        ),
        "approximate": (bool, Field(description="Whether the date is approximate (`~` or `%`).")),
        "uncertain": (bool, Field(description="Whether the date is uncertain (`?` or `%`).")),
        "display": (
            str,
            Field(description="The date in words.", examples=["from 26 April 2023"]),
        ),
    }


def _date_from_text(value: Any) -> Any:
    return {"edtf": value} if isinstance(value, str) else value


Date = Annotated[DateShape, BeforeValidator(_date_from_text)]


def _response_annotation(annotation: Any) -> Any:
    """An annotation for responses: without constraints, nested shapes as response models."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _response_annotation(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return Union[tuple(_response_annotation(a) for a in get_args(annotation))]  # noqa: UP007 - built at run time
    if origin is list:
        return list[_response_annotation(get_args(annotation)[0])]  # type: ignore[misc]  # built at run time
    if origin is Literal or origin is dict:
        return annotation
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return response_model(annotation)
    return annotation


@cache
def response_model(shape: type[Shape]) -> type[BaseModel]:
    """The model of a shape in responses: all fields required, derived ones added, no constraints.

    Constraints on input would turn an older record into a server error on reading.
    """
    fields: dict[str, Any] = {}
    for name, info in shape.model_fields.items():
        fields[name] = (
            _response_annotation(info.annotation),
            Field(alias=info.alias, description=info.description, examples=info.examples),
        )
    for name, (annotation, info) in shape.derived.items():
        fields[name] = (_response_annotation(annotation), info)
    name = shape.__name__.removesuffix("Shape").removesuffix("In") or shape.__name__
    return create_model(name, __doc__=shape.__doc__, **fields)
