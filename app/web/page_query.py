"""The query of a page: filters of the timeline, and parameters of the page itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from app.kit.http.problems import FieldError, Problem, bad_query
from app.kit.http.query_string import parse_query_string
from app.kit.strict_json import quote_excerpt
from app.reads.query import Query, QuerySchema
from app.reads.values import similar_parameters

PAGE_MAX_LIMIT = 200
VIEWS = ("timeline", "positions", "met")
LANES = ("party", "issue")
_PAGE_PARAMETERS = {"view": VIEWS, "lanes": LANES}
# Parameters that shape JSON have no meaning for a page.
_API_ONLY_PARAMETERS = frozenset(("fields", "facets", "include", "format"))

ParameterPairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PageQuery:
    """The filters, the page's own parameters, and notices about ignored parameters."""

    path: str
    filters: ParameterPairs = ()
    page_parameters: ParameterPairs = ()
    notices: tuple[str, ...] = ()

    @property
    def view(self) -> str:
        """The view to show, one of `VIEWS`."""
        return dict(self.page_parameters).get("view", VIEWS[0])

    @property
    def lanes(self) -> str:
        """The noun that each lane stands for, one of `LANES`."""
        return dict(self.page_parameters).get("lanes", LANES[0])

    @property
    def active_filters(self) -> ParameterPairs:
        """The filters that narrow the entries."""
        return tuple(p for p in self.filters if p[0] not in ("cursor", "limit", "sort"))

    @property
    def data_query(self) -> str:
        """The active filters as a query string for `/v1/timeline`."""
        return urlencode(self.active_filters)

    @property
    def page_suffix(self) -> str:
        """The page's own parameters, to append to a URL that has a query string."""
        return "".join(f"&{name}={value}" for name, value in self.page_parameters)

    def values(self, name: str) -> list[str]:
        """Every value of a filter, in order."""
        return [value for filter_name, value in self.filters if filter_name == name]

    def value(self, name: str) -> str:
        """The first value of a filter; empty if it is not set."""
        return next(iter(self.values(name)), "")

    def link(self, path: str | None = None, **changes: str | None) -> str:
        """The URL of this view with some parameters changed, or removed if None."""
        changes = {"cursor": None, **changes}
        parameters = [p for p in (*self.filters, *self.page_parameters) if p[0] not in changes]
        added = [(name, value) for name, value in changes.items() if value is not None]
        return _url(path or self.path, [*parameters, *added])

    def link_without(self, parameter: tuple[str, str]) -> str:
        """The URL of this view without one filter."""
        parameters = [
            p for p in (*self.filters, *self.page_parameters) if p != parameter and p[0] != "cursor"
        ]
        return _url(self.path, _without_idle_match(parameters))

    def meetings_link(self, first_party: str, second_party: str) -> str:
        """The URL of the meetings of two parties, under the other filters of this view."""
        parameters = [p for p in self.filters if p[0] not in ("cursor", "party", "type")]
        parties = [("party", first_party), ("party", second_party)]
        return _url(self.path, [*parameters, *parties, ("type", "meeting")])

    def entry_link(self, noun: str, identifier: str) -> str:
        """The URL that opens an entry on the full page, at the clock of this view."""
        parameters = [p for p in self.filters if p[0] in ("as_of", "revision")]
        return f"{_url('/', parameters)}#{noun}/{identifier}"

    def to_query(self, schema: QuerySchema) -> Query:
        """The filters as a query of the timeline.

        Raises:
            Problem: 400 with every error.
        """
        return schema.parse(self.path, urlencode(self.filters).encode())


def _url(path: str, parameters: Iterable[tuple[str, str]]) -> str:
    query_string = urlencode(list(parameters), safe=",!:/")
    return f"{path}?{query_string}" if query_string else path


def _without_idle_match(parameters: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parameters without `match` unless there is a range that it applies to."""
    if any(name in ("from", "to") for name, _ in parameters):
        return parameters
    return [parameter for parameter in parameters if parameter[0] != "match"]


def parse_page_query(path: str, query_string: bytes, schema: QuerySchema) -> PageQuery:
    """Parse the query string of a page; empty values, which a form sends for "any", are ignored.

    Unknown parameters are ignored with a notice, since shared links acquire tracking parameters
    and must still open.

    Raises:
        Problem: 400 if it cannot be decoded or a page parameter is not valid, 414 if too long.
    """
    filters, page_parameters, notices = [], [], []
    for name, value in parse_query_string(query_string):
        if name in _PAGE_PARAMETERS:
            page_parameters.append((name, _check_page_parameter(name, value)))
        elif not _is_filter(name, value, schema):
            notices.append(_notice(name, schema))
        elif value:
            filters.append((name, value))
    return PageQuery(
        path,
        tuple(_without_idle_match(filters)),
        tuple(page_parameters),
        tuple(dict.fromkeys(notices)),
    )


def _check_page_parameter(name: str, value: str) -> str:
    accepted = _PAGE_PARAMETERS[name]
    if value not in accepted:
        raise bad_query(FieldError(name, f"{quote_excerpt(value)} is not accepted", list(accepted)))
    return value


def _is_filter(name: str, value: str, schema: QuerySchema) -> bool:
    if name in _API_ONLY_PARAMETERS:
        # A noun may have a filter of the same name.
        tag = schema.filters.get(name)
        return tag is not None and value in tag.choices
    return name in schema.names


def _notice(name: str, schema: QuerySchema) -> str:
    if name in _API_ONLY_PARAMETERS:
        return f"“{name}” only applies to API responses and has no effect here."
    suggestions = " and ".join(f"“{similar}”" for similar in similar_parameters(name, schema.names))
    question = f" Did you mean {suggestions}?" if suggestions else ""
    return f"{quote_excerpt(name[:40])} is not a filter here and was ignored.{question}"


def recover_page_query(
    path: str, query_string: bytes, schema: QuerySchema, problem: Problem
) -> PageQuery:
    """As much of a query with errors as the form can show again."""
    try:
        parameters = parse_query_string(query_string)
    except Problem:
        return PageQuery(path)
    rejected = {error.field for error in problem.errors}
    filters = tuple(
        (name, value)
        for name, value in parameters
        if name in schema.names and name not in rejected and value
    )
    return PageQuery(path, filters)
