"""Dates that are read, each with all that is read from it.

The texts of the specification's own examples, feature by feature, and Parley's edge cases.
"""

from __future__ import annotations

import pytest

from app.kit.edtf import PRECISIONS, iso_date, parse
from tests.kit.edtf.canonical import canonical

# Text, first day, last day, precision, flags ("~" approximate, "?" uncertain), display.
# "*" for the last day repeats the first; None is unbounded.
Row = tuple[str, str | None, str | None, str, str, str]

LEVEL_0: list[Row] = [
    ("1985-04-12", "1985-04-12", "*", "day", "", "12 April 1985"),
    ("1985-04", "1985-04-01", "1985-04-30", "month", "", "April 1985"),
    ("1985", "1985-01-01", "1985-12-31", "year", "", "1985"),
    ("2024-02", "2024-02-01", "2024-02-29", "month", "", "February 2024"),
    ("1900-02", "1900-02-01", "1900-02-28", "month", "", "February 1900"),
    ("2024-02-29", "2024-02-29", "*", "day", "", "29 February 2024"),
    ("0000", "0000-01-01", "0000-12-31", "year", "", "1 BC"),
    ("0000-02-29", "0000-02-29", "*", "day", "", "29 February 1 BC"),
    ("0033-04-03", "0033-04-03", "*", "day", "", "3 April AD 33"),
    ("9999-12-31", "9999-12-31", "*", "day", "", "31 December 9999"),
    ("1985-04-12T23:20:30", "1985-04-12", "*", "day", "", "12 April 1985 at 23:20:30"),
    ("1985-04-12T23:20:30Z", "1985-04-12", "*", "day", "", "12 April 1985 at 23:20:30 UTC"),
    ("1985-04-12T23:20:30-04", "1985-04-12", "*", "day", "", "12 April 1985 at 23:20:30 UTC-04:00"),
    (
        "1985-04-12T23:20:30+04:30",
        "1985-04-12",
        "*",
        "day",
        "",
        "12 April 1985 at 23:20:30 UTC+04:30",
    ),
    ("2016-12-31T23:59:60Z", "2016-12-31", "*", "day", "", "31 December 2016 at 23:59:60 UTC"),
    ("1964/2008", "1964-01-01", "2008-12-31", "interval", "", "1964 – 2008"),
    ("2004-06/2006-08", "2004-06-01", "2006-08-31", "interval", "", "June 2004 – August 2006"),
    (
        "2004-02-01/2005-02-08",
        "2004-02-01",
        "2005-02-08",
        "interval",
        "",
        "1 February 2004 – 8 February 2005",
    ),
    (
        "2004-02-01/2005-02",
        "2004-02-01",
        "2005-02-28",
        "interval",
        "",
        "1 February 2004 – February 2005",
    ),
    ("2004-02-01/2005", "2004-02-01", "2005-12-31", "interval", "", "1 February 2004 – 2005"),
    ("2005/2006-02", "2005-01-01", "2006-02-28", "interval", "", "2005 – February 2006"),
    (
        "2023-04-25/2023-04-25",
        "2023-04-25",
        "*",
        "interval",
        "",
        "25 April 2023 – 25 April 2023",
    ),
    ("2023-06-15/2023-06", "2023-06-15", "2023-06-30", "interval", "", "15 June 2023 – June 2023"),
]

