"""Likely twins of many new meetings or positions at once: one search for a whole batch.

What is compared and how it scores is said in `app/writes/duplicates.py`; here is only another way
to the candidates, which pays as soon as there are more than a few records to look for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import suppress

import orjson

from app.imports.staging import Staged
from app.imports.verdicts import likely_twin
from app.kit.http.problems import Problem
from app.kit.schema.shapes import Document
from app.kit.terms import any_term
from app.ledger.dates import Bounds
from app.ledger.indexing import date_bounds
from app.ledger.noun import Noun, RecordRef
from app.ledger.read import lookups
from app.ledger.read.result_set import Reading
from app.ledger.selection import Range, Selection
from app.ledger.snapshot import Snapshot
from app.ledger.sort_keys import UNDATED, last_key
from app.ledger.write.draft import Draft
from app.writes.duplicates import Twin, compared, is_open, twins

_MOST = 5_000  # with more neighbours than this, each record looks for its own
_DAYS = 32  # in one bucket
_BUCKETS = 24  # what spans more of them is a neighbour of everything

_Other = tuple[Document, Bounds, frozenset[str]]


class TooMany(ValueError):
    """A batch with so many neighbours that one search does not pay."""


class Neighbours:
    """The records on the days of a batch, between its parties."""

    def __init__(
        self,
        snapshot: Snapshot,
        noun: Noun,
        documents: Sequence[Document],
        apart: Container[RecordRef],
    ) -> None:
        self.noun = noun
        self._always: list[_Other] = []
        self._buckets: dict[int, list[_Other]] = defaultdict(list)
        for other in _found(snapshot, noun, documents, apart):
            bounds = date_bounds(noun, other)
            if bounds is not None:
                self._keep((other, bounds, _parties(noun, other)))

    def twins(self, document: Document) -> list[Twin]:
        """The likely twins of one record of the batch, best first.

        Of two records of the batch, each is a neighbour of the other.
        """
        bounds = date_bounds(self.noun, document)
        if bounds is None or is_open(bounds):
            return []  # no day leads to them: they are looked for one by one
        parties = _parties(self.noun, document)
        found = []
        for other, others, seated in self._near(bounds):
            if other["id"] == document["id"] or not bounds.may_overlap(others):
                continue
            if parties and not parties & seated:
                continue
            twin = compared(self.noun, document, other, bounds)
            if twin is not None:
                found.append(twin)
        return sorted(found, key=lambda twin: (-twin.score, twin.id))

    def _keep(self, other: _Other) -> None:
        buckets = _buckets(other[1])
        if buckets is None:
            self._always.append(other)
        else:
            for bucket in buckets:
                self._buckets[bucket].append(other)

    def _near(self, bounds: Bounds) -> Iterator[_Other]:
        buckets = _buckets(bounds)
        seen: set[str] = set()
        for bucket in self._buckets if buckets is None else buckets:
            for other in self._buckets.get(bucket, ()):
                if other[0]["id"] not in seen:
                    seen.add(other[0]["id"])
                    yield other
        yield from self._always


def _found(
    snapshot: Snapshot,
    noun: Noun,
    documents: Sequence[Document],
    apart: Container[RecordRef],
) -> Iterator[Document]:
    dates = [b for d in documents if (b := date_bounds(noun, d)) is not None and not is_open(b)]
    if not dates:
        return
    earliest = [bounds.earliest for bounds in dates]
    latest = [bounds.latest for bounds in dates]
    stretch = Range(
        None if None in earliest else min(day for day in earliest if day is not None),
        None if None in latest else max(day for day in latest if day is not None),
    )
    selection = Selection((noun.name,), range=stretch)
    parties = [_parties(noun, document) for document in documents]
    if all(parties):
        selection = selection.also(any_term("party", sorted(frozenset().union(*parties))))
    search = Reading(snapshot, selection)
    keys = search.keys(0, last_key(UNDATED), limit=_MOST + 1)
    if len(keys) > _MOST:
        raise TooMany
    wanted = [row.key for row in search.rows(keys) if (row.noun, row.id) not in apart]
    for content in lookups.documents(snapshot.connection, wanted).values():
        yield orjson.loads(content)


def _parties(noun: Noun, document: Document) -> frozenset[str]:
    shared = noun.likeness.shared
    return frozenset(shared(document).get("party", ())) if shared else frozenset()


def _buckets(bounds: Bounds) -> range | None:
    if bounds.earliest is None or bounds.latest is None:
        return None
    found = range(bounds.earliest // _DAYS, bounds.latest // _DAYS + 1)
    return found if len(found) <= _BUCKETS else None


_COMPARED = 1_000  # so many twins of a record are weighed against the rows


def with_twins(
    draft: Draft,
    staged: Sequence[Staged],
    actions: Mapping[RecordRef, str],
    apart: frozenset[RecordRef],
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
            if (other := RecordRef(address.noun, twin.id)) not in apart
            and places.get(other, -1) < place
            and not (other in places and staged[places[other]] in found)
        ]
        if standing:
            noun = draft.nouns[address[0]]
            found[one] = likely_twin(noun.name, [twin.body(noun) for twin in standing[:5]])
    return found


def _finder(
    draft: Draft, new: Sequence[RecordRef], apart: frozenset[RecordRef]
) -> Callable[[RecordRef], list[Twin]]:
    """How the twins of one new record are found: for many of a noun by one search."""
    by_noun: dict[str, Neighbours] = {}
    for name in [noun.name for noun in draft.nouns if noun.likeness.shared is not None]:
        own = [draft.records[ref].document or {} for ref in new if ref.noun == name]
        if len(own) > 1:
            with suppress(TooMany):
                by_noun[name] = Neighbours(draft.snapshot, draft.nouns[name], own, apart)

    def find(address: RecordRef) -> list[Twin]:
        noun, document = draft.nouns[address.noun], draft.records[address].document or {}
        bounds = date_bounds(noun, document)
        if noun.name in by_noun and not is_open(bounds):
            return by_noun[noun.name].twins(document)
        # All of them: which count is decided afterwards.
        return twins(draft.snapshot, noun, document, bounds, most=_COMPARED)

    return find
