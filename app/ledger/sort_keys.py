"""Sort keys: the position of a revision in its natural order, as one 63-bit integer; sorting.

The high 23 bits are the day on which the event begins (or, for records without a date, the first
letters of the identifier); the low 40 bits are the revision's number, so that keys are
unique. A range of dates and a page are then ranges of keys. Records of one day share the high bits
and are sorted when they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.ledger.tables import BEFORE_ALL

REVISION_BITS = 40
REVISION_MASK = (1 << REVISION_BITS) - 1
UNDATED_PREFIX = (1 << 23) - 1  # no date, or no known beginning: after everything
_LAST_DAY = UNDATED_PREFIX - 1
# The letters of identifiers in code point order; anything else shares the last rank.
_LETTERS = "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_LETTER_RANKS = {letter: index + 1 for index, letter in enumerate(_LETTERS)}
_BASE = len(_LETTERS) + 1

# How many days a date may cover, by class: how far back a search for overlaps must look. The last
# class has no limit.
DURATION_CLASSES: Sequence[tuple[str, int | None]] = (("month", 31), ("year", 366), ("long", None))

# An event that lies this many days beyond its own report is "far" and has a term of its own:
# a clock in the past need then not look at anything newer than this, besides the far ones.
FAR_DAYS = 400


def day_prefix(day: int | None) -> int:
    """The high bits for an event that begins on day number `day` (years 1 to 9999 keep apart)."""
    return UNDATED_PREFIX if day is None else max(0, min(day, _LAST_DAY))


def identifier_prefix(identifier: str) -> int:
    """The high bits for a record without a date: its identifier's first letters, in order."""
    prefix = 0
    for index in range(3):
        letter = identifier[index : index + 1]
        prefix = prefix * _BASE + (_LETTER_RANKS.get(letter, _BASE - 1) if letter else 0)
    return prefix


def make_sort_key(prefix: int, revision: int) -> int:
    """The key of a revision with this prefix."""
    return prefix << REVISION_BITS | revision


def first_key(prefix: int) -> int:
    """The lowest key with a prefix."""
    return prefix << REVISION_BITS


def last_key(prefix: int) -> int:
    """The highest key with a prefix."""
    return prefix << REVISION_BITS | REVISION_MASK


ALL_KEYS = (0, last_key(UNDATED_PREFIX))


def revision_of(sort_key: int) -> int:
    """The revision of a key."""
    return sort_key & REVISION_MASK


def prefix_of(sort_key: int) -> int:
    """The high bits of a key."""
    return sort_key >> REVISION_BITS


def duration_class(earliest: int | None, latest: int | None) -> str:
    """`day`, or the class of the time between two bounds."""
    if earliest is None or latest is None:
        return "long"
    days = latest - earliest
    if days == 0:
        return "day"
    return next(name for name, limit in DURATION_CLASSES if limit is None or days <= limit)


def is_far(earliest: int | None, known_from: int) -> bool:
    """Whether an event begins long after its report (or is undated, or of no known report)."""
    return earliest is None or earliest == BEFORE_ALL or earliest - known_from > FAR_DAYS


# ---- order of rows


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One matching revision: its key, what it is sorted by, and its record."""

    sort_key: int
    earliest: int | None
    latest: int | None
    noun: str
    id: str


PageKey = tuple[int | None, int | None, str, str, int]  # earliest, latest, id, noun, revision
SortFunction = Callable[[ResultRow], Any]


@dataclass(frozen=True, slots=True)
class SortOrder:
    """One field to sort by, `date`, `id` or `recorded`, and its direction."""

    name: str
    descending: bool = False

    def sort_function(self) -> SortFunction:
        """The value to sort rows by, upwards; nulls last either way."""
        return {
            "date": _date_down if self.descending else _date_up,
            "id": by_id,
            "recorded": _by_revision,
        }[self.name]


def _date_up(row: ResultRow) -> Any:
    return (
        (row.earliest is None, row.earliest or 0),
        (row.latest is None, row.latest or 0),
        row.id,
        row.noun,
    )


def _date_down(row: ResultRow) -> Any:  # sorted in reverse, so a null must be the least
    return (
        (row.earliest is not None, row.earliest or 0),
        (row.latest is not None, row.latest or 0),
        row.id,
        row.noun,
    )


def by_day(order: SortOrder) -> SortFunction:
    """The sort function of an order by date that leaves ties to the next order."""
    by_date = order.sort_function()
    return lambda row: by_date(row)[:2]


def by_id(row: ResultRow) -> Any:
    """Sorts rows by identifier."""
    return (row.id, row.noun)


def _by_revision(row: ResultRow) -> Any:
    return revision_of(row.sort_key)


def page_key(row: ResultRow) -> PageKey:
    """Where the page after `row` goes on."""
    return (row.earliest, row.latest, row.id, row.noun, revision_of(row.sort_key))


def row_at(key: PageKey) -> ResultRow:
    """A row that sorts where a page goes on."""
    return ResultRow(key[4], key[0], key[1], key[3], key[2])
