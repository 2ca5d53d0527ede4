"""Dates as history knows them: EDTF (ISO 8601-2, Library of Congress profile of 2019).

``parse`` turns a text into an ``Edtf``: first and last possible day, precision, flags and an
English display. It knows levels 0 and 1, and of level 2 sets, unknown digits anywhere,
qualifiers on single parts, seasons 25 to 41, exponents and significant digits. Days are integers
(``iso``, ``day_number``), so events compare and index as plain numbers.
"""

from __future__ import annotations

from app.kit.edtf.alphabet import MAX_LENGTH
from app.kit.edtf.calendar import day_number, from_day, iso
from app.kit.edtf.errors import EdtfError
from app.kit.edtf.filters import overlaps, period, within
from app.kit.edtf.parsing import canonical, parse
from app.kit.edtf.value import PRECISIONS, Edtf

__all__ = [
    "MAX_LENGTH",
    "PRECISIONS",
    "Edtf",
    "EdtfError",
    "canonical",
    "day_number",
    "from_day",
    "iso",
    "overlaps",
    "parse",
    "period",
    "within",
]
