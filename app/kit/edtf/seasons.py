"""The parts of a year that EDTF codes 21 to 41 name, and the months that Parley assigns to them.

The standard does not define the months of seasons. Parley uses the meteorological seasons, of
three whole months each:

* 21 to 24 (hemisphere not stated) and 25 to 28 (north): spring is March to May, summer June to
  August, autumn September to November, winter December to February.
* 29 to 32 (south): the same months, opposite names: spring is September to November, summer
  December to February, autumn March to May, winter June to August.
* A season that starts in December belongs to the year it starts in and ends in the
  following one, so winter 2001 (2001-24) runs 2001-12-01 to 2002-02-28. The codes of one
  year then sort in the order of its seasons.
* 33 to 36 are quarters, 37 to 39 thirds of four months, 40 and 41 halves.
"""

from __future__ import annotations

from typing import NamedTuple


class Season(NamedTuple):
    """A named run of whole months."""

    name: str  # English
    link: str  # what joins the name and the year: " " or " of "
    note: str  # what the name does not say, or ""
    start: int  # first month, 1 to 12
    months: int  # number of months; may extend into the following year


_NORTH = "northern hemisphere"
_SOUTH = "southern hemisphere"

SEASONS: dict[str, Season] = {
    "21": Season("spring", " ", "", 3, 3),
    "22": Season("summer", " ", "", 6, 3),
    "23": Season("autumn", " ", "", 9, 3),
    "24": Season("winter", " ", "", 12, 3),
    "25": Season("spring", " ", _NORTH, 3, 3),
    "26": Season("summer", " ", _NORTH, 6, 3),
    "27": Season("autumn", " ", _NORTH, 9, 3),
    "28": Season("winter", " ", _NORTH, 12, 3),
    "29": Season("spring", " ", _SOUTH, 9, 3),
    "30": Season("summer", " ", _SOUTH, 12, 3),
    "31": Season("autumn", " ", _SOUTH, 3, 3),
    "32": Season("winter", " ", _SOUTH, 6, 3),
    "33": Season("first quarter", " of ", "", 1, 3),
    "34": Season("second quarter", " of ", "", 4, 3),
    "35": Season("third quarter", " of ", "", 7, 3),
    "36": Season("fourth quarter", " of ", "", 10, 3),
    "37": Season("first third", " of ", "", 1, 4),
    "38": Season("second third", " of ", "", 5, 4),
    "39": Season("last third", " of ", "", 9, 4),
    "40": Season("first half", " of ", "", 1, 6),
    "41": Season("second half", " of ", "", 7, 6),
}
