"""The filter grammar: repeat = and, comma = or, leading `!` = not, double quotes = literal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote_to_bytes, urlencode

from app.kit.http.problems import FieldError, bad_query
from app.kit.strict_json import MAX_DIGITS, quote_excerpt
from app.kit.timestamps import utc_timestamp

MAX_QUERY_BYTES = 8_000  # bytes
NO_UPPER_BOUND = 1_000_000_000_000_000_000  # greater than every number that there is


@dataclass(frozen=True, slots=True)
class Alternatives:
    """One occurrence of a parameter: any of these values, or none of them."""

    values: tuple[str, ...]
    negated: bool = False


def parse_query_string(query: bytes) -> list[tuple[str, str]]:
    """The parameters of a raw query string, in order, strictly UTF-8.

    Raises:
        Problem: 400 (too long is 414) where it cannot be decoded.
    """
    if len(query) > MAX_QUERY_BYTES:
        problem = bad_query(
            FieldError(
                "query",
                f"is longer than {MAX_QUERY_BYTES} bytes",
                f"at most {MAX_QUERY_BYTES} bytes",
            )
        )
        problem.status, problem.type = 414, "uri-too-long"
        raise problem
    found = []
    for part in query.split(b"&"):
        if part:
            name, _, value = part.partition(b"=")
            shown_name = _decoded(name, "query")
            found.append((shown_name, _decoded(value, shown_name)))
    return found


def _decoded(raw: bytes, field: str) -> str:
    try:
        text = unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        raise bad_query(
            FieldError(_safe_name(field), "is not UTF-8", "percent-encoded UTF-8")
        ) from None
    if "\x00" in text:
        raise bad_query(
            FieldError(_safe_name(field), "holds the character NUL", "text without NUL")
        )
    return text


def _safe_name(field: str) -> str:
    """A parameter's name as it can be shown in an error."""
    return field if field.isidentifier() and len(field) <= 40 else quote_excerpt(field)


def parse_alternatives(field: str, value: str) -> Alternatives:
    """One occurrence of a filter parameter, taken apart.

    Raises:
        Problem: 400 for an empty value or an unclosed quote.
    """
    negated = value.startswith("!")
    values = _split(field, value[1:] if negated else value)
    if any(not item.strip() for item in values):
        raise bad_query(FieldError(field, "is empty", "a value, or several with commas"))
    return Alternatives(tuple(values), negated)


def _split(field: str, value: str) -> list[str]:
    found: list[str] = []
    rest = value
    while True:
        if rest.startswith('"'):
            item, rest = _quoted(field, rest)
            if rest and not rest.startswith(","):
                raise bad_query(
                    FieldError(field, "has text after a closing quote", 'a comma after `"…"`')
                )
        else:
            item, comma, tail = rest.partition(",")
            rest = comma + tail
        found.append(item)
        if not rest:
            return found
        rest = rest[1:]


def _quoted(field: str, text: str) -> tuple[str, str]:
    """A quoted value and what follows it; a doubled quote stands for one."""
    item, index = "", 1
    while True:
        end = text.find('"', index)
        if end < 0:
            raise bad_query(FieldError(field, "has a quote that is not closed", '`"…"`'))
        item += text[index:end]
        if text[end + 1 : end + 2] != '"':
            return item, text[end + 1 :]
        item, index = item + '"', end + 2


def parse_integer(field: str, value: str, low: int, high: int) -> int:
    """A plain decimal number within bounds; without an upper bound, at most `NO_UPPER_BOUND`."""
    accepted = (
        f"a whole number from {low} to {high}"
        if high < NO_UPPER_BOUND
        else f"a whole number, at least {low}"
    )
    if not (value.isascii() and value.isdigit()):
        raise bad_query(FieldError(field, f"{quote_excerpt(value)} is no whole number", accepted))
    if len(value) > MAX_DIGITS and high >= NO_UPPER_BOUND and value[0] != "0":
        return NO_UPPER_BOUND
    if len(value) > MAX_DIGITS or not low <= int(value) <= high:
        raise bad_query(FieldError(field, "is out of range", accepted))
    return int(value)


def parse_timestamp(field: str, value: str) -> str:
    """A day or an RFC 3339 time, as a UTC timestamp in the form of `recorded_at`."""
    accepted = "a day 2023-04-26 or a time 2023-04-26T12:00:00Z"
    text = value.replace(" ", "+") if "T" in value else value  # a `+` that was not encoded
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise bad_query(FieldError(field, f"{quote_excerpt(value)} is no time", accepted)) from None
    return utc_timestamp(at)


def next_path(path: str, parameters: Iterable[tuple[str, str]], name: str, value: object) -> str:
    """A path with its query, in which the parameter `name` has another value."""
    others = [parameter for parameter in parameters if parameter[0] != name]
    return f"{quote(path)}?{urlencode([*others, (name, value)])}"
