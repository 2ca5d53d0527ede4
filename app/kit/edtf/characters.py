"""The first check of a text: its length and its characters, and what a refused text seems to be."""

from __future__ import annotations

import re
import unicodedata

from app.kit.edtf.date_orders import date_order_error
from app.kit.edtf.errors import EdtfError
from app.kit.edtf.grammar import parse_single_date, parse_tree

MAX_LENGTH = 64

# No date has three letters in a row, unless they are unknown digits.
_FOREIGN = re.compile(r"[^0-9XYESTZ:+\-/.,?~%\[\]{}]|[YESTZ]{3}")
_WORD = re.compile(r"[^\W\d_]{3}")
_ABOUT = re.compile(
    r"(?:circa|ca\.?|c\.?|about|around|approximately|approx\.?) *([^ ]*)", re.IGNORECASE
)


def check_characters(text: object, *, qualified: bool = True) -> str:
    """Returns the text if its length and characters are those of EDTF.

    `qualified`: whether an error may propose a date with a qualifier.

    Raises:
        EdtfError: otherwise, a value that is not a string included.
    """
    if not isinstance(text, str):
        raise EdtfError(f"a date must be text, not {type(text).__name__[:40]}")
    if not text:
        raise EdtfError("the date is empty")
    if len(text) > MAX_LENGTH:
        raise EdtfError(f"the date has {len(text)} characters; at most {MAX_LENGTH} are allowed")
    foreign = _FOREIGN.search(text)
    if foreign is not None:
        about = _approximate_error(text) if qualified else None
        raise about or date_order_error(text) or EdtfError(_reason(text, foreign.group()))
    return text


def _approximate_error(text: str) -> EdtfError | None:
    """The error for a text such as "ca. 2023-08", proposing its EDTF; None for any other text."""
    match = _ABOUT.fullmatch(text)
    if match is None:
        return None
    date = match.group(1) + "~"
    try:
        parse_single_date(date)
    except EdtfError:
        return None
    return EdtfError(f"an approximate date must end with ~: {date}", f"a qualifier ({date})")


def _reason(text: str, foreign: str) -> str:
    if _WORD.search(text) and not _is_edtf(text.upper()):
        return "the date is written in words; use digits with the year first, as in 2023-09-05"
    if foreign.isspace():
        return "the date contains a space, which EDTF does not allow"
    if foreign == "x":
        return "an unknown digit must be an uppercase X, not x"
    if foreign in "yestz":
        return f"EDTF letters must be uppercase: {foreign.upper()}, not {foreign}"
    return f"the character {_character(foreign)} is not allowed in a date"


def _is_edtf(text: str) -> bool:
    """Whether a text in capital letters parses."""
    try:
        parse_tree(text)
    except EdtfError:
        return False
    return True


def _character(character: str) -> str:
    """A character for a message: beyond ASCII by code point and name, as many look alike."""
    if character.isascii() and character.isprintable():
        return f"'{character}'"
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")
