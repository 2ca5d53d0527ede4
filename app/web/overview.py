"""What a view is about: the processes of its entries, and the statuses of its meetings."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from app.kit.schema.shapes import Document
from app.ledger.noun import RecordRef
from app.ledger.read.facets import count_facets
from app.ledger.read.lookups import find_record
from app.ledger.read.result_set import ResultSet
from app.ledger.snapshot import Snapshot
from app.reads.query import Query

MAX_PROCESSES = 8


@dataclass(frozen=True, slots=True)
class Overview:
    """Processes with their numbers of entries, how many are omitted, and meetings by status."""

    processes: tuple[tuple[Document, int], ...]
    omitted: int
    statuses: dict[str, int]


def build_overview(snapshot: Snapshot, query: Query) -> Overview:
    """The overview of the entries that a query selects, the most frequent process first."""
    results = ResultSet(snapshot, query.selection)
    counts = count_facets(results, ("process", "status"), results.count())
    process_counts = list(counts["process"].items())
    processes = [
        (process, count)
        for identifier, count in process_counts[:MAX_PROCESSES]
        if (process := _process(snapshot, identifier)) is not None
    ]
    omitted = max(len(process_counts) - MAX_PROCESSES, 0)
    return Overview(tuple(processes), omitted, counts["status"])


def _process(snapshot: Snapshot, identifier: str) -> Document | None:
    record = find_record(snapshot, RecordRef("process", identifier))
    if record is None or record.document is None:
        return None
    document: Document = orjson.loads(record.document)
    return document
