"""Templates of a mapping: `{column|filter|filter:argument}`, and what the filters do.

A template that is one placeholder and nothing else gives the value as it is, which may be a list
or nothing; any other gives text, or nothing if one of its values is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache

from app.kit import countries
from app.kit.strict_json import quote_excerpt
from app.kit.words import slug

CellValue = str | list[str] | None
CellValues = Mapping[str, CellValue]
LookupTables = Mapping[str, Mapping[str, str | Mapping[str, str]]]
Template = Callable[[CellValues], CellValue]
_ValueFilter = Callable[[CellValue], CellValue]
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class MappingError(ValueError):
    """A mapping that cannot be used; the message says where and why."""


class UnmappedValue(ValueError):
    """A value that a mapping does not know what to make of; the message names it."""


def compile_template(text: str, names: frozenset[str], tables: LookupTables) -> Template:
    """A template, ready to be filled in from values of these names.

    Raises:
        MappingError: it names a value, a filter or a table that there is not.
    """
    found: list[str | Template] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        if match.start() > end:
            found.append(text[end : match.start()])
        found.append(_placeholder(match[1], names, tables))
        end = match.end()
    if end < len(text):
        found.append(text[end:])
    if len(found) == 1 and not isinstance(found[0], str):
        return found[0]
    return lambda values: _text(found, values)


def _text(parts: list[str | Template], values: CellValues) -> CellValue:
    texts = []
    for part in parts:
        value = part if isinstance(part, str) else part(values)
        if value is None:
            return None
        if isinstance(value, list):
            raise UnmappedValue(
                f"expected one value, got several: {quote_excerpt(', '.join(value))}"
            )
        texts.append(value)
    return "".join(texts)


def _placeholder(text: str, names: frozenset[str], tables: LookupTables) -> Template:
    name, *pipes = text.split("|")
    if name not in names:
        raise MappingError(f"{{{text}}} is not a column or a value of the mapping")
    filters = [_filter(pipe, tables) for pipe in pipes]

    def fill(values: CellValues) -> CellValue:
        value = values[name]
        for each in filters:
            value = each(value)
        return value

    return fill


def _filter(text: str, tables: LookupTables) -> _ValueFilter:
    name, _, argument = text.partition(":")
    if name in _ITEM_FILTERS:
        return _per_item(_ITEM_FILTERS[name])
    if name in ("lookup", "replace"):
        if argument not in tables:
            raise MappingError(f"|{text} does not name a table of the mapping")
        return _per_item(_lookup(tables[argument], must=name == "lookup"))
    if name == "join" and argument:
        return lambda value: argument.join(value) if isinstance(value, list) else value
    if name == "split" and argument:
        return lambda value: _split(value, argument)
    if name == "date" and argument:
        return _per_item(lambda item: _date(item, argument))
    known = ", ".join([*_ITEM_FILTERS, *_WITH_ARGUMENT])
    raise MappingError(f"|{text} is not a filter; must be one of {known}")


_WITH_ARGUMENT = ("lookup:TABLE", "replace:TABLE", "join:TEXT", "split:TEXT", "date:FORM")


def _per_item(change: Callable[[str], str]) -> _ValueFilter:
    """A filter that takes the items of a list one by one."""

    def apply(value: CellValue) -> CellValue:
        if isinstance(value, list):
            return list(dict.fromkeys(change(item) for item in value))
        return None if value is None else change(value)

    return apply


@cache
def _country(text: str) -> str:
    found = countries.find_country(text)
    if found is None:
        raise UnmappedValue(f"{quote_excerpt(text)} is not a known country")
    return found.alpha3


def _country_name(code: str) -> str:
    found = countries.country_by_code(code)
    if found is None:
        raise UnmappedValue(f"{quote_excerpt(code)} is not a valid country code")
    return found.name


_ITEM_FILTERS: dict[str, Callable[[str], str]] = {
    "slug": cache(slug),
    "country": _country,
    "country_name": _country_name,
    "lower": str.lower,
    "upper": str.upper,
}


def _lookup(table: Mapping[str, str | Mapping[str, str]], *, must: bool) -> Callable[[str], str]:
    def change(text: str) -> str:
        found = table.get(text)
        if isinstance(found, Mapping):
            raise UnmappedValue(f"{quote_excerpt(text)}: {found['refuse']}")
        if found is None and must:
            raise UnmappedValue(f"{quote_excerpt(text)} is not in the table")
        return text if found is None else found

    return change


def _split(value: CellValue, by: str) -> CellValue:
    items = value if isinstance(value, list) else [] if value is None else [value]
    parts = [part.strip() for item in items for part in item.split(by)]
    return list(dict.fromkeys(part for part in parts if part)) or None


def _date(text: str, form: str) -> str:
    try:
        return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise UnmappedValue(f"{quote_excerpt(text)} is not a date in the format {form}") from None