LEVEL_1: list[Row] = [
    (
        "Y170000002",
        "+170000002-01-01",
        "+170000002-12-31",
        "year",
        "",
        "the year 170,000,002",
    ),
    ("Y-170000002", "-170000002-01-01", "-170000002-12-31", "year", "", "170,000,003 BC"),
    ("Y999999999", "+999999999-01-01", "+999999999-12-31", "year", "", "the year 999,999,999"),
    ("2001-21", "2001-03-01", "2001-05-31", "season", "", "spring 2001"),
    ("2001-22", "2001-06-01", "2001-08-31", "season", "", "summer 2001"),
    ("2001-23", "2001-09-01", "2001-11-30", "season", "", "autumn 2001"),
    ("2001-24", "2001-12-01", "2002-02-28", "season", "", "winter 2001"),
    ("2003-24", "2003-12-01", "2004-02-29", "season", "", "winter 2003"),
    ("9999-24", "9999-12-01", "+10000-02-29", "season", "", "winter 9999"),
    ("-0043-21", "-0043-03-01", "-0043-05-31", "season", "", "spring 44 BC"),
    ("2001-21~", "2001-03-01", "2001-05-31", "season", "~", "about spring 2001"),
    ("1984?", "1984-01-01", "1984-12-31", "year", "?", "1984 (uncertain)"),
    ("2004-06~", "2004-06-01", "2004-06-30", "month", "~", "about June 2004"),
    ("2004-06-11%", "2004-06-11", "*", "day", "~?", "about 11 June 2004 (uncertain)"),
    ("201X", "2010-01-01", "2019-12-31", "decade", "", "2010s"),
    ("200X", "2000-01-01", "2009-12-31", "decade", "", "some year between 2000 and 2009"),
    ("20XX", "2000-01-01", "2099-12-31", "century", "", "some year between 2000 and 2099"),
    ("2004-XX", "2004-01-01", "2004-12-31", "year", "", "2004 (month unknown)"),
    ("1985-04-XX", "1985-04-01", "1985-04-30", "month", "", "April 1985 (day unknown)"),
    ("1985-XX-XX", "1985-01-01", "1985-12-31", "year", "", "1985 (month and day unknown)"),
    ("1985-04-12/..", "1985-04-12", None, "interval", "", "from 12 April 1985"),
    ("1985-04/..", "1985-04-01", None, "interval", "", "from April 1985"),
    ("1985/..", "1985-01-01", None, "interval", "", "from 1985"),
    ("../1985-04-12", None, "1985-04-12", "interval", "", "until 12 April 1985"),
    ("../1985-04", None, "1985-04-30", "interval", "", "until April 1985"),
    ("../1985", None, "1985-12-31", "interval", "", "until 1985"),
    ("1985-04-12/", "1985-04-12", None, "interval", "", "from 12 April 1985 (end unknown)"),
    ("1985-04/", "1985-04-01", None, "interval", "", "from April 1985 (end unknown)"),
    ("1985/", "1985-01-01", None, "interval", "", "from 1985 (end unknown)"),
    ("/1985-04-12", None, "1985-04-12", "interval", "", "until 12 April 1985 (start unknown)"),
    ("/1985-04", None, "1985-04-30", "interval", "", "until April 1985 (start unknown)"),
    ("/1985", None, "1985-12-31", "interval", "", "until 1985 (start unknown)"),
    ("../..", None, None, "interval", "", "at any time"),
    ("/..", None, None, "interval", "", "at any time (start unknown)"),
    ("../", None, None, "interval", "", "at any time (end unknown)"),
    ("1984~/2004-06", "1984-01-01", "2004-06-30", "interval", "~", "about 1984 – June 2004"),
    ("1984/2004-06~", "1984-01-01", "2004-06-30", "interval", "~", "1984 – about June 2004"),
    ("1984~/2004~", "1984-01-01", "2004-12-31", "interval", "~", "about 1984 – about 2004"),
    (
        "1984?/2004%",
        "1984-01-01",
        "2004-12-31",
        "interval",
        "~?",
        "1984 (uncertain) – about 2004 (uncertain)",
    ),
    (
        "1984-06-02?/2004-08-08~",
        "1984-06-02",
        "2004-08-08",
        "interval",
        "~?",
        "2 June 1984 (uncertain) – about 8 August 2004",
    ),
    ("2001-21/2003-24", "2001-03-01", "2004-02-29", "interval", "", "spring 2001 – winter 2003"),
    ("-1985", "-1985-01-01", "-1985-12-31", "year", "", "1986 BC"),
    ("-0043-03-15", "-0043-03-15", "*", "day", "", "15 March 44 BC"),
    ("-0010/-0001", "-0010-01-01", "-0001-12-31", "interval", "", "11 BC – 2 BC"),
]

