"""Parts: what stands where in the documents of a shape, read off its declaration.

What a document cites, its free texts, its dates and what of it may be written are all found by
walking the fields that a shape declares; a field without any of these is not visited.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from typing_extensions import TypeAliasType

from app.kit.schema.shapes import Cites, DateShape, Document, Frozen, HasColumn, Searchable, Shape

_M = TypeVar("_M")


@dataclass(frozen=True, slots=True)
class ShapeField:
    """One field of a shape, as the walkers see it."""

    name: str
    is_list: bool = False
    is_nullable: bool = False
    value_type: Any = str  # the type of the value, or of one item of a list
    max_length: int | None = None  # how long a text may be
    cites: str | None = None
    is_searchable: bool = False
    is_date: bool = False
    is_number: bool = False
    shape: type[Shape] | None = None
    is_frozen: bool = False


def _unwrap(annotation: Any) -> tuple[Any, list[Any]]:
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
        elif isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        else:
            return annotation, markers


def _unwrap_list(info: FieldInfo) -> tuple[Any, bool, list[Any]]:
    """What a field holds, one item of it where it is a list; whether it is one; its markers."""
    annotation, markers = _unwrap(info.annotation)
    markers += info.metadata
    many = get_origin(annotation) is list
    if many:
        annotation, inner = _unwrap(get_args(annotation)[0])
        markers += inner
    return annotation, many, markers


def _shape_field(name: str, info: FieldInfo) -> ShapeField:
    kind, many, markers = _unwrap_list(info)
    nested = isinstance(kind, type) and issubclass(kind, Shape)
    return ShapeField(
        info.alias or name,
        many,
        is_nullable=NoneType in get_args(info.annotation),
        value_type=kind,
        max_length=next(
            (n for m in reversed(markers) if (n := getattr(m, "max_length", None))), None
        ),
        cites=next((m.noun for m in markers if isinstance(m, Cites)), None),
        is_searchable=any(isinstance(m, Searchable) for m in markers),
        is_date=nested and issubclass(kind, DateShape),
        is_number=kind is float,
        shape=kind if nested else None,
        is_frozen=any(isinstance(m, Frozen) for m in markers),
    )


@cache
def _declared_fields(shape: type[Shape]) -> tuple[ShapeField, ...]:
    return tuple(_shape_field(name, info) for name, info in shape.model_fields.items())


@cache
def shape_fields(shape: type[Shape]) -> tuple[ShapeField, ...]:
    """The fields of `shape` that cite, are searched, are dates or numbers, or hold shapes."""
    return tuple(
        p for p in _declared_fields(shape) if p.cites or p.is_searchable or p.shape or p.is_number
    )


@cache
def column_fields(shape: type[Shape]) -> tuple[ShapeField, ...]:
    """The fields that have a column: all writable ones and those marked `HasColumn`."""
    derived = {
        name: FieldInfo.from_annotated_attribute(annotation, info)
        for name, (annotation, info) in shape.derived.items()
    }
    marked = (_shape_field(n, info) for n, info in derived.items() if HasColumn() in info.metadata)
    return (*_declared_fields(shape), *marked)


@dataclass(frozen=True, slots=True)
class FieldLocation:
    """A place in a body: the shape that it is in, and the field there, if it is one."""

    owner: type[Shape]
    field: FieldInfo | None
    annotation: Any = None  # of one item where the field is a list of them
    is_list: bool = False
    markers: tuple[Any, ...] = ()

    @property
    def shape(self) -> type[Shape] | None:
        """What an object here would have to be."""
        held = self.annotation
        return held if isinstance(held, type) and issubclass(held, Shape) else None

    def marker(self, kind: type[_M]) -> _M | None:
        """The marker of a kind, if the field has one."""
        return next((one for one in self.markers if isinstance(one, kind)), None)


def locate_field(shape: type[Shape], path: Sequence[str | int]) -> FieldLocation | None:
    """The place at a path of names and numbers; None where the path leads out of the shape."""
    found = FieldLocation(shape, None, shape)
    for name in path:
        if isinstance(name, int):
            continue
        owner = found.shape
        if owner is None:
            return None
        infos = owner.model_fields.items()
        info = next((info for own, info in infos if name in (own, info.alias)), None)
        if info is None:
            found = FieldLocation(owner, None)
            continue
        annotation, many, markers = _unwrap_list(info)
        found = FieldLocation(owner, info, annotation, many, tuple(markers))
    return found


@cache
def field_names(shape: type[Shape]) -> frozenset[str]:
    """The names under which the fields of `shape` are written."""
    return frozenset(info.alias or name for name, info in shape.model_fields.items())


Plan = tuple[tuple[ShapeField, bool, "Plan | None"], ...]


@cache
def _plan(shape: type[Shape], attribute: str, frozen: bool | None = None) -> Plan:
    """The fields of a shape for which an attribute is true, or that hold such; others are skipped.

    `frozen`: True for frozen fields only, False for all others, None for both.
    """
    found = []
    for part in shape_fields(shape):
        if part.is_frozen and frozen is False:
            continue
        below = None if part.is_frozen else frozen  # inside a frozen field, everything is wanted
        inner = _plan(part.shape, attribute, below) if part.shape is not None else None
        wanted = bool(getattr(part, attribute)) and below is not True
        if wanted or inner:
            found.append((part, wanted, inner or None))
    return tuple(found)


def _values(document: Document, plan: Plan, into: list[tuple[ShapeField, Any]]) -> None:
    for part, wanted, inner in plan:
        value = document.get(part.name)
        if value is None:
            continue
        if wanted:
            into.extend([(part, item) for item in value] if part.is_list else [(part, value)])
        if inner is not None:
            for item in value if part.is_list else (value,):
                _values(item, inner, into)


def _paths(document: Document, plan: Plan, path: str) -> Iterator[tuple[str, ShapeField, Any]]:
    for part, wanted, inner in plan:
        value = document.get(part.name)
        if value is None:
            continue
        for index, item in enumerate(value if part.is_list else (value,)):
            here = f"{path}{part.name}[{index}]" if part.is_list else path + part.name
            if wanted:
                yield here, part, item
            if inner is not None:
                yield from _paths(item, inner, here + ".")


def citations(document: Document, shape: type[Shape]) -> Iterator[tuple[str, str, str]]:
    """Each citation in a document: its path, the noun and the identifier cited."""
    for path, part, value in _paths(document, _plan(shape, "cites"), ""):
        yield path, part.cites or "", value


def cited_records(document: Document, shape: type[Shape]) -> list[tuple[str, str]]:
    """What a document cites, noun and identifier, repeats kept; quicker than with paths."""
    found: list[tuple[ShapeField, Any]] = []
    _values(document, _plan(shape, "cites"), found)
    return [(part.cites or "", value) for part, value in found]


def unfrozen_citations(document: Document, shape: type[Shape]) -> list[tuple[str, str]]:
    """What a document cites, but for what is kept as it once was."""
    found: list[tuple[ShapeField, Any]] = []
    _values(document, _plan(shape, "cites", frozen=False), found)
    return [(part.cites or "", value) for part, value in found]


def searchable_texts(document: Document, shape: type[Shape]) -> list[str]:
    """Each free text in a document."""
    found: list[tuple[ShapeField, Any]] = []
    _values(document, _plan(shape, "is_searchable"), found)
    return [value for _, value in found]


def date_objects(
    document: Document, shape: type[Shape], *, frozen: bool
) -> Iterator[tuple[str, Document]]:
    """Each date object in a document, with its path; those that are kept, or all others."""
    for path, _, value in _paths(document, _plan(shape, "is_date", frozen=frozen), ""):
        yield path, value


@cache
def _writable_fields(shape: type[Shape]) -> tuple[tuple[str, FieldInfo, ShapeField | None], ...]:
    inner = {part.name: part for part in shape_fields(shape) if part.shape is not None}
    return tuple(
        (info.alias or name, info, inner.get(info.alias or name))
        for name, info in shape.model_fields.items()
    )


def writable_part(document: Document, shape: type[Shape]) -> Document:
    """A copy of the writable part of a document that stands, every field present.

    Its bounds are not asked again: what stands must always be possible to move, to restore, to
    turn elsewhere, whatever bounds have come since.
    """
    found: Document = {}
    for name, info, part in _writable_fields(shape):
        value = document[name] if name in document else info.get_default(call_default_factory=True)
        if part is not None and part.shape is not None and value is not None:
            below = part.shape
            value = (
                [writable_part(v, below) for v in value]
                if part.is_list
                else writable_part(value, below)
            )
        elif isinstance(value, list):
            value = list(value)
        found[name] = value
    return found
