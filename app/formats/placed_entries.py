"""Entries placed on days, for calendars and widgets, which need a day for every entry."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from app.formats.entries import TimelineEntry
from app.formats.placement import DayLimits, Placement, place_date
from app.ledger.dataset import Site
from app.reads.rendering import Batch, ListItem, RenderContext


def placed_entries(context: RenderContext, limits: DayLimits) -> Iterator[PlacedEntry]:
    """Yields every entry of the list, in order, each placed on days within the limits."""
    for batch in context.batches():
        for item in batch.items:
            yield PlacedEntry(item, batch, context.site, limits)


class PlacedEntry(TimelineEntry):
    """An entry with its placement; its texts say so if the days drawn are not its own."""

    def __init__(self, item: ListItem, batch: Batch, site: Site, limits: DayLimits) -> None:
        super().__init__(item, batch.cited, site)
        self._limits = limits

    @cached_property
    def placement(self) -> Placement:
        """The days to draw it on."""
        return place_date(self.document, self._event_title, self._limits)

    @property
    def date_text(self) -> str:
        """The date in words, with a note on a substitute day."""
        return self.placement.text

    @property
    def label(self) -> str:
        """The title, followed by the date in words unless the days drawn are exact."""
        return self.title if self.placement.is_exact else f"{self.title} ({self.date_text})"

    @property
    def css_classes(self) -> str:
        """Classes for a widget's style sheet: noun, status, stance, and certainty of the date."""
        placement = self.placement
        classes = [self.noun]
        for field in ("status", "stance"):
            code = self.document.get(field)
            classes += [f"{field}-{code.replace('_', '-')}"] if code else []
        classes.append("exact" if placement.is_exact else "uncertain")
        classes += ["open-start"] if placement.has_open_start else []
        classes += ["open-end"] if placement.has_open_end else []
        classes += ["undated"] if placement.is_substitute else []
        return " ".join(classes)
