"""Index terms, and expressions (and, or, not) over them.

A term stands for a kind and a value (`party`, `TUR`). Its id is a 64-bit hash, which the index
stores combined with the noun of the document, so that a filter finds records of its noun only.
Numbers of a fixed size need no dictionary and no escaping, and work on both engines. The
probability that any two of a million terms have the same id is about 3 in 10^8.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b


@lru_cache(maxsize=262144)
def term_id(kind: str, value: str) -> int:
    """The id of a term, a signed 64-bit integer."""
    digest = blake2b(f"{kind}\x1f{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@lru_cache(maxsize=64)
def scope_salt(scope: str) -> int:
    """The number that is XORed with the ids of the terms of a scope, a noun."""
    return term_id("scope", scope)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True if any part is; never if there is none. Parts are term ids or nested expressions."""

    parts: tuple[int | AllOf, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """True if all parts are, or if there is none. Parts are term ids or nested expressions."""

    parts: tuple[int | AnyOf, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """What must be true of a document, and what must not."""

    required: tuple[AnyOf, ...]
    excluded: tuple[AnyOf, ...] = ()

    def require(self, *required: AnyOf) -> Expression:
        """Returns this expression with further conditions."""
        return Expression(self.required + required, self.excluded)

    def in_scopes(self, scopes: Sequence[str]) -> Expression:
        """Returns this expression for documents of these scopes.

        A scope is part of each term rather than a further term: the index entries of that one
        would list every document of the scope.
        """
        return Expression(
            tuple(in_scopes(part, scopes) for part in self.required),
            tuple(in_scopes(part, scopes) for part in self.excluded),
        )

    @property
    def is_impossible(self) -> bool:
        """Whether the expression is a contradiction, known without a search.

        An index would read every entry to find that `X and not X` is empty.
        """
        excluded = {part for condition in self.excluded for part in condition.parts}
        return any(excluded.issuperset(condition.parts) for condition in self.required)


MATCH_ALL = Expression(())


def in_scopes(expression: AnyOf, scopes: Sequence[str]) -> AnyOf:
    """Returns an expression for documents of these scopes."""
    parts: list[int | AllOf] = []
    for part in expression.parts:
        if isinstance(part, int):
            parts += [part ^ scope_salt(scope) for scope in scopes]
        else:
            parts.append(AllOf(tuple(_part_in_scopes(inner, scopes) for inner in part.parts)))
    return AnyOf(tuple(parts))


def _part_in_scopes(part: int | AnyOf, scopes: Sequence[str]) -> int | AnyOf:
    if isinstance(part, int) and len(scopes) == 1:
        return part ^ scope_salt(scopes[0])
    return in_scopes(AnyOf((part,)) if isinstance(part, int) else part, scopes)


def any_term(kind: str, values: Iterable[str]) -> AnyOf:
    """A condition that any of these terms of one kind meets."""
    return AnyOf(tuple(term_id(kind, value) for value in values))


def to_fts5(expression: Expression) -> str:
    """The expression in the query language of SQLite's FTS5."""
    required = " AND ".join(_fts5_any(part) for part in expression.required)
    # One NOT for all excluded terms, as nested ones overflow FTS5's parser.
    excluded = tuple(p for part in expression.excluded for p in part.parts)
    return f"({required}) NOT {_fts5_any(AnyOf(excluded))}" if excluded else required


def fts5_token(number: int) -> str:
    """A term id as a token of the FTS5 index: sixteen hexadecimal digits."""
    return f"{number & 0xFFFF_FFFF_FFFF_FFFF:016x}"


def parse_fts5_token(token: bytes) -> int:
    """The term id of a token of the FTS5 index; 0 for a malformed token."""
    try:
        number = int(token, 16)
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
    """The expression as an SQL condition on a PostgreSQL `bigint[]` column, ids inlined."""
    parts = [_array_any(part, column) for part in expression.required]
    parts += [f"NOT {_array_any(part, column)}" for part in expression.excluded if part.parts]
    return " AND ".join(parts)


def _literal(numbers: Iterable[int]) -> str:
    return "'{" + ",".join(map(str, numbers)) + "}'::bigint[]"


def _array_any(expression: AnyOf, column: str) -> str:
    ids = [p for p in expression.parts if isinstance(p, int)]
    parts = [_array_all(p, column) for p in expression.parts if isinstance(p, AllOf)]
    if ids:
        parts.append(f"{column} {'@>' if len(ids) == 1 else '&&'} {_literal(ids)}")
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _array_all(expression: AllOf, column: str) -> str:
    ids = [p for p in expression.parts if isinstance(p, int)]
    parts = [_array_any(p, column) for p in expression.parts if isinstance(p, AnyOf)]
    if ids:
        parts.append(f"{column} @> {_literal(ids)}")
    return f"({' AND '.join(parts)})"
