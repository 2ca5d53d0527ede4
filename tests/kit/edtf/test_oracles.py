"""Held against two other readers of EDTF, the PyPI packages ``edtf`` and ``undate``.

Where they are right, Parley must agree with them. Where they are wrong, a table says so, with
the reason; the tests check the tables too, so that a row whose package has been mended shows.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any

import pytest
from lark.exceptions import VisitError
from undate import Undate, UndateInterval

from app.kit.edtf import EdtfError, iso_date, parse

with warnings.catch_warnings():
    # edtf builds its pyparsing grammar in a way that newer pyparsing warns about.
    warnings.filterwarnings("ignore", message="warn_multiple_tokens_in_named_alternation")
    from edtf import parse_edtf
    from edtf.parser.edtf_exceptions import EDTFParseException

Bounds = tuple[str | None, str | None]

REFUSED = "refused"


def parley(text: str) -> Bounds | str:
    try:
        e = parse(text)
    except EdtfError:
        return REFUSED
    return (
        None if e.earliest is None else iso_date(e.earliest),
        None if e.latest is None else iso_date(e.latest),
    )


def written(year: int, month: int, day: int) -> str:
    sign = "-" if year < 0 else "+" if year > 9999 else ""
    return f"{sign}{abs(year):04}-{month:02}-{day:02}"


def edtf_package(text: str) -> Bounds | str:
    # It prints what it tried when it fails.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            found = parse_edtf(text)
            return _edtf_day(found.lower_strict()), _edtf_day(found.upper_strict())
        except EDTFParseException:
            return REFUSED
        except (AttributeError, TypeError, ValueError) as error:
            return type(error).__name__


def _edtf_day(day: Any) -> str | None:
    """An open end is a float there, plus or minus infinity."""
    return None if isinstance(day, float) else written(*day[:3])


def undate_package(text: str) -> Bounds | str:
    try:
        found = Undate.parse(text, "EDTF")
    except (ValueError, VisitError):
        return REFUSED
    if isinstance(found, UndateInterval):
        return (
            _undate_day(found.earliest.earliest) if found.earliest else None,
            _undate_day(found.latest.latest) if found.latest else None,
        )
    return _undate_day(found.earliest), _undate_day(found.latest)


def _undate_day(day: object) -> str:
    """Its own text of a year is not ISO 8601 (-001, and no sign beyond 9999)."""
    year, month, of_month = str(day).rsplit("-", 2)
    return written(int(year), int(month), int(of_month))


# Texts with blanks between them.
BOTH_RIGHT = (
    "1985-04-12 1985-04 1985 2004-02 1900-02 0000 0033 -0001 -0043-03-15 -1985 9999-12-31 "
    "1964/2008 2004-06/2006-08 2004-02-01/2005-02-08 2004-02-01/2005-02 2004-02-01/2005 "
    "2005/2006-02 1984~/2004-06 1984/2004-06~ 1984~/2004~ Y170000002 Y-170000002 "
    "1984? 2004-06~ 2004-06-11% 201X 20XX 2004-XX 1985-04-XX 1985-XX-XX 2023-02-XX 2024-02-XX "
    "2023-XX-31 156X-12-25 15XX-12-25 15XX-12-XX 1XXX-XX 1XXX-12 202X-02 2004-06-XX/2004-07-03 "
    "1985-04-12/.. 1985-04/.. 1985/.. ../1985-04-12 ../1985-04 ../1985 2023-13 2023-04-31 2023-2X"
)

EDTF_RIGHT = (
    "1985-04-12T23:20:30 1985-04-12T23:20:30Z 1985-04-12T23:20:30-04 1985-04-12T23:20:30+04:30 "
    "2001-21 2001-22 2001-23 2001-25 2001-26 2001-27 2001-29 2001-31 2001-32 2001-33 2001-34 "
    "2001-35 2001-36 2001-37 2001-38 2001-39 2001-40 2001-41 Y-17E7 [1667,1668,1670..1672] "
    "[1667,1760-12] {1667,1668,1670..1672} {1960,1961-12} 2004-06~-11 2004?-06-11 ?2004-06-~11 "
    "2004-%06-11 XXXX-12-XX XXXX 2004-06-~01/2004-06-~20 X984 1X84 20X0 -199X -01XX "
    "[..1984] {..1984} [..1760-12-03] [1760-12..] [1760-01,1760-02,1760-12..] ../.."
)

UNDATE_RIGHT = (
    "1985-04-12/ 1985-04/ 1985/ /1985-04-12 /1985-04 /1985 1984-1X 1984-XX-1X 2023-0X "
    "2023-02-1X 2023-04-3X 2023-02-29 2024/2023 2023-02-3X"
)

# Text, what the package says or raises, what is right, why.
Wrong = tuple[str, Bounds | str, Bounds | str, str]

EDTF_WRONG: list[Wrong] = [
    (
        "1985/",
        ("1985-01-01", "1995-01-01"),
        ("1985-01-01", None),
        "an unknown end is not ten years after the start",
    ),
    (
        "/1985",
        ("1975-12-31", "1985-12-31"),
        (None, "1985-12-31"),
        "an unknown start is not ten years before the end",
    ),
    (
        "2001-24",
        ("2001-12-01", "2001-12-31"),
        ("2001-12-01", "2002-02-28"),
        "winter does not end with the year",
    ),
    (
        "2001-28",
        ("2001-12-01", "2001-12-31"),
        ("2001-12-01", "2002-02-28"),
        "northern winter does not end with the year",
    ),
    (
        "2001-30",
        ("2001-12-01", "2001-12-31"),
        ("2001-12-01", "2002-02-28"),
        "southern summer does not end with the year",
    ),
    (
        "1950S2",
        ("1950-01-01", "1950-12-31"),
        ("1900-01-01", "1999-12-31"),
        "two significant digits mean some year of 1900 to 1999",
    ),
    (
        "Y171010000S3",
        ("+171010000-01-01", "+171010000-12-31"),
        ("+171000000-01-01", "+171999999-12-31"),
        "three significant digits leave the six others open",
    ),
    ("1984-1X", "AttributeError", ("1984-10-01", "1984-12-31"), "a month may be partly known"),
    ("1984-XX-1X", "ValueError", ("1984-01-10", "1984-12-19"), "a day may be partly known"),
    ("2023-X2-30", "ValueError", ("2023-12-30", "2023-12-30"), "February has no day 30"),
    (
        "202X-02-29",
        ("2020-02-29", "2029-02-29"),
        ("2020-02-29", "2028-02-29"),
        "2029 is not a leap year",
    ),
    ("19X1-02-29", ("1901-02-29", "1991-02-29"), REFUSED, "no year ending in 1 is a leap year"),
    ("2023-02-29", ("2023-02-29", "2023-02-29"), REFUSED, "2023 is not a leap year"),
    ("2024/2023", ("2024-01-01", "2023-12-31"), REFUSED, "it ends before it starts"),
    ("[1672..1670]", ("1672-01-01", "1670-12-31"), REFUSED, "it ends before it starts"),
]

UNDATE_WRONG: list[Wrong] = [
    ("2001-21", REFUSED, ("2001-03-01", "2001-05-31"), "level 1 has seasons"),
    ("2001-34", REFUSED, ("2001-04-01", "2001-06-30"), "level 2 has quarters"),
    (
        "1985-04-12T23:20:30Z",
        REFUSED,
        ("1985-04-12", "1985-04-12"),
        "level 0 has dates with a time of day",
    ),
    ("Y-17E7", REFUSED, ("-170000000-01-01", "-170000000-12-31"), "level 2 has exponents"),
    ("1950S2", REFUSED, ("1900-01-01", "1999-12-31"), "level 2 has significant digits"),
    ("[1667,1668]", REFUSED, ("1667-01-01", "1668-12-31"), "level 2 has sets"),
    ("2004?-06-11", REFUSED, ("2004-06-11", "2004-06-11"), "level 2 qualifies single parts"),
    ("X984", REFUSED, ("0984-01-01", "9984-12-31"), "any digit may be unknown at level 2"),
    ("202X-02-29", REFUSED, ("2020-02-29", "2028-02-29"), "2020 is a leap year that matches"),
    (
        "XXXX-12-XX",
        ("-24999999999999999-12-01", "+25000000000000000-12-31"),
        ("0000-12-01", "9999-12-31"),
        "four unknown digits are one of the years 0000 to 9999",
    ),
]


@pytest.mark.parametrize("text", BOTH_RIGHT.split())
def test_all_three_agree(text: str) -> None:
    assert parley(text) == edtf_package(text) == undate_package(text)


@pytest.mark.parametrize("text", EDTF_RIGHT.split())
def test_edtf_agrees(text: str) -> None:
    assert parley(text) == edtf_package(text)


@pytest.mark.parametrize("text", UNDATE_RIGHT.split())
def test_undate_agrees(text: str) -> None:
    assert parley(text) == undate_package(text)


@pytest.mark.parametrize("row", EDTF_WRONG, ids=lambda row: row[0])
def test_edtf_is_still_wrong(row: Wrong) -> None:
    text, theirs, right, _ = row
    assert edtf_package(text) == theirs
    assert parley(text) == right
    assert theirs != right


@pytest.mark.parametrize("row", UNDATE_WRONG, ids=lambda row: row[0])
def test_undate_is_still_wrong(row: Wrong) -> None:
    text, theirs, right, _ = row
    assert undate_package(text) == theirs
    assert parley(text) == right
    assert theirs != right
