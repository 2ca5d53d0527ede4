"""Foreign text made harmless for places that would act on it: markup, feeds, spreadsheets."""

from __future__ import annotations

import re
from html import escape

# Controls, and the marks that turn the direction of what follows: embeddings, overrides and
# isolates. Marks that only tell one letter's direction stay, as good Arabic and Hebrew need them.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff]"
)
_LINE_BREAKS = re.compile("\r\n|[\r\u2028\u2029]")
# Controls that part words where they are obeyed: tabs and feeds of lines and pages, separators.
_SEPARATORS = re.compile("[\x0b\x0c\x1c-\x1f\x85]")
_BLANKS = re.compile(r"\s+")
# What a spreadsheet takes for the beginning of a formula, in its full width too.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def strip_controls(text: str) -> str:
    """Text without controls and without marks that turn its direction; lines stay lines.

    A control that parted two words leaves a blank between them.
    """
    if text.isprintable():  # most is, and this is quick
        return text
    return _CONTROLS.sub("", _SEPARATORS.sub(" ", _LINE_BREAKS.sub("\n", text)))


def one_line(text: str) -> str:
    """The same in one line."""
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    return _BLANKS.sub(" ", strip_controls(text)).strip()


def to_html(text: str) -> str:
    """Text for a place that takes HTML, with lines as breaks."""
    return escape(strip_controls(text)).replace("\n", "<br>")


def escape_cell(text: str) -> str:
    """Text for a cell of a spreadsheet, never a formula."""
    text = strip_controls(text)
    return f"'{text}" if _is_formula(text) else text


def unescape_cell(text: str) -> str:
    """What a cell stands for: an apostrophe before a formula only keeps it from being one."""
    return text[1:] if text.startswith("'") and _is_formula(text[1:]) else text


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula, or one that is kept from being one."""
    # Some programs read over blanks in front.
    return text.lstrip(" '").startswith(_FORMULA_STARTS)


def escape_for_script(content: bytes) -> bytes:
    """JSON that stays JSON where it is put into a page: nothing in it closes a tag."""
    return content.replace(b"<", b"\\u003c").replace(b">", b"\\u003e").replace(b"&", b"\\u0026")