GROUPINGS: list[Row] = [
    ("2001-25", "2001-03-01", "2001-05-31", "season", "", "spring 2001 (northern hemisphere)"),
    ("2001-26", "2001-06-01", "2001-08-31", "season", "", "summer 2001 (northern hemisphere)"),
    ("2001-27", "2001-09-01", "2001-11-30", "season", "", "autumn 2001 (northern hemisphere)"),
    ("2001-28", "2001-12-01", "2002-02-28", "season", "", "winter 2001 (northern hemisphere)"),
    ("2001-29", "2001-09-01", "2001-11-30", "season", "", "spring 2001 (southern hemisphere)"),
    ("2001-30", "2001-12-01", "2002-02-28", "season", "", "summer 2001 (southern hemisphere)"),
    ("2001-31", "2001-03-01", "2001-05-31", "season", "", "autumn 2001 (southern hemisphere)"),
    ("2001-32", "2001-06-01", "2001-08-31", "season", "", "winter 2001 (southern hemisphere)"),
    ("2001-33", "2001-01-01", "2001-03-31", "season", "", "first quarter of 2001"),
    ("2001-34", "2001-04-01", "2001-06-30", "season", "", "second quarter of 2001"),
    ("2001-35", "2001-07-01", "2001-09-30", "season", "", "third quarter of 2001"),
    ("2001-36", "2001-10-01", "2001-12-31", "season", "", "fourth quarter of 2001"),
    ("2001-37", "2001-01-01", "2001-04-30", "season", "", "first third of 2001"),
    ("2001-38", "2001-05-01", "2001-08-31", "season", "", "second third of 2001"),
    ("2001-39", "2001-09-01", "2001-12-31", "season", "", "last third of 2001"),
    ("2001-40", "2001-01-01", "2001-06-30", "season", "", "first half of 2001"),
    ("2001-41", "2001-07-01", "2001-12-31", "season", "", "second half of 2001"),
    ("201X-21", "2010-03-01", "2019-05-31", "decade", "", "spring in the 2010s"),
    ("201X-24", "2010-12-01", "2020-02-29", "decade", "", "winter in the 2010s"),
    ("XXXX-33", "0000-01-01", "9999-03-31", "era", "", "first quarter (year unknown)"),
]

ONE_WAY: list[tuple[str, str]] = [
    ("?2004-06-11", "2004?-06-11"),
    ("?2004-?06-?11", "2004-06-11?"),
    ("?2004~", "2004%"),
    ("~2004-~06-11", "2004-06~-11"),
    ("2004?-06~-11", "%2004-~06-11"),
    ("?Y17E7", "Y17E7?"),
    ("2004-?06~", "~2004-%06"),
    ("~1984/?2004", "1984~/2004?"),
    ("[?1667,~1668..1670]", "[1667?,1668~..1670]"),
    ("1985-04-12T23:20:30-04", "1985-04-12T23:20:30-04:00"),
    ("1985-04-12T23:20:30+00:00", "1985-04-12T23:20:30Z"),
]


@pytest.mark.parametrize("row", LEVEL_0 + LEVEL_1 + GROUPINGS, ids=lambda row: row[0])
def test_a_date_is_read(row: Row) -> None:
    text, first, last, precision, flags, display = row
    e = parse(text)
    assert e.text == text
    assert (e.earliest if e.earliest is None else iso_date(e.earliest)) == first
    assert (e.latest if e.latest is None else iso_date(e.latest)) == (
        first if last == "*" else last
    )
    assert e.precision == precision
    assert e.precision in PRECISIONS
    assert (e.approximate, e.uncertain) == ("~" in flags, "?" in flags)
    assert e.display == display


@pytest.mark.parametrize("row", LEVEL_0 + LEVEL_1 + GROUPINGS, ids=lambda row: row[0])
def test_a_canonical_text_stays_as_it_is(row: Row) -> None:
    text = row[0]
    expected = "1985-04-12T23:20:30-04:00" if text == "1985-04-12T23:20:30-04" else text
    assert canonical(parse(text)) == expected


@pytest.mark.parametrize(("given", "expected"), ONE_WAY)
def test_other_spellings_become_canonical(given: str, expected: str) -> None:
    before, after = parse(given), parse(expected)
    assert canonical(before) == expected
    assert canonical(after) == expected
    assert (before.earliest, before.latest) == (after.earliest, after.latest)
    assert before.display == after.display
    assert (before.approximate, before.uncertain) == (after.approximate, after.uncertain)


def test_a_value_is_frozen_hashable_and_read_once() -> None:
    e = parse("2023-04")
    assert parse("2023-04") is e
    assert len({e, parse("2023-04"), parse("2023-05")}) == 2
    with pytest.raises(AttributeError):
        e.text = "2023-05"  # type: ignore[misc]  # that it cannot be set is what is tried
