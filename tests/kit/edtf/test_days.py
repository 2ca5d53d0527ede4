"""Day numbers, periods, and the two questions asked of bounds."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit.edtf import (
    EdtfError,
    day_number,
    is_within,
    iso_date,
    may_overlap,
    parse,
    parse_period,
)

FAR = 10**12  # the largest year, either way
FIRST_DAY = day_number(f"-{FAR}-01-01")
LAST_DAY = day_number(f"+{FAR}-12-31")


def test_every_year_agrees_with_the_standard_library() -> None:
    for year in range(1, 10_000):
        march = date(year, 3, 1).toordinal()
        for ordinal in (date(year, 1, 1).toordinal(), march - 1, march, march + 305):
            text = date.fromordinal(ordinal).isoformat()
            assert iso_date(ordinal) == text
            assert day_number(text) == ordinal


@given(st.dates())
def test_any_day_agrees_with_the_standard_library(day: date) -> None:
    assert iso_date(day.toordinal()) == day.isoformat()
    assert day_number(day.isoformat()) == day.toordinal()
    e = parse(day.isoformat())
    assert e.earliest == e.latest == day.toordinal()


@settings(max_examples=300)
@given(st.one_of(st.integers(-2_000_000, 4_000_000), st.integers(FIRST_DAY, LAST_DAY)))
def test_iso_and_day_number_are_inverse(day: int) -> None:
    assert day_number(iso_date(day)) == day


@given(st.integers(FIRST_DAY, LAST_DAY))
def test_the_calendar_repeats_every_400_years(day: int) -> None:
    cycles, rest = divmod(day - 1, 146097)
    twin = date.fromordinal(rest + 1)
    year = twin.year + 400 * cycles
    assert iso_date(day).endswith(twin.isoformat()[4:])
    assert int(iso_date(day)[:-6]) == year


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (1, "0001-01-01"),
        (0, "0000-12-31"),
        (-365, "0000-01-01"),
        (-366, "-0001-12-31"),
        (3652059, "9999-12-31"),
        (3652060, "+10000-01-01"),
        (LAST_DAY, "+1000000000000-12-31"),
        (FIRST_DAY, "-1000000000000-01-01"),
    ],
)
def test_days_at_the_edges(day: int, text: str) -> None:
    assert iso_date(day) == text
    assert day_number(text) == day


def test_every_day_number_fits_64_bits_and_json() -> None:
    assert -(2**53) < FIRST_DAY < LAST_DAY < 2**53


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023",
        "2023-04",
        "2023-4-5",
        " 2023-04-25",
        "2023-04-25 ",
        "2023-04-25\n",
        "20230425",
        "2023-02-29",
        "2023-13-01",
        "2023-00-01",
        "2023-04-00",
        "+2023-04-25",
        "-0000-04-25",
        "12345-04-25",
        "+012345-04-25",
        "-00043-03-15",
        "+1000000000001-01-01",
        "\u0662\u0660\u0662\u0663-04-25",
        "2023-04-25T00:00:00",
        None,
        20230425,
    ],
    ids=ascii,
)
def test_day_number_is_strict(text: str) -> None:
    with pytest.raises(EdtfError):
        day_number(text)


@pytest.mark.parametrize("day", [FIRST_DAY - 1, LAST_DAY + 1, 10**30])
def test_iso_stays_in_range(day: int) -> None:
    with pytest.raises(EdtfError, match="outside"):
        iso_date(day)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023-04-25", "2023-04-25", "2023-04-25"),
        ("2023-04", "2023-04-01", "2023-04-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023", "2023-01-01", "2023-12-31"),
        ("0000", "0000-01-01", "0000-12-31"),
        ("-0043", "-0043-01-01", "-0043-12-31"),
        ("-0043-03-15", "-0043-03-15", "-0043-03-15"),
    ],
)
def test_a_period_is_a_plain_day_month_or_year(text: str, first: str, last: str) -> None:
    assert parse_period(text) == (day_number(first), day_number(last))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 2023",
        "202X",
        "2023-XX",
        "2023~",
        "2023-04?",
        "?2023",
        "2023-21",
        "2023-33",
        "-0043-21",
        "2023/2024",
        "2023/..",
        "[2023]",
        "Y17E7",
        "Y12345",
        "1950S2",
        "2023-04-25T10:00:00",
        "2023-02-29",
        "2023-13",
        "-0000",
        "20230425",
        "\u0662\u0660\u0662\u0663",
        "2" * 100_000,
    ],
    ids=lambda text: ascii(text)[:40],
)
def test_a_period_is_nothing_else(text: str) -> None:
    with pytest.raises(EdtfError) as caught:
        parse_period(text)
    assert caught.value.accepted == "a day (2023-04-25), a month (2023-04) or a year (2023)"
    assert len(caught.value.message) < 128


BOUNDS = (None, 0, 1, 2, 3)


@pytest.mark.parametrize("event", [(a, b) for a, b in product(BOUNDS, BOUNDS)], ids=str)
def test_overlaps_and_within_agree_with_sets_of_days(event: tuple[int | None, int | None]) -> None:
    earliest, latest = event
    if earliest is not None and latest is not None and earliest > latest:
        return
    for first, last in product(BOUNDS, BOUNDS):
        # An unbounded event reaches days that no bounded period holds, and an unbounded
        # period reaches further than any event.
        days = set(
            range(-9 if earliest is None else earliest, (9 if latest is None else latest) + 1)
        )
        asked = set(range(-99 if first is None else first, (99 if last is None else last) + 1))
        if first is not None and last is not None and first > last:
            continue
        assert may_overlap(earliest, latest, first, last) == bool(days & asked)
        assert is_within(earliest, latest, first, last) == (days <= asked)


def test_a_period_turned_round_holds_nothing_for_certain() -> None:
    assert not is_within(1, 1, 2, 0)
    assert not may_overlap(1, 1, 2, 0)


def test_an_open_interval_is_possible_but_never_certain() -> None:
    e = parse("2023-04-26/..")
    first, last = parse_period("2030")
    assert may_overlap(e.earliest, e.latest, first, last)
    assert not is_within(e.earliest, e.latest, first, last)
    assert is_within(e.earliest, e.latest, parse_period("2023")[0], None)
