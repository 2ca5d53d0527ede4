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
from app.ledger.sort_keys import ALL_KEYS

# Below this, reading the documents beats going through the whole index of each value.
_MAX_COUNTED_BY_READING = 2_000
TYPE_FACET = "type"  # what kind of record it is, where there are several
_VALUES = text("SELECT value FROM facet_value WHERE name = :name ORDER BY value")


def count_facets(results: ResultSet, names: Sequence[str], total: int) -> dict[str, dict[str, int]]:
    """For each property, its values with how many records hold them, the most frequent first."""
    counts = (
        _from_documents(results, names)
        if total <= _MAX_COUNTED_BY_READING
        else _from_index(results, names)
    )
    return {
        name: dict(sorted(counts[name].items(), key=lambda item: (-item[1], item[0])))
        for name in names
    }


def _from_documents(results: ResultSet, names: Sequence[str]) -> dict[str, Counter[str]]:
    keys = results.sort_keys(*ALL_KEYS)
    documents = find_documents(results.connection, keys)
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    for row in results.rows(keys):
        document = orjson.loads(documents[row.sort_key])
        if TYPE_FACET in counts:
            counts[TYPE_FACET][row.noun] += 1
        for filter_ in results.snapshot.nouns[row.noun].filters:
            if filter_.name in counts:
                counts[filter_.name].update(set(filter_.index_values(document)))
    return counts


def _from_index(results: ResultSet, names: Sequence[str]) -> dict[str, Counter[str]]:
    terms = {
        term_id(name, value): (name, value)
        for name in names
        for value in results.connection.execute(_VALUES, {"name": name}).scalars()
    }
    if TYPE_FACET in names:
        terms |= {term_id("noun", noun): (TYPE_FACET, noun) for noun in results.selection.nouns}
    names_by_term = {
        term ^ scope_salt(noun): pair for term, pair in terms.items() for noun in results.nouns
    }
    keys = results.sort_keys(*ALL_KEYS)
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    for term, total in count_terms(results.connection, results.clock, keys, list(names_by_term)):
        name, value = names_by_term[term]
        counts[name][value] += total
    return counts
