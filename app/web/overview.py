"""What a view is about: the processes that its entries belong to, and how its meetings stand."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from app.kit.schema.shapes import Document
from app.ledger.noun import RecordRef
from app.ledger.read import lookups
from app.ledger.read.facets import facets
from app.ledger.snapshot import Snapshot
from app.reads import lists
from app.reads.query import Query

MAX_PROCESSES = 8


@dataclass(frozen=True, slots=True)
class Overview:
    """Processes with how many entries each has, how many more there are, and statuses counted."""

    processes: tuple[tuple[Document, int], ...]
    left_off: int
    statuses: dict[str, int]


def overview(snapshot: Snapshot, query: Query) -> Overview:
    """What the entries that a query finds are about, the process with the most of them first."""
    found = lists.reading_of(snapshot, query)
    counted = facets(found, ("process", "status"), found.count())
    several = list(counted["process"].items())
    known = [
        (record, number)
        for identifier, number in several[:MAX_PROCESSES]
        if (record := _process(snapshot, identifier)) is not None
    ]
    return Overview(tuple(known), max(len(several) - MAX_PROCESSES, 0), counted["status"])


def _process(snapshot: Snapshot, identifier: str) -> Document | None:
    found = lookups.record(snapshot, RecordRef("process", identifier))
    if found is None or found.document is None:
        return None
    document: Document = orjson.loads(found.document)
    return document
