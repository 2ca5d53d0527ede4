"""The parameters of reads: how their values are parsed, and what the documentation says of them."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.kit.http.problems import FieldError, Problem, bad_query
from app.kit.http.query_string import (
    NO_UPPER_BOUND,
    parse_integer,
    parse_query_string,
    parse_timestamp,
)
from app.kit.schema.fields import shape_fields
from app.kit.schema.shapes import Shape
from app.ledger.noun import Noun, Nouns
from app.ledger.sort_keys import SortOrder
from app.reads.values import (
    check_choice,
    parse_choices,
    parse_cursor,
    parse_day,
    parse_day_range,
    unknown_parameter_problem,
)

SORT_VALUES = ("date", "-date", "id", "-id", "recorded", "-recorded")
MAX_ERRORS = 20  # beyond this, more errors help nobody
Accepted = tuple[str, ...] | range  # choices, or bounds of a number; empty: whatever parses


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter.

    `parse` takes its name, a value, and what an endpoint accepts; it raises a 400. The result is
    the field `field` of a query; that is `name` if it is empty.
    """

    name: str
    description: str
    example: object
    schema: Mapping[str, object]
    parse: Callable[[str, str, Any], Any]
    field: str = ""


_TEXT = {"type": "string"}
# OpenAPI knows lists with commas (`explode: false`), but makers of clients do not agree on them:
# some repeat the parameter, which is refused.
_CHOICES = {"type": "string", "pattern": "^-?[a-z_]+(,-?[a-z_]+)*$"}
_NUMBER = {"type": "integer"}


def _parse_orders(name: str, value: str, accepted: Sequence[str]) -> tuple[SortOrder, ...]:
    keys = parse_choices(name, value, accepted)
    return tuple(SortOrder(key.lstrip("-"), key.startswith("-")) for key in keys)


SINGLE_PARAMETERS: dict[str, Parameter] = {
    p.name: p
    for p in (
        Parameter(
            "from",
            "The start of the date range, inclusive: a day, month or year.",
            "2023-04",
            _TEXT,
            lambda name, value, _: parse_day_range(name, value)[0],
            "first_day",
        ),
        Parameter(
            "to",
            "The end of the date range, inclusive: a day, month or year.",
            "2023-05-14",
            _TEXT,
            lambda name, value, _: parse_day_range(name, value)[1],
            "last_day",
        ),
        Parameter(
            "match",
            "`possible` (the default) returns records that may fall within the date range, "
            "`certain` only those that certainly do. Each row then says in `match` which of the "
            "two it is. Requires `from` or `to`.",
            "certain",
            # No `default` here: clients would send it, and it means nothing without a range.
            {"type": "string", "enum": ["possible", "certain"], "title": "Match"},
            lambda name, value, _: check_choice(name, value, ("possible", "certain")) == "certain",
            "is_certain",
        ),
        Parameter(
            "as_of",
            "Return what was known at the end of this day, by the publication days of the sources.",
            "2023-04-26",
            {"type": "string", "format": "date"},
            lambda name, value, _: parse_day(name, value),
        ),
        Parameter(
            "revision",
            "Return the database as it was after the write of this revision. Such a response "
            "never changes and can be cited.",
            1,
            _NUMBER | {"minimum": 1},
            lambda name, value, _: parse_integer(name, value, 1, NO_UPPER_BOUND),
        ),
        Parameter(
            "updated_since",
            "Return only records whose version shown was recorded on or after this day or time.",
            "2023-04-26T00:00:00Z",
            _TEXT,
            lambda name, value, _: parse_timestamp(name, value),
        ),
        Parameter(
            "after",
            "Return only revisions after this one.",
            0,
            _NUMBER | {"minimum": 0},
            lambda name, value, _: parse_integer(name, value, 0, NO_UPPER_BOUND - 1),
        ),
        Parameter(
            "limit",
            "The maximum number of items per page.",
            20,
            _NUMBER,
            lambda name, value, bounds: parse_integer(name, value, bounds.start, bounds.stop - 1),
        ),
        Parameter(
            "cursor",
            "Where the page starts. Copy it from `next` unchanged.",
            "taken-from-next",
            _TEXT,
            lambda name, value, _: parse_cursor(name, value),
        ),
        Parameter(
            "sort",
            "The sort order: one or more keys. Prefix a key with `-` for descending order.",
            "",
            _CHOICES,
            _parse_orders,
            "sort_orders",
        ),
        Parameter(
            "fields", "Return only these fields of each record.", "", _CHOICES, parse_choices
        ),
        Parameter(
            "facets",
            "Count the values of these properties over all matching records.",
            "",
            _CHOICES,
            parse_choices,
        ),
        Parameter(
            "include",
            "Include the cited records of these nouns, at the same clock.",
            "",
            _CHOICES,
            parse_choices,
            "included",
        ),
        Parameter(
            "format",
            "The output format. Takes precedence over `Accept`; a path suffix takes precedence "
            "over both.",
            "json",
            _TEXT,
            check_choice,
            "output_format",
        ),
    )
}
TEXT_SEARCH_DESCRIPTION = (
    "Words to find in the text of the record and in the names of the "
    "records that it cites, ignoring case and accents. All words must "
    "occur; separate alternatives with commas, and prefix with `!` to "
    "exclude."
)


