"""The countries of the world by code and by name, present and former.

The data is in ``countries.csv`` beside this module, one country a line, and is read once. The
statuses are:

* ``current``: the 249 entries of ISO 3166-1;
* ``former``: withdrawn entries that had an alpha-3 code (ISO 3166-3), among them the Soviet
  Union, Yugoslavia, Czechoslovakia and the German Democratic Republic;
* ``own``: polities without an entry, under a user-assigned code. Kosovo (``XKX``) is the only
  one.

Organisations are not countries: the European Union is left out, although ``EU`` is reserved for it.

The names are those in common use (Russia, Syria, Türkiye); official long forms, spellings and
former names are among the other names. A country that was only renamed is found by its old name:
"Burma" finds Myanmar and "Zaire" the Democratic Republic of the Congo, though the codes ``BUR``
and ``ZAR`` still find the withdrawn entries. A name that only a former country had finds that
country: "Soviet Union" finds ``SUN``.
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

#: Which status comes first if several countries have the same name.
_PRECEDENCE: Final[Mapping[CountryStatus, int]] = {"current": 0, "own": 1, "former": 2}

#: Letters that Unicode does not decompose, and signs that are read as words.
_LETTERS: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "&": " and "}
)

#: Punctuation inside a word, which is removed; any other separates two words.
_INSIDE_WORDS: Final = frozenset("'’ʼ`.")

#: The least similarity, from 0 to 1, for a country to be suggested.
_MIN_SIMILARITY: Final = 0.6


@dataclass(frozen=True, slots=True)
class Country:
    """A country, present or former."""

    alpha3: str
    alpha2: str
    name: str
    other_names: tuple[str, ...]
    status: CountryStatus

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the country, the common one first."""
        return (self.name, *self.other_names)


@cache
def all_countries() -> Mapping[str, Country]:
    """Every country by its alpha-3 code, in the order of the codes."""
    table = resources.files(__package__).joinpath("countries.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {row["alpha3"]: _country_from_row(row) for row in csv.DictReader(table.splitlines())}
    )


def country_by_code(alpha3: str) -> Country | None:
    """The country of an alpha-3 code in capitals; None if there is none."""
    return all_countries().get(alpha3)


def find_country(text: str) -> Country | None:
    """The country with a code or a name; None if there is none.

    Case, accents and punctuation do not matter, nor do a leading "the", "&" for "and" and "St."
    for "Saint". Codes take precedence over names, present countries over former ones, and the
    common name of a country over another name of a second one.
    """
    codes, folded = _codes(), _fold(text)
    return codes.get(text.strip().upper()) or codes.get(folded.upper()) or _by_name().get(folded)


def similar_countries(text: str, n: int = 3) -> list[Country]:
    """At most `n` countries with the names most similar to a text, the most similar first.

    Countries below a minimum similarity are not returned.
    """
    folded = _fold(text)
    if not folded:
        return []
    # SequenceMatcher caches what it computes of its second text, so that is the fixed one.
    matcher = SequenceMatcher(b=folded, autojunk=False)
    candidates = [(name, country.alpha3) for name, country in _by_name().items()]
    if len(folded) == len("ISO"):  # may be a mistyped code
        candidates += [(alpha3.lower(), alpha3) for alpha3 in all_countries()]
    scores: dict[str, float] = {}
    for name, alpha3 in candidates:
        score = _similarity(matcher, name, folded)
        if score >= _MIN_SIMILARITY:
            scores[alpha3] = max(score, scores.get(alpha3, 0.0))
    best = heapq.nsmallest(
        n,
        scores,
        key=lambda code: (-scores[code], _PRECEDENCE[all_countries()[code].status], code),
    )
    return [all_countries()[code] for code in best]


def _country_from_row(row: dict[str, str]) -> Country:
    status = row["status"]
    if status not in get_args(CountryStatus):
        raise ValueError(f"{row['alpha3']}: no such status: {status}")
    other_names = row["other_names"]
    return Country(
        alpha3=row["alpha3"],
        alpha2=row["alpha2"],
        name=row["name"],
        other_names=tuple(other_names.split("|")) if other_names else (),
        status=cast("CountryStatus", status),
    )


def _ranked() -> list[Country]:
    """The countries in order of precedence."""
    return sorted(
        all_countries().values(), key=lambda country: (_PRECEDENCE[country.status], country.alpha3)
    )


@cache
def _codes() -> Mapping[str, Country]:
    """The countries by alpha-3 and by alpha-2 code.

    Former alpha-2 codes are included only if they are unambiguous: not GE, which is Georgia's
    now, and not CS, which two former countries had.
    """
    codes = dict(all_countries())
    former: dict[str, list[Country]] = {}
    for country in _ranked():
        if country.status == "former":
            former.setdefault(country.alpha2, []).append(country)
        else:
            codes[country.alpha2] = country
    for alpha2, countries in former.items():
        if len(countries) == 1:
            codes.setdefault(alpha2, countries[0])
    return codes


@cache
def _by_name() -> Mapping[str, Country]:
    """The countries by every folded name."""
    by_name: dict[str, Country] = {}
    # All names of present countries take precedence over those of former ones.
    for former in (False, True):
        ranked = [country for country in _ranked() if (country.status == "former") is former]
        for country in ranked:
            by_name.setdefault(_fold(country.name), country)
        for country in ranked:
            for name in country.other_names:
                by_name.setdefault(_fold(name), country)
    return by_name


def _fold(text: str) -> str:
    """A name in the form in which names are compared."""
    folded = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
        if not unicodedata.combining(letter) and letter not in _INSIDE_WORDS
    )
    words = "".join(letter if letter.isalnum() else " " for letter in folded).split()
    if len(words) > 1 and words[0] == "the":
        del words[0]
    return " ".join("saint" if word == "st" else word for word in words)


def _similarity(matcher: SequenceMatcher[str], name: str, text: str) -> float:
    """The similarity of a name and a text, from 0 to 1; the beginning of a word counts much."""
    if len(text) >= len("ISO"):
        if name.startswith(text):
            return 0.9 + 0.1 * len(text) / len(name)
        if f" {text}" in f" {name}":
            return 0.8 + 0.1 * len(text) / len(name)
    matcher.set_seq1(name)
    if matcher.real_quick_ratio() < _MIN_SIMILARITY or matcher.quick_ratio() < _MIN_SIMILARITY:
        return 0.0
    return matcher.ratio()
