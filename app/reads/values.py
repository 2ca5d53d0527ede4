"""Values of parameters, checked one by one; a wrong one is a 400 that says what is accepted."""

from __future__ import annotations

from collections.abc import Sequence

from app.kit import edtf
from app.kit.http.problems import FieldError, Problem, bad_query, closest_match
from app.kit.schema.shapes import is_identifier
from app.kit.strict_json import quote_excerpt

YEARS = (edtf.day_number("0001-01-01"), edtf.day_number("9999-12-31"))


_PAGING = ("page", "offset", "skip", "pagetoken")
# What other interfaces call what ours has, less case, hyphens and underscores.
_ELSEWHERE = {
    **dict.fromkeys(_PAGING, ("cursor", "after")),
    **dict.fromkeys(("perpage", "pagesize", "size", "count", "top", "maxresults"), ("limit",)),
    **dict.fromkeys(("search", "query", "text", "term", "keyword"), ("q",)),
    **dict.fromkeys(("date", "day", "year"), ("from", "to")),
    **dict.fromkeys(("start", "startdate", "datefrom"), ("from",)),
    **dict.fromkeys(("end", "enddate", "dateto", "until"), ("to",)),
    **dict.fromkeys(("since", "modifiedsince", "updatedafter"), ("updated_since", "after")),
    **dict.fromkeys(("order", "orderby", "sortby"), ("sort",)),
    **dict.fromkeys(("expand", "embed"), ("include",)),
    **dict.fromkeys(("select", "columns"), ("fields",)),
}


def called_here(name: str, known: Sequence[str]) -> list[str]:
    """The known parameters that are meant by a name that is none, best guess; empty without one.

    A name whose meaning is known is not taken for a slip: what is like it means something else.
    """
    ours = _ELSEWHERE.get(_plain(name))
    if ours is not None:
        return [one for one in ours if one in known]
    near = closest_match(name, known)
    return [near] if near else []


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def unknown_parameter(name: str, known: Sequence[str]) -> Problem:
    """400: a parameter that does not exist, with what it is called here or the nearest name."""
    meant = called_here(name, known)
    message = "is no parameter here"
    if meant:
        message += f"; did you mean {' and '.join(f'`{one}`' for one in meant)}?"
    if meant and _plain(name) in _PAGING:
        message += " The next page is at `next`, in each answer."
    field_ = name if name.isidentifier() and len(name) <= 40 else quote_excerpt(name)
    return bad_query(FieldError(field_, message, sorted(known)))


def one_of(name: str, value: str, accepted: Sequence[str]) -> str:
    """A value from a closed list."""
    if value not in accepted:
        near = closest_match(value, accepted)
        hint = f"; did you mean `{near}`?" if near else ""
        raise bad_query(
            FieldError(name, f"{quote_excerpt(value)} is not accepted{hint}", list(accepted))
        )
    return value


def check_identifier(name: str, value: str, example: str) -> None:
    """Refuse what is not an identifier.

    Raises:
        Problem: 400 with an example of what is accepted.
    """
    if not is_identifier(value):
        message = f"{quote_excerpt(value)} is no identifier"
        raise bad_query(FieldError(name, message, f"an identifier such as {example}"))


def short(name: str, value: str) -> None:
    """Refuse a value of more than 500 characters."""
    if len(value) > 500:
        raise bad_query(FieldError(name, "is longer than 500 characters", "at most 500 characters"))


def listed(name: str, value: str, accepted: Sequence[str]) -> tuple[str, ...]:
    """Several values from a closed list, each once."""
    if not value:
        raise bad_query(FieldError(name, "is empty", list(accepted)))
    return tuple(dict.fromkeys(one_of(name, item, accepted) for item in value.split(",")))


_PERIODS = "a day 2023-04-25, a month 2023-04 or a year 2023"


def period(name: str, value: str, accepted: str = _PERIODS) -> tuple[int, int]:
    """The first and last day of a day, month or year, as day numbers."""
    try:
        first, last = edtf.parse_period(value)
    except edtf.EdtfError as error:
        raise bad_query(FieldError(name, error.message, accepted)) from None
    if first < YEARS[0] or last > YEARS[1]:
        raise bad_query(FieldError(name, "lies outside the years 0001 to 9999", accepted))
    return first, last


def day(name: str, value: str) -> int:
    """The number of one day."""
    if len(value) == 10:
        first, last = period(name, value, "a day 2023-04-26")
        if first == last:
            return first
    raise bad_query(FieldError(name, f"{quote_excerpt(value)} is no day", "a day 2023-04-26"))