def parse_parameters(
    query_string: bytes,
    names: Sequence[str],
    take: Callable[[str, str], None],
    repeatable: Container[str] = (),
) -> list[tuple[str, str]]:
    """Hand the name and value of each parameter to `take`; returns all of them, in order.

    Raises:
        Problem: 400 with the first `MAX_ERRORS` errors, of names that are not in `names`, of
            repeats, and those that `take` raises.
    """
    parameters, visited = parse_query_string(query_string), set[str]()
    errors: list[FieldError] = []
    for name, value in parameters:
        try:
            if name not in names:
                raise unknown_parameter_problem(name, names)
            if name in visited and name not in repeatable:
                raise bad_query(FieldError(name, "must not be repeated", "one occurrence"))
            visited.add(name)
            take(name, value)
        except Problem as problem:
            if problem.status != 400:
                raise
            errors += problem.errors
            if len(errors) >= MAX_ERRORS:
                break
    if errors:
        raise bad_query(*errors)
    return parameters


def parse_single_parameters(
    query_string: bytes, accepted: Mapping[str, Accepted]
) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """The parameters of a query in which each occurs once, and their values by field.

    Raises:
        Problem: 400 as `parse_parameters` does.
    """
    values: dict[str, Any] = {}

    def take(name: str, value: str) -> None:
        take_single_parameter(values, name, value, accepted[name])

    return parse_parameters(query_string, tuple(accepted), take), values


def take_single_parameter(
    values: dict[str, Any], name: str, value: str, accepted: Accepted
) -> None:
    """Add the parsed value of a parameter to `values`, under the field that it is for."""
    parameter = SINGLE_PARAMETERS[name]
    values[parameter.field or name] = parameter.parse(name, value, accepted)


def _cited_nouns(shape: type[Shape]) -> set[str]:
    cited: set[str] = set()
    for part in shape_fields(shape):
        if part.cites is not None:
            cited.add(part.cites)
        if part.shape is not None:
            cited |= _cited_nouns(part.shape)
    return cited


def includable_nouns(nouns: Sequence[Noun], all_nouns: Nouns) -> tuple[str, ...]:
    """The plural names of the nouns whose records can be added to these nouns' responses."""
    names: set[str] = set()
    for noun in nouns:
        for cited in _cited_nouns(noun.shape):
            names |= {all_nouns[target].plural for target in all_nouns.cited_nouns(cited)}
        names |= {owned.member for owned in noun.owned_records}
    return tuple(noun.plural for noun in all_nouns if noun.plural in names)
