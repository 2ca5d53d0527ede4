"""JSON is read strictly: what one reader takes and another refuses is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.kit.strict_json import MAX_DEPTH, JsonError, dumps, loads, quote_excerpt

REFUSED: list[tuple[bytes, str]] = [
    (b"", "Expecting value"),
    (b"nul", "Expecting value"),
    (b"NaN", "not a valid JSON number"),
    (b"[Infinity]", "not a valid JSON number"),
    (b'{"a": -Infinity}', "not a valid JSON number"),
    (b"1e999", "out of range"),
    (b"-1e999", "out of range"),
    (b"1234567890123456789", "18 digits"),
    (b"-1234567890123456789", "18 digits"),
    (b"1" * 5000, "18 digits"),
    (b'{"a": 1, "a": 1}', "twice"),
    (b'{"a": {"b": 1, "b": 2}}', "twice"),
    (b'{"a": 1, "\\u0061": 2}', "twice"),
    (b"\xef\xbb\xbf{}", "byte-order mark"),
    (b"\xff\xfe{\x00}\x00", "not valid UTF-8"),
    ("{}".encode("utf-16-be"), "Expecting|control|Extra|property"),
    (b'"\xed\xa0\x80"', "not valid UTF-8"),
    (b'"\\ud800"', "surrogate"),
    (b'{"\\udc00": 1}', "surrogate"),
    (b'"\\u0000"', "NUL"),
    (b'{"a\\u0000": 1}', "NUL"),
    (b'"\x00"', "control"),
    (b"[1,]", "Illegal trailing comma|Expecting value"),
    (b'{"a": 1,}', "Illegal trailing comma|Expecting property name"),
    (b"{} {}", "Extra data"),
    (b"// a\n{}", "Expecting value"),
    (b"{'a': 1}", "property name"),
    (b"01", "Extra data"),
    (b"[" * 100 + b"]" * 100, "nested"),
    (b"[" * 100_000, "nested"),
    (b'{"a":' * 100_000, "nested"),
]


@pytest.mark.parametrize(("body", "why"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_refused_and_why(body: bytes, why: str) -> None:
    with pytest.raises(JsonError, match=why) as caught:
        loads(body)
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -1, 10**17, 1.5, "", "é\U0001f4a9", [], {}, [[[{"a": [1]}]]], {"": ""}],
)
def test_what_is_written_is_read_again(value: object) -> None:
    assert loads(dumps(value)) == value


def test_nesting_is_allowed_up_to_the_bound() -> None:
    loads(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(JsonError, match="nested"):
        loads(b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2))


def test_a_surrogate_pair_is_one_character() -> None:
    assert loads(b'"\\ud83d\\udca9"') == "\U0001f4a9"


@pytest.mark.parametrize("text", ["a\x1b[31m", "a\n\r", "\u202e", "x" * 500, "\x00"])
def test_foreign_text_is_shown_short_and_printable(text: str) -> None:
    found = quote_excerpt(text)
    assert found.isprintable()
    assert len(found) <= 43


# ---- the cases of JSONTestSuite, where a copy is at hand

# Well-formed JSON that is refused on purpose, by the name of the case.
ON_PURPOSE = (
    "duplicated_key",  # also with the same value twice
    "escaped_null",  # NUL in a key
    "null_escape",  # NUL in a string
    "nullbyte",
    "escaped_noncharacter",
    "number_huge",
    "string_with_del_character",
)


def test_the_parsing_cases() -> None:
    folder = os.environ.get("TEST_JSON_CASES")
    if not folder:
        pytest.skip("TEST_JSON_CASES names no folder with JSONTestSuite's test_parsing")
    cases = sorted(Path(folder).glob("*.json"))
    assert len(cases) > 300
    wrong = []
    for case in cases:
        try:
            loads(case.read_bytes())
        except JsonError:
            refused = True
        else:
            refused = False
        deliberate = any(name in case.name for name in ON_PURPOSE)
        if (case.name[0] == "y" and refused and not deliberate) or (
            case.name[0] == "n" and not refused
        ):
            wrong.append(case.name)
    assert wrong == []
