"""JSON, read strictly and written as bytes.

The standard reader takes `NaN`, repeated keys, a byte-order mark and half a surrogate pair; each
of them would fail later, in a database or in another client. Here they are refused at the door.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson

_LINE_BREAK_ESCAPES = tuple((sign.encode(), b"\\u%04x" % ord(sign)) for sign in "\x85\u2028\u2029")
MAX_DEPTH = 32
MAX_DIGITS = 18  # beyond this an integer may not fit a database's 64 bits


class JsonError(ValueError):
    """The text is no JSON that is accepted; the message says why, without the input.

    `path` says where in the value, such as `readouts[0].text`; empty for the text as a whole.
    """

    path = ""

    def within(self, step: str) -> JsonError:
        """The same error, of what stands at a step of something larger."""
        joint = "." if self.path and not self.path.startswith("[") else ""
        self.path = step + joint + self.path
        return self


class _TooDeep(JsonError):
    """Nesting beyond the bound: told by the field in which it lies."""

    def within(self, step: str) -> JsonError:
        self.path = step
        return self


@dataclass(frozen=True, slots=True)
class _InvalidValue:
    """Stands for what cannot be taken until it is known where it stands."""

    why: str


def _constant(name: str) -> NoReturn:
    raise JsonError(f"{name.lstrip('-')} is no JSON number")


def _integer(digits: str) -> int | _InvalidValue:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        return _InvalidValue(f"an integer may have at most {MAX_DIGITS} digits")
    return int(digits)


def _float(digits: str) -> float | _InvalidValue:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        return _InvalidValue("a number is out of range")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _InvalidValue:
    found = dict(pairs)
    if len(found) != len(pairs):
        counted = Counter(key for key, _ in pairs)
        twice = next(key for key, times in counted.items() if times > 1)
        return _InvalidValue(f"the key {quote_excerpt(twice)} stands twice in one object")
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_int=_integer,
    parse_float=_float,
)


_SAFE_CHARACTERS = frozenset(" -_.,:/+~'’$[]")


def quote_excerpt(text: str, limit: int = 40) -> str:
    """A short, quoted form of foreign text: letters, digits and marks that can do no harm."""
    safe = "".join(
        c if c.isalnum() or c in _SAFE_CHARACTERS else "\N{REPLACEMENT CHARACTER}"
        for c in text[:limit]
    )
    return f"“{safe}{'…' if len(text) > limit else ''}”"


def path_step(key: str) -> str:
    """A key as a step of a path: a plain word as is, anything else by `quote_excerpt`."""
    joined = key.replace("-", "_").replace(".", "_")
    plain = len(key) <= 40 and joined.isidentifier()
    return key if plain or not key else quote_excerpt(key)


def loads(body: bytes) -> Any:
    """The value that `body`, UTF-8 JSON, stands for.

    Raises:
        JsonError: not UTF-8, not JSON, a repeated key, a number out of range, NUL or a lone
            surrogate in a string, or nesting deeper than `MAX_DEPTH`.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonError(f"the body is not UTF-8 (byte {error.start})") from None
    if text.startswith("\ufeff"):
        raise JsonError("the body begins with a byte-order mark")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise JsonError(f"{error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise JsonError("the body is nested too deeply") from None
    check_storable(value)
    return value


def check_storable(value: Any, depth: int = 0) -> None:
    """Refuse what no engine can store: NUL, lone surrogates, and nesting beyond `MAX_DEPTH`.

    Raises:
        JsonError: with the path of what is refused.
    """
    if isinstance(value, str):
        if "\x00" in value:
            raise JsonError("a string holds the character NUL")
        if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
            raise JsonError("a string holds half of a surrogate pair")
    elif isinstance(value, _InvalidValue):
        raise JsonError(value.why)
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
    """`value` as compact UTF-8 JSON, keys in the order given."""
    return orjson.dumps(value)


def stream_array(head: bytes, items: Iterable[bytes], tail: bytes) -> Iterator[bytes]:
    """Yields a JSON text piece by piece: `head`, items separated by commas, `tail`."""
    yield head
    separator = b""
    for item in items:
        yield separator + item
        separator = b","
    yield tail


def escape_line_breaks(content: bytes) -> bytes:
    """Lines of JSON that everybody counts alike.

    Many readers of text take these three for the end of a line too; in JSON they occur in strings
    alone, where an escape says the same.
    """
    for raw, escaped in _LINE_BREAK_ESCAPES:
        content = content.replace(raw, escaped)
    return content
