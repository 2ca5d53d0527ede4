"""Likely twins of many new meetings or positions at once: one search for a whole batch.

What is compared and how it scores is said in `app/writes/duplicates.py`; here is only another way
to the candidates, which pays as soon as there are more than a few records to look for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import suppress

import orjson

from app.imports.staging import StagedRow
from app.imports.verdicts import duplicate_problem
from app.kit.http.problems import Problem
from app.kit.schema.shapes import Document
from app.kit.terms import any_term
from app.ledger.dates import DateBounds
from app.ledger.indexing import record_bounds
from app.ledger.noun import Noun, RecordRef
from app.ledger.read import lookups
from app.ledger.read.result_set import ResultSet
from app.ledger.selection import DateRange, Selection
from app.ledger.snapshot import Snapshot
from app.ledger.sort_keys import UNDATED_PREFIX, last_key
from app.ledger.write.draft import Draft
from app.writes.duplicates import DuplicateCandidate, compare_records, find_duplicates, is_unbounded

_MAX_CANDIDATES = 5_000  # with more neighbours than this, each record looks for its own
_BUCKET_DAYS = 32  # in one bucket
_MAX_BUCKETS = 24  # what spans more of them is a neighbour of everything

_Candidate = tuple[Document, DateBounds, frozenset[str]]


class TooManyCandidates(ValueError):
    """A batch with so many neighbours that one search does not pay."""


class BatchDuplicates:
    """The records on the days of a batch, between its parties."""

    def __init__(
        self,
        snapshot: Snapshot,
        noun: Noun,
        documents: Sequence[Document],
        apart: Container[RecordRef],
    ) -> None:
        self.noun = noun
        self._always: list[_Candidate] = []
        self._buckets: dict[int, list[_Candidate]] = defaultdict(list)
        for other in _candidates(snapshot, noun, documents, apart):
            bounds = record_bounds(noun, other)
            if bounds is not None:
                self._add((other, bounds, _parties(noun, other)))

    def find(self, document: Document) -> list[DuplicateCandidate]:
        """The likely twins of one record of the batch, best first.

        Of two records of the batch, each is a neighbour of the other.
        """
        bounds = record_bounds(self.noun, document)
        if bounds is None or is_unbounded(bounds):
            return []  # no day leads to them: they are looked for one by one
        parties = _parties(self.noun, document)
        found = []
        for other, others, seated in self._candidates(bounds):
            if other["id"] == document["id"] or not bounds.may_overlap(others):
                continue
            if parties and not parties & seated:
                continue
            twin = compare_records(self.noun, document, other, bounds)
            if twin is not None:
                found.append(twin)
        return sorted(found, key=lambda twin: (-twin.score, twin.id))

    def _add(self, other: _Candidate) -> None:
        buckets = _buckets(other[1])
        if buckets is None:
            self._always.append(other)
        else:
            for bucket in buckets:
                self._buckets[bucket].append(other)

    def _candidates(self, bounds: DateBounds) -> Iterator[_Candidate]:
        buckets = _buckets(bounds)
        seen: set[str] = set()
        for bucket in self._buckets if buckets is None else buckets:
            for other in self._buckets.get(bucket, ()):
                if other[0]["id"] not in seen:
                    seen.add(other[0]["id"])
                    yield other
        yield from self._always


def _candidates(
    snapshot: Snapshot,
    noun: Noun,
    documents: Sequence[Document],
    apart: Container[RecordRef],
) -> Iterator[Document]:
    dates = [
        b for d in documents if (b := record_bounds(noun, d)) is not None and not is_unbounded(b)
    ]
    if not dates:
        return
    earliest = [bounds.earliest for bounds in dates]
    latest = [bounds.latest for bounds in dates]
    stretch = DateRange(
        None if None in earliest else min(day for day in earliest if day is not None),
        None if None in latest else max(day for day in latest if day is not None),
    )
    selection = Selection((noun.name,), date_range=stretch)
    parties = [_parties(noun, document) for document in documents]
    if all(parties):
        selection = selection.require(any_term("party", sorted(frozenset().union(*parties))))
    search = ResultSet(snapshot, selection)
    keys = search.sort_keys(0, last_key(UNDATED_PREFIX), limit=_MAX_CANDIDATES + 1)
    if len(keys) > _MAX_CANDIDATES:
        raise TooManyCandidates
    wanted = [row.sort_key for row in search.rows(keys) if (row.noun, row.id) not in apart]
    for content in lookups.find_documents(snapshot.connection, wanted).values():
        yield orjson.loads(content)


def _parties(noun: Noun, document: Document) -> frozenset[str]:
    shared = noun.similarity.required_filters
    return frozenset(shared(document).get("party", ())) if shared else frozenset()


def _buckets(bounds: DateBounds) -> range | None:
    if bounds.earliest is None or bounds.latest is None:
        return None
    found = range(bounds.earliest // _BUCKET_DAYS, bounds.latest // _BUCKET_DAYS + 1)
    return found if len(found) <= _MAX_BUCKETS else None


_MAX_COMPARED = 1_000  # so many twins of a record are weighed against the rows


def duplicate_rows(
    draft: Draft,
    staged: Sequence[StagedRow],
    actions: Mapping[RecordRef, str],
    apart: frozenset[RecordRef],
) -> dict[StagedRow, Problem]:
    """The rows whose new records have likely twins: in the database, or further up.

    `apart` are records known to be different ones, however alike.
    """
    places = {address: place for place, one in enumerate(staged) for address in one.changes}
    new = [
        (place, one, address)
        for place, one in enumerate(staged)
        for address in one.changes
        if actions.get(address) == "created" and address not in one.explicit
    ]
    find = _finder(draft, [address for _, _, address in new], apart)
    found: dict[StagedRow, Problem] = {}
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
            found[one] = duplicate_problem(noun.name, [twin.to_json(noun) for twin in standing[:5]])
    return found


def _finder(
    draft: Draft, new: Sequence[RecordRef], apart: frozenset[RecordRef]
) -> Callable[[RecordRef], list[DuplicateCandidate]]:
    """How the twins of one new record are found: for many of a noun by one search."""
    by_noun: dict[str, BatchDuplicates] = {}
    for name in [noun.name for noun in draft.nouns if noun.similarity.required_filters is not None]:
        own = [draft.records[ref].document or {} for ref in new if ref.noun == name]
        if len(own) > 1:
            with suppress(TooManyCandidates):
                by_noun[name] = BatchDuplicates(draft.snapshot, draft.nouns[name], own, apart)

    def find(address: RecordRef) -> list[DuplicateCandidate]:
        noun, document = draft.nouns[address.noun], draft.records[address].document or {}
        bounds = record_bounds(noun, document)
        if noun.name in by_noun and not is_unbounded(bounds):
            return by_noun[noun.name].find(document)
        # All of them: which count is decided afterwards.
        return find_duplicates(draft.snapshot, noun, document, bounds, limit=_MAX_COMPARED)

    return find
