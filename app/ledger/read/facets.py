"""Facets: how often each value of a property occurs among the records that match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import orjson
from sqlalchemy import text

from app.kit.terms import scope_salt, term_id
from app.ledger.index import tally
from app.ledger.read.lookups import documents
from app.ledger.read.result_set import Reading
from app.ledger.sort_keys import UNDATED, last_key

# Below this, reading the documents beats going through the whole index of each value.
_FEW = 2_000
TYPE = "type"  # what kind of record it is, where there are several
_VALUES = text("SELECT value FROM facet_value WHERE name = :name ORDER BY value")


def facets(reading: Reading, names: Sequence[str], total: int) -> dict[str, dict[str, int]]:
    """For each property, its values with how many records hold them, the most frequent first."""
    counted = _from_documents(reading, names) if total <= _FEW else _from_index(reading, names)
    return {
        name: dict(sorted(counted[name].items(), key=lambda item: (-item[1], item[0])))
        for name in names
    }


def _from_documents(reading: Reading, names: Sequence[str]) -> dict[str, Counter[str]]:
    keys = reading.keys(0, last_key(UNDATED))
    stored = documents(reading.connection, keys)
    counted: dict[str, Counter[str]] = {name: Counter() for name in names}
    for row in reading.rows(keys):
        document = orjson.loads(stored[row.key])
        if TYPE in counted:
            counted[TYPE][row.noun] += 1
        for tag in reading.snapshot.nouns[row.noun].tags:
            if tag.name in counted:
                counted[tag.name].update(set(tag.of(document)))
    return counted


def _from_index(reading: Reading, names: Sequence[str]) -> dict[str, Counter[str]]:
    terms = {
        term_id(name, value): (name, value)
        for name in names
        for value in reading.connection.execute(_VALUES, {"name": name}).scalars()
    }
    if TYPE in names:
        terms |= {term_id("noun", noun): (TYPE, noun) for noun in reading.selection.nouns}
    known = {
        number ^ scope_salt(noun): told for number, told in terms.items() for noun in reading.nouns
    }
    keys = reading.keys(0, last_key(UNDATED))
    counted: dict[str, Counter[str]] = {name: Counter() for name in names}
    for number, found in tally(reading.connection, reading.clock, keys, list(known)):
        name, value = known[number]
        counted[name][value] += found
    return counted
