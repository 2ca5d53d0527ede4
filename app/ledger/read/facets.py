"""Facets: how often each value of a property occurs among the records that match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import orjson
from sqlalchemy import text

from app.kit.terms import scope_salt, term_id
from app.ledger.index import count_terms
from app.ledger.read.lookups import find_documents
from app.ledger.read.result_set import ResultSet
from app.ledger.sort_keys import UNDATED_PREFIX, last_key

# Below this, reading the documents beats going through the whole index of each value.
_MAX_COUNTED_BY_READING = 2_000
TYPE_FACET = "type"  # what kind of record it is, where there are several
_VALUES = text("SELECT value FROM facet_value WHERE name = :name ORDER BY value")


def count_facets(reading: ResultSet, names: Sequence[str], total: int) -> dict[str, dict[str, int]]:
    """For each property, its values with how many records hold them, the most frequent first."""
    counted = (
        _from_documents(reading, names)
        if total <= _MAX_COUNTED_BY_READING
        else _from_index(reading, names)
    )
    return {
        name: dict(sorted(counted[name].items(), key=lambda item: (-item[1], item[0])))
        for name in names
    }


def _from_documents(reading: ResultSet, names: Sequence[str]) -> dict[str, Counter[str]]:
    keys = reading.sort_keys(0, last_key(UNDATED_PREFIX))
    stored = find_documents(reading.connection, keys)
    counted: dict[str, Counter[str]] = {name: Counter() for name in names}
    for row in reading.rows(keys):
        document = orjson.loads(stored[row.sort_key])
        if TYPE_FACET in counted:
            counted[TYPE_FACET][row.noun] += 1
        for tag in reading.snapshot.nouns[row.noun].filters:
            if tag.name in counted:
                counted[tag.name].update(set(tag.index_values(document)))
    return counted


def _from_index(reading: ResultSet, names: Sequence[str]) -> dict[str, Counter[str]]:
    terms = {
        term_id(name, value): (name, value)
        for name in names
        for value in reading.connection.execute(_VALUES, {"name": name}).scalars()
    }
    if TYPE_FACET in names:
        terms |= {term_id("noun", noun): (TYPE_FACET, noun) for noun in reading.selection.nouns}
    known = {
        number ^ scope_salt(noun): told for number, told in terms.items() for noun in reading.nouns
    }
    keys = reading.sort_keys(0, last_key(UNDATED_PREFIX))
    counted: dict[str, Counter[str]] = {name: Counter() for name in names}
    for number, found in count_terms(reading.connection, reading.clock, keys, list(known)):
        name, value = known[number]
        counted[name][value] += found
    return counted
