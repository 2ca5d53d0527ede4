"""Made-up words: names, places and running text whose words follow Zipf's law.

Only `random.Random.random` is drawn on, whose sequence every Python promises to keep.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from random import Random
from typing import TypeVar

T = TypeVar("T")

_ONSETS = ("b", "br", "d", "dr", "f", "g", "k", "kr", "l", "m", "n", "p", "r", "s", "st", "t")
_ONSETS_MORE = ("tr", "v", "z", "ch", "sh", "h", "j", "y")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ei", "ou")
_CODAS = ("", "", "", "n", "r", "l", "s", "m", "k", "t")
WORDS = 6_000
_ZIPF = 1.05


def pick(random: Random, options: Sequence[T]) -> T:
    """One of these, all alike."""
    return options[int(random.random() * len(options))]


def weighted(random: Random, options: Sequence[T], cumulated: Sequence[float]) -> T:
    """One of these, by cumulated weights."""
    return options[min(bisect(cumulated, random.random() * cumulated[-1]), len(options) - 1)]


def between(random: Random, low: int, high: int) -> int:
    """A whole number, both ends included."""
    return low + int(random.random() * (high - low + 1))


def zipf(count: int, exponent: float, offset: float = 1.0) -> list[float]:
    """Cumulated weights that fall with the rank."""
    return list(accumulate(1 / (rank + offset) ** exponent for rank in range(count)))


def _syllable(random: Random) -> str:
    onset = pick(random, _ONSETS + _ONSETS_MORE)
    return onset + pick(random, _VOWELS) + pick(random, _CODAS)


def _made_up_words(seed: str, count: int, syllables: tuple[int, int]) -> tuple[str, ...]:
    """Distinct words of so many syllables."""
    random, found = Random(seed), dict[str, None]()
    while len(found) < count:
        found["".join(_syllable(random) for _ in range(between(random, *syllables)))] = None
    return tuple(found)


@cache
def words() -> tuple[str, ...]:
    """The vocabulary, the most frequent word first; short words tend to be the frequent ones."""
    coined = _made_up_words("words", WORDS, (1, 4))
    return tuple(word for _, word in sorted(enumerate(coined), key=lambda p: p[0] * len(p[1])))


@cache
def _word_weights() -> list[float]:
    return zipf(WORDS, _ZIPF, 2.7)


def text(random: Random, least: int, most: int) -> str:
    """A few sentences of so many words in all."""
    vocabulary, weights = words(), _word_weights()
    drawn = [weighted(random, vocabulary, weights) for _ in range(between(random, least, most))]
    sentences = [" ".join(drawn[at : at + 14]).capitalize() for at in range(0, len(drawn), 14)]
    return ". ".join(sentences) + "."


def phrase(random: Random, count: int) -> str:
    """So many words from the middle of the vocabulary, as titles and names have them."""
    vocabulary = words()
    return " ".join(vocabulary[between(random, 40, 900)] for _ in range(count))


@cache
def family_names() -> tuple[str, ...]:
    """Names of families."""
    return tuple(name.capitalize() for name in _made_up_words("families", 1_500, (2, 3)))


@cache
def given_names() -> tuple[str, ...]:
    """Given names."""
    return tuple(name.capitalize() for name in _made_up_words("given", 300, (1, 2)))


@cache
def places() -> tuple[str, ...]:
    """Towns."""
    return tuple(name.capitalize() for name in _made_up_words("places", 120, (2, 3)))


@cache
def place_weights() -> list[float]:
    """Some towns see many meetings, most see few."""
    return zipf(len(places()), 0.9, 2.0)
