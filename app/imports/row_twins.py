"""Twins of the rows of an import: of many new records at once, and of one row in another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from app.imports.duplicates import Neighbours, TooMany
from app.imports.staging import Staged
from app.imports.verdicts import likely_twin
from app.kit.http.problems import Problem
from app.ledger.indexing import date_bounds
from app.ledger.write.draft import Draft
from app.ledger.write.states import Address
from app.writes.duplicates import Twin, is_open, twins

_COMPARED = 1_000  # so many twins of a record are weighed against the rows


def with_twins(
    draft: Draft,
    staged: Sequence[Staged],
    actions: Mapping[Address, str],
    apart: frozenset[Address],
) -> dict[Staged, Problem]:
    """The rows whose new records have likely twins: in the database, or further up.

    `apart` are records known to be different ones, however alike.
    """
    places = {address: place for place, one in enumerate(staged) for address in one.changes}
    new = [
        (place, one, address)
        for place, one in enumerate(staged)
        for address in one.changes
        if actions.get(address) == "created" and address not in one.named
    ]
    find = _finder(draft, [address for _, _, address in new], apart)
    found: dict[Staged, Problem] = {}
    for place, one, address in new:
        standing = [
            twin
            for twin in find(address)
            if (other := (address[0], twin.id)) not in apart
            and places.get(other, -1) < place
            and not (other in places and staged[places[other]] in found)
        ]
        if standing:
            noun = draft.nouns[address[0]]
            found[one] = likely_twin(noun.name, [twin.body(noun) for twin in standing[:5]])
    return found


def _finder(
    draft: Draft, new: Sequence[Address], apart: frozenset[Address]
) -> Callable[[Address], list[Twin]]:
    """How the twins of one new record are found: for many of a noun by one search."""
    by_noun: dict[str, Neighbours] = {}
    for name in [noun.name for noun in draft.nouns if noun.likeness.shared is not None]:
        own = [draft.complete[address] for address in new if address[0] == name]
        if len(own) > 1:
            with suppress(TooMany):
                by_noun[name] = Neighbours(
                    draft.connection, draft.nouns, draft.nouns[name], own, apart
                )

    def find(address: Address) -> list[Twin]:
        noun, document = draft.nouns[address[0]], draft.complete[address]
        bounds = date_bounds(noun, document)
        if noun.name in by_noun and not is_open(bounds):
            return by_noun[noun.name].twins(document)
        # All of them: which count is decided afterwards.
        return twins(draft.connection, draft.nouns, noun, document, bounds, most=_COMPARED)

    return find
