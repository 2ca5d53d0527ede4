"""Keys: a revision's place in its natural order, as one 63-bit integer.

The high 23 bits are the day on which the event begins (or, for records without a date, the first
letters of the identifier); the low 40 bits are the revision's number, so that no key is ever used
twice. Newest first, a range of dates and a page are then ranges of the key. Records of one day
share the high bits and are put in order when they are read.
"""

from __future__ import annotations

from collections.abc import Sequence

SEQ_BITS = 40
SEQ_MASK = (1 << SEQ_BITS) - 1
UNDATED = (1 << 23) - 1  # no date, or no known beginning: after everything
_LAST_DAY = UNDATED - 1
# The letters of identifiers in code point order; anything else shares the last place.
_LETTERS = "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_PLACE = {letter: index + 1 for index, letter in enumerate(_LETTERS)}
_BASE = len(_LETTERS) + 1

# How long a stretch a date may cover, in days, by class: what a search for overlaps must look
# back for. Nothing longer than the last class is bounded.
SPAN_CLASSES: Sequence[tuple[str, int | None]] = (("month", 31), ("year", 366), ("long", None))


def day_place(day: int | None) -> int:
    """The high bits for an event that begins on day number `day` (years 1 to 9999 keep apart)."""
    return UNDATED if day is None else max(0, min(day, _LAST_DAY))


def name_place(identifier: str) -> int:
    """The high bits for a record without a date: its identifier's first letters, in order."""
    place = 0
    for index in range(3):
        letter = identifier[index : index + 1]
        place = place * _BASE + (_PLACE.get(letter, _BASE - 1) if letter else 0)
    return place


def key(place: int, seq: int) -> int:
    """The key of revision `seq` at `place`."""
    return place << SEQ_BITS | seq


def first_key(place: int) -> int:
    """The lowest key at `place`."""
    return place << SEQ_BITS


def last_key(place: int) -> int:
    """The highest key at `place`."""
    return place << SEQ_BITS | SEQ_MASK


def seq_of(key_: int) -> int:
    """The revision of a key."""
    return key_ & SEQ_MASK


def place_of(key_: int) -> int:
    """The high bits of a key."""
    return key_ >> SEQ_BITS


def span_class(earliest: int | None, latest: int | None) -> str:
    """`day`, or the class of the stretch between two bounds."""
    if earliest is None or latest is None:
        return "long"
    days = latest - earliest
    if days == 0:
        return "day"
    return next(name for name, limit in SPAN_CLASSES if limit is None or days <= limit)
