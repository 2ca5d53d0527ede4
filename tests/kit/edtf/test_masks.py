"""Level 2: unknown digits anywhere in a date."""

from __future__ import annotations

import pytest

from app.kit.edtf import iso_date, parse
from tests.kit.edtf.canonical import canonical

# Text, first day, last day, precision, flags, display; "*" repeats the first day.
Row = tuple[str, str, str, str, str, str]

UNKNOWN_DIGITS: list[Row] = [
    ("156X-12-25", "1560-12-25", "1569-12-25", "decade", "", "25 December in the 1560s"),
    (
        "15XX-12-25",
        "1500-12-25",
        "1599-12-25",
        "century",
        "",
        "25 December of some year between 1500 and 1599",
    ),
    (
        "15XX-12-XX",
        "1500-12-01",
        "1599-12-31",
        "century",
        "",
        "December of some year between 1500 and 1599 (day unknown)",
    ),
    ("XXXX", "0000-01-01", "9999-12-31", "era", "", "unknown year"),
    ("XXXX-12-XX", "0000-12-01", "9999-12-31", "era", "", "December (year and day unknown)"),
    (
        "XXXX-XX-XX",
        "0000-01-01",
        "9999-12-31",
        "era",
        "",
        "some date (year, month and day unknown)",
    ),
    (
        "1XXX-XX",
        "1000-01-01",
        "1999-12-31",
        "millennium",
        "",
        "some year between 1000 and 1999 (month unknown)",
    ),
    (
        "1XXX-12",
        "1000-12-01",
        "1999-12-31",
        "millennium",
        "",
        "December of some year between 1000 and 1999",
    ),
    (
        "1984-1X",
        "1984-10-01",
        "1984-12-31",
        "year",
        "",
        "1984 (month between October and December)",
    ),
    ("1984-X2", "1984-02-01", "1984-12-31", "year", "", "1984 (month February or December)"),
    ("1984-X3", "1984-03-01", "1984-03-31", "month", "", "March 1984"),
    (
        "1984-XX-1X",
        "1984-01-10",
        "1984-12-19",
        "year",
        "",
        "1984 (month unknown, day between 10 and 19)",
    ),
    ("2023-XX-31", "2023-01-31", "2023-12-31", "year", "", "2023 (month unknown, day 31)"),
    ("2023-X2-30", "2023-12-30", "*", "day", "", "30 December 2023"),
    (
        "2023-X2-XX",
        "2023-02-01",
        "2023-12-31",
        "year",
        "",
        "2023 (day unknown, month February or December)",
    ),
    ("2023-02-XX", "2023-02-01", "2023-02-28", "month", "", "February 2023 (day unknown)"),
    (
        "2023-02-2X",
        "2023-02-20",
        "2023-02-28",
        "month",
        "",
        "February 2023 (day between 20 and 28)",
    ),
    ("2024-02-X9", "2024-02-09", "2024-02-29", "month", "", "February 2024 (day 9, 19 or 29)"),
    ("2023-02-X9", "2023-02-09", "2023-02-19", "month", "", "February 2023 (day 9 or 19)"),
    ("2023-04-3X", "2023-04-30", "*", "day", "", "30 April 2023"),
    ("202X-02", "2020-02-01", "2029-02-28", "decade", "", "February in the 2020s"),
    (
        "202X-02-2X",
        "2020-02-20",
        "2029-02-28",
        "decade",
        "",
        "February in the 2020s (day between 20 and 29)",
    ),
    ("033X", "0330-01-01", "0339-12-31", "decade", "", "some year between AD 330 and AD 339"),
    ("202X-02-29", "2020-02-29", "2028-02-29", "decade", "", "29 February in the 2020s"),
    (
        "1X00-02-29",
        "1200-02-29",
        "1600-02-29",
        "millennium",
        "",
        "29 February of some year between 1000 and 1900 ending in 00",
    ),
    (
        "20X0",
        "2000-01-01",
        "2090-12-31",
        "century",
        "",
        "some year between 2000 and 2090 ending in 0",
    ),
    (
        "X984",
        "0984-01-01",
        "9984-12-31",
        "era",
        "",
        "some year between AD 984 and 9984 ending in 984",
    ),
    ("-199X", "-1999-01-01", "-1990-12-31", "decade", "", "some year between 2000 BC and 1991 BC"),
    ("-000X", "-0009-01-01", "-0001-12-31", "decade", "", "some year between 10 BC and 2 BC"),
    (
        "-0X00",
        "-0900-01-01",
        "-0100-12-31",
        "millennium",
        "",
        "some year between 901 BC and 101 BC",
    ),
    (
        "-00XX-02-29",
        "-0096-02-29",
        "-0004-02-29",
        "century",
        "",
        "29 February of some year between 100 BC and 2 BC",
    ),
    (
        "19XX~",
        "1900-01-01",
        "1999-12-31",
        "century",
        "~",
        "some year between 1900 and 1999 (approximate)",
    ),
    (
        "2004-06-XX/2004-07-03",
        "2004-06-01",
        "2004-07-03",
        "interval",
        "",
        "June 2004 (day unknown) – 3 July 2004",
    ),
    (
        "15XX/1650",
        "1500-01-01",
        "1650-12-31",
        "interval",
        "",
        "from some year between 1500 and 1599 to 1650",
    ),
]


@pytest.mark.parametrize("row", UNKNOWN_DIGITS, ids=lambda row: row[0])
def test_a_date_is_read(row: Row) -> None:
    text, first, last, precision, flags, display = row
    e = parse(text)
    assert e.text == text
    assert e.earliest is not None
    assert e.latest is not None
    assert iso_date(e.earliest) == first
    assert iso_date(e.latest) == (first if last == "*" else last)
    assert e.precision == precision
    assert (e.approximate, e.uncertain) == ("~" in flags, "?" in flags)
    assert e.display == display
    assert canonical(e) == text
