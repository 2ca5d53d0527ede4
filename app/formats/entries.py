"""What is dated, as people read it: one entry, in words, for every format that shows words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

from app.formats import moments
from app.kit.plain_text import line
from app.kit.schema.shapes import Document
from app.ledger.write.states import Address
from app.nouns.registry import NOUNS
from app.reads.export import Found, Rendition, Site

# The nouns whose names an entry shows.
CITES = frozenset(NOUNS.by_name)
# What neither the words of an entry tell nor a widget or a feed has a place for.
UNSAID = (
    "place.latitude",
    "place.longitude",
    "outcomes",
    "links",
    "previous_dates",
    "version",
    "revision",
)
GROUPS = {noun.name: noun.plural.capitalize() for noun in NOUNS if noun.date is not None}
_STANCES = {"calls_for": "calls for", "conditions": "sets conditions on", "reports": "reports on"}
_NAMESPACE = UUID("6f0c9d0e-5d0b-5c5e-9a2f-2b6a4c1f7d11")  # drawn once, for Parley's own names


def entries(rendition: Rendition) -> Iterator[Entry]:
    """All that was found, in order."""
    for stretch in rendition.stretches():
        for found in stretch.items:
            yield Entry(found, stretch.cited, rendition.site)


class Entry:
    """One meeting, milestone or position."""

    def __init__(self, found: Found, cited: Mapping[Address, Document], site: Site) -> None:
        self.found = found
        self.noun = found.row.noun
        self.id = found.row.id
        self.document = found.document
        self._cited = cited
        self._site = site

    # ---- what it is called

    @property
    def key(self) -> str:
        """Its name among all entries: meetings and positions may share an identifier."""
        return f"{self.noun}-{self.id}"

    @property
    def urn(self) -> str:
        """Its name in the whole world, for as long as the dataset lives."""
        return urn(self._site, self.key)

    @property
    def url(self) -> str:
        """The address of its document."""
        return self.address(self.found.noun.plural, self.id)

    @property
    def page(self) -> str | None:
        """Where people read it, as far as our own address is known."""
        origin = self._site.origin
        return f"{origin}/#{self.noun}/{self.id}" if origin else None

    def address(self, plural: str, identifier: str) -> str:
        """The address of a record's document."""
        return f"{self._site.origin}/v1/{plural}/{identifier}"

    @cached_property
    def title(self) -> str:
        """Its title, in one line."""
        given = self.document.get("title")
        if given is not None:
            return line(given) or self.id
        party = self.name("party", self.document["party"])
        stance = self.document["stance"]
        issue = self.name("issue", self.document["issue"])
        return f"{party} {_STANCES.get(stance, stance)}: {issue}"

    @property
    def group(self) -> str:
        """What it is listed under."""
        return GROUPS[self.noun]

    # ---- when it was

    @property
    def when(self) -> str:
        """When it was, in words."""
        return moments.words(self.document, self._event)

    def _event(self, identifier: str) -> str:
        meeting = self._cited.get(("meeting", identifier))
        found = meeting or self._cited.get(("milestone", identifier))
        return line(found["title"]) if found else identifier

    # ---- what it cites

    def name(self, noun: str, identifier: str) -> str:
        """The name of a cited record; its identifier where there is none at this clock."""
        found = self._cited.get((noun, identifier))
        return (
            (line(found.get("name") or found.get("title") or "") or identifier)
            if found
            else (identifier)
        )

    def cited(self, noun: str, identifier: str) -> Document:
        """A cited record; empty where there is none at this clock."""
        return self._cited.get((noun, identifier), {})

    @property
    def works(self) -> dict[str, Document]:
        """The sources that it, or an account in it, cites: empty documents where there are none."""
        accounts = self.document.get("readouts", ())
        cited = [*self.document["sources"], *(a["source"] for a in accounts if a["source"])]
        return {identifier: self.cited("source", identifier) for identifier in cited}

    @property
    def sources(self) -> Iterator[tuple[str, str | None]]:
        """Name and address of each of them."""
        for identifier, source in self.works.items():
            own = [source.get("title"), source.get("publisher")]
            name = ", ".join(line(part) for part in own if part) or identifier
            mirror = source.get("mirrored_by")
            yield f"{name}, mirrored by {line(mirror)}" if mirror else name, source.get("url")

    @property
    def tags(self) -> list[str]:
        """Words to sort it by: its kind, its parties and its issues."""
        found = [self.group, *self._words("status", "kind", "stance")]
        parties = self.document.get("parties") or [self.document.get("party")]
        found += [self.name("party", party) for party in parties if party]
        issues = self.document.get("issues") or [self.document.get("issue")]
        found += [self.name("issue", issue) for issue in issues if issue]
        return list(dict.fromkeys(found))

    def _words(self, *fields: str) -> list[str]:
        return [self.document[f].replace("_", " ") for f in fields if self.document.get(f)]

    # ---- what there is to say

    @cached_property
    def place(self) -> str | None:
        """Where it was, in words."""
        place = self.document.get("place")
        return line(place["name"]) if place else None

    @property
    def coordinates(self) -> tuple[float, float] | None:
        """Degrees north and east, where both are known."""
        place: dict[str, Any] = self.document.get("place") or {}
        north, east = place.get("latitude"), place.get("longitude")
        return None if north is None or east is None else (north, east)


def urn(site: Site, name: str) -> str:
    """A name that is the dataset's own, wherever it is served from."""
    return f"urn:uuid:{uuid5(_NAMESPACE, f'{site.identity}/{name}')}"
