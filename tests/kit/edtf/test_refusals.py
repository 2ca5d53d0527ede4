"""What is refused, and how the refusal is worded."""

from __future__ import annotations

import pickle
import time
from contextlib import suppress

import pytest

from app.kit.edtf import EdtfError, parse, parse_period, parsing
from app.kit.edtf.characters import check_characters

# Text, a fragment of the message, a fragment of what is accepted instead.
REFUSED: list[tuple[str, str, str]] = [
    ("", "empty", "a day (2023-04-25)"),
    (" 2023", "contains a space", "a day"),
    ("2023 ", "contains a space", "a day"),
    ("2023- 04", "contains a space", "a day"),
    ("2023\n", "contains a space", "a day"),
    ("2023\u00a0", "contains a space", "a day"),
    ("9" * 65, "65 characters; at most 64", "a day"),
    ("\u0662\u0660\u0662\u0663", "U+0662", "a day"),
    ("2023-0\uff14", "U+FF14", "a day"),
    ("2023\0", "U+0000", "a day"),
    ("\u202e2023", "U+202E", "a day"),
    ("2023\ud800", "U+D800", "a day"),
    ("2023\u201304", "U+2013", "a day"),
    ("\u22120043", "U+2212", "a day"),
    ("2023\u0301", "the character U+0301 (COMBINING ACUTE ACCENT) is not allowed", "a day"),
    ("2023(", "the character '(' is not allowed", "a day"),
    ("2023\u201304", "the character U+2013 (EN DASH) is not allowed", "a day"),
    ("201x", "uppercase X", "202X"),
    ("y17e7", "uppercase: Y", "a day"),
    ("2023-04-25t10:00:00", "uppercase: T", "a day"),
    ("2023-xx", "uppercase X", "202X"),
    ("xxxx-06-xx", "uppercase X", "202X"),
    ("y170000", "uppercase: Y", "a day"),
    # Words, and what everyday life has instead of EDTF.
    ("yesterday", "in words; use digits with the year first, as in 2023-09-05", "a day"),
    ("summer 2023", "in words", "a season (2023-21)"),
    ("Sept 5, 2023", "in words", "a day"),
    ("20 June 2023", "in words", "a day"),
    ("2023-Sep-05", "in words", "a day"),
    ("2023(uncertain)", "in words", "2023?"),
    ("YES", "in words", "a day"),
    ("\u0432\u0447\u0435\u0440\u0430", "in words", "a day"),
    ("about June", "in words", "a day"),
    ("ca. 2023-08", "end with ~: 2023-08~", "a qualifier (2023-08~)"),
    ("c. 2023", "end with ~: 2023~", "2023~"),
    ("Circa 2023", "end with ~: 2023~", "2023~"),
    ("about 202X", "end with ~: 202X~", "202X~"),
    ("ca. 2023~", "'c'", "a day"),
    (
        "06/20/2023",
        "year first, then the month and the day, with hyphens: 2023-06-20",
        "2023-06-20",
    ),
    ("20/06/2023", "with hyphens: 2023-06-20", "2023-06-20"),
    ("20.6.2023", "with hyphens: 2023-06-20", "2023-06-20"),
    ("20. 6. 2023", "with hyphens: 2023-06-20", "2023-06-20"),
    ("20 06 2023", "with hyphens: 2023-06-20", "2023-06-20"),
    ("20-06-2023", "with hyphens: 2023-06-20", "2023-06-20"),
    ("2023/06/20", "with hyphens: 2023-06-20", "2023-06-20"),
    ("6/6/2023", "with hyphens: 2023-06-06", "2023-06-06"),
    ("06/07/2023", "two digits each, with hyphens", "a day (2023-04-25)"),
    ("31/02/2023", "two digits each, with hyphens", "a day (2023-04-25)"),
    # Days and months that are not.
    ("2023-02-29", "that month has 28 days", "a day from 01 to 28"),
    ("1900-02-29", "that month has 28 days", "a day from 01 to 28"),
    ("2024-02-30", "that month has 29 days", "a day from 01 to 29"),
    ("2023-04-31", "that month has 30 days", "a day from 01 to 30"),
    ("2023-04-00", "not a calendar day", "a day from 01 to 30"),
    ("-0001-02-29", "not a calendar day", "a day from 01 to 28"),
    ("2023-13", "no month 13", "21 to 41"),
    ("2023-00", "no month 00", "01 to 12"),
    ("2023-20", "no month 20", "21 to 41"),
    ("2023-42", "no month 42", "21 to 41"),
    ("2023-13-01", "no month 13", "01 to 12"),
    ("2023-2X", "no month 2X", "01 to 12"),
    ("2023-21-05", "cannot have a day", "a season"),
    ("2023-02-3X", "no calendar day matches", "a day"),
    ("2023-XX-32", "no calendar day matches", "a day"),
    ("2023-XX-00", "no calendar day matches", "a day"),
    ("2023-XX-4X", "no calendar day matches", "a day"),
    ("19X1-02-29", "no calendar day matches", "a day"),
    ("-0000", "no year -0000", "a year (2023)"),
    ("-0000-02-XX", "no year -0000", "a year (2023)"),
    # Shapes.
    ("20230425", "must have hyphens", "2023-04-25"),
    ("202304", "must have hyphens", "2023-04"),
    ("12345", "must start with Y", "a year (2023)"),
    ("2023-4-5", "four digits", "2023-04"),
    ("2023-", "four digits", "2023-04"),
    ("23", "four digits", "a year (2023)"),
    ("+2023", "four digits", "a year (2023)"),
    ("-", "four digits", "a year (2023)"),
    ("2023??", "not a valid date", "a year (2023)"),
    ("2023?~", "not a valid date", "a year (2023)"),
    ("2023-04-25-01", "not a valid date", "a day"),
    ("1984]", "not a valid date", "a day"),
    ("..", "two dots", "a day"),
    ("1670..1672", "two dots", "a day"),
    ("2023-W16", "the character 'W' is not allowed", "a day"),
    # Long years.
    ("Y1984", "must not start with Y", "Y170000002"),
    ("Y012345", "must not start with 0", "Y170000002"),
    ("Y17E99", "must be between", "Y-17E7"),
    ("Y17E999", "not a valid year", "Y-17E7"),
    ("Y1" + "0" * 13, "must be between", "Y170000002"),
    ("Y1000000000001", "must be between", "Y170000002"),
    ("Y-1000000000001", "must be between", "Y170000002"),
    ("Y1000000000000S1", "must be between", "1950S2"),
    ("Y" + "9" * 63, "must be between", "Y170000002"),
    ("17E7", "must start with Y", "Y-17E7"),
    ("12345S2", "four digits", "1950S2"),
    ("1950S5", "fewer than 5", "1950S2"),
    ("1950S0", "not a valid year", "1950S2"),
    ("1950S", "not a valid year", "1950S2"),
    ("19XXS2", "not a valid year", "1950S2"),
    ("-0000S1", "no year -0000", "1950S2"),
    ("Y17000-01", "not a valid year", "Y170000002"),
    # Times.
    ("2023-04-25T10:00", "with seconds", "T23:20:30"),
    ("2023-04-25T10:00:00.5", "with seconds", "T23:20:30"),
    ("2023-04T10:00:00", "with seconds", "T23:20:30"),
    ("2023-04-25~T10:00:00", "with seconds", "T23:20:30"),
    ("2023-04-25T24:00:00", "24:00:00 is not a valid time of day", "T23:20:30"),
    ("2023-04-25T10:60:00", "10:60:00 is not a valid time of day", "T23:20:30"),
    ("2023-04-25T10:00:60", "10:00:60 is not a valid time of day", "T23:20:30"),
    ("2023-04-25T10:00:00+24", "+24 is not a valid UTC offset", "+04:00"),
    ("2023-04-25T10:00:00+04:60", "+04:60 is not a valid UTC offset", "+04:00"),
    ("2023-02-30T10:00:00", "not a calendar day", "01 to 28"),
    ("2023-21-05T10:00:00", "only allowed with a day", "T23:20:30"),
    # Intervals.
    ("/", "a date on at least one side", "2023-04-26/.."),
    ("2023/2022", "ends before it starts", "earlier date first"),
    ("2023-06/2023-05-31", "ends before it starts", "earlier date first"),
    ("2023/Y-17E7", "ends before it starts", "earlier date first"),
    ("1/2/3", "one slash", "2023-04-26/.."),
    ("2022//2023", "one slash", "2023-04-26/.."),
    ("2022/23", "four digits", "a year (2023)"),
    ("2023-02-30/..", "not a calendar day", "01 to 28"),
    ("../2023-02-30", "not a calendar day", "01 to 28"),
    ("2022/2023-02-30", "not a calendar day", "01 to 28"),
    ("2023-04-25T10:00:00/2024", "time of day", "a day"),
    ("[1984]/1985", "the set must end", "a set"),
    # Sets.
    ("[]", "the set is empty", "[1667"),
    ("{}", "the set is empty", "[1667"),
    ("[..]", "two dots in a set", "[..1984]"),
    ("[,]", "empty item", "[1667"),
    ("[1667,]", "empty item", "[1667"),
    ("[1667", "must end with ]", "[1667"),
    ("[", "must end with ]", "[1667"),
    ("[1667}", "must end with ]", "[1667"),
    ("{1667]", "must end with }", "{1960"),
    ("[[1667]]", "not a valid date", "a day"),
    ("[1672..1670]", "ends before it starts", "earlier date first"),
    ("{1960,1672..1670}", "ends before it starts", "earlier date first"),
    ("[1670..1672-05]", "the same precision", "two years"),
    ("[1667..,1700]", "only the last item", "[1984..]"),
    ("[1667,..1700]", "only the first item", "[..1984]"),
    ("[1667..1668..1669]", "two dots", "a day"),
    ("[1667/1668]", "cannot contain an interval", "1670..1672"),
    ("[1667,2023-02-30]", "not a calendar day", "01 to 28"),
]


