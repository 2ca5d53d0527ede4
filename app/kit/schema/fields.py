"""The fields of shapes, and walks over the documents that have them.

The citations, texts and dates of a document, and its writable part, are found by walking the
fields of its shape. The walks skip fields that have nothing of the kind.
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
    """A field of a shape."""

    name: str
    is_list: bool = False
    is_nullable: bool = False
    value_type: Any = str  # of one item, if the field is a list
    max_length: int | None = None  # of a text, in characters
    cites: str | None = None
    is_searchable: bool = False
    is_date: bool = False
    is_number: bool = False
    shape: type[Shape] | None = None
    is_frozen: bool = False


def _unwrap(annotation: Any) -> tuple[Any, list[Any]]:
    """An annotation without `Annotated` and `None`, and the markers of `Annotated`."""
    markers: list[Any] = []
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *metadata = get_args(annotation)
            markers += metadata
        elif origin in (Union, UnionType):
            members = [a for a in get_args(annotation) if a is not NoneType]
            if len(members) != 1:
                return annotation, markers
            annotation = members[0]
        elif isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        else:
            return annotation, markers


def _unwrap_list(info: FieldInfo) -> tuple[Any, bool, list[Any]]:
    """The type of a field (of an item, if it is a list), whether it is a list, its markers."""
    annotation, markers = _unwrap(info.annotation)
    markers += info.metadata
    is_list = get_origin(annotation) is list
    if is_list:
        annotation, item_markers = _unwrap(get_args(annotation)[0])
        markers += item_markers
    return annotation, is_list, markers


def _shape_field(name: str, info: FieldInfo) -> ShapeField:
    value_type, is_list, markers = _unwrap_list(info)
    is_shape = isinstance(value_type, type) and issubclass(value_type, Shape)
    return ShapeField(
        info.alias or name,
        is_list,
        is_nullable=NoneType in get_args(info.annotation),
        value_type=value_type,
        max_length=next(
            (n for m in reversed(markers) if (n := getattr(m, "max_length", None))), None
        ),
        cites=next((m.noun for m in markers if isinstance(m, Cites)), None),
        is_searchable=any(isinstance(m, Searchable) for m in markers),
        is_date=is_shape and issubclass(value_type, DateShape),
        is_number=value_type is float,
        shape=value_type if is_shape else None,
        is_frozen=any(isinstance(m, Frozen) for m in markers),
    )


@cache
def _declared_fields(shape: type[Shape]) -> tuple[ShapeField, ...]:
    return tuple(_shape_field(name, info) for name, info in shape.model_fields.items())


@cache
def shape_fields(shape: type[Shape]) -> tuple[ShapeField, ...]:
    """The fields of a shape that are citations, searchable, dates, numbers or nested shapes."""
    return tuple(
        f for f in _declared_fields(shape) if f.cites or f.is_searchable or f.shape or f.is_number
    )


@cache
def column_fields(shape: type[Shape]) -> tuple[ShapeField, ...]:
    """The fields that have a column: all writable ones and those marked `HasColumn`."""
    derived = {
        name: FieldInfo.from_annotated_attribute(annotation, info)
        for name, (annotation, info) in shape.derived.items()
    }
    with_column = (
        _shape_field(name, info) for name, info in derived.items() if HasColumn() in info.metadata
    )
    return (*_declared_fields(shape), *with_column)


@dataclass(frozen=True, slots=True)
class FieldLocation:
    """A location in a body: the shape that contains it, and the field there, if any."""

    owner: type[Shape]
    field: FieldInfo | None
    annotation: Any = None  # of one item, if the field is a list
    is_list: bool = False
    markers: tuple[Any, ...] = ()

    @property
    def shape(self) -> type[Shape] | None:
        """The shape of an object at this location; None if no object is accepted."""
        value_type = self.annotation
        return (
            value_type if isinstance(value_type, type) and issubclass(value_type, Shape) else None
        )

    def marker(self, marker_type: type[_M]) -> _M | None:
        """The marker of a type; None if the field has none."""
        return next((marker for marker in self.markers if isinstance(marker, marker_type)), None)


def locate_field(shape: type[Shape], path: Sequence[str | int]) -> FieldLocation | None:
    """The location at a path of names and indexes; None if the path leaves the shape."""
    location = FieldLocation(shape, None, shape)
    for name in path:
        if isinstance(name, int):
            continue
        owner = location.shape
        if owner is None:
            return None
        infos = owner.model_fields.items()
        info = next((info for field, info in infos if name in (field, info.alias)), None)
        if info is None:
            location = FieldLocation(owner, None)
            continue
        annotation, is_list, markers = _unwrap_list(info)
        location = FieldLocation(owner, info, annotation, is_list, tuple(markers))
    return location


@cache
def field_names(shape: type[Shape]) -> frozenset[str]:
    """The names of the fields of a shape in documents."""
    return frozenset(info.alias or name for name, info in shape.model_fields.items())


# Fields to visit, each with whether its value is wanted and the plan of its nested shape.
Plan = tuple[tuple[ShapeField, bool, "Plan | None"], ...]


@cache
def _plan(shape: type[Shape], attribute: str, frozen: bool | None = None) -> Plan:
    """The fields for which `attribute` is true, directly or in nested shapes.

    `frozen`: True for values inside frozen fields, False for all others, None for both.
    """
    plan = []
    for field in shape_fields(shape):
        if field.is_frozen and frozen is False:
            continue
        nested_frozen = None if field.is_frozen else frozen  # all values in a frozen field count
        nested = _plan(field.shape, attribute, nested_frozen) if field.shape is not None else None
        is_wanted = bool(getattr(field, attribute)) and nested_frozen is not True
        if is_wanted or nested:
            plan.append((field, is_wanted, nested or None))
    return tuple(plan)


def _collect(document: Document, plan: Plan, values: list[tuple[ShapeField, Any]]) -> None:
    for field, is_wanted, nested in plan:
        value = document.get(field.name)
        if value is None:
            continue
        if is_wanted:
            values.extend([(field, item) for item in value] if field.is_list else [(field, value)])
        if nested is not None:
            for item in value if field.is_list else (value,):
                _collect(item, nested, values)


def _with_paths(
    document: Document, plan: Plan, prefix: str
) -> Iterator[tuple[str, ShapeField, Any]]:
    for field, is_wanted, nested in plan:
        value = document.get(field.name)
        if value is None:
            continue
        for index, item in enumerate(value if field.is_list else (value,)):
            path = f"{prefix}{field.name}[{index}]" if field.is_list else prefix + field.name
            if is_wanted:
                yield path, field, item
            if nested is not None:
                yield from _with_paths(item, nested, path + ".")


def citations(document: Document, shape: type[Shape]) -> Iterator[tuple[str, str, str]]:
    """The citations in a document: path, noun and identifier of each."""
    for path, field, identifier in _with_paths(document, _plan(shape, "cites"), ""):
        yield path, field.cites or "", identifier


def _values(document: Document, plan: Plan) -> list[tuple[ShapeField, Any]]:
    values: list[tuple[ShapeField, Any]] = []
    _collect(document, plan, values)
    return values


def cited_records(document: Document, shape: type[Shape]) -> list[tuple[str, str]]:
    """Noun and identifier of each citation, repeats included; faster than `citations`."""
    return [(field.cites or "", value) for field, value in _values(document, _plan(shape, "cites"))]


def unfrozen_citations(document: Document, shape: type[Shape]) -> list[tuple[str, str]]:
    """Noun and identifier of each citation outside frozen fields."""
    plan = _plan(shape, "cites", frozen=False)
    return [(field.cites or "", value) for field, value in _values(document, plan)]


def searchable_texts(document: Document, shape: type[Shape]) -> list[str]:
    """The texts in a document that `q` searches."""
    return [value for _, value in _values(document, _plan(shape, "is_searchable"))]


def date_objects(
    document: Document, shape: type[Shape], *, frozen: bool
) -> Iterator[tuple[str, Document]]:
    """The date objects in a document with their paths: those in frozen fields, or all others."""
    for path, _, value in _with_paths(document, _plan(shape, "is_date", frozen=frozen), ""):
        yield path, value


@cache
def _writable_fields(shape: type[Shape]) -> tuple[tuple[str, FieldInfo, ShapeField | None], ...]:
    nested = {field.name: field for field in shape_fields(shape) if field.shape is not None}
    return tuple(
        (info.alias or name, info, nested.get(info.alias or name))
        for name, info in shape.model_fields.items()
    )


def writable_part(document: Document, shape: type[Shape]) -> Document:
    """A copy of the writable part of a stored document, with every field.

    Constraints are not checked again: a stored record must stay writable (when an anchor moves,
    on restoring, on merging) even if constraints were tightened since.
    """
    copy: Document = {}
    for name, info, field in _writable_fields(shape):
        value = document[name] if name in document else info.get_default(call_default_factory=True)
        if field is not None and field.shape is not None and value is not None:
            nested = field.shape
            value = (
                [writable_part(item, nested) for item in value]
                if field.is_list
                else writable_part(value, nested)
            )
        elif isinstance(value, list):
            value = list(value)
        copy[name] = value
    return copy
