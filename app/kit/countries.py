"""The countries of the world by code and by name, as of today and as of before.

The facts stand in ``countries.csv`` beside this module, one country a line, and are read once:

* ``current``: the 249 entries of ISO 3166-1;
* ``former``: the entries withdrawn from it that had an alpha-3 code of their own (ISO 3166-3),
  among them the Soviet Union, Yugoslavia, Czechoslovakia and the German Democratic Republic;
* ``own``: polities without an entry, under a code from the range that ISO leaves to its users.
  Kosovo (``XKX``) is the only one.

Organisations are no countries: the European Union is left out, although ``EU`` is reserved for it.

The names are those in common use (Russia, Syria, Türkiye); official long forms, spellings and
former names stand among the other names. A country that merely changed its name answers to the
old one: "Burma" finds Myanmar and "Zaire" the Democratic Republic of the Congo, though the codes
``BUR`` and ``ZAR`` still find the withdrawn entries. A name that only a former country had finds
that country: "Soviet Union" finds ``SUN``.
"""

from __future__ import annotations

import csv
import heapq
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Country",
    "CountryStatus",
    "all_countries",
    "country_by_code",
    "find_country",
    "similar_countries",
]

CountryStatus = Literal["current", "former", "own"]

#: Who answers first to a name that several bear.
_PRECEDENCE: Final[Mapping[CountryStatus, int]] = {"current": 0, "own": 1, "former": 2}

#: Letters that no decomposition takes apart, and signs read as words.
_LETTERS: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "&": " and "}
)

#: Signs inside a word: dropped, where every other sign parts two words.
_INSIDE_WORDS: Final = frozenset("'’ʼ`.")

#: How alike two names are at least, of 1, for the one to be offered for the other.
_MIN_SIMILARITY: Final = 0.6


@dataclass(frozen=True, slots=True)
class Country:
    """A country, present or past."""

    alpha3: str
    alpha2: str
    name: str
    other_names: tuple[str, ...]
    status: CountryStatus

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the country, its common one first."""
        return (self.name, *self.other_names)


@cache
def all_countries() -> Mapping[str, Country]:
    """Return every country by its alpha-3 code, in the order of the codes."""
    table = resources.files(__package__).joinpath("countries.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {line["alpha3"]: _country_from_row(line) for line in csv.DictReader(table.splitlines())}
    )


def country_by_code(alpha3: str) -> Country | None:
    """Return the country of an alpha-3 code, written as ISO writes it, or nothing."""
    return all_countries().get(alpha3)


def find_country(text: str) -> Country | None:
    """Return the country that a code or a name means, or nothing.

    Case, accents and punctuation are no matter, nor are a leading "the", "&" for "and" and "St."
    for "Saint". Codes come before names, a country of today before one of the past, and a
    country's common name before another's other name.
    """
    codes, folded = _codes(), _fold(text)
    return codes.get(text.strip().upper()) or codes.get(folded.upper()) or _by_name().get(folded)


def similar_countries(text: str, n: int = 3) -> list[Country]:
    """Return up to so many countries whose names come closest to a text, the closest first.

    For "did you mean": nothing is returned rather than something unlike.
    """
    wanted = _fold(text)
    if not wanted:
        return []
    # The comparison keeps what it knows of its second text, so that is the one that stays.
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    likeness: dict[str, float] = {}
    for name, one in _by_name().items():
        score = _similarity(matcher, name, wanted)
        if score >= _MIN_SIMILARITY:
            likeness[one.alpha3] = max(score, likeness.get(one.alpha3, 0.0))
    if len(wanted) == len("ISO"):  # perhaps a code with a slip in it
        for alpha3 in all_countries():
            score = _similarity(matcher, alpha3.lower(), wanted)
            if score >= _MIN_SIMILARITY:
                likeness[alpha3] = max(score, likeness.get(alpha3, 0.0))
    best = heapq.nsmallest(
        n,
        likeness,
        key=lambda code: (-likeness[code], _PRECEDENCE[all_countries()[code].status], code),
    )
    return [all_countries()[code] for code in best]


def _country_from_row(line: dict[str, str]) -> Country:
    """Make a country of a line of the table."""
    status = line["status"]
    if status not in get_args(CountryStatus):
        raise ValueError(f"{line['alpha3']}: no such status: {status}")
    other_names = line["other_names"]
    return Country(
        alpha3=line["alpha3"],
        alpha2=line["alpha2"],
        name=line["name"],
        other_names=tuple(other_names.split("|")) if other_names else (),
        status=cast("CountryStatus", status),
    )


def _ranked() -> list[Country]:
    """Return the countries in the order in which they answer."""
    return sorted(all_countries().values(), key=lambda one: (_PRECEDENCE[one.status], one.alpha3))


@cache
def _codes() -> Mapping[str, Country]:
    """Return the countries by alpha-3 and by alpha-2 code.

    Of the alpha-2 codes of the past only those that mean one country to this day: not GE, now
    Georgia's, which is Georgia, and not CS, which was two countries' and is nobody's.
    """
    codes = dict(all_countries())
    past: dict[str, list[Country]] = {}
    for one in _ranked():
        if one.status == "former":
            past.setdefault(one.alpha2, []).append(one)
        else:
            codes[one.alpha2] = one
    for alpha2, bearers in past.items():
        if len(bearers) == 1:
            codes.setdefault(alpha2, bearers[0])
    return codes


@cache
def _by_name() -> Mapping[str, Country]:
    """Return the countries by every folded name."""
    names: dict[str, Country] = {}
    # Today's countries take all their names before those of the past take any.
    for former in (False, True):
        ranked = [one for one in _ranked() if (one.status == "former") is former]
        for one in ranked:
            names.setdefault(_fold(one.name), one)
        for one in ranked:
            for name in one.other_names:
                names.setdefault(_fold(name), one)
    return names


def _fold(text: str) -> str:
    """Bring a name to the form in which names are compared."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
        if not unicodedata.combining(letter) and letter not in _INSIDE_WORDS
    )
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    if len(words) > 1 and words[0] == "the":
        del words[0]
    return " ".join("saint" if word == "st" else word for word in words)


def _similarity(matcher: SequenceMatcher[str], name: str, wanted: str) -> float:
    """Say how like a name is to the wanted one, of 1; whoever typed its beginning is close."""
    if len(wanted) >= len("ISO"):
        if name.startswith(wanted):
            return 0.9 + 0.1 * len(wanted) / len(name)
        if f" {wanted}" in f" {name}":
            return 0.8 + 0.1 * len(wanted) / len(name)
    matcher.set_seq1(name)
    if matcher.real_quick_ratio() < _MIN_SIMILARITY or matcher.quick_ratio() < _MIN_SIMILARITY:
        return 0.0
    return matcher.ratio()
