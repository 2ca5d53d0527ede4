"""Values of parameters, checked one by one; a wrong one is a 400 that says what is accepted."""

from __future__ import annotations

from collections.abc import Sequence

from app.kit import edtf
from app.kit.problems import Fault, Problem, bad_query, nearest
from app.kit.strict_json import shown

YEARS = (edtf.day_number("0001-01-01"), edtf.day_number("9999-12-31"))


def unknown_parameter(name: str, known: Sequence[str]) -> Problem:
    """400: a parameter that does not exist, with the nearest that does."""
    near = nearest(name, known)
    message = "is no parameter here" + (f"; did you mean `{near}`?" if near else "")
    field_ = name if name.isidentifier() and len(name) <= 40 else shown(name)
    return bad_query(Fault(field_, message, sorted(known)))


def one_of(name: str, value: str, accepted: Sequence[str]) -> str:
    """A value from a closed list."""
    if value not in accepted:
        near = nearest(value, accepted)
        hint = f"; did you mean `{near}`?" if near else ""
        raise bad_query(Fault(name, f"{shown(value)} is not accepted{hint}", list(accepted)))
    return value


def short(name: str, value: str) -> None:
    """Refuse a value of more than 500 characters."""
    if len(value) > 500:
        raise bad_query(Fault(name, "is longer than 500 characters", "at most 500 characters"))


def listed(name: str, value: str, accepted: Sequence[str]) -> tuple[str, ...]:
    """Several values from a closed list, each once."""
    if not value:
        raise bad_query(Fault(name, "is empty", list(accepted)))
    return tuple(dict.fromkeys(one_of(name, item, accepted) for item in value.split(",")))


_PERIODS = "a day 2023-04-25, a month 2023-04 or a year 2023"


def period(name: str, value: str, accepted: str = _PERIODS) -> tuple[int, int]:
    """The first and last day of a day, month or year, as day numbers."""
    try:
        first, last = edtf.period(value)
    except edtf.EdtfError as error:
        raise bad_query(Fault(name, error.message, accepted)) from None
    if first < YEARS[0] or last > YEARS[1]:
        raise bad_query(Fault(name, "lies outside the years 0001 to 9999", accepted))
    return first, last


def day(name: str, value: str) -> int:
    """The number of one day."""
    if len(value) == 10:
        first, last = period(name, value, "a day 2023-04-26")
        if first == last:
            return first
    raise bad_query(Fault(name, f"{shown(value)} is no day", "a day 2023-04-26"))
