"""Query strings, read once into one object that every layer takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from app.kit.http.problems import FieldError, Problem, bad_query
from app.kit.http.query_string import (
    NO_UPPER_BOUND,
    Alternatives,
    parse_alternatives,
    parse_integer,
    parse_query_string,
    parse_timestamp,
)
from app.kit.terms import MATCH_ALL, AnyOf, Expression, any_term
from app.kit.words import fold_text, split_words
from app.ledger.noun import Noun, Nouns, Tag
from app.ledger.read.paging import Order
from app.ledger.selection import Range, Search, Word
from app.reads.parameters import ONCE, SORTS, included
from app.reads.values import check_identifier, day, listed, one_of, period, short, unknown_parameter

MAX_TOTAL_VALUES = 200
MAX_WORDS = 32
MAX_FAULTS = 20  # beyond this, an answer helps nobody


@dataclass(slots=True)
class Query:
    """Everything that a list was asked for."""

    path: str
    pairs: list[tuple[str, str]]
    nouns: tuple[Noun, ...]
    expression: Expression = MATCH_ALL
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
    format: str | None = None  # the representation; that of `format=bilateral` is a filter
    typed: bool = False

    @property
    def binding(self) -> list[tuple[str, str]]:
        """The parameters that say what is found, in which order: what a cursor belongs to."""
        kept = [pair for pair in self.pairs if pair != ("format", self.format)]
        return [*kept, ("", repr(self.orders))]

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
    formats: tuple[str, ...] = ("json",)

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
        # What a list adds to each document by itself: it may be picked like the rest.
        found |= dict.fromkeys([*["type"] * self.typed, *["match"] * self.dated])
        return tuple(found)

    @cached_property
    def facet_names(self) -> tuple[str, ...]:
        """Every property that can be counted."""
        return tuple(name for name, tag in self.tags.items() if tag.facet) + ("type",) * self.typed

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
        return _Reader(self, path, parse_query_string(raw)).read()


class _Reader:
    def __init__(self, grammar: Grammar, path: str, given: list[tuple[str, str]]) -> None:
        self.grammar = grammar
        self.query = Query(path, given, grammar.nouns, typed=grammar.typed)
        self.query.orders = (grammar.default_order,)
        self.required: list[AnyOf] = []
        self.excluded: list[AnyOf] = []
        self.faults: list[FieldError] = []
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
                    raise bad_query(FieldError(name, "is given twice", "one occurrence"))
                seen.add(name)
                self._take(name, value)
            except Problem as problem:
                if problem.status != 400:
                    raise
                self.faults += problem.errors
                if len(self.faults) >= MAX_FAULTS:
                    break
        if not self.faults:
            self.faults += self._contradictions()
        if self.faults:
            raise bad_query(*self.faults)
        self.query.expression = Expression(tuple(self.required), tuple(self.excluded))
        return self.query

    def _contradictions(self) -> list[FieldError]:
        query, found = self.query, []
        if query.first is not None and query.last is not None and query.first > query.last:
            found.append(FieldError("to", "lies before `from`", "a day on or after `from`"))
        if query.limit == 0 and not query.facets:
            found.append(FieldError("limit", "is 0 without `facets`", "1 or more, or `facets`"))
        if query.given("match") and query.range is None:
            found.append(FieldError("match", "needs `from` or `to`", "`from` or `to` beside it"))
        return found

    def _take(self, name: str, value: str) -> None:
        tag = self.grammar.tags.get(name)
        if name == "format" and value in self.grammar.formats:
            self.query.format = value
        elif name == "format" and tag is None:
            one_of(name, value, self.grammar.formats)
        elif tag is not None:
            self._tag(tag, value)
        elif name == "q":
            self._words(value)
        elif name == "type":
            self._types(value)
        else:
            _ONCE[name](self.query, self.grammar, value)

    def _alternatives(self, name: str, value: str) -> Alternatives:
        found = parse_alternatives(name, value)
        self.values += len(found.values)
        if self.values > MAX_TOTAL_VALUES:
            raise bad_query(FieldError(name, "is one value too many", f"{MAX_TOTAL_VALUES} in all"))
        return found

    def _tag(self, tag: Tag, value: str) -> None:
        if tag.flag:
            one_of(tag.name, value, ("true", "false"))
        found = self._alternatives(tag.name, value)
        checked = []
        for item in found.values:
            if tag.accepted:
                # By number of parties, or as what: whoever got one wrong may have meant the other.
                more = self.grammar.formats if tag.name == "format" else ()
                one_of(tag.name, item, tag.accepted if item in more else (*tag.accepted, *more))
            elif tag.folded or tag.exact:
                short(tag.name, item)
            elif tag.check is not None:
                tag.check(tag.name, item)
            else:
                check_identifier(tag.name, item, tag.example)
            checked.append(fold_text(item) if tag.folded else item)
        (self.excluded if found.negated else self.required).append(any_term(tag.name, checked))

    def _words(self, value: str) -> None:
        found = self._alternatives("q", value)
        lists = tuple(tuple(Word(w) for w in dict.fromkeys(split_words(v))) for v in found.values)
        if not all(lists):
            raise bad_query(FieldError("q", "holds no word", "words of letters or digits"))
        if sum(map(len, lists)) > MAX_WORDS:
            raise bad_query(FieldError("q", "has too many words", f"at most {MAX_WORDS} words"))
        self.query.searches.append(Search(lists, found.negated))

    def _types(self, value: str) -> None:
        found = self._alternatives("type", value)
        for item in found.values:
            one_of("type", item, tuple(noun.name for noun in self.grammar.nouns))
        (self.excluded if found.negated else self.required).append(any_term("noun", found.values))


# ---- what occurs once

Once = Callable[[Query, Grammar, str], None]


def _from(query: Query, _grammar: Grammar, value: str) -> None:
    query.first = period("from", value)[0]


def _to(query: Query, _grammar: Grammar, value: str) -> None:
    query.last = period("to", value)[1]


def _match(query: Query, _grammar: Grammar, value: str) -> None:
    query.certain = one_of("match", value, ("possible", "certain")) == "certain"


def _as_of(query: Query, _grammar: Grammar, value: str) -> None:
    query.as_of = day("as_of", value)


def _revision(query: Query, _grammar: Grammar, value: str) -> None:
    query.revision = parse_integer("revision", value, 1, NO_UPPER_BOUND)


def _since(query: Query, _grammar: Grammar, value: str) -> None:
    query.since = parse_timestamp("updated_since", value)


def _limit(query: Query, grammar: Grammar, value: str) -> None:
    query.limit = parse_integer("limit", value, 0, grammar.max_limit)


def _cursor(query: Query, _grammar: Grammar, value: str) -> None:
    if not value:
        raise bad_query(FieldError("cursor", "is empty", "the `next` of the page before"))
    query.cursor = value


def _sort(query: Query, grammar: Grammar, value: str) -> None:
    keys = listed("sort", value, grammar.sort_names)
    query.orders = tuple(Order(key.lstrip("-"), key.startswith("-")) for key in keys)


def _fields(query: Query, grammar: Grammar, value: str) -> None:
    query.fields = listed("fields", value, grammar.field_names)


def _facets(query: Query, grammar: Grammar, value: str) -> None:
    query.facets = listed("facets", value, grammar.facet_names)


def _include(query: Query, grammar: Grammar, value: str) -> None:
    query.include = listed("include", value, grammar.include_names)


_ONCE: dict[str, Once] = {
    "from": _from,
    "to": _to,
    "match": _match,
    "as_of": _as_of,
    "revision": _revision,
    "updated_since": _since,
    "limit": _limit,
    "cursor": _cursor,
    "sort": _sort,
    "fields": _fields,
    "facets": _facets,
    "include": _include,
}
