"""Query strings, read once into one object that every layer takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from app.kit import edtf
from app.kit.grammar import Alternatives, alternatives, integer, moment, pairs
from app.kit.problems import Fault, Problem, bad_query, nearest
from app.kit.shapes import IDENTIFIER, MAX_IDENTIFIER
from app.kit.strict_json import shown
from app.kit.terms import Any, Expression, any_of
from app.kit.words import fold, words
from app.ledger.nouns import Noun, Nouns, Tag
from app.ledger.selections import Range, Search, Word
from app.ledger.walks import Order
from app.records.parameters import ONCE, SORTS, formats_of, included


_IDENTIFIER = re.compile(IDENTIFIER)
MAX_TOTAL_VALUES = 200
MAX_WORDS = 32
YEARS = (edtf.day_number("0001-01-01"), edtf.day_number("9999-12-31"))


@dataclass(slots=True)
class Query:
    """Everything that a list was asked for."""

    path: str
    pairs: list[tuple[str, str]]
    nouns: tuple[Noun, ...]
    expression: Expression = Expression(())
    searches: list[Search] = field(default_factory=list)
    first: int | None = None
    last: int | None = None
    certain: bool = False
    as_of: int | None = None
    revision: int | None = None
    since: str | None = None
    limit: int = 50
    cursor: str | None = None
    orders: tuple[Order, ...] = ()
    fields: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    typed: bool = False

    @property
    def range(self) -> Range | None:
        """`from` and `to`, where either is given."""
        if self.first is None and self.last is None:
            return None
        return Range(self.first, self.last, self.certain)

    def given(self, name: str) -> bool:
        """Whether a parameter was given."""
        return any(name == given for given, _ in self.pairs)


@dataclass(frozen=True)
class Grammar:
    """What one endpoint accepts: the tags of its nouns, and the bounds of its pages."""

    nouns: tuple[Noun, ...]
    all_nouns: Nouns
    default_order: Order
    max_limit: int = 200
    typed: bool = False

    @cached_property
    def tags(self) -> dict[str, Tag]:
        """Every filter of these nouns, by name."""
        return {tag.name: tag for noun in self.nouns for tag in noun.tags}

    @cached_property
    def dated(self) -> bool:
        """Whether `from` and `to` mean anything here."""
        return all(noun.date is not None for noun in self.nouns)

    @cached_property
    def once(self) -> tuple[str, ...]:
        """The parameters that may occur once, besides flags."""
        absent = set(self.tags)
        if not self.dated:
            absent |= {"from", "to", "match"}
        if not self.facet_names:
            absent.add("facets")
        if not self.include_names:
            absent.add("include")
        return tuple(name for name in ONCE if name not in absent)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every parameter accepted here."""
        more = ("type",) if self.typed else ()
        return (*self.tags, "q", *more, *self.once)

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        """Every field that `fields` may pick."""
        found: dict[str, None] = {}
        for noun in self.nouns:
            found |= dict.fromkeys(noun.shape.model_fields) | dict.fromkeys(noun.shape.derived)
        return tuple(found)

    @cached_property
    def facet_names(self) -> tuple[str, ...]:
        """Every property that can be counted."""
        return tuple(name for name, tag in self.tags.items() if tag.facet)

    @cached_property
    def include_names(self) -> tuple[str, ...]:
        """Every noun whose cited records can be added."""
        return included(self.nouns, self.all_nouns)

    @cached_property
    def sort_names(self) -> tuple[str, ...]:
        """Every key to sort by."""
        return SORTS if self.dated else tuple(s for s in SORTS if s.lstrip("-") != "date")

    def read(self, path: str, raw: bytes) -> Query:
        """The query that a raw query string means.

        Raises:
            Problem: 400 with every fault found, each naming its parameter and what is accepted.
        """
        return _Reader(self, path, pairs(raw)).read()


