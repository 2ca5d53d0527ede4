"""The records that entries cite: parties, people, sources, events of anchored dates, …"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from app.kit.schema.shapes import Document
from app.ledger.noun import Noun, Nouns
from app.ledger.snapshot import Snapshot
from app.reads import lists
from app.reads.parameters import includable_nouns
from app.web.labels import date_without_anchors

CitingDocuments = list[tuple[Noun, Document]]


class CitedRecords:
    """The records that some documents cite, by plural and identifier, at the same clock."""

    def __init__(self, nouns: Nouns, records: dict[str, dict[str, Document]]) -> None:
        self._nouns = nouns
        self._records = records

    def record(self, plural: str, identifier: str) -> Document | None:
        """A record; None if it does not exist at this clock."""
        return self._records.get(plural, {}).get(identifier)

    def name(self, plural: str, identifier: str) -> str:
        """The name of a record; its identifier if it does not exist at this clock."""
        record = self.record(plural, identifier)
        return str(record["name"] if record else identifier)

    def event(self, identifier: str) -> tuple[str, str, str | None]:
        """The noun, the title and the date in words, if any, of the event that anchors a date."""
        for noun in self._nouns.events:
            record = self.record(self._nouns[noun].plural, identifier)
            if record is not None:
                date = record["date"]
                return noun, record["title"], date_without_anchors(date) if date else None
        return self._nouns.events[0], identifier, None

    def positions(self, meeting: str) -> list[Document]:
        """The positions voiced at a meeting, by party."""
        positions = self._records.get("positions", {}).values()
        voiced = [position for position in positions if position["meeting"] == meeting]
        return sorted(voiced, key=lambda position: (position["party"], position["id"]))


def load_cited_records(snapshot: Snapshot, citing: CitingDocuments) -> CitedRecords:
    """What these documents cite, and what the positions voiced at these meetings cite in turn."""
    events = [(noun, document) for noun, document in citing if noun.is_event]
    related: dict[str, Any] = {}
    if events:
        related = orjson.loads(lists.included_records(snapshot, ("positions",), events))
    voiced = related.get("positions", {})
    position = snapshot.nouns["position"]
    documents = [*citing, *((position, document) for document in voiced.values())]
    plurals = _cited_plurals(snapshot.nouns, (noun for noun, _ in documents))
    records = orjson.loads(lists.included_records(snapshot, plurals, documents))
    records["positions"] = records.get("positions", {}) | voiced
    return CitedRecords(snapshot.nouns, records)


def _cited_plurals(nouns: Nouns, citing: Iterable[Noun]) -> tuple[str, ...]:
    """The plurals of the nouns that these cite, without owned records, which are loaded first."""
    unique = tuple({noun.name: noun for noun in citing}.values())
    owned = {records.member for noun in unique for records in noun.owned_records}
    return tuple(name for name in includable_nouns(unique, nouns) if name not in owned)
