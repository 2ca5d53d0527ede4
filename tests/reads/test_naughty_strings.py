"""Strings that have broken other programs, as words, as names and as queries."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.kit.http.problems import Problem
from app.kit.words import fold_text, split_words
from tests.builders import RecordWriter, issue, party

# A few that are always tried; TEST_NAUGHTY_STRINGS names a file with more, as a list in JSON.
STRINGS = [
    "undefined", "1E+02", "--", "; DROP TABLE issue", "' OR 1=1 -- 1", '"', '""', "\\", "*", "^",
    "NEAR(a b)", "a AND b OR NOT c", "terms:a", "{{7*7}}", "%s%d%n", "../../etc/passwd",
    "\u202etest", "Ω≈ç√∫", "田中さんにあげて下さい", "(ﾉಥ益ಥ)ﾉ", "ﬁ", "ß", "İ", "Z̮̞̠͙͔ͅalgo",
    "\U0001f469\u200d\U0001f469\u200d\U0001f466", "مُنَاقَشَةُ", "\ufeff", "\u0085", "a\u0300" * 50,
    "\U000e0041", "¼", "Ⅷ", "ǅ",
]  # fmt: skip


def strings() -> list[str]:
    named = os.environ.get("TEST_NAUGHTY_STRINGS")
    if not named:
        return STRINGS
    more: list[str] = json.loads(Path(named).read_text("utf-8"))
    return [*STRINGS, *more]


def test_more_strings_are_at_hand() -> None:
    if not os.environ.get("TEST_NAUGHTY_STRINGS"):
        pytest.skip("TEST_NAUGHTY_STRINGS names no file with a list of naughty strings")
    assert len(strings()) > 500


def test_folding_is_done_once_and_for_all() -> None:
    for text in strings():
        assert fold_text(fold_text(text)) == fold_text(text), text
        for word in split_words(text):
            assert split_words(word) == [word], text


def test_words_are_the_same_whatever_the_case() -> None:
    for text in strings():
        assert (
            split_words(text.upper().lower()) == split_words(text.casefold()) or not text.isascii()
        ), text


def test_a_query_is_answered_or_refused(client: TestClient, writer: RecordWriter) -> None:
    writer.write(issue("i"))
    for text in strings():
        for name in ("q", "place", "party", "cursor", "sort", "from", "id", text[:100] or "x"):
            answer = client.get("/v1/meetings", params={name: text})
            assert answer.status_code in (200, 400, 404, 414), (name, text, answer.text[:200])
            assert len(text) <= 100 or text not in answer.text


def test_what_is_named_so_is_found_by_its_name(client: TestClient, writer: RecordWriter) -> None:
    named: dict[str, str] = {}
    for number, text in enumerate(strings()):
        try:
            writer.write(party(f"p{number}", name=text))
        except Problem as problem:
            assert problem.status == 422
        else:
            named[f"p{number}"] = text
    assert len(named) > 20
    for identifier, text in named.items():
        single = client.get(f"/v1/parties/{identifier}")
        assert single.json()["name"] == text.strip()
        quoted = '"' + text.replace('"', '""') + '"'
        if split_words(text) and len(quoted.encode()) < 2_000 and len(split_words(text)) <= 32:
            page = client.get("/v1/parties", params={"q": quoted, "id": identifier}).json()
            assert page["total"] == 1, text
