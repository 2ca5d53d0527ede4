"""Lists of any length in SQL, each as one parameter.

A statement for each number of placeholders would fill the cache of statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from app.kit.strict_json import dumps
from app.ledger.noun import RecordRef


def key_condition(connection: Connection, keys: Sequence[int]) -> tuple[str, dict[str, object]]:
    """The condition that `t.sort_key` is one of these keys, with its parameter."""
    if connection.dialect.name == "sqlite":
        keys_json = "[" + ",".join(map(str, keys)) + "]"
        return "t.sort_key IN (SELECT value FROM json_each(:keys))", {"keys": keys_json}
    return "t.sort_key = ANY(%(keys)s)", {"keys": list(keys)}


def select_by_refs(
    connection: Connection, refs: Iterable[RecordRef], columns: str, joins: str
) -> Iterator[tuple[RecordRef, Sequence[Any]]]:
    """The columns of each record `r` that is referred to and exists, in no order."""
    unique = sorted(set(refs))
    if not unique:
        return
    parameters: dict[str, object]
    if connection.dialect.name == "sqlite":
        source = (
            "json_each(:refs) AS ref CROSS JOIN record AS r"
            " ON r.noun = json_extract(ref.value, '$[0]')"
            " AND r.id = json_extract(ref.value, '$[1]')"
        )
        parameters = {"refs": dumps([list(ref) for ref in unique]).decode()}
    else:
        source = (
            "unnest(%(nouns)s::text[], %(ids)s::text[]) AS ref (noun, id)"
            " JOIN record AS r ON r.noun = ref.noun AND r.id = ref.id"
        )
        parameters = {"nouns": [ref.noun for ref in unique], "ids": [ref.id for ref in unique]}
    sql = f"SELECT r.noun, r.id, {columns} FROM {source} {joins}"  # noqa: S608 - constant columns
    for noun, identifier, *values in connection.exec_driver_sql(sql, parameters):
        yield RecordRef(noun, identifier), values
