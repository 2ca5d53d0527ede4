"""Queries of lists: a query string, parsed once into one object that every layer takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any as AnyValue

from app.kit.http import cursors
from app.kit.http.problems import FieldError, bad_query
from app.kit.http.query_string import Alternatives, parse_alternatives
from app.kit.terms import AnyOf, Expression, any_term
from app.kit.words import fold_text, split_words
from app.ledger.noun import Filter, Noun, Nouns
from app.ledger.selection import DateRange, Selection, TextSearch
from app.ledger.sort_keys import SortOrder
from app.reads.output_format import JSON_ONLY, OutputFormats
from app.reads.parameters import (
    SORT_VALUES,
    Accepted,
    includable_nouns,
    parse_parameters,
    take_single_parameter,
)
from app.reads.values import check_choice, check_identifier, check_length

MAX_TOTAL_VALUES = 200
MAX_WORDS = 32


@dataclass(frozen=True, slots=True)
class Query:
    """What a client asked of a list."""

    path: str
    parameters: list[tuple[str, str]]
    schema: QuerySchema
    selection: Selection
    sort_orders: tuple[SortOrder, ...]
    as_of: int | None = None
    revision: int | None = None
    limit: int = 50
    cursor: str | None = None
    fields: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    output_format: str | None = None  # the output format; that of `format=bilateral` is a filter

    @property
    def cursor_parameters(self) -> list[tuple[str, str]]:
        """The parameters that say which records in which order: what a cursor belongs to."""
        others = [pair for pair in self.parameters if pair != ("format", self.output_format)]
        return [*others, ("", repr(self.sort_orders))]

    @property
    def cursor_scope(self) -> str:
        """What the cursors of this query are signed for."""
        return cursors.cursor_scope(self.path, self.cursor_parameters)

    @property
    def is_pinned(self) -> bool:
        """Whether the response can never change."""
        return self.revision is not None or self.cursor is not None

    def has_parameter(self, name: str) -> bool:
        """Whether a parameter was given."""
        return any(name == other for other, _ in self.parameters)


@dataclass(frozen=True)
class QuerySchema:
    """What a list accepts: the filters of its nouns, its formats, and the bounds of its pages."""

    nouns: tuple[Noun, ...]
    all_nouns: Nouns
    default_order: SortOrder
    formats: OutputFormats = JSON_ONLY
    max_limit: int = 200
    has_type: bool = False  # records of several nouns, which say their noun and are filtered by it

    @cached_property
    def noun_names(self) -> tuple[str, ...]:
        """The names of its nouns."""
        return tuple(noun.name for noun in self.nouns)

    @cached_property
    def filters(self) -> dict[str, Filter]:
        """Every filter of these nouns, by name."""
        return {tag.name: tag for noun in self.nouns for tag in noun.filters}

    @cached_property
    def is_dated(self) -> bool:
        """Whether `from` and `to` mean anything here."""
        return all(noun.date_field is not None for noun in self.nouns)

    @cached_property
    def single_parameters(self) -> dict[str, Accepted]:
        """What each parameter accepts that may occur once, besides flags."""
        accepted: dict[str, Accepted] = dict.fromkeys(
            ("from", "to", "match", "as_of", "revision", "updated_since"), ()
        )
        accepted |= {
            "limit": range(self.max_limit + 1),
            "cursor": (),
            "sort": self.sort_names,
            "fields": self.field_names,
            "facets": self.facet_names,
            "include": self.include_names,
            "format": self.formats.names,
        }
        absent = {*self.filters, *(n for n in ("facets", "include") if not accepted[n])}
        if not self.is_dated:
            absent |= {"from", "to", "match"}
        return {name: accepted[name] for name in accepted if name not in absent}

    @cached_property
    def repeatable(self) -> frozenset[str]:
        """The parameters that may be repeated."""
        filters = {tag.name for tag in self.filters.values() if not tag.is_flag}
        return frozenset({*filters, "q", "type"} - {"format"})

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every parameter accepted here."""
        return (*self.filters, "q", *["type"] * self.has_type, *self.single_parameters)

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        """Every field that `fields` may pick."""
        names: dict[str, None] = {}
        for noun in self.nouns:
            names |= dict.fromkeys(noun.shape.model_fields) | dict.fromkeys(noun.shape.derived)
        # What a list adds to each document by itself: it may be picked like the rest.
        names |= dict.fromkeys([*["type"] * self.has_type, *["match"] * self.is_dated])
        return tuple(names)

    @cached_property
    def facet_names(self) -> tuple[str, ...]:
        """Every property that can be counted."""
        names = tuple(name for name, tag in self.filters.items() if tag.is_facet)
        return names + ("type",) * self.has_type

    @cached_property
    def include_names(self) -> tuple[str, ...]:
        """Every noun whose cited records can be added."""
        return includable_nouns(self.nouns, self.all_nouns)

    @cached_property
    def sort_names(self) -> tuple[str, ...]:
        """Every key to sort by."""
        return SORT_VALUES if self.is_dated else tuple(s for s in SORT_VALUES if "date" not in s)

    def parse(self, path: str, query_string: bytes) -> Query:
        """The query that a raw query string means.

        Raises:
            Problem: 400 with every error found, each naming its parameter and what is accepted.
        """
        return _QueryParser(self).parse(path, query_string)


