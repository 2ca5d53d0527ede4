"""What entries cite, by name: people, parties, issues, sources and the events dates hang on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from app.kit.schema.shapes import Document
from app.ledger.noun import Noun, Nouns
from app.ledger.snapshot import Snapshot
from app.reads import lists
from app.reads.parameters import included
from app.web.wording import base

Citing = list[tuple[Noun, Document]]


class Cited:
    """The records that some documents cite, at the same clock."""

    def __init__(self, nouns: Nouns, found: dict[str, dict[str, Document]]) -> None:
        self._nouns = nouns
        self._found = found

    def record(self, plural: str, identifier: str) -> Document | None:
        """A record, unless it is not there at this clock."""
        return self._found.get(plural, {}).get(identifier)

    def name(self, plural: str, identifier: str) -> str:
        """What a record is called; its identifier where it is not there at this clock."""
        record = self.record(plural, identifier)
        return str(record["name"] if record else identifier)

    def event(self, identifier: str) -> tuple[str, str, str | None]:
        """The type, the title and the date in words of what a date hangs on."""
        for noun in self._nouns.events:
            record = self.record(self._nouns[noun].plural, identifier)
            if record is not None:
                date = record["date"]
                return noun, record["title"], base(date) if date else None
        return self._nouns.events[0], identifier, None

    def positions(self, meeting: str) -> list[Document]:
        """What was voiced at a meeting, in order."""
        found = [p for p in self._found.get("positions", {}).values() if p["meeting"] == meeting]
        return sorted(found, key=lambda position: (position["party"], position["id"]))


def cited(snapshot: Snapshot, citing: Citing) -> Cited:
    """What these documents cite, and what the positions voiced at these meetings cite in turn."""
    events = [pair for pair in citing if pair[0].event]
    own: dict[str, Any] = {}
    if events:
        own = orjson.loads(lists.included(snapshot, ("positions",), events))
    voiced = own.get("positions", {})
    position = snapshot.nouns["position"]
    everything = [*citing, *((position, document) for document in voiced.values())]
    names = _names(snapshot.nouns, (noun for noun, _ in everything))
    found = orjson.loads(lists.included(snapshot, names, everything))
    found["positions"] = found.get("positions", {}) | voiced
    return Cited(snapshot.nouns, found)


def _names(nouns: Nouns, present: Iterable[Noun]) -> tuple[str, ...]:
    unique = tuple({noun.name: noun for noun in present}.values())
    owned = {records.plural for noun in unique for records in noun.owned}
    return tuple(name for name in included(unique, nouns) if name not in owned)