@pytest.mark.parametrize(("text", "message", "accepted"), REFUSED, ids=lambda v: ascii(v)[:40])
def test_text_is_refused(text: str, message: str, accepted: str) -> None:
    with pytest.raises(EdtfError) as caught:
        parse(text)
    assert message in caught.value.message
    assert accepted in caught.value.accepted
    assert str(caught.value) == caught.value.message


@pytest.mark.parametrize("given", [None, 2023, 20.23, b"2023", ["2023"], ("2023",)], ids=repr)
def test_what_is_not_text_is_refused(given: object) -> None:
    with pytest.raises(EdtfError, match="a date must be text, not"):
        parse(given)  # type: ignore[arg-type]  # what is no text is what is tried
    with pytest.raises(EdtfError, match="a date must be text, not"):
        parse_period(given)  # type: ignore[arg-type]  # what is no text is what is tried


def test_a_filter_takes_no_qualifier_and_proposes_none() -> None:
    with pytest.raises(EdtfError, match="with hyphens: 2023-06-20") as caught:
        parse_period("20/06/2023")
    assert caught.value.accepted == "a day (2023-04-25), a month (2023-04) or a year (2023)"
    with pytest.raises(EdtfError, match="in words"):
        parse_period("yesterday")
    with pytest.raises(EdtfError, match="is not allowed in a date"):
        parse_period("ca. 2023-08")