class _QueryParser:
    def __init__(self, schema: QuerySchema) -> None:
        self.schema = schema
        self.required: list[AnyOf] = []
        self.excluded: list[AnyOf] = []
        self.searches: list[TextSearch] = []
        self.values: dict[str, AnyValue] = {"sort_orders": (schema.default_order,)}
        self.value_count = 0

    def parse(self, path: str, query_string: bytes) -> Query:
        schema, values = self.schema, self.values
        parameters = parse_parameters(query_string, schema.names, self._take, schema.repeatable)
        selection = Selection(
            schema.noun_names,
            Expression(tuple(self.required), tuple(self.excluded)),
            tuple(self.searches),
            self._range(),
            values.pop("updated_since", None),
        )
        query = Query(path, parameters, schema, selection, **values)
        errors = _contradictions(query)
        if errors:
            raise bad_query(*errors)
        return query

    def _range(self) -> DateRange | None:
        values = self.values
        first, last = values.pop("first_day", None), values.pop("last_day", None)
        is_certain = values.pop("is_certain", False)
        return None if first is None and last is None else DateRange(first, last, is_certain)

    def _take(self, name: str, value: str) -> None:
        tag = self.schema.filters.get(name)
        if tag is not None and (name != "format" or value not in self.schema.formats.names):
            self._take_filter(tag, value)
        elif name == "q":
            self._take_search(value)
        elif name == "type":
            self._take_types(value)
        else:
            accepted = self.schema.single_parameters.get(name, self.schema.formats.names)
            take_single_parameter(self.values, name, value, accepted)

    def _alternatives(self, name: str, value: str) -> Alternatives:
        parsed = parse_alternatives(name, value)
        self.value_count += len(parsed.values)
        if self.value_count > MAX_TOTAL_VALUES:
            raise bad_query(FieldError(name, "has too many values", f"at most {MAX_TOTAL_VALUES}"))
        return parsed

    def _require(self, name: str, values: AnyValue, *, negated: bool) -> None:
        (self.excluded if negated else self.required).append(any_term(name, values))

    def _take_filter(self, tag: Filter, value: str) -> None:
        if tag.is_flag:
            check_choice(tag.name, value, ("true", "false"))
        parsed = self._alternatives(tag.name, value)
        for item in parsed.values:
            self._check_filter_value(tag, item)
        values = [fold_text(item) if tag.is_folded else item for item in parsed.values]
        self._require(tag.name, values, negated=parsed.negated)

    def _check_filter_value(self, tag: Filter, value: str) -> None:
        if tag.choices:
            # By number of parties, or as what: whoever got one wrong may have meant the other.
            more = self.schema.formats.names if tag.name == "format" else ()
            check_choice(tag.name, value, tag.choices if value in more else (*tag.choices, *more))
        elif tag.is_folded or tag.is_exact:
            check_length(tag.name, value)
        elif tag.check is not None:
            tag.check(tag.name, value)
        else:
            check_identifier(tag.name, value, tag.example)

    def _take_search(self, value: str) -> None:
        parsed = self._alternatives("q", value)
        lists = tuple(tuple(dict.fromkeys(split_words(text))) for text in parsed.values)
        if not all(lists):
            raise bad_query(FieldError("q", "contains no words", "words made of letters or digits"))
        if sum(map(len, lists)) > MAX_WORDS:
            raise bad_query(FieldError("q", "has too many words", f"at most {MAX_WORDS} words"))
        self.searches.append(TextSearch(lists, parsed.negated))

    def _take_types(self, value: str) -> None:
        parsed = self._alternatives("type", value)
        for item in parsed.values:
            check_choice("type", item, self.schema.noun_names)
        self._require("noun", parsed.values, negated=parsed.negated)


def _contradictions(query: Query) -> list[FieldError]:
    errors, days = [], query.selection.date_range
    if (
        days
        and days.first_day is not None
        and days.last_day is not None
        and days.first_day > days.last_day
    ):
        errors.append(FieldError("to", "is before `from`", "a day on or after `from`"))
    if query.limit == 0 and not query.facets:
        errors.append(FieldError("limit", "is 0 without `facets`", "1 or more, or `facets`"))
    if days is None and query.has_parameter("match"):
        errors.append(FieldError("match", "requires `from` or `to`", "add `from` or `to`"))
    return errors
