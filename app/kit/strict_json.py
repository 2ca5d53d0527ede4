"""JSON, parsed strictly and written as bytes.

Python's parser accepts `NaN`, repeated keys, a byte-order mark and lone surrogates. Each of them
would fail later, in a database or in another client, so they are errors here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson

_LINE_BREAK_ESCAPES = tuple(
    (character.encode(), b"\\u%04x" % ord(character)) for character in "\x85\u2028\u2029"
)
MAX_DEPTH = 32
MAX_DIGITS = 18  # beyond this an integer may not fit a database's 64 bits


class JsonError(ValueError):
    """The text is not JSON, or not accepted; the message says why, without the input.

    `path` is where in the value, such as `readouts[0].text`; empty for the text as a whole.
    """

    path = ""

    def within(self, step: str) -> JsonError:
        """Returns this error for a value that lies at a step of a larger one."""
        separator = "." if self.path and not self.path.startswith("[") else ""
        self.path = step + separator + self.path
        return self


class _TooDeep(JsonError):
    """Too deep nesting: its path is the outermost field only."""

    def within(self, step: str) -> JsonError:
        self.path = step
        return self


@dataclass(frozen=True, slots=True)
class _InvalidValue:
    """Takes the place of a value that is not accepted, until its path is known."""

    reason: str


def _constant(name: str) -> NoReturn:
    raise JsonError(f"{name.lstrip('-')} is not a valid JSON number")


def _integer(digits: str) -> int | _InvalidValue:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        return _InvalidValue(f"an integer must have at most {MAX_DIGITS} digits")
    return int(digits)


def _float(digits: str) -> float | _InvalidValue:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        return _InvalidValue("a number is out of range")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _InvalidValue:
    members = dict(pairs)
    if len(members) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        repeated = next(key for key, count in counts.items() if count > 1)
        return _InvalidValue(f"the key {quote_excerpt(repeated)} occurs twice in one object")
    return members


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_int=_integer,
    parse_float=_float,
)


_SAFE_CHARACTERS = frozenset(" -_.,:/+~'’$[]")


def quote_excerpt(text: str, limit: int = 40) -> str:
    """Untrusted text quoted for a message: truncated, letters, digits and safe punctuation only."""
    safe = "".join(
        c if c.isalnum() or c in _SAFE_CHARACTERS else "\N{REPLACEMENT CHARACTER}"
        for c in text[:limit]
    )
    return f"“{safe}{'…' if len(text) > limit else ''}”"


def path_step(key: str) -> str:
    """A key as a step of a path: a plain word as is, anything else by `quote_excerpt`."""
    word = key.replace("-", "_").replace(".", "_")
    is_plain = len(key) <= 40 and word.isidentifier()
    return key if is_plain or not key else quote_excerpt(key)


def loads(body: bytes) -> Any:
    """Parses UTF-8 JSON.

    Raises:
        JsonError: not UTF-8, not JSON, a repeated key, a number out of range, NUL or a lone
            surrogate in a string, or nesting deeper than `MAX_DEPTH`.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonError(f"the body is not valid UTF-8 (byte {error.start})") from None
    if text.startswith("\ufeff"):
        raise JsonError("the body must not start with a byte-order mark")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise JsonError(f"{error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise JsonError("the body is nested too deeply") from None
    check_storable(value)
    return value


def check_storable(value: Any, depth: int = 0) -> None:
    """Checks for what no engine can store: NUL, lone surrogates, nesting beyond `MAX_DEPTH`.

    Raises:
        JsonError: with the path of the first such value.
    """
    if isinstance(value, str):
        if "\x00" in value:
            raise JsonError("a string contains a NUL character")
        if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
            raise JsonError("a string contains an unpaired surrogate")
    elif isinstance(value, _InvalidValue):
        raise JsonError(value.reason)
    elif isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            raise _TooDeep(f"the body is nested deeper than {MAX_DEPTH} levels")
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            try:
                check_storable(key, depth + 1)
                check_storable(item, depth + 1)
            except JsonError as error:
                raise error.within(path_step(key) if isinstance(key, str) else f"[{key}]") from None


def dumps(value: Any) -> bytes:
    """A value as compact UTF-8 JSON, members in their order."""
    return orjson.dumps(value)


def splice_members(document: bytes, head: bytes, tail: bytes) -> bytes:
    """Adds members, or nothing, to the front and the end of a JSON object without parsing it."""
    parts = [part for part in (head, document[1:-1], tail) if part]
    return b"{" + b",".join(parts) + b"}"


def append_member(document: bytes, name: str, value: bytes) -> bytes:
    """Adds a member, whose value is JSON, to the end of a JSON object without parsing it."""
    return splice_members(document, b"", dumps(name) + b":" + value)


def stream_array(head: bytes, items: Iterable[bytes], tail: bytes) -> Iterator[bytes]:
    """Yields a JSON text piece by piece: `head`, items separated by commas, `tail`."""
    yield head
    separator = b""
    for item in items:
        yield separator + item
        separator = b","
    yield tail


def escape_line_breaks(content: bytes) -> bytes:
    """Escapes the characters beyond ASCII that many text readers take for the end of a line.

    In JSON they occur in strings only, where an escape means the same.
    """
    for character, escape in _LINE_BREAK_ESCAPES:
        content = content.replace(character, escape)
    return content
