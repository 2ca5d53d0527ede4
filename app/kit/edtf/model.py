"""The value that the rest of Parley works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Precision = Literal[
    "day",
    "month",
    "season",
    "year",
    "decade",
    "century",
    "millennium",
    "era",
    "interval",
    "set",
]
"""The precision of a date.

For a single date it is the smallest calendar unit that is certain to contain the date:
``2004-06-XX`` is "month", ``2004-XX`` and ``1984-1X`` are "year", ``156X-12-25`` is "decade",
``1950S2`` is "century". "season" covers the codes 21 to 41, quarters and halves included;
"era" is anything wider than a millennium. A date with a time of day is "day".
"""

PRECISIONS: tuple[Precision, ...] = get_args(Precision)


@dataclass(frozen=True, slots=True)
class Edtf:
    """A parsed EDTF date.

    ``earliest`` and ``latest`` are inclusive day numbers (0001-01-01 is 1, as in
    ``date.toordinal``; see ``iso_date``), None if that end is open or unknown. A qualifier sets
    ``approximate`` or ``uncertain`` and never widens the bounds.
    """

    text: str
    earliest: int | None
    latest: int | None
    precision: Precision
    approximate: bool
    uncertain: bool
    display: str
