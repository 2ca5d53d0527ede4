"""What is asked for: one selection crosses every layer, from the query string to the index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.kit import edtf
from app.kit.terms import MATCH_ALL, AnyOf, Expression, any_term
from app.ledger.sort_keys import (
    SPAN_CLASSES,
    UNDATED,
    day_place,
    first_key,
    last_key,
)
from app.ledger.tables import BEFORE_ALL

# An event that lies this many days beyond its own report is "far" and has a term of its own:
# a clock in the past need then not look at anything newer than this, besides the far ones.
FAR_DAYS = 400
ALL_KEYS = (0, last_key(UNDATED))


@dataclass(frozen=True, slots=True)
class Search:
    """One `q`: alternatives, each a list of words that must all be found.

    A word is found in the text of a document, or in a name of what it cites.
    """

    alternatives: tuple[tuple[str, ...], ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """`from`, `to` and `match`: day numbers, inclusive; None where not given."""

    first: int | None
    last: int | None
    certain: bool = False

    def is_certain(self, earliest: int | None, latest: int | None) -> bool:
        """Whether an event with these bounds lies within whichever bounds are given."""
        return edtf.is_within(earliest, latest, self.first, self.last)


@dataclass(frozen=True, slots=True)
class Clock:
    """When to look from: after which revision (None: now), as reported by which day."""

    revision: int | None = None
    as_of: int | None = None

    @property
    def now(self) -> bool:
        """True where the current records answer."""
        return self.revision is None and self.as_of is None


NOW = Clock()


@dataclass(frozen=True, slots=True)
class Selection:
    """The records of `nouns` that hold every required term and none that is excluded."""

    nouns: tuple[str, ...]
    expression: Expression = MATCH_ALL
    searches: tuple[Search, ...] = ()
    range: Range | None = None
    updated_since: str | None = None  # the UTC timestamp at or after which they were recorded

    def also(self, *required: AnyOf) -> Selection:
        """This selection, narrowed further."""
        return replace(self, expression=self.expression.require(*required))

    def only(self, noun: str) -> Selection:
        """This selection, narrowed to the records of one noun."""
        return replace(self, nouns=(noun,)).also(any_term("noun", (noun,)))

    @property
    def unfiltered(self) -> bool:
        """True where every record of the nouns is meant."""
        return self == Selection(self.nouns)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the index: further terms, a range of keys, and a check on each row's clock."""

    low: int
    high: int
    required: tuple[AnyOf, ...] = ()
    check: str = ""


def bounds_of(wanted: Range) -> tuple[int, int]:
    """The keys of what begins within a range.

    Its bounds are days of the years 1 to 9999, which keys tell apart.
    """
    dated_end = first_key(UNDATED) - 1
    high = dated_end if wanted.last is None else last_key(day_place(wanted.last))
    return 0 if wanted.first is None else first_key(day_place(wanted.first)), high


def _range_segments(wanted: Range, *, loose: bool) -> Iterator[Segment]:
    """The stretches that hold exactly the events of a range, without overlap.

    Loosely: those that hold these events, and others that end before the range begins.
    """
    low, high = bounds_of(wanted)
    if loose and not wanted.certain:
        yield Segment(0, high)
        yield Segment(first_key(UNDATED), ALL_KEYS[1])
        return
    yield from (_certain if wanted.certain else _possible)(wanted, low, high)


def _spans(*names: str) -> AnyOf:
    return any_term("span", names)


_BROAD = tuple(name for name, _ in SPAN_CLASSES)


def _certain(wanted: Range, low: int, high: int) -> Iterator[Segment]:
    if wanted.last is None:
        yield Segment(low, high)
        return
    ends = f"t.latest <= {wanted.last}"
    yield Segment(low, high, (_spans("day"),))
    yield Segment(low, high, (_spans(*_BROAD),), ends)
    if wanted.first is None:
        yield Segment(first_key(UNDATED), ALL_KEYS[1], (_spans(*_BROAD),), ends)


def _possible(wanted: Range, low: int, high: int) -> Iterator[Segment]:
    reaches = "" if wanted.first is None else f"t.latest >= {wanted.first}"
    yield Segment(low, high)
    if wanted.first is not None:
        # What begins earlier may still reach in, if its stretch is long enough.
        for name, days in SPAN_CLASSES:
            back = 0 if days is None else first_key(day_place(wanted.first - days))
            stop = min(low - 1, high)
            if back <= stop:
                yield Segment(back, stop, (_spans(name),), reaches)
    yield Segment(first_key(UNDATED), ALL_KEYS[1], (_spans(*_BROAD),), reaches)


def segments(
    selection: Selection,
    clock: Clock,
    *,
    first_revision: int | None,
    dated: bool,
    loose: bool = False,
) -> list[Segment]:
    """The stretches of the index that hold a selection at a clock; loosely, and some more.

    `first_revision` is the lowest that counts as updated, if any.
    """
    found = [Segment(*ALL_KEYS)]
    if selection.range:
        found = list(_range_segments(selection.range, loose=loose))
    if first_revision is not None:
        check = f"t.revision >= {first_revision}"
        found = [replace(s, check=f"{s.check} AND {check}" if s.check else check) for s in found]
    if clock.as_of is None or not dated:
        return found
    # Nothing reported by then begins after this key, but for the far ones.
    bound = last_key(day_place(clock.as_of + FAR_DAYS))
    far = any_term("far", ["yes"])
    near = [replace(s, high=min(s.high, bound)) for s in found if s.low <= bound]
    beyond = [
        replace(s, low=max(s.low, bound + 1), required=(*s.required, far))
        for s in found
        if s.high > bound
    ]
    return near + beyond


def is_far(earliest: int | None, known_from: int) -> bool:
    """Whether an event begins long after its report (or is undated, or of no known report)."""
    return earliest is None or earliest == BEFORE_ALL or earliest - known_from > FAR_DAYS


def clock_check(clock: Clock) -> str:
    """The SQL condition on `clock k` for a revision that a clock shows; empty for now."""
    checks = []
    if clock.revision is not None:
        checks.append(f"t.revision <= {clock.revision}")
    if clock.as_of is None:
        if clock.revision is not None:
            checks.append(f"t.recorded_to > {clock.revision}")
        return " AND ".join(checks)
    checks.append(f"t.known_from <= {clock.as_of}")
    if clock.revision is None:
        checks.append(f"t.known_to > {clock.as_of}")
    else:
        # `known_to` looks past the revision clock, so the record's own revisions decide.
        checks.append(
            "NOT EXISTS (SELECT 1 FROM revision_time AS later WHERE later.record = t.record"  # noqa: S608 - numbers only
            f" AND later.revision > t.revision AND later.revision <= {clock.revision}"
            f" AND later.known_from <= {clock.as_of})"
        )
    return " AND ".join(checks)
