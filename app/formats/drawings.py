"""Entries that are drawn: those of calendars and pictures, which need a day for each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from app.formats import moments
from app.formats.entries import Entry
from app.formats.moments import Moment, Span
from app.reads.export import Found, Rendition, Site, Stretch


def drawn(rendition: Rendition, span: Span) -> Iterator[Drawn]:
    """All that was found, in order, each on a day of the span."""
    for stretch in rendition.stretches():
        for found in stretch.items:
            yield Drawn(found, stretch, rendition.site, span)


class Drawn(Entry):
    """One entry with its place in time, which its words tell of where it is not its own."""

    def __init__(self, found: Found, stretch: Stretch, site: Site, span: Span) -> None:
        super().__init__(found, stretch.cited, site)
        self._span = span

    @cached_property
    def moment(self) -> Moment:
        """When it is drawn."""
        return moments.moment(self.document, self._event, self._span)

    @property
    def when(self) -> str:
        """When it was, in words, and where a day stands in, which one."""
        return self.moment.text

    @property
    def called(self) -> str:
        """Its title, with the date in words where the days drawn do not tell it."""
        return self.title if self.moment.exact else f"{self.title} ({self.when})"

    @property
    def classes(self) -> str:
        """Classes for a picture's style sheet: kind, status, and how sure the date is."""
        found = [self.noun, *(f"status-{word}" for word in self._codes("status"))]
        found += [f"stance-{word}" for word in self._codes("stance")]
        own = self.moment
        found.append("exact" if own.exact else "uncertain")
        named = {"open-start": own.open_start, "open-end": own.open_end, "undated": own.stands_in}
        return " ".join([*found, *(name for name, holds in named.items() if holds)])

    def _codes(self, field: str) -> Iterator[str]:
        value = self.document.get(field)
        if value:
            yield value.replace("_", "-")
