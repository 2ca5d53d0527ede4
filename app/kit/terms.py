"""Terms: what the index knows of a document, and the and/or/not over them.

A term is a 64-bit number made from a kind and a value (`party`, `TUR`); the index keeps it mixed
with the noun of the document, so that a filter finds the records of its noun alone. Numbers of a
fixed size need no dictionary and no escaping, and serve both engines alike; two different terms
share a number with a chance of about one in ten to the eight at a million terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b


@lru_cache(maxsize=262144)
def term(kind: str, value: str) -> int:
    """The number of a term, a signed 64-bit integer."""
    digest = blake2b(f"{kind}\x1f{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@lru_cache(maxsize=64)
def salt(scope: str) -> int:
    """What the terms of one scope are told apart by from those of another."""
    return term("scope", scope)


@dataclass(frozen=True, slots=True)
class Any:
    """One of these holds; an empty one never does. Parts are terms or nested expressions."""

    parts: tuple[int | All, ...]


@dataclass(frozen=True, slots=True)
class All:
    """All of these hold; an empty one always does. Parts are terms or nested expressions."""

    parts: tuple[int | Any, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """What a document must hold, and what it must not."""

    required: tuple[Any, ...]
    excluded: tuple[Any, ...] = ()

    def also(self, *required: Any) -> Expression:
        """This and more."""
        return Expression(self.required + required, self.excluded)

    def scoped(self, scopes: Sequence[str]) -> Expression:
        """The same among the documents of these scopes, whose terms are their own.

        A scope is then no term that must hold besides: that would be a list of every document.
        """
        return Expression(
            tuple(within(part, scopes) for part in self.required),
            tuple(within(part, scopes) for part in self.excluded),
        )

    @property
    def impossible(self) -> bool:
        """True where it can be seen without looking that nothing matches.

        An index would walk every document to find that `X and not X` is empty.
        """
        refused = {part for any_ in self.excluded for part in any_.parts}
        return any(refused.issuperset(part.parts) for part in self.required)


EVERYTHING = Expression(())


def within(expression: Any, scopes: Sequence[str]) -> Any:
    """One of these holds, in a document of one of these scopes."""
    found: list[int | All] = []
    for part in expression.parts:
        if isinstance(part, int):
            found += [part ^ salt(scope) for scope in scopes]
        else:
            found.append(All(tuple(_inner(inner, scopes) for inner in part.parts)))
    return Any(tuple(found))


def _inner(part: int | Any, scopes: Sequence[str]) -> int | Any:
    if isinstance(part, int) and len(scopes) == 1:
        return part ^ salt(scopes[0])
    return within(Any((part,)) if isinstance(part, int) else part, scopes)


def any_of(kind: str, values: Iterable[str]) -> Any:
    """One of the terms of a kind."""
    return Any(tuple(term(kind, value) for value in values))


def fts5(expression: Expression) -> str:
    """The expression in the query language of SQLite's FTS5."""
    required = " AND ".join(_fts5_any(part) for part in expression.required)
    # One NOT over all that is excluded: nesting one in another overflows FTS5's parser.
    excluded = tuple(p for part in expression.excluded for p in part.parts)
    return f"({required}) NOT {_fts5_any(Any(excluded))}" if excluded else required


def token(number: int) -> str:
    """A term as the FTS5 index spells it: sixteen hexadecimal digits."""
    return f"{number & 0xFFFF_FFFF_FFFF_FFFF:016x}"


def untoken(spelt: bytes) -> int:
    """The term that a token of the FTS5 index spells; 0 for what is no token of ours."""
    try:
        number = int(spelt, 16)
    except ValueError:
        return 0
    return number - (1 << 64) if number >> 63 else number


def _fts5_any(expression: Any) -> str:
    parts = [token(p) if isinstance(p, int) else _fts5_all(p) for p in expression.parts]
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _fts5_all(expression: All) -> str:
    parts = [token(p) if isinstance(p, int) else _fts5_any(p) for p in expression.parts]
    return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"


def arrays(expression: Expression, column: str) -> str:
    """The expression as a condition on a PostgreSQL `bigint[]` column; terms are plain numbers."""
    parts = [_array_any(part, column) for part in expression.required]
    parts += [f"NOT {_array_any(part, column)}" for part in expression.excluded if part.parts]
    return " AND ".join(parts)


def _literal(numbers: Iterable[int]) -> str:
    return "'{" + ",".join(map(str, numbers)) + "}'::bigint[]"


def _array_any(expression: Any, column: str) -> str:
    plain = [p for p in expression.parts if isinstance(p, int)]
    parts = [_array_all(p, column) for p in expression.parts if isinstance(p, All)]
    if plain:
        parts.append(f"{column} {'@>' if len(plain) == 1 else '&&'} {_literal(plain)}")
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _array_all(expression: All, column: str) -> str:
    plain = [p for p in expression.parts if isinstance(p, int)]
    parts = [_array_any(p, column) for p in expression.parts if isinstance(p, Any)]
    if plain:
        parts.append(f"{column} @> {_literal(plain)}")
    return f"({' AND '.join(parts)})"
