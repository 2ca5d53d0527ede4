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

from app.kit.schema.shapes import Cites, DateShape, Document, Kept, Searched, Shape, Stored

_M = TypeVar("_M")


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a shape, as the walkers see it."""

    name: str
    many: bool = False
    nullable: bool = False
    kind: Any = str  # the type of the value, or of one item of a list
    length: int | None = None  # how long a text may be
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
        elif isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        else:
            return annotation, markers


def _unpacked(info: FieldInfo) -> tuple[Any, bool, list[Any]]:
    """What a field holds, one item of it where it is a list; whether it is one; its markers."""
    annotation, markers = _bare(info.annotation)
    markers += info.metadata
    many = get_origin(annotation) is list
    if many:
        annotation, inner = _bare(get_args(annotation)[0])
        markers += inner
    return annotation, many, markers


def _part(name: str, info: FieldInfo) -> Part:
    kind, many, markers = _unpacked(info)
    nested = isinstance(kind, type) and issubclass(kind, Shape)
    return Part(
        info.alias or name,
        many,
        nullable=NoneType in get_args(info.annotation),
        kind=kind,
        length=next((n for m in reversed(markers) if (n := getattr(m, "max_length", None))), None),
        cites=next((m.noun for m in markers if isinstance(m, Cites)), None),
        searched=any(isinstance(m, Searched) for m in markers),
        date=nested and issubclass(kind, DateShape),
        number=kind is float,
        shape=kind if nested else None,
        kept=any(isinstance(m, Kept) for m in markers),
    )


@cache
def _declared(shape: type[Shape]) -> tuple[Part, ...]:
    return tuple(_part(name, info) for name, info in shape.model_fields.items())


@cache
def parts(shape: type[Shape]) -> tuple[Part, ...]:
    """The fields of `shape` that cite, are searched, are dates or numbers, or hold shapes."""
    return tuple(p for p in _declared(shape) if p.cites or p.searched or p.shape or p.number)


@cache
def stored(shape: type[Shape]) -> tuple[Part, ...]:
    """The fields of `shape` that its tables have: all that may be written, and what is `Stored`."""
    derived = {
        name: FieldInfo.from_annotated_attribute(annotation, info)
        for name, (annotation, info) in shape.derived.items()
    }
    marked = (_part(n, info) for n, info in derived.items() if Stored() in info.metadata)
    return (*_declared(shape), *marked)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a body: the shape that it is in, and the field there, if it is one."""

    owner: type[Shape]
    field: FieldInfo | None
    annotation: Any = None  # of one item where the field is a list of them
    many: bool = False
    markers: tuple[Any, ...] = ()

    @property
    def shape(self) -> type[Shape] | None:
        """What an object here would have to be."""
        held = self.annotation
        return held if isinstance(held, type) and issubclass(held, Shape) else None

    def marked(self, kind: type[_M]) -> _M | None:
        """The marker of a kind, if the field has one."""
        return next((one for one in self.markers if isinstance(one, kind)), None)


def spot(shape: type[Shape], path: Sequence[str | int]) -> Spot | None:
    """The place at a path of names and numbers; None where the path leads out of the shape."""
    found = Spot(shape, None, shape)
    for name in path:
        if isinstance(name, int):
            continue
        owner = found.shape
        if owner is None:
            return None
        infos = owner.model_fields.items()
        info = next((info for own, info in infos if name in (own, info.alias)), None)
        if info is None:
            found = Spot(owner, None)
            continue
        annotation, many, markers = _unpacked(info)
        found = Spot(owner, info, annotation, many, tuple(markers))
    return found


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
