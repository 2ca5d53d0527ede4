"""What the ledger needs to know about a noun, as the noun's file declares it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol

from sqlalchemy import Table

from app.kit.http.problems import FieldError
from app.kit.schema.shapes import EVENT, Document, Shape
from app.kit.words import fold_text
from app.ledger.dates import DateBounds
from app.ledger.noun_tables import ChildTable, build_tables


class RecordRef(NamedTuple):
    """Which record: the name of its noun, and its identifier."""

    noun: str
    id: str


FilterValues = Callable[[Document], Iterable[str]]
FieldWarning = tuple[str, str]  # a field, and what is odd about it
RuleCheck = Callable[[Document, DateBounds | None, date], Iterator[FieldError]]
WarningCheck = Callable[[Document, date], Iterator[FieldWarning]]


@dataclass(frozen=True, slots=True)
class Filter:
    """A property that can be filtered on: what it is called and which values a document has.

    One entry here makes the query parameter, its documentation, the index terms and the facet.
    """

    name: str
    values: FilterValues
    description: str
    example: str
    choices: tuple[str, ...] = ()  # every value there is, for a closed list
    is_folded: bool = False  # compared without case and accents
    is_exact: bool = False  # any text, compared exactly
    check: Callable[[str, str], object] | None = None  # refuses invalid values
    is_flag: bool = False  # `true` or `false`, at most once
    is_facet: bool = True

    def index_values(self, document: Document) -> Iterator[str]:
        """The values to index, folded where the filter folds."""
        for value in self.values(document):
            yield fold_text(value) if self.is_folded else value


class ExternalCode(str):
    """An identifier assigned by others, such as a country code: never numbered."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class OwnedRecords:
    """Records of another noun that belong to one record: positions voiced at a meeting.

    They may be created along with their owner, are included with it, and are deleted with it.
    """

    member: str  # the member of the owner's body, and the name in `include`
    noun: str
    owner_field: str  # the field, and the filter, that cites the owner
    description: str
    inherited_fields: tuple[str, ...] = ()  # copied from the owner if missing


def _no_similarity(
    _document: Document, _candidate: Document, _bounds: DateBounds | None
) -> tuple[float, list[str]]:
    return 0.0, []


@dataclass(frozen=True, slots=True)
class Similarity:
    """How likely duplicates of a new record are found, and how similar two records are."""

    # From 0 to 1, and the fields that agree. `bounds` are those of the first record's date.
    score: Callable[[Document, Document, DateBounds | None], tuple[float, list[str]]] = (
        _no_similarity
    )
    word_fields: tuple[str, ...] = ()  # records sharing a word of these are compared
    exact_filters: tuple[str, ...] = ()  # and those sharing one of these values
    # Filters with values: only records that have one of each, on the same days, are compared.
    required_filters: Callable[[Document], dict[str, Sequence[str]]] | None = None


class DraftView(Protocol):
    """What a rule may ask of a write that is about to be made."""

    def documents_after(self, noun: str, identifiers: Iterable[str]) -> dict[str, Document]:
        """Records of a noun by identifier, as they will be after the write."""

    def document_before_write(self, noun: str, identifier: str) -> Document | None:
        """A record of the write as it is before it."""

    def documents_citing(self, noun: str, identifier: str) -> Iterable[tuple[str, Document]]:
        """The stored documents that cite a record, each with its noun."""


def _no_errors(
    _document: Document, _bounds: DateBounds | None, _today: date
) -> Iterator[FieldError]:
    yield from ()


def _no_warnings(_document: Document, _today: date) -> Iterator[FieldWarning]:
    yield from ()


def _no_context_warnings(_draft: DraftView, _document: Document) -> Iterator[FieldWarning]:
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
    filters: tuple[Filter, ...]
    derive: Callable[[Document], None]
    summary: str
    rank: int = 0  # above that of every noun that its records cite: they are written first
    date_field: str | None = None  # the field that places it on the timeline
    published_field: str | None = None  # the field that says when it was reported, for a source
    name_fields: tuple[str, ...] = ()  # fields whose words find what cites the record
    is_event: bool = False  # other dates may be anchored to its date
    owned_records: tuple[OwnedRecords, ...] = ()  # what belongs to a record of this noun
    is_inline: bool = False  # may be given inside another record's body, instead of its identifier
    newest_first: bool = False  # the order of its list, where it is dated
    is_statement: bool = False  # something said, not something that takes place
    parent_field: str | None = None  # the field that cites the wider record of the same noun
    preserved_fields: tuple[str, ...] = ()  # fields that a replacement without them leaves as is

    # The identifier to begin with where the body gives none, from a body that is not checked yet;
    # empty if it says too little.
    identifier_base: Callable[[Document], str] = _no_identifier
    similarity: Similarity = Similarity()
    # What a complete document must not say. `bounds` are those of its date, anchors included.
    rules: RuleCheck = _no_errors
    # Checks the step from one state to the next, and fills in what the new one keeps of the old.
    transition: Callable[[Document, Document, str | None], None] = _no_transition
    # What is odd about a document, by itself and beside other records.
    warnings: WarningCheck = _no_warnings
    context_warnings: Callable[[DraftView, Document], Iterator[FieldWarning]] = _no_context_warnings

    table: Table = field(init=False)
    children: tuple[ChildTable, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Make the tables that the shape asks for."""
        table, children = build_tables(self.name, self.shape)
        object.__setattr__(self, "table", table)
        object.__setattr__(self, "children", children)

    @property
    def name_with_article(self) -> str:
        """The name with its indefinite article: `a meeting`, `an issue`."""
        return f"{'an' if self.name[0] in 'aeiou' else 'a'} {self.name}"

    def ref(self, identifier: str) -> RecordRef:
        """The reference to a record of this noun."""
        return RecordRef(self.name, identifier)


class Nouns:
    """All nouns, by singular and by plural name."""

    def __init__(self, nouns: Sequence[Noun]) -> None:
        self.all = tuple(nouns)
        self.by_name = {noun.name: noun for noun in nouns}
        self.by_plural = {noun.plural: noun for noun in nouns}
        self.events = tuple(noun.name for noun in nouns if noun.is_event)
        self.inline_nouns = frozenset(noun.name for noun in nouns if noun.is_inline)

    def __iter__(self) -> Iterator[Noun]:
        return iter(self.all)

    def __getitem__(self, name: str) -> Noun:
        return self.by_name[name]

    @property
    def by_rank(self) -> tuple[Noun, ...]:
        """The nouns, each after those that its records cite."""
        return tuple(sorted(self.all, key=lambda noun: noun.rank))

    def identifier_space(self, noun: Noun) -> tuple[str, ...]:
        """The nouns that share their identifiers with a noun, itself included."""
        return self.events if noun.is_event else (noun.name,)

    def cited_nouns(self, cited: str) -> tuple[str, ...]:
        """The nouns that a citation of `cited` may mean: `event` is a milestone or a meeting."""
        return self.events if cited == EVENT else (cited,)

    def cited_refs(self, cited: str, identifier: str) -> list[RecordRef]:
        """The records that a citation may mean, at most one of which exists."""
        return [RecordRef(noun, identifier) for noun in self.cited_nouns(cited)]
