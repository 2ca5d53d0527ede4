"""What the ledger must be told of a noun; the noun's own file tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Table

from app.kit.shapes import Document, Shape
from app.kit.words import fold

Values = Callable[[Document], Iterable[str]]


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
            yield fold(value) if self.folded else value


@dataclass(frozen=True, slots=True)
class Child:
    """A table of one list field: a row an item, numbered, under its parent."""

    table: Table
    field: str
    children: tuple[Child, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Noun:
    """One kind of record."""

    name: str
    plural: str
    shape: type[Shape]
    table: Table
    children: tuple[Child, ...]
    tags: tuple[Tag, ...]
    derive: Callable[[Document], None]
    summary: str
    date: str | None = None  # the field that places it on the timeline
    published: str | None = None  # the field that says when it was reported, for a source
    names: tuple[str, ...] = ()  # fields whose words find what cites the record
    event: bool = False  # other dates may hang on its date
    included_by: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    dependents: tuple[str, ...] = ()  # nouns whose records are deleted along with it


class Nouns:
    """All nouns, by singular and by plural name."""

    def __init__(self, nouns: Sequence[Noun]) -> None:
        self.all = tuple(nouns)
        self.by_name = {noun.name: noun for noun in nouns}
        self.by_plural = {noun.plural: noun for noun in nouns}
        self.events = tuple(noun.name for noun in nouns if noun.event)

    def __iter__(self) -> Iterator[Noun]:
        return iter(self.all)

    def __getitem__(self, name: str) -> Noun:
        return self.by_name[name]

    def targets(self, cited: str) -> tuple[str, ...]:
        """The nouns that a citation of `cited` may mean: `event` is a milestone or a meeting."""
        return self.events if cited == "event" else (cited,)
