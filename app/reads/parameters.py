"""The parameters that every list shares, in the words of the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.kit.schema.fields import shape_fields
from app.kit.schema.shapes import Shape
from app.ledger.noun import Noun, Nouns

SORTS = ("date", "-date", "id", "-id", "recorded", "-recorded")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter as it is documented."""

    name: str
    description: str
    example: str
    schema: Mapping[str, object]


_TEXT = {"type": "string"}

ONCE: dict[str, Parameter] = {
    p.name: p
    for p in (
        Parameter(
            "from",
            "The first day of interest: a day, month or year, inclusive.",
            "2023-04",
            _TEXT,
        ),
        Parameter(
            "to", "The last day of interest: a day, month or year, inclusive.", "2023-05-14", _TEXT
        ),
        Parameter(
            "match",
            "`possible`: the event's dates overlap the range; `certain`: it lies within whichever "
            "bounds are given. Rows then carry `match`, saying which it is. Only beside `from` or "
            "`to`, where `possible` is what is meant without it.",
            "certain",
            # No `default` here: clients would send it, and it means nothing without a range.
            {"type": "string", "enum": ["possible", "certain"], "title": "Match"},
        ),
        Parameter(
            "as_of",
            "Answer as was known at the end of this day, by the publication days of the sources.",
            "2023-04-26",
            {"type": "string", "format": "date"},
        ),
        Parameter(
            "revision",
            "Answer as the database stood after the write of this revision: permanent, citable.",
            "1",
            {"type": "integer", "minimum": 1},
        ),
        Parameter(
            "updated_since",
            "Only records whose shown revision was recorded at or after this day or time.",
            "2023-04-26T00:00:00Z",
            _TEXT,
        ),
        Parameter("limit", "How many items a page has.", "20", {"type": "integer"}),
        Parameter("cursor", "Where the page begins: taken from `next`, unchanged.", "", _TEXT),
        Parameter("sort", "The order, by one or more keys; `-` reverses one.", "", _TEXT),
        Parameter("fields", "Only these fields of each document.", "", _TEXT),
        Parameter("facets", "Count the values of these properties among all matches.", "", _TEXT),
        Parameter("include", "Add the cited records of these nouns, at the same clock.", "", _TEXT),
        Parameter(
            "format",
            "The representation; a suffix of the path beats it, and it beats `Accept`.",
            "json",
            _TEXT,
        ),
    )
}

Q = Parameter(
    "q",
    "Words to find in all text of the document and in the names of what it cites, case and "
    "accents folded. Words are and-ed, a comma is or, a leading `!` is not.",
    "M4",
    _TEXT,
)


def _cited_nouns(shape: type[Shape]) -> set[str]:
    found: set[str] = set()
    for part in shape_fields(shape):
        if part.cites is not None:
            found.add(part.cites)
        if part.shape is not None:
            found |= _cited_nouns(part.shape)
    return found


def included(nouns: Sequence[Noun], all_nouns: Nouns) -> tuple[str, ...]:
    """The plural names of the nouns whose records can be added to these nouns' answers."""
    names: set[str] = set()
    for noun in nouns:
        for cited in _cited_nouns(noun.shape):
            names |= {all_nouns[target].plural for target in all_nouns.targets(cited)}
        names |= {owned.plural for owned in noun.owned}
    return tuple(noun.plural for noun in all_nouns if noun.plural in names)
