"""Shapes: each record's fields, declared once and read by everything else.

A field's annotation says what it is: free text to be searched (`Text`), a citation of another
record (`Cites`), a date. From that one declaration come the check of what is written, the list of
what a document cites, its searchable text, and the shape that answers have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
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
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from app.kit import edtf as dates_

type_ = type
Document = dict[str, Any]

IDENTIFIER = r"^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$"
MAX_IDENTIFIER = 120


_IDENTIFIER = re.compile(IDENTIFIER)


def is_identifier(text: str) -> bool:
    """Whether a text has the form of an identifier."""
    return len(text) <= MAX_IDENTIFIER and _IDENTIFIER.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Cites:
    """Marks a string that is the identifier of a record of `noun`."""

    noun: str


@dataclass(frozen=True, slots=True)
class Searched:
    """Marks free text, whose words `q` finds."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Marks what is kept as it once was: its dates no longer move with what they hang on."""


Text = Annotated[
    str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True), Searched()
]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True), Searched()
]
Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_IDENTIFIER, pattern=IDENTIFIER)
]
Url = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^https?://[^\s<>\x22]+$")]
Language = Annotated[
    str, StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")
]


class Shape(BaseModel):
    """A body that may be written. Unknown fields are refused, values are not coerced."""

    model_config = ConfigDict(extra="forbid", strict=True)

    # What answers carry beyond what may be written: ignored on input, so that what was read can
    # be put back unchanged.
    derived: ClassVar[dict[str, Any]] = {}
    ignored: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def drop_derived(cls, value: Any) -> Any:
        """Leave out the read-only fields."""
        if isinstance(value, dict):
            return {k: v for k, v in value.items() if k not in cls.derived and k not in cls.ignored}
        return value

    def body(self) -> Document:
        """The record's writable part, every field present."""
        return self.model_dump(by_alias=True)


# What an EDTF text can have, and what anchors alone have.
Precision = Literal[
    "day",
    "month",
    "season",
    "year",
    "decade",
    "century",
    "millennium",
    "era",
    "interval",
    "set",
    "unknown",
]


class DateShape(Shape):
    """A date: EDTF text, and the events that it lies before or after."""

    edtf: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = Field(
        default=None,
        description="ISO 8601-2 (EDTF) text, kept as given; null where only anchors bound it.",
        examples=["2023-04-26/.."],
    )
    before: Annotated[Identifier, Cites("event")] | None = Field(
        default=None,
        description="The milestone or meeting that this date lies before.",
        examples=["tr-general-election-2023"],
    )
    after: Annotated[Identifier, Cites("event")] | None = Field(
        default=None,
        description="The milestone or meeting that this date lies after.",
        examples=["2023-04-25-moscow"],
    )

    @model_validator(mode="after")
    def check_edtf(self) -> DateShape:
        """Refuse text that is no EDTF, and a date that says nothing."""
        if self.edtf is not None:
            try:
                dates_.parse(self.edtf)
            except dates_.EdtfError as error:
                raise PydanticCustomError(
                    "edtf", "{reason}", {"reason": error.message, "accepted": error.accepted}
                ) from None
        elif self.before is None and self.after is None:
            raise PydanticCustomError(
                "edtf",
                "a date needs `edtf`, `before` or `after`",
                {"accepted": 'EDTF text such as "2023-04-25", or null for no date at all'},
            )
        return self

    derived: ClassVar[dict[str, Any]] = {
        "earliest": (
            str | None,
            Field(description="First possible day; null where unbounded.", examples=["2023-04-26"]),
        ),
        "latest": (
            str | None,
            Field(description="Last possible day; null where unbounded.", examples=["2023-05-30"]),
        ),
        "precision": (
            Precision,
            Field(description="How finely the date is given.", examples=["interval"]),
        ),
        "approximate": (bool, Field(description="Given as approximate (`~`, `%`).")),
        "uncertain": (bool, Field(description="Given as uncertain (`?`, `%`).")),
        "display": (
            str,
            Field(description="The date in words.", examples=["from 26 April 2023"]),
        ),
    }


def _bare_date(value: Any) -> Any:
    return {"edtf": value} if isinstance(value, str) else value


