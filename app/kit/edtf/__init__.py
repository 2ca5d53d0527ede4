"""Uncertain and partial dates in EDTF (ISO 8601-2, Library of Congress profile of 2019).

``parse`` turns a text into an ``Edtf``: first and last possible day, precision, flags and an
English display. It supports levels 0 and 1, and of level 2 sets, unknown digits anywhere,
qualifiers on single parts, seasons 25 to 41, exponents and significant digits. Days are integers
(see ``iso_date`` and ``day_number``), so that events compare and index as plain numbers.
"""

from __future__ import annotations

from app.kit.edtf.calendar import civil_from_day, day_number, iso_date
from app.kit.edtf.characters import MAX_LENGTH
from app.kit.edtf.errors import EdtfError
from app.kit.edtf.filters import is_within, may_overlap, parse_period
from app.kit.edtf.model import PRECISIONS, Edtf, Precision
from app.kit.edtf.parsing import parse

__all__ = [
    "MAX_LENGTH",
    "PRECISIONS",
    "Edtf",
    "EdtfError",
    "Precision",
    "civil_from_day",
    "day_number",
    "is_within",
    "iso_date",
    "may_overlap",
    "parse",
    "parse_period",
]
