"""What holds for every date, found by generating them."""

from __future__ import annotations

import calendar
import re
from datetime import date
from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.kit.edtf import PRECISIONS, Edtf, EdtfError, iso_date, parse
from tests.kit.edtf.canonical import canonical

SIGNS = st.sampled_from(["", "", "", "?", "~", "%"])
DIGIT = st.sampled_from("0123456789X")
NOTATION = re.compile(r"[X~?%\[\]{}/]|\.\.|\d-\d\d(-|$|\D)|None")


@st.composite
def single_dates(draw: st.DrawFn) -> str:
    """A date of one to three parts, masked and qualified anywhere, not always possible."""
    minus = draw(st.sampled_from(["", "", "", "-"]))
    text = draw(SIGNS) + minus + "".join(draw(DIGIT) for _ in range(4)) + draw(SIGNS)
    parts = draw(st.integers(1, 3))
    if parts > 1:
        codes = [f"{n:02}" for n in range(1, 13)] + ["XX", "0X", "1X", "X1", "X2"]
        seasons = [f"{n}" for n in range(21, 42)]
        month = draw(st.sampled_from(codes if parts == 3 else codes + seasons))
        text += f"-{draw(SIGNS)}{month}{draw(SIGNS)}"
    if parts > 2:
        text += f"-{draw(SIGNS)}{draw(st.sampled_from('0123X'))}{draw(DIGIT)}{draw(SIGNS)}"
    return text


LONG_YEARS = st.builds(
    "Y{}{}{}{}".format,
    st.integers(-99_999_999, 99_999_999),
    st.sampled_from(["", "E1", "E3", "E9"]),
    st.sampled_from(["", "S1", "S2", "S5"]),
    SIGNS,
)
POINTS = single_dates() | LONG_YEARS
INTERVALS = st.builds("{}/{}".format, POINTS | st.just("..") | st.just(""), POINTS | st.just(".."))
ITEMS = POINTS | st.builds("{}..{}".format, POINTS, POINTS)
SETS = st.lists(ITEMS, min_size=1, max_size=4).flatmap(
    lambda items: st.sampled_from(["[{}]", "{{{}}}", "[..{}]", "{{{}..}}"]).map(
        lambda shape: shape.format(",".join(items))
    )
)
DATES = POINTS | INTERVALS | SETS


def parsed(text: str) -> Edtf:
    """The date, or this example does not count."""
    try:
        return parse(text)
    except EdtfError:
        assume(False)
        raise


def parse_or_error(text: str) -> Edtf | EdtfError:
    try:
        return parse(text)
    except EdtfError as error:
        return error


def check_invariants(text: str, e: Edtf) -> None:
    assert e.text == text
    assert e.precision in PRECISIONS
    assert e.display
    assert e.display == e.display.strip()
    assert not NOTATION.search(e.display.partition(" UTC")[0])
    if e.earliest is not None and e.latest is not None:
        assert e.earliest <= e.latest
    assert e.approximate == bool(set("~%") & set(text))
    assert e.uncertain == bool(set("?%") & set(text))


@settings(deadline=None, max_examples=400)
@given(DATES)
def test_canonical_text_reads_back_the_same(text: str) -> None:
    e = parsed(text)
    check_invariants(text, e)
    again = parse(canonical(e))
    assert canonical(again) == again.text
    assert (again.earliest, again.latest) == (e.earliest, e.latest)
    assert (again.approximate, again.uncertain) == (e.approximate, e.uncertain)
    assert (again.precision, again.display) == (e.precision, e.display)


@settings(deadline=None, max_examples=200)
@given(DATES)
def test_qualifiers_never_move_the_bounds(text: str) -> None:
    e = parsed(text)
    plain = parse(re.sub("[?~%]", "", text))
    assert (plain.earliest, plain.latest, plain.precision) == (e.earliest, e.latest, e.precision)
    assert not plain.approximate
    assert not plain.uncertain


@settings(deadline=None, max_examples=200)
@given(POINTS, POINTS)
def test_an_interval_spans_its_two_ends(first: str, last: str) -> None:
    a, b = parsed(first), parsed(last)
    assert a.earliest is not None
    assert b.latest is not None
    e = parse_or_error(f"{first}/{last}")
    assert isinstance(e, Edtf) == (a.earliest <= b.latest)
    if isinstance(e, Edtf):
        assert (e.earliest, e.latest) == (a.earliest, b.latest)


def ordinal(year: int, month: int, day: int) -> int:
    """A day number by another road: the same day of a year the standard library has."""
    cycles = (year - 1) // 400
    return date(year - 400 * cycles, month, day).toordinal() + 146097 * cycles


