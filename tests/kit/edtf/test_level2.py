"""Level 2: sets, qualified parts, long years with E and S."""

from __future__ import annotations

import pytest

from app.kit.edtf import iso_date, parse
from tests.kit.edtf.canonical import canonical

# Text, first day, last day, precision, flags, display; "*" repeats the first day.
Row = tuple[str, str | None, str | None, str, str, str]

LONG_YEARS: list[Row] = [
    ("Y-17E7", "-170000000-01-01", "-170000000-12-31", "year", "", "170,000,001 BC"),
    ("Y17E7~", "+170000000-01-01", "+170000000-12-31", "year", "~", "about the year 170,000,000"),
    ("Y20E2", "2000-01-01", "2000-12-31", "year", "", "2000"),
    (
        "Y10E11",
        "+1000000000000-01-01",
        "+1000000000000-12-31",
        "year",
        "",
        "the year 1,000,000,000,000",
    ),
    (
        "1950S2",
        "1900-01-01",
        "1999-12-31",
        "century",
        "",
        "some year between 1900 and 1999 (estimated as 1950)",
    ),
    ("1950S4", "1950-01-01", "1950-12-31", "year", "", "1950"),
    (
        "1950S3?",
        "1950-01-01",
        "1959-12-31",
        "decade",
        "?",
        "some year between 1950 and 1959 (estimated as 1950, uncertain)",
    ),
    (
        "-0044S1",
        "-0049-01-01",
        "-0040-12-31",
        "decade",
        "",
        "some year between 50 BC and 41 BC (estimated as 45 BC)",
    ),
    (
        "Y171010000S3",
        "+171000000-01-01",
        "+171999999-12-31",
        "era",
        "",
        "some year between 171,000,000 and 171,999,999 (estimated as 171,010,000)",
    ),
    (
        "Y3388E2S3~",
        "+338000-01-01",
        "+338999-12-31",
        "millennium",
        "~",
        "some year between 338,000 and 338,999 (estimated as 338,800, approximate)",
    ),
    ("Y-12345/1000", "-12345-01-01", "1000-12-31", "interval", "", "12,346 BC – 1000"),
]

SETS: list[Row] = [
    (
        "[1667,1668,1670..1672]",
        "1667-01-01",
        "1672-12-31",
        "set",
        "",
        "one of 1667, 1668, 1670 to 1672",
    ),
    ("[..1760-12-03]", None, "1760-12-03", "set", "", "3 December 1760 or earlier"),
    ("[1760-12..]", "1760-12-01", None, "set", "", "December 1760 or later"),
    (
        "[1760-01,1760-02,1760-12..]",
        "1760-01-01",
        None,
        "set",
        "",
        "one of January 1760, February 1760, December 1760 or later",
    ),
    ("[1667,1760-12]", "1667-01-01", "1760-12-31", "set", "", "one of 1667, December 1760"),
    ("[..1984]", None, "1984-12-31", "set", "", "1984 or earlier"),
    (
        "{1667,1668,1670..1672}",
        "1667-01-01",
        "1672-12-31",
        "set",
        "",
        "all of 1667, 1668, 1670 to 1672",
    ),
    ("{1960,1961-12}", "1960-01-01", "1961-12-31", "set", "", "all of 1960, December 1961"),
    ("{..1984}", None, "1984-12-31", "set", "", "all of 1984 and earlier"),
    (
        "{..1983-12-31,1984-10-10..1984-11-01,1984-11-05..}",
        None,
        None,
        "set",
        "",
        (
            "all of 31 December 1983 and earlier, 10 October 1984 to 1 November 1984, "
            "5 November 1984 and later"
        ),
    ),
    # The standard asks for no order among the items.
    ("[1668,1667]", "1667-01-01", "1668-12-31", "set", "", "one of 1668, 1667"),
    ("[1984]", "1984-01-01", "1984-12-31", "set", "", "1984"),
    (
        "[1984?,1985~]",
        "1984-01-01",
        "1985-12-31",
        "set",
        "~?",
        "one of 1984 (uncertain), about 1985",
    ),
    ("[2001-21,2001-23]", "2001-03-01", "2001-11-30", "set", "", "one of spring 2001, autumn 2001"),
    (
        "{Y10000..Y10002}",
        "+10000-01-01",
        "+10002-12-31",
        "set",
        "",
        "all of the year 10,000 to the year 10,002",
    ),
    ("[-0002..0001]", "-0002-01-01", "0001-12-31", "set", "", "one of 3 BC to AD 1"),
]

QUALIFIED: list[Row] = [
    ("2004-06~-11", "2004-06-11", "*", "day", "~", "11 June 2004 (year and month approximate)"),
    ("2004?-06-11", "2004-06-11", "*", "day", "?", "11 June 2004 (year uncertain)"),
    ("2004-06?-11", "2004-06-11", "*", "day", "?", "11 June 2004 (year and month uncertain)"),
    (
        "?2004-06-~11",
        "2004-06-11",
        "*",
        "day",
        "~?",
        "11 June 2004 (day approximate, year uncertain)",
    ),
    (
        "2004-%06-11",
        "2004-06-11",
        "*",
        "day",
        "~?",
        "11 June 2004 (month approximate and uncertain)",
    ),
    ("2004-?06", "2004-06-01", "2004-06-30", "month", "?", "June 2004 (month uncertain)"),
    ("2001-~21", "2001-03-01", "2001-05-31", "season", "~", "spring 2001 (season approximate)"),
    (
        "2004-06-~01/2004-06-~20",
        "2004-06-01",
        "2004-06-20",
        "interval",
        "~",
        "1 June 2004 (day approximate) – 20 June 2004 (day approximate)",
    ),
]

ROWS = LONG_YEARS + SETS + QUALIFIED


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_date_is_read(row: Row) -> None:
    text, first, last, precision, flags, display = row
    e = parse(text)
    assert e.text == text
    assert (e.earliest if e.earliest is None else iso_date(e.earliest)) == first
    assert (e.latest if e.latest is None else iso_date(e.latest)) == (
        first if last == "*" else last
    )
    assert e.precision == precision
    assert (e.approximate, e.uncertain) == ("~" in flags, "?" in flags)
    assert e.display == display
    assert canonical(e) == text


def test_a_set_with_only_one_open_side_stays_bounded_on_the_other() -> None:
    e = parse("[..1667,1760-12]")
    assert e.earliest is None
    assert e.latest == parse("1760-12").latest


def test_qualifiers_never_move_the_bounds() -> None:
    plain = parse("2004-06-11")
    for text in ("2004-06-11~", "~2004-06-11", "2004%-?06-~11"):
        e = parse(text)
        assert (e.earliest, e.latest, e.precision) == (plain.earliest, plain.latest, "day")
