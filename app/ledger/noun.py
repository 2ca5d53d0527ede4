"""What the ledger must be told of a noun; the noun's own file tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol

from sqlalchemy import Table

from app.kit.http.problems import FieldError
from app.kit.schema.shapes import EVENT, Document, Shape
from app.kit.words import fold_text
from app.ledger.columns import Child, tables
from app.ledger.dates import Bounds


class RecordRef(NamedTuple):
    """Which record: the name of its noun, and its identifier."""

    noun: str
    id: str


Values = Callable[[Document], Iterable[str]]
FieldWarning = tuple[str, str]  # a field, and what is odd about it
Rules = Callable[[Document, Bounds | None, date], Iterator[FieldError]]
Warnings = Callable[[Document, date], Iterator[FieldWarning]]


@dataclass(frozen=True, slots=True)
class Tag:
    """A property that can be filtered on: what it is called and which values a document has.

    One entry here makes the query parameter, its documentation, the index terms and the facet.
    """

    name: str
    values: Values
    description: str
    example: str
    accepted: tuple[str, ...] = ()  # every value there is, for a closed list
    folded: bool = False  # compared without case and accents
    exact: bool = False  # any text, compared as it stands
    check: Callable[[str, str], object] | None = None  # refuses what is no value of the parameter
    flag: bool = False  # `true` or `false`, at most once
    facet: bool = True

    def of(self, document: Document) -> Iterator[str]:
        """The values to index, folded where the filter folds."""
        for value in self.values(document):
            yield fold_text(value) if self.folded else value


class Code(str):
    """An identifier that the world gave: where it is taken, no number makes another of it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Owned:
    """Records of another noun that belong to one record: positions voiced at a meeting.

    They may be created along with their owner, are included with it, and are deleted with it.
    """

    plural: str  # the member of the owner's body, and the name in `include`
    noun: str
    owner: str  # the field, and the tag, that cites the owner
    description: str
    shared: tuple[str, ...] = ()  # fields taken from the owner where they are not given


def _unlike(
    _document: Document, _other: Document, _bounds: Bounds | None
) -> tuple[float, list[str]]:
    return 0.0, []


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely duplicates of a new record are looked for, and how alike two records are."""

    # From 0 to 1, and the fields that agree. `bounds` are those of the first record's date.
    score: Callable[[Document, Document, Bounds | None], tuple[float, list[str]]] = _unlike
    names: tuple[str, ...] = ()  # fields: what shares a word of them is compared
    exact: tuple[str, ...] = ()  # fields that are tags: what shares the value is compared
    # Tags with values: what has one of each, on the same days, is compared, and nothing else.
    shared: Callable[[Document], dict[str, Sequence[str]]] | None = None


class WriteContext(Protocol):
    """What a rule may ask of a write that is about to be made."""

    def after(self, noun: str, identifiers: Iterable[str]) -> dict[str, Document]:
        """Records of a noun by identifier, as they will stand."""

    def before(self, noun: str, identifier: str) -> Document | None:
        """A written record as it stands."""

    def citing(self, noun: str, identifier: str) -> Iterable[tuple[str, Document]]:
        """The documents that cite a record as things stand, each with its noun."""


def _no_faults(_document: Document, _bounds: Bounds | None, _today: date) -> Iterator[FieldError]:
    yield from ()


def _no_warnings(_document: Document, _today: date) -> Iterator[FieldWarning]:
    yield from ()


def _no_context(_context: WriteContext, _document: Document) -> Iterator[FieldWarning]:
    yield from ()


def _no_transition(_old: Document, _new: Document, _reason: str | None) -> None:
    pass


def _no_identifier(_body: Document) -> str:
    return ""


@dataclass(frozen=True, slots=True, eq=False)
class Noun:
    """One kind of record: its shape, its tables, and everything that is particular to it."""

    name: str
    plural: str
    shape: type[Shape]
    tags: tuple[Tag, ...]
    derive: Callable[[Document], None]
    summary: str
    rank: int = 0  # above that of every noun that its records cite: they are written first
    date: str | None = None  # the field that places it on the timeline
    published: str | None = None  # the field that says when it was reported, for a source
    names: tuple[str, ...] = ()  # fields whose words find what cites the record
    event: bool = False  # other dates may hang on its date
    owned: tuple[Owned, ...] = ()  # what belongs to a record of this noun
    nested: bool = False  # may be created inside another record's body, in place of its identifier
    newest_first: bool = False  # the order of its list, where it is dated
    statement: bool = False  # something said, not something that takes place
    hierarchy: str | None = None  # the field that cites the wider record of the same noun
    kept: tuple[str, ...] = ()  # fields that stay as they are where a replacement leaves them out

    # The identifier to begin with where the body gives none, from a body that is not checked yet;
    # empty where it says too little.
    identify: Callable[[Document], str] = _no_identifier
    likeness: Likeness = Likeness()
    # What a complete document must not say. `bounds` are those of its date, anchors included.
    rules: Rules = _no_faults
    # Checks the step from one state to the next, and fills in what the new one keeps of the old.
    transition: Callable[[Document, Document, str | None], None] = _no_transition
    # What is odd about a document, by itself and beside other records.
    warnings: Warnings = _no_warnings
    context_warnings: Callable[[WriteContext, Document], Iterator[FieldWarning]] = _no_context

    table: Table = field(init=False)
    children: tuple[Child, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Make the tables that the shape asks for."""
        table, children = tables(self.name, self.shape)
        object.__setattr__(self, "table", table)
        object.__setattr__(self, "children", children)

    def ref(self, identifier: str) -> RecordRef:
        """The reference to a record of this noun."""
        return RecordRef(self.name, identifier)


class Nouns:
    """All nouns, by singular and by plural name."""

    def __init__(self, nouns: Sequence[Noun]) -> None:
        self.all = tuple(nouns)
        self.by_name = {noun.name: noun for noun in nouns}
        self.by_plural = {noun.plural: noun for noun in nouns}
        self.events = tuple(noun.name for noun in nouns if noun.event)
        self.nested = frozenset(noun.name for noun in nouns if noun.nested)

    def __iter__(self) -> Iterator[Noun]:
        return iter(self.all)

    def __getitem__(self, name: str) -> Noun:
        return self.by_name[name]

    @property
    def by_rank(self) -> tuple[Noun, ...]:
        """The nouns, each after those that its records cite."""
        return tuple(sorted(self.all, key=lambda noun: noun.rank))

    def siblings(self, noun: Noun) -> tuple[str, ...]:
        """The nouns that share their identifiers with a noun, itself included."""
        return self.events if noun.event else (noun.name,)

    def targets(self, cited: str) -> tuple[str, ...]:
        """The nouns that a citation of `cited` may mean: `event` is a milestone or a meeting."""
        return self.events if cited == EVENT else (cited,)

    def cited_refs(self, cited: str, identifier: str) -> list[RecordRef]:
        """The records that a citation may mean, at most one of which exists."""
        return [RecordRef(noun, identifier) for noun in self.targets(cited)]