def fits(mask: str, text: str) -> bool:
    return len(mask) == len(text) and all(m in ("X", t) for m, t in zip(mask, text, strict=True))


LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def days_of(year_mask: str, month_mask: str, day_mask: str) -> list[int]:
    """Every day a mask matches, by trying them all."""
    digits = product(*("0123456789" if sign == "X" else sign for sign in year_mask[-4:]))
    sizes = [int("".join(choice)) for choice in digits]
    years = [-n for n in sizes if n] if year_mask[0] == "-" else sizes
    months = [n for n in range(1, 13) if fits(month_mask, f"{n:02}")]
    days = [n for n in range(1, 32) if fits(day_mask, f"{n:02}")]
    return [
        ordinal(y, m, d)
        for y, m, d in product(years, months, days)
        if d <= 28 or d <= (29 if m == 2 and calendar.isleap(y) else LENGTHS[m])
    ]


@st.composite
def masks(draw: st.DrawFn) -> tuple[str, str, str]:
    """Masks of at most a hundred years, so that all their days can be tried."""
    year = draw(st.sampled_from(["", "-"])) + "".join(draw(DIGIT) for _ in range(4))
    assume(year.count("X") <= 2)
    assume(year != "-0000")
    month = draw(st.sampled_from(["XX", "0X", "1X", "X1", "X2", "02", "02", "06", "12"]))
    day = draw(st.sampled_from("0123X")) + draw(DIGIT)
    return year, month, day


@settings(deadline=None, max_examples=150)
@given(masks())
def test_the_bounds_of_a_mask_are_its_first_and_last_real_day(mask: tuple[str, str, str]) -> None:
    text = "-".join(mask)
    matching = days_of(*mask)
    e = parse_or_error(text)
    if isinstance(e, Edtf):
        assert (e.earliest, e.latest) == (min(matching), max(matching))
    else:
        assert matching == []
        assert "not a calendar day" in e.message or "no calendar day" in e.message


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(["", "-"]), st.lists(DIGIT, min_size=4, max_size=4))
def test_29_february_of_any_masked_year(sign: str, digits: list[str]) -> None:
    mask = "".join(digits)
    assume(sign + mask != "-0000")
    low = 1 if sign else 0
    years = [n for n in range(low, 10_000) if calendar.isleap(n) and fits(mask, f"{n:04}")]
    e = parse_or_error(f"{sign}{mask}-02-29")
    assert isinstance(e, Edtf) == bool(years)
    if isinstance(e, EdtfError):
        return
    least, greatest = (-years[-1], -years[0]) if sign else (years[0], years[-1])
    assert (e.earliest, e.latest) == (ordinal(least, 2, 29), ordinal(greatest, 2, 29))


@settings(deadline=None, max_examples=80)
@given(masks())
def test_precision_is_the_smallest_unit_that_holds_all_days(mask: tuple[str, str, str]) -> None:
    matching = days_of(*mask)
    assume(matching)
    e = parse("-".join(mask))
    first, last = iso_date(min(matching)), iso_date(max(matching))
    cuts = {"day": 0, "month": 3, "year": 6, "decade": 7, "century": 8, "millennium": 9}
    assert e.precision in (*cuts, "era")
    if e.precision == "era":
        assert first[:-9] != last[:-9]
        return
    cut = cuts[e.precision]
    assert first[: len(first) - cut] == last[: len(last) - cut]
    finer = [c for c in cuts.values() if c < cut]
    assert not finer or first[: len(first) - finer[-1]] != last[: len(last) - finer[-1]]


ALPHABET = st.text("0123456789XYESTZ:+-/.,?~%[]{}", max_size=80)


@settings(deadline=None, max_examples=500)
@given(st.one_of(st.text(max_size=80), ALPHABET))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refuse(text)


@settings(deadline=None, max_examples=500)
@given(
    DATES,
    st.integers(0, 80),
    st.sampled_from([0, 1]),
    st.text("0123X-./,?[]{}YEST \0x", max_size=3),
)
def test_a_damaged_date_is_read_or_refused(text: str, at: int, cut: int, put: str) -> None:
    read_or_refuse(text[:at] + put + text[at + cut :])


def read_or_refuse(text: str) -> None:
    e = parse_or_error(text)
    if isinstance(e, Edtf):
        check_invariants(text, e)
        return
    assert e.message
    assert e.accepted
    assert e.message.isascii()
    assert e.message.isprintable()
    assert len(e.message) < 160
