"""Values of parameters, checked one by one; an error is a 400 that says what is accepted."""

from __future__ import annotations

from collections.abc import Sequence

from app.kit import edtf
from app.kit.http.problems import FieldError, Problem, bad_query, closest_match
from app.kit.schema.shapes import is_identifier
from app.kit.strict_json import quote_excerpt

DAY_LIMITS = (edtf.day_number("0001-01-01"), edtf.day_number("9999-12-31"))
_MAX_LENGTH = 500
_PAGING = ("page", "offset", "skip", "pagetoken")
# The names of other interfaces for our parameters, lower case, without hyphens and underscores.
_FOREIGN_NAMES = {
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


def similar_parameters(name: str, known: Sequence[str]) -> list[str]:
    """The known parameters that an unknown name may mean; empty if there is none.

    A name with a known meaning elsewhere is not compared by spelling: what is spelt like it means
    something else.
    """
    ours = _FOREIGN_NAMES.get(_simplified(name))
    if ours is not None:
        return [parameter for parameter in ours if parameter in known]
    closest = closest_match(name, known)
    return [closest] if closest else []


def _simplified(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def unknown_parameter_problem(name: str, known: Sequence[str]) -> Problem:
    """400: a parameter that does not exist, with the parameters that it may mean."""
    suggestions = similar_parameters(name, known)
    message = "unknown parameter"
    if suggestions:
        message += f"; did you mean {' and '.join(f'`{s}`' for s in suggestions)}?"
    if suggestions and _simplified(name) in _PAGING:
        message += " Each response has the next page in `next`."
    field = name if name.isidentifier() and len(name) <= 40 else quote_excerpt(name)
    return bad_query(FieldError(field, message, sorted(known)))


def check_choice(name: str, value: str, accepted: Sequence[str]) -> str:
    """A value from a closed list."""
    if value not in accepted:
        closest = closest_match(value, accepted)
        hint = f"; did you mean `{closest}`?" if closest else ""
        raise bad_query(
            FieldError(name, f"{quote_excerpt(value)} is not a valid value{hint}", list(accepted))
        )
    return value


def check_length(name: str, value: str) -> None:
    """Refuse a value of more than 500 characters."""
    if len(value) > _MAX_LENGTH:
        raise bad_query(FieldError(name, "is longer than 500 characters", "at most 500 characters"))


def check_identifier(name: str, value: str, example: str) -> None:
    """Refuse what is not an identifier.

    Raises:
        Problem: 400 with an example of what is accepted.
    """
    if not is_identifier(value):
        message = f"{quote_excerpt(value)} is not a valid identifier"
        raise bad_query(FieldError(name, message, f"an identifier such as {example}"))


def parse_choices(name: str, value: str, accepted: Sequence[str]) -> tuple[str, ...]:
    """Several values from a closed list, each once."""
    if not value:
        raise bad_query(FieldError(name, "is empty", list(accepted)))
    return tuple(dict.fromkeys(check_choice(name, item, accepted) for item in value.split(",")))


def parse_cursor(name: str, value: str) -> str:
    """The text of a cursor; whether it belongs to the query shows when it is decoded."""
    if not value:
        raise bad_query(FieldError(name, "is empty", "`next` of the previous page"))
    return value


_PERIODS = "a day (2023-04-25), a month (2023-04) or a year (2023)"


def parse_day_range(name: str, value: str, accepted: str = _PERIODS) -> tuple[int, int]:
    """The first and last day of a day, month or year, as day numbers."""
    try:
        first, last = edtf.parse_period(value)
    except edtf.EdtfError as error:
        raise bad_query(FieldError(name, error.message, accepted)) from None
    if first < DAY_LIMITS[0] or last > DAY_LIMITS[1]:
        raise bad_query(FieldError(name, "is outside the years 0001 to 9999", accepted))
    return first, last


def parse_day(name: str, value: str) -> int:
    """The number of one day."""
    if len(value) == 10:
        first, last = parse_day_range(name, value, "a day (2023-04-26)")
        if first == last:
            return first
    raise bad_query(
        FieldError(name, f"{quote_excerpt(value)} is not a valid day", "a day (2023-04-26)")
    )
