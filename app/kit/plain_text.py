"""Makes untrusted text safe for markup, feeds and spreadsheets, which would interpret it."""

from __future__ import annotations

import re
from html import escape

# Control characters, and those that change the direction of the text after them: embeddings,
# overrides and isolates. Direction marks stay, as correct Arabic and Hebrew need them.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff]"
)
_LINE_BREAKS = re.compile("\r\n|[\r\u2028\u2029]")
# Control characters that separate words: vertical tab, form feed, separators, next line.
_SEPARATORS = re.compile("[\x0b\x0c\x1c-\x1f\x85]")
_BLANKS = re.compile(r"\s+")
# Characters that begin a formula in a spreadsheet, also in their full-width forms.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def strip_controls(text: str) -> str:
    """Removes control characters and direction overrides; keeps line breaks, as LF.

    A control character that separates words becomes a space.
    """
    if text.isprintable():  # the common case, and quick to test
        return text
    return _CONTROLS.sub("", _SEPARATORS.sub(" ", _LINE_BREAKS.sub("\n", text)))


def one_line(text: str) -> str:
    """Like `strip_controls`, with every run of whitespace as one space."""
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    return _BLANKS.sub(" ", strip_controls(text)).strip()


def to_html(text: str) -> str:
    """Text as HTML, with `<br>` for line breaks."""
    return escape(strip_controls(text)).replace("\n", "<br>")


def escape_cell(text: str) -> str:
    """Text for a spreadsheet cell, with an apostrophe in front if it might be a formula."""
    text = strip_controls(text)
    return f"'{text}" if _is_formula(text) else text


def unescape_cell(text: str) -> str:
    """The text of a cell, without an apostrophe that only keeps it from being a formula."""
    return text[1:] if text.startswith("'") and _is_formula(text[1:]) else text


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula, escaped or not."""
    # Some programs skip leading spaces.
    return text.lstrip(" '").startswith(_FORMULA_STARTS)


def escape_for_script(content: bytes) -> bytes:
    """Escapes JSON for a `<script>` element, so that nothing in it closes the tag."""
    return content.replace(b"<", b"\\u003c").replace(b">", b"\\u003e").replace(b"&", b"\\u0026")
