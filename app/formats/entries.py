"""Dated records as people read them: the texts that every format with words shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

from app.formats import placement
from app.kit.plain_text import one_line
from app.kit.schema.shapes import Document
from app.ledger.dataset import Site
from app.ledger.noun import RecordRef
from app.ledger.read import history
from app.nouns.registry import NOUNS
from app.reads.rendering import ListItem, RenderContext

# The nouns whose names an entry shows.
CITED_NOUNS = frozenset(NOUNS.by_name)
# Fields that neither the text of an entry nor a member of a widget or a feed expresses.
NOT_EXPRESSED_FIELDS = (
    "place.latitude",
    "place.longitude",
    "outcomes",
    "links",
    "previous_dates",
    "version",
    "revision",
)
GROUP_LABELS = {
    noun.name: noun.plural.capitalize() for noun in NOUNS if noun.date_field is not None
}
_STANCES = {"calls_for": "calls for", "conditions": "sets conditions on", "reports": "reports on"}
_NAMESPACE = UUID("6f0c9d0e-5d0b-5c5e-9a2f-2b6a4c1f7d11")  # random, for names made by Parley


def timeline_entries(context: RenderContext) -> Iterator[TimelineEntry]:
    """Yields every entry of the list, in order."""
    for batch in context.batches():
        for item in batch.items:
            yield TimelineEntry(item, batch.cited, context.site)


def published_entries(context: RenderContext) -> Iterator[list[tuple[TimelineEntry, str]]]:
    """Yields batches of entries, each with the UTC time at which it was first recorded."""
    for batch in context.batches():
        refs = [RecordRef(item.row.noun, item.row.id) for item in batch.items]
        with context.database.read_transaction() as connection:
            published = history.first_recorded_at(connection, refs)
        entries = (TimelineEntry(item, batch.cited, context.site) for item in batch.items)
        yield [(entry, published[RecordRef(entry.noun, entry.id)]) for entry in entries]


class TimelineEntry:
    """One meeting, milestone or position, and the records that it cites."""

    def __init__(self, item: ListItem, cited: Mapping[RecordRef, Document], site: Site) -> None:
        self.item = item
        self.noun = item.row.noun
        self.id = item.row.id
        self.document = item.document
        self._cited = cited
        self._site = site

    # ---- names and URLs

    @property
    def key(self) -> str:
        """A key unique among all entries; meetings and positions may share an identifier."""
        return f"{self.noun}-{self.id}"

    @property
    def urn(self) -> str:
        """A globally unique name that never changes."""
        return urn(self._site, self.key)

    @property
    def url(self) -> str:
        """The URL of the document."""
        return self.record_url(self.item.noun.plural, self.id)

    @property
    def page(self) -> str | None:
        """The URL of the entry on the web page; None if the server's origin is not known."""
        origin = self._site.origin
        return f"{origin}/#{self.noun}/{self.id}" if origin else None

    def record_url(self, plural: str, identifier: str) -> str:
        """The URL of a record's document."""
        return f"{self._site.origin}/v1/{plural}/{identifier}"

    @cached_property
    def title(self) -> str:
        """The title, on one line; that of a position names its party, stance and issue."""
        title = self.document.get("title")
        if title is not None or not self.item.noun.is_statement:
            return one_line(title or self.document.get("name") or "") or self.id
        party = self.record_name("party", self.document["party"])
        stance = self.document["stance"]
        issue = self.record_name("issue", self.document["issue"])
        return f"{party} {_STANCES.get(stance, stance)}: {issue}"

    @property
    def group(self) -> str:
        """The heading that the entry is listed under, such as `Meetings`."""
        return GROUP_LABELS[self.noun]

    @property
    def tags(self) -> list[str]:
        """Keywords: the group, status, kind and stance, then the names of parties and issues."""
        document = self.document
        codes = [document.get(field) for field in ("status", "kind", "stance")]
        parties = document.get("parties") or [document.get("party")]
        issues = document.get("issues") or [document.get("issue")]
        tags = [self.group, *(code.replace("_", " ") for code in codes if code)]
        tags += [self.record_name("party", party) for party in parties if party]
        tags += [self.record_name("issue", issue) for issue in issues if issue]
        return list(dict.fromkeys(tags))

    # ---- date and place

    @property
    def date_text(self) -> str:
        """The date in words."""
        return placement.date_text(self.document, self._event_title)

    def _event_title(self, identifier: str) -> str:
        names = (self.record_name(noun, identifier) for noun in NOUNS.events)
        return next((name for name in names if name != identifier), identifier)

    @cached_property
    def place(self) -> str | None:
        """The name of the place, if any."""
        place = self.document.get("place")
        return one_line(place["name"]) if place else None

    @property
    def coordinates(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees; None unless both are known."""
        place: dict[str, Any] = self.document.get("place") or {}
        latitude, longitude = place.get("latitude"), place.get("longitude")
        return None if latitude is None or longitude is None else (latitude, longitude)

    # ---- cited records

    def cited_record(self, noun: str, identifier: str) -> Document:
        """A cited record; empty if it does not exist at this clock."""
        return self._cited.get(RecordRef(noun, identifier), {})

    def record_name(self, noun: str, identifier: str) -> str:
        """The name of a cited record; its identifier if it does not exist at this clock."""
        record = self.cited_record(noun, identifier)
        return one_line(record.get("name") or record.get("title") or "") or identifier

    @property
    def cited_sources(self) -> dict[str, Document]:
        """Sources of the entry and of its readouts, by identifier; empty documents if missing."""
        readouts = self.document.get("readouts", ())
        cited = [*self.document.get("sources", ()), *(r["source"] for r in readouts if r["source"])]
        return {identifier: self.cited_record("source", identifier) for identifier in cited}

    @property
    def source_links(self) -> Iterator[tuple[str, str | None]]:
        """Yields the name and the URL, if any, of each cited source."""
        for identifier, source in self.cited_sources.items():
            parts = [source.get("title"), source.get("publisher")]
            name = ", ".join(one_line(part) for part in parts if part) or identifier
            mirror = source.get("mirrored_by")
            yield f"{name}, mirrored by {one_line(mirror)}" if mirror else name, source.get("url")


def urn(site: Site, name: str) -> str:
    """A URN that belongs to the dataset, wherever it is served from."""
    return f"urn:uuid:{uuid5(_NAMESPACE, f'{site.dataset_id}/{name}')}"