def test_an_error_is_a_value_error_and_survives_pickling() -> None:
    error = EdtfError("wrong", "right")
    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(error, ValueError)
    assert type(copy) is EdtfError
    assert (copy.message, copy.accepted) == ("wrong", "right")


@pytest.mark.parametrize("text", ["<script>" * 8, "?" * 64, "2023~" * 12, "\x1b[2J" * 10])
def test_a_message_repeats_little_of_the_input(text: str) -> None:
    with pytest.raises(EdtfError) as caught:
        parse(text)
    assert text not in caught.value.message
    assert caught.value.message.isprintable()
    assert caught.value.message.isascii()


HOSTILE = [
    "[" * 64,
    "9" * 64,
    "-" * 64,
    "/" * 64,
    "?" * 64,
    "Y" + "9" * 63,
    "Y9E" + "9" * 61,
    "[" + "XXXX," * 12 + "X]",
    "[" + "?X0XX-?X2-~X9," * 4 + "XXXX]",
    "ca" + " " * 61 + "2",
    "1. " * 21,
    "a" * 63 + "1",
    "yestz" * 12,
    "{XXX1-02-28,XX0X-02-29,1XXX-X2-X9,XXXX-X2-3X..1XXX-XX-3X,XXXX..}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_hostile_text_costs_little(text: str) -> None:
    """Two hundredths of a second is a hundred times the usual, room for a busy machine."""
    assert len(text) <= 64
    parse_anew = parsing._parse.__wrapped__
    spent = []
    for _ in range(5):
        start = time.perf_counter()
        with suppress(EdtfError):
            parse_anew(check_characters(text))
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.02
