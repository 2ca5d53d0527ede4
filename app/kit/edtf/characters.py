"""The first look at a text: whether it may be EDTF at all, and if not, what it seems to be."""

from __future__ import annotations

import re
import unicodedata

from app.kit.edtf.date_orders import date_order_error
from app.kit.edtf.errors import EdtfError
from app.kit.edtf.grammar import parse_single_date, parse_tree

MAX_LENGTH = 64

# Three letters in a row stand in no date, unless they are unknown digits.
_FOREIGN = re.compile(r"[^0-9XYESTZ:+\-/.,?~%\[\]{}]|[YESTZ]{3}")
_WORD = re.compile(r"[^\W\d_]{3}")
_ABOUT = re.compile(
    r"(?:circa|ca\.?|c\.?|about|around|approximately|approx\.?) *([^ ]*)", re.IGNORECASE
)


def check_characters(text: object, *, qualified: bool = True) -> str:
    """The text itself when it may be EDTF at all: length and alphabet; EdtfError otherwise.

    Where no qualifier is taken, none is proposed.
    """
    if not isinstance(text, str):
        raise EdtfError(f"a date is text, not {type(text).__name__[:40]}")
    if not text:
        raise EdtfError("the date is empty")
    if len(text) > MAX_LENGTH:
        raise EdtfError(f"the date has {len(text)} characters; at most {MAX_LENGTH} are read")
    foreign = _FOREIGN.search(text)
    if foreign is not None:
        about = _approximate_error(text) if qualified else None
        raise about or date_order_error(text) or EdtfError(_reason(text, foreign.group()))
    return text


def _approximate_error(text: str) -> EdtfError | None:
    """The refusal of "ca. 2023-08", with the date that means it; None for all else."""
    found = _ABOUT.fullmatch(text)
    if found is None:
        return None
    rest = found.group(1) + "~"
    try:
        parse_single_date(rest)
    except EdtfError:
        return None
    return EdtfError(f"an approximate date has ~ at its end: {rest}", f"a qualifier {rest}")


def _reason(text: str, foreign: str) -> str:
    if _WORD.search(text) and not _is_edtf(text.upper()):
        return "the date is given in words; it is written in digits, year first, as in 2023-09-05"
    if foreign.isspace():
        return "the date has a blank in it; EDTF has none, inside or around"
    if foreign == "x":
        return "an unknown digit is a capital X, not x"
    if foreign in "yestz":
        return f"EDTF letters are capitals: {foreign.upper()}, not {foreign}"
    return f"the character {_character(foreign)} has no meaning in a date"


def _is_edtf(text: str) -> bool:
    """Whether a text would be read, once its letters are capitals."""
    try:
        parse_tree(text)
    except EdtfError:
        return False
    return True


def _character(character: str) -> str:
    """A character as one can see it: many beyond ASCII look like others, or like nothing."""
    if character.isascii() and character.isprintable():
        return f"'{character}'"
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")
