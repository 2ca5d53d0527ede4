"""What a page was asked for: the filters of the timeline, and a few words of the page's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from app.kit.http.problems import Fault, Problem, bad_query
from app.kit.http.query_string import pairs
from app.kit.strict_json import shown
from app.reads.query import Grammar, Query
from app.reads.values import called_here

MAX_LIMIT = 200
VIEWS = ("timeline", "positions", "met")
LANES = ("party", "issue")
_OWN = {"view": VIEWS, "lanes": LANES}
# What chooses the shape of JSON has no meaning for a page.
_SHAPING = frozenset(("fields", "facets", "include", "format"))

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters, the page's own words, and what was set aside."""

    path: str
    filters: Pairs = ()
    own: Pairs = ()
    notices: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = field(default=())

    @property
    def view(self) -> str:
        """Which of the views to show."""
        return dict(self.own).get("view", VIEWS[0])

    @property
    def lanes(self) -> str:
        """What the lanes of the picture stand for."""
        return dict(self.own).get("lanes", LANES[0])

    def values(self, name: str) -> list[str]:
        """Every value of a filter, in order."""
        return [value for given, value in self.filters if given == name]

    def value(self, name: str) -> str:
        """The only value of a filter; empty where there is none."""
        return next(iter(self.values(name)), "")

    def link(self, path: str | None = None, **changes: str | None) -> str:
        """The address of this view with some parameters changed, or left out where None."""
        changes = {"cursor": None, **changes}
        kept = [pair for pair in (*self.filters, *self.own) if pair[0] not in changes]
        added = [(name, value) for name, value in changes.items() if value is not None]
        return _address(path or self.path, [*kept, *added])

    def without(self, pair: tuple[str, str]) -> str:
        """The address of this view without one filter."""
        kept = [one for one in (*self.filters, *self.own) if one != pair and one[0] != "cursor"]
        # `match` means nothing without a range.
        if not any(name in ("from", "to") for name, _ in kept):
            kept = [one for one in kept if one[0] != "match"]
        return _address(self.path, kept)

    def meetings(self, one: str, other: str) -> str:
        """The address of the meetings of two parties, under the other filters of this view."""
        kept = [pair for pair in self.filters if pair[0] not in ("cursor", "party", "type")]
        return _address(self.path, [*kept, ("party", one), ("party", other), ("type", "meeting")])

    def entry(self, kind: str, identifier: str) -> str:
        """The address at which an entry opens on the full page, by the clocks of this view."""
        kept = [pair for pair in self.filters if pair[0] in ("as_of", "revision")]
        return f"{_address('/', kept)}#{kind}/{identifier}"

    @property
    def chosen(self) -> Pairs:
        """The filters that narrow what is shown."""
        return tuple(pair for pair in self.filters if pair[0] not in ("cursor", "limit", "sort"))

    @property
    def data(self) -> str:
        """The filters as `/v1/timeline` takes them, without order and place."""
        return urlencode([p for p in self.filters if p[0] not in ("cursor", "limit", "sort")])

    def query(self, grammar: Grammar) -> Query:
        """The filters as every list reads them.

        Raises:
            Problem: 400 with every fault found.
        """
        return replace(grammar, max_limit=MAX_LIMIT).read(
            self.path, urlencode(self.filters).encode()
        )


def _address(path: str, given: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(given), safe=",!:/")
    return f"{path}?{query}" if query else path


def read(path: str, raw: bytes, grammar: Grammar) -> Asked:
    """A query string taken apart. An empty value is what a form sends for "any".

    A parameter that does not exist is set aside with a notice: links are passed on with others'
    tracking marks, and must still open.

    Raises:
        Problem: 400 (414) where it cannot be decoded at all.
    """
    filters, own, notices = [], [], []
    for name, value in pairs(raw):
        if name in _OWN:
            if value not in _OWN[name]:
                raise bad_query(Fault(name, f"{shown(value)} is not accepted", list(_OWN[name])))
            own.append((name, value))
        elif not _filters(name, value, grammar):
            notices.append(_notice(name, grammar))
        elif value:
            filters.append((name, value))
    if not any(name in ("from", "to") for name, _ in filters):
        filters = [pair for pair in filters if pair[0] != "match"]
    return Asked(path, tuple(filters), tuple(own), tuple(dict.fromkeys(notices)))


def _filters(name: str, value: str, grammar: Grammar) -> bool:
    tag = grammar.tags.get(name)
    if name in _SHAPING:
        return tag is not None and value in tag.accepted
    return name in grammar.names


def _notice(name: str, grammar: Grammar) -> str:
    if name in _SHAPING:
        return f"“{name}” shapes the answers of the programming interface and does nothing here."
    names = " and ".join(f"“{one}”" for one in called_here(name, grammar.names))
    meant = f" Did you mean {names}?" if names else ""
    return f"{shown(name[:40])} is no filter here and was set aside.{meant}"


def plain(path: str, raw: bytes, grammar: Grammar, problem: Problem) -> Asked:
    """As much of a faulty request as can be shown again in the form."""
    try:
        given = pairs(raw)
    except Problem:
        return Asked(path, faults=tuple(problem.errors))
    wrong = {fault.field for fault in problem.errors}
    kept = [p for p in given if p[0] in grammar.names and p[0] not in wrong and p[1]]
    return Asked(path, tuple(kept), faults=tuple(problem.errors))