class _Reader:
    def __init__(self, grammar: Grammar, path: str, given: list[tuple[str, str]]) -> None:
        self.grammar = grammar
        self.query = Query(path, given, grammar.nouns, typed=grammar.typed)
        self.query.orders = (grammar.default_order,)
        self.required: list[Any] = []
        self.excluded: list[Any] = []
        self.faults: list[Fault] = []
        self.values = 0

    def read(self) -> Query:
        seen: set[str] = set()
        tags, names = self.grammar.tags, set(self.grammar.names)
        for name, value in self.query.pairs:
            try:
                if name not in names:
                    raise unknown_parameter(name, self.grammar.names)
                once = name in self.grammar.once or (name in tags and tags[name].flag)
                if name in seen and (once or name == "format"):
                    raise bad_query(Fault(name, "is given twice", "one occurrence"))
                seen.add(name)
                self._take(name, value)
            except Problem as problem:
                if problem.status != 400:
                    raise
                self.faults += problem.errors
        if not self.faults:
            self.faults += self._contradictions()
        if self.faults:
            raise bad_query(*self.faults)
        self.query.expression = Expression(tuple(self.required), tuple(self.excluded))
        return self.query

    def _contradictions(self) -> list[Fault]:
        query, found = self.query, []
        if query.first is not None and query.last is not None and query.first > query.last:
            found.append(Fault("to", "lies before `from`", "a day on or after `from`"))
        if query.limit == 0 and not query.facets:
            found.append(Fault("limit", "is 0 without `facets`", "1 or more, or `facets`"))
        if query.given("match") and query.range is None:
            found.append(Fault("match", "needs `from` or `to`", "`from` or `to` beside it"))
        return found

    def _take(self, name: str, value: str) -> None:
        tag = self.grammar.tags.get(name)
        if name == "format" and (tag is None or value in formats_of(self.grammar.typed)):
            _one_of(name, value, (*formats_of(self.grammar.typed), *(tag.accepted if tag else ())))
        elif tag is not None:
            self._tag(tag, value)
        elif name == "q":
            self._words(value)
        elif name == "type":
            self._types(value)
        else:
            _ONCE[name](self, name, value)

    def _alternatives(self, name: str, value: str) -> Alternatives:
        found = alternatives(name, value)
        self.values += len(found.values)
        if self.values > MAX_TOTAL_VALUES:
            raise bad_query(Fault(name, "is one value too many", f"{MAX_TOTAL_VALUES} in all"))
        return found

    def _tag(self, tag: Tag, value: str) -> None:
        if tag.flag:
            _one_of(tag.name, value, ("true", "false"))
        found = self._alternatives(tag.name, value)
        checked = []
        for item in found.values:
            if tag.accepted:
                _one_of(tag.name, item, tag.accepted)
            elif tag.folded:
                _short(tag.name, item)
            elif len(item) > MAX_IDENTIFIER or not _IDENTIFIER.match(item):
                accepted = f"an identifier such as {tag.example}"
                raise bad_query(Fault(tag.name, f"{shown(item)} is no identifier", accepted))
            checked.append(fold(item) if tag.folded else item)
        (self.excluded if found.negated else self.required).append(any_of(tag.name, checked))

    def _words(self, value: str) -> None:
        found = self._alternatives("q", value)
        lists = tuple(tuple(Word(w) for w in dict.fromkeys(words(v))) for v in found.values)
        if not all(lists):
            raise bad_query(Fault("q", "holds no word", "words of letters or digits"))
        if sum(map(len, lists)) > MAX_WORDS:
            raise bad_query(Fault("q", "has too many words", f"at most {MAX_WORDS} words"))
        self.query.searches.append(Search(lists, found.negated))

    def _types(self, value: str) -> None:
        found = self._alternatives("type", value)
        for item in found.values:
            _one_of("type", item, tuple(noun.name for noun in self.grammar.nouns))
        (self.excluded if found.negated else self.required).append(any_of("noun", found.values))

    # ---- what occurs once

    def _from(self, name: str, value: str) -> None:
        self.query.first = _period(name, value)[0]

    def _to(self, name: str, value: str) -> None:
        self.query.last = _period(name, value)[1]

    def _match(self, name: str, value: str) -> None:
        self.query.certain = _one_of(name, value, ("possible", "certain")) == "certain"

    def _as_of(self, name: str, value: str) -> None:
        self.query.as_of = day(name, value)

    def _revision(self, name: str, value: str) -> None:
        self.query.revision = integer(name, value, 1, 10**18)

    def _since(self, name: str, value: str) -> None:
        self.query.since = moment(name, value)

    def _limit(self, name: str, value: str) -> None:
        self.query.limit = integer(name, value, 0, self.grammar.max_limit)

    def _cursor(self, name: str, value: str) -> None:
        if not value:
            raise bad_query(Fault(name, "is empty", "the `next` of the page before"))
        self.query.cursor = value

    def _sort(self, name: str, value: str) -> None:
        keys = _list(name, value, self.grammar.sort_names)
        self.query.orders = tuple(Order(k.lstrip("-"), k.startswith("-")) for k in keys)

    def _fields(self, name: str, value: str) -> None:
        self.query.fields = _list(name, value, self.grammar.field_names)

    def _facets(self, name: str, value: str) -> None:
        self.query.facets = _list(name, value, self.grammar.facet_names)

    def _include(self, name: str, value: str) -> None:
        self.query.include = _list(name, value, self.grammar.include_names)


