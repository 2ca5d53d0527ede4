"""The seed's words are its own: nothing is copied but short quotes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from app.imports import seed
from app.kit.words import split_words
from app.nouns.registry import NOUNS
from tests.seed.claims import ARTICLE, LONGEST_RUN

#: Spellings are levelled, so that a sentence is not hidden by the one that Parley keeps to.
SPELLINGS = [
    ("defence", "defense"),
    ("turkiye", "turkey"),
    ("isation", "ization"),
    ("ising", "izing"),
]


@pytest.fixture(scope="module")
def article() -> str:
    path = os.environ.get(ARTICLE)
    if not path:
        pytest.skip(f"the article is not kept here; {ARTICLE} names no file that holds it")
    return Path(path).read_text(encoding="utf-8")


def levelled(text: str) -> list[str]:
    return reduce(lambda t, pair: t.replace(*pair), SPELLINGS, " ".join(split_words(text))).split()


def runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of words that is too long to be shared by chance."""
    told = levelled(text)
    return {tuple(told[i : i + LONGEST_RUN + 1]) for i in range(len(told) - LONGEST_RUN)}


def texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Give every string of a record with the field that it stands in."""
    if isinstance(value, dict):
        for field, inner in value.items():
            yield from texts(inner, field)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, name)
    elif isinstance(value, str):
        yield name, value


def written() -> Iterator[tuple[str, str]]:
    for _, changes in seed.load_seed(seed.seed_folder(), NOUNS):
        for change in changes:
            yield from texts(change.body)


def test_quotes_are_short() -> None:
    quotes = [text for field, text in written() if field == "quote"]
    assert len(quotes) == 4
    assert all(len(split_words(quote)) < 30 for quote in quotes)


def test_no_sentence_is_the_articles(article: str) -> None:
    taken = runs(article)
    readme = (seed.seed_folder() / "README.md").read_text(encoding="utf-8")
    for field, text in (*written(), ("README.md", readme)):
        if field != "quote":
            assert runs(text) & taken == set(), field


def test_what_is_quoted_is_what_someone_said(article: str) -> None:
    said = re.findall(r"“([^”]*)”", article)
    for field, text in written():
        for passage in text.split(" … ") if field == "quote" else []:
            assert any(passage in one for one in said), passage