Date = Annotated[DateShape, BeforeValidator(_bare_date)]


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a shape, as the walkers see it."""

    name: str
    many: bool
    cites: str | None = None
    searched: bool = False
    date: bool = False
    number: bool = False
    shape: type[Shape] | None = None
    kept: bool = False


def _bare(annotation: Any) -> tuple[Any, list[Any]]:
    """An annotation without its markers and without its `None`."""
    markers: list[Any] = []
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            markers += more
        elif origin in (Union, UnionType):
            rest = [a for a in get_args(annotation) if a is not NoneType]
            if len(rest) != 1:
                return annotation, markers
            annotation = rest[0]
        else:
            return annotation, markers


@cache
def parts(shape: type[Shape]) -> tuple[Part, ...]:
    """The fields of `shape` that cite, are searched, are dates or numbers, or hold shapes."""
    found = []
    for name, info in shape.model_fields.items():
        annotation, markers = _bare(info.annotation)
        markers += info.metadata
        many = get_origin(annotation) is list
        if many:
            annotation, inner = _bare(get_args(annotation)[0])
            markers += inner
        cites = next((m.noun for m in markers if isinstance(m, Cites)), None)
        searched = any(isinstance(m, Searched) for m in markers)
        nested = isinstance(annotation, type_) and issubclass(annotation, Shape)
        date = nested and issubclass(annotation, DateShape)
        number = annotation is float
        if cites or searched or nested or number:
            shape_ = annotation if nested else None
            kept = any(isinstance(m, Kept) for m in markers)
            part = Part(info.alias or name, many, cites, searched, date, number, shape_, kept)
            found.append(part)
    return tuple(found)


@cache
def fields(shape: type[Shape]) -> frozenset[str]:
    """The names under which the fields of `shape` are written."""
    return frozenset(info.alias or name for name, info in shape.model_fields.items())


Plan = tuple[tuple[Part, bool, "Plan | None"], ...]


@cache
def _plan(shape: type[Shape], kind: str, kept: bool | None = None) -> Plan:
    """The parts of a shape that are of a kind or hold some; the others need no visit.

    `kept` says whether only what is kept is meant, or only what is not.
    """
    found = []
    for part in parts(shape):
        if part.kept and kept is False:
            continue
        below = None if part.kept else kept  # within what is kept, everything is meant
        inner = _plan(part.shape, kind, below) if part.shape is not None else None
        wanted = bool(getattr(part, kind)) and below is not True
        if wanted or inner:
            found.append((part, wanted, inner or None))
    return tuple(found)


def _values(document: Document, plan: Plan, into: list[tuple[Part, Any]]) -> None:
    for part, wanted, inner in plan:
        value = document.get(part.name)
        if value is None:
            continue
        if wanted:
            into.extend([(part, item) for item in value] if part.many else [(part, value)])
        if inner is not None:
            for item in value if part.many else (value,):
                _values(item, inner, into)


def _paths(document: Document, plan: Plan, path: str) -> Iterator[tuple[str, Part, Any]]:
    for part, wanted, inner in plan:
        value = document.get(part.name)
        if value is None:
            continue
        for index, item in enumerate(value if part.many else (value,)):
            here = f"{path}{part.name}[{index}]" if part.many else path + part.name
            if wanted:
                yield here, part, item
            if inner is not None:
                yield from _paths(item, inner, here + ".")


def citations(document: Document, shape: type[Shape]) -> Iterator[tuple[str, str, str]]:
    """Each citation in a document: its path, the noun and the identifier cited."""
    for path, part, value in _paths(document, _plan(shape, "cites"), ""):
        yield path, part.cites or "", value


def cited(document: Document, shape: type[Shape]) -> list[tuple[str, str]]:
    """What a document cites, noun and identifier, repeats kept; quicker than with paths."""
    found: list[tuple[Part, Any]] = []
    _values(document, _plan(shape, "cites"), found)
    return [(part.cites or "", value) for part, value in found]


def drawn_on(document: Document, shape: type[Shape]) -> list[tuple[str, str]]:
    """What a document cites, but for what is kept as it once was."""
    found: list[tuple[Part, Any]] = []
    _values(document, _plan(shape, "cites", kept=False), found)
    return [(part.cites or "", value) for part, value in found]


def texts(document: Document, shape: type[Shape]) -> list[str]:
    """Each free text in a document."""
    found: list[tuple[Part, Any]] = []
    _values(document, _plan(shape, "searched"), found)
    return [value for _, value in found]


def dates(document: Document, shape: type[Shape], *, kept: bool) -> Iterator[tuple[str, Document]]:
    """Each date object in a document, with its path; those that are kept, or all others."""
    for path, _, value in _paths(document, _plan(shape, "date", kept=kept), ""):
        yield path, value


@cache
def _writable(shape: type[Shape]) -> tuple[tuple[str, FieldInfo, Part | None], ...]:
    inner = {part.name: part for part in parts(shape) if part.shape is not None}
    return tuple(
        (info.alias or name, info, inner.get(info.alias or name))
        for name, info in shape.model_fields.items()
    )


def writable(document: Document, shape: type[Shape]) -> Document:
    """A copy of the writable part of a document that stands, every field present.

    Its bounds are not asked again: what stands must always be possible to move, to restore, to
    turn elsewhere, whatever bounds have come since.
    """
    found: Document = {}
    for name, info, part in _writable(shape):
        value = document[name] if name in document else info.get_default(call_default_factory=True)
        if part is not None and part.shape is not None and value is not None:
            below = part.shape
            value = [writable(v, below) for v in value] if part.many else writable(value, below)
        elif isinstance(value, list):
            value = list(value)
        found[name] = value
    return found


# ---- the shape of answers


def _answered(annotation: Any) -> Any:
    """An annotation as answers have it: no bounds, nested shapes in their answering form."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _answered(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return Union[tuple(_answered(a) for a in get_args(annotation))]  # noqa: UP007 - built at run time
    if origin is list:
        return list[_answered(get_args(annotation)[0])]  # type: ignore[misc]  # built at run time
    if origin is Literal or origin is dict:
        return annotation
    if isinstance(annotation, type_) and issubclass(annotation, Shape):
        return answer(annotation)
    return annotation


@cache
def answer(shape: type[Shape]) -> type[BaseModel]:
    """The shape of answers: every field required, the derived ones added, nothing bounded.

    A bound that serves input would turn an old record into a server error on reading.
    """
    fields: dict[str, Any] = {}
    for name, info in shape.model_fields.items():
        fields[name] = (
            _answered(info.annotation),
            Field(alias=info.alias, description=info.description, examples=info.examples),
        )
    for name, (annotation, info) in shape.derived.items():
        fields[name] = (_answered(annotation), info)
    name = shape.__name__.removesuffix("Shape").removesuffix("In") or shape.__name__
    return create_model(name, __doc__=shape.__doc__, **fields)
