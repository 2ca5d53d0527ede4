"""Query strings, and the syntax of filters in them.

A repeated parameter means "and", a comma "or", a leading `!` "not"; double quotes make a value
literal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote_to_bytes, urlencode

from app.kit.http.problems import FieldError, bad_query
from app.kit.strict_json import MAX_DIGITS, quote_excerpt
from app.kit.timestamps import utc_timestamp

MAX_QUERY_BYTES = 8_000
NO_UPPER_BOUND = 1_000_000_000_000_000_000  # greater than every number in use


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The value of a filter: any of these values or, if negated, none of them."""

    values: tuple[str, ...]
    negated: bool = False


def parse_query_string(query_string: bytes) -> list[tuple[str, str]]:
    """The parameters of a query string, which is strictly UTF-8, in their order.

    Raises:
        Problem: 400 if it cannot be decoded, 414 if it is too long.
    """
    if len(query_string) > MAX_QUERY_BYTES:
        problem = bad_query(
            FieldError(
                "query",
                f"is longer than {MAX_QUERY_BYTES} bytes",
                f"at most {MAX_QUERY_BYTES} bytes",
            )
        )
        problem.status, problem.type = 414, "uri-too-long"
        raise problem
    parameters = []
    for parameter in query_string.split(b"&"):
        if parameter:
            encoded_name, _, encoded_value = parameter.partition(b"=")
            name = _decode(encoded_name, "query")
            parameters.append((name, _decode(encoded_value, name)))
    return parameters


def _decode(encoded: bytes, field: str) -> str:
    try:
        text = unquote_to_bytes(encoded.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        raise bad_query(
            FieldError(_safe_name(field), "is not valid UTF-8", "percent-encoded UTF-8")
        ) from None
    if "\x00" in text:
        raise bad_query(
            FieldError(_safe_name(field), "contains a NUL character", "text without NUL characters")
        )
    return text


def _safe_name(field: str) -> str:
    """The name of a parameter as an error can show it."""
    return field if field.isidentifier() and len(field) <= 40 else quote_excerpt(field)


def parse_alternatives(field: str, value: str) -> Alternatives:
    """Parse the value of a filter.

    Raises:
        Problem: 400 for an empty value or an unclosed quote.
    """
    negated = value.startswith("!")
    values = _split(field, value[1:] if negated else value)
    if any(not item.strip() for item in values):
        raise bad_query(FieldError(field, "is empty", "one or more values, separated by commas"))
    return Alternatives(tuple(values), negated)


def _split(field: str, value: str) -> list[str]:
    items: list[str] = []
    remaining = value
    while True:
        if remaining.startswith('"'):
            item, remaining = _quoted(field, remaining)
            if remaining and not remaining.startswith(","):
                raise bad_query(
                    FieldError(
                        field, "has text after a closing quote", "a comma after the closing quote"
                    )
                )
        else:
            item, comma, tail = remaining.partition(",")
            remaining = comma + tail
        items.append(item)
        if not remaining:
            return items
        remaining = remaining[1:]


def _quoted(field: str, text: str) -> tuple[str, str]:
    """The quoted value at the start of a text, and the text after it; `""` is a quote in it."""
    item, index = "", 1
    while True:
        end = text.find('"', index)
        if end < 0:
            raise bad_query(FieldError(field, "has an unclosed quote", '`"…"`'))
        item += text[index:end]
        if text[end + 1 : end + 2] != '"':
            return item, text[end + 1 :]
        item, index = item + '"', end + 2


def parse_integer(field: str, value: str, low: int, high: int) -> int:
    """Parse a decimal number from `low` to `high`; without an upper bound, cap it.

    Raises:
        Problem: 400 for anything else.
    """
    accepted = (
        f"a whole number from {low} to {high}"
        if high < NO_UPPER_BOUND
        else f"a whole number of at least {low}"
    )
    if not (value.isascii() and value.isdigit()):
        raise bad_query(
            FieldError(field, f"{quote_excerpt(value)} is not a whole number", accepted)
        )
    if len(value) > MAX_DIGITS and high >= NO_UPPER_BOUND and value[0] != "0":
        return NO_UPPER_BOUND
    if len(value) > MAX_DIGITS or not low <= int(value) <= high:
        raise bad_query(FieldError(field, "is out of range", accepted))
    return int(value)


def parse_timestamp(field: str, value: str) -> str:
    """Parse a day or an RFC 3339 time, as a UTC timestamp in the form of `recorded_at`.

    Raises:
        Problem: 400 for anything else.
    """
    accepted = "a day (2023-04-26) or a time (2023-04-26T12:00:00Z)"
    text = value.replace(" ", "+") if "T" in value else value  # a `+` that was not encoded
    try:
        time = datetime.fromisoformat(text)
        return utc_timestamp(time if time.tzinfo else time.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise bad_query(
            FieldError(field, f"{quote_excerpt(value)} is not a valid day or time", accepted)
        ) from None


def next_path(path: str, parameters: Iterable[tuple[str, str]], name: str, value: object) -> str:
    """The URL path and query of the next page: the same parameters, but a new value of `name`."""
    others = [parameter for parameter in parameters if parameter[0] != name]
    return f"{quote(path)}?{urlencode([*others, (name, value)])}"
