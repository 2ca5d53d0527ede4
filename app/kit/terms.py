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
def term_id(kind: str, value: str) -> int:
    """The number of a term, a signed 64-bit integer."""
    digest = blake2b(f"{kind}\x1f{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@lru_cache(maxsize=64)
def scope_salt(scope: str) -> int:
    """What the terms of one scope are told apart by from those of another."""
    return term_id("scope", scope)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these holds; an empty one never does. Parts are terms or nested expressions."""

    parts: tuple[int | AllOf, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these hold; an empty one always does. Parts are terms or nested expressions."""

    parts: tuple[int | AnyOf, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """What a document must hold, and what it must not."""

    required: tuple[AnyOf, ...]
    excluded: tuple[AnyOf, ...] = ()

    def require(self, *required: AnyOf) -> Expression:
        """This and more."""
        return Expression(self.required + required, self.excluded)

    def in_scopes(self, scopes: Sequence[str]) -> Expression:
        """The same among the documents of these scopes, whose terms are their own.

        A scope is then no term that must hold besides: that would be a list of every document.
        """
        return Expression(
            tuple(in_scopes(part, scopes) for part in self.required),
            tuple(in_scopes(part, scopes) for part in self.excluded),
        )

    @property
    def is_impossible(self) -> bool:
        """True where it can be seen without looking that nothing matches.

        An index would walk every document to find that `X and not X` is empty.
        """
        refused = {part for any_ in self.excluded for part in any_.parts}
        return any(refused.issuperset(part.parts) for part in self.required)


MATCH_ALL = Expression(())


def in_scopes(expression: AnyOf, scopes: Sequence[str]) -> AnyOf:
    """One of these holds, in a document of one of these scopes."""
    found: list[int | AllOf] = []
    for part in expression.parts:
        if isinstance(part, int):
            found += [part ^ scope_salt(scope) for scope in scopes]
        else:
            found.append(AllOf(tuple(_part_in_scopes(inner, scopes) for inner in part.parts)))
    return AnyOf(tuple(found))


def _part_in_scopes(part: int | AnyOf, scopes: Sequence[str]) -> int | AnyOf:
    if isinstance(part, int) and len(scopes) == 1:
        return part ^ scope_salt(scopes[0])
    return in_scopes(AnyOf((part,)) if isinstance(part, int) else part, scopes)


def any_term(kind: str, values: Iterable[str]) -> AnyOf:
    """One of the terms of a kind."""
    return AnyOf(tuple(term_id(kind, value) for value in values))


def to_fts5(expression: Expression) -> str:
    """The expression in the query language of SQLite's FTS5."""
    required = " AND ".join(_fts5_any(part) for part in expression.required)
    # One NOT over all that is excluded: nesting one in another overflows FTS5's parser.
    excluded = tuple(p for part in expression.excluded for p in part.parts)
    return f"({required}) NOT {_fts5_any(AnyOf(excluded))}" if excluded else required


def fts5_token(number: int) -> str:
    """A term as the FTS5 index spells it: sixteen hexadecimal digits."""
    return f"{number & 0xFFFF_FFFF_FFFF_FFFF:016x}"


def parse_fts5_token(spelt: bytes) -> int:
    """The term that a token of the FTS5 index spells; 0 for what is no token of ours."""
    try:
        number = int(spelt, 16)
    except ValueError:
        return 0
    return number - (1 << 64) if number >> 63 else number


def _fts5_any(expression: AnyOf) -> str:
    parts = [fts5_token(p) if isinstance(p, int) else _fts5_all(p) for p in expression.parts]
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _fts5_all(expression: AllOf) -> str:
    parts = [fts5_token(p) if isinstance(p, int) else _fts5_any(p) for p in expression.parts]
    return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"


def to_array_condition(expression: Expression, column: str) -> str:
    """The expression as a condition on a PostgreSQL `bigint[]` column; terms are plain numbers."""
    parts = [_array_any(part, column) for part in expression.required]
    parts += [f"NOT {_array_any(part, column)}" for part in expression.excluded if part.parts]
    return " AND ".join(parts)


def _literal(numbers: Iterable[int]) -> str:
    return "'{" + ",".join(map(str, numbers)) + "}'::bigint[]"


def _array_any(expression: AnyOf, column: str) -> str:
    plain = [p for p in expression.parts if isinstance(p, int)]
    parts = [_array_all(p, column) for p in expression.parts if isinstance(p, AllOf)]
    if plain:
        parts.append(f"{column} {'@>' if len(plain) == 1 else '&&'} {_literal(plain)}")
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _array_all(expression: AllOf, column: str) -> str:
    plain = [p for p in expression.parts if isinstance(p, int)]
    parts = [_array_any(p, column) for p in expression.parts if isinstance(p, AnyOf)]
    if plain:
        parts.append(f"{column} @> {_literal(plain)}")
    return f"({' AND '.join(parts)})"
