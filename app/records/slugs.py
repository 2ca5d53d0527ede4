"""Identifiers that are derived where the client gives none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.kit import countries, edtf
from app.kit.shapes import MAX_IDENTIFIER, Document
from app.kit.words import fold, words

_LONGEST = 80
_NAMESAKES = 33  # beyond so many of one name, only the index finds another


# Letters of other scripts as they are mostly written in Latin ones.
_LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэіґ", "abvgdeziyklmnoprstufyeig", strict=True))
    | {"ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
       "ь": "", "ю": "yu", "я": "ya", "є": "ye", "ї": "yi", "ў": "u"}
    | dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True))
    | {"θ": "th", "χ": "ch", "ψ": "ps"}
)  # fmt: skip


def slug(*parts: str | None) -> str:
    """The words of these parts that fold to ASCII, joined by hyphens."""
    found = [word for part in parts if part for word in words(_latin(part)) if word.isascii()]
    text = "-".join(found)
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rpartition("-")[0] or text[:_LONGEST]
    return text


def _latin(text: str) -> str:
    return text if text.isascii() else fold(text.casefold().translate(_LATIN)).translate(_LATIN)


def _day(date: Any) -> str | None:
    """The date as it begins an identifier: `2023-04-25`, `2023-04`, `2023`."""
    text = date.get("edtf") if isinstance(date, dict) else date
    if not isinstance(text, str):
        return None
    try:
        parsed = edtf.parse(text)
    except edtf.EdtfError:
        return None
    if parsed.earliest is None:
        return None
    first = edtf.iso(parsed.earliest)
    finer = {"year": 2, "month": 1}.get(parsed.precision, 0)
    return first.rsplit("-", finer)[0]


def _text(body: Document, name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) else None


def _meeting(body: Document) -> str:
    place = body.get("place")
    where = place.get("name") if isinstance(place, dict) else None
    return slug(_day(body.get("date")), where if isinstance(where, str) else _text(body, "title"))


def _party(body: Document) -> str:
    name = _text(body, "name") or ""
    if body.get("kind") == "state":
        found = countries.find(name)
        return found.alpha3 if found else ""
    return slug(name)


def _source(body: Document) -> str:
    who = _text(body, "publisher") or _text(body, "mirrored_by")
    return slug(_day(body.get("published")), who, _text(body, "title"))


def _position(body: Document) -> str:
    return slug(_day(body.get("date")), _text(body, "party"), _text(body, "issue"))


def _named(body: Document) -> str:
    return slug(_text(body, "name"))


_DERIVED: dict[str, Callable[[Document], str]] = {
    "meeting": _meeting,
    "party": _party,
    "source": _source,
    "position": _position,
    "person": _named,
    "issue": _named,
    "process": _named,
    "milestone": lambda body: slug(_text(body, "title"), _day(body.get("date"))),
}


def namesakes(noun: str, body: Document) -> list[str]:
    """The identifiers that records which say the same would have been given."""
    base = _DERIVED[noun](body)
    return [base, *(f"{base}-{number}" for number in range(2, _NAMESAKES))] if base else []


def derived(noun: str, body: Document, taken: Callable[[str], bool]) -> str:
    """An identifier for a new record: readable, and not taken; the noun's where no word is.

    A state has one code only, so none is made up beside it: empty where there is no such state.
    """
    base = _DERIVED[noun](body)
    if noun == "party" and body.get("kind") == "state":
        return base
    candidate, number = base[:MAX_IDENTIFIER], 1
    if not base:
        base, candidate = noun, f"{noun}-1"
    while taken(candidate):
        number += 1
        candidate = f"{base}-{number}"
    return candidate
