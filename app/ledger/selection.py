"""What is asked for: one selection crosses every layer, from the query string to the index."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.kit import edtf
from app.kit.terms import MATCH_ALL, AnyOf, Expression, any_term


@dataclass(frozen=True, slots=True)
class TextSearch:
    """One `q`: alternatives, each a list of words that must all be found.

    A word is found in the text of a document, or in a name of what it cites.
    """

    alternatives: tuple[tuple[str, ...], ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class DateRange:
    """`from`, `to` and `match`: day numbers, inclusive; None where not given."""

    first_day: int | None
    last_day: int | None
    certain: bool = False

    def is_certain(self, earliest: int | None, latest: int | None) -> bool:
        """Whether an event with these bounds lies within whichever bounds are given."""
        return edtf.is_within(earliest, latest, self.first_day, self.last_day)


@dataclass(frozen=True, slots=True)
class Clock:
    """When to look from: after which revision (None: now), as reported by which day."""

    revision: int | None = None
    as_of: int | None = None

    @property
    def is_now(self) -> bool:
        """True where the current records answer."""
        return self.revision is None and self.as_of is None


NOW = Clock()


@dataclass(frozen=True, slots=True)
class Selection:
    """The records of `nouns` that hold every required term and none that is excluded."""

    nouns: tuple[str, ...]
    expression: Expression = MATCH_ALL
    searches: tuple[TextSearch, ...] = ()
    date_range: DateRange | None = None
    updated_since: str | None = None  # the UTC timestamp at or after which they were recorded

    def require(self, *required: AnyOf) -> Selection:
        """This selection, narrowed further."""
        return replace(self, expression=self.expression.require(*required))

    def only(self, noun: str) -> Selection:
        """This selection, narrowed to the records of one noun."""
        return replace(self, nouns=(noun,)).require(any_term("noun", (noun,)))

    @property
    def is_unfiltered(self) -> bool:
        """True where every record of the nouns is meant."""
        return self == Selection(self.nouns)