_ONCE: dict[str, Callable[[_Reader, str, str], None]] = {
    "from": _Reader._from,
    "to": _Reader._to,
    "match": _Reader._match,
    "as_of": _Reader._as_of,
    "revision": _Reader._revision,
    "updated_since": _Reader._since,
    "limit": _Reader._limit,
    "cursor": _Reader._cursor,
    "sort": _Reader._sort,
    "fields": _Reader._fields,
    "facets": _Reader._facets,
    "include": _Reader._include,
}


def unknown_parameter(name: str, known: Sequence[str]) -> Problem:
    """400: a parameter that does not exist, with the nearest that does."""
    near = nearest(name, known)
    message = "is no parameter here" + (f"; did you mean `{near}`?" if near else "")
    field_ = name if name.isidentifier() and len(name) <= 40 else shown(name)
    return bad_query(Fault(field_, message, sorted(known)))


def _one_of(name: str, value: str, accepted: Sequence[str]) -> str:
    if value not in accepted:
        near = nearest(value, accepted)
        hint = f"; did you mean `{near}`?" if near else ""
        raise bad_query(Fault(name, f"{shown(value)} is not accepted{hint}", list(accepted)))
    return value


def _short(name: str, value: str) -> None:
    if len(value) > 500:
        raise bad_query(Fault(name, "is longer than 500 characters", "at most 500 characters"))


def _list(name: str, value: str, accepted: Sequence[str]) -> tuple[str, ...]:
    if not value:
        raise bad_query(Fault(name, "is empty", list(accepted)))
    return tuple(dict.fromkeys(_one_of(name, item, accepted) for item in value.split(",")))


def _period(name: str, value: str) -> tuple[int, int]:
    accepted = "a day 2023-04-25, a month 2023-04 or a year 2023"
    try:
        first, last = edtf.period(value)
    except edtf.EdtfError as error:
        raise bad_query(Fault(name, error.message, accepted)) from None
    if first < YEARS[0] or last > YEARS[1]:
        raise bad_query(Fault(name, "lies outside the years 0001 to 9999", accepted))
    return first, last


def day(name: str, value: str) -> int:
    """The number of one day."""
    if len(value) == 10:
        first, last = _period(name, value)
        if first == last:
            return first
    raise bad_query(Fault(name, f"{shown(value)} is no day", "a day 2023-04-26"))
