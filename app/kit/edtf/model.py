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
"""How finely a date is given.

For a single date it is the smallest unit of the calendar that is sure to hold the date:
``2004-06-XX`` is "month", ``2004-XX`` and ``1984-1X`` are "year", ``156X-12-25`` is "decade",
``1950S2`` is "century". "season" covers the codes 21 to 41, quarters and halves included;
"era" is anything wider than a millennium. A date with a time of day is "day".
"""

PRECISIONS: tuple[Precision, ...] = get_args(Precision)


@dataclass(frozen=True, slots=True)
class Edtf:
    """A date in EDTF, read once.

    ``earliest`` and ``latest`` are day numbers (0001-01-01 is 1, as ``date.toordinal``; see
    ``iso_date``), both inclusive, and None when that end is open or unknown. A qualifier sets
    ``approximate`` or ``uncertain`` and never widens the bounds.
    """

    text: str
    earliest: int | None
    latest: int | None
    precision: Precision
    approximate: bool
    uncertain: bool
    display: str
