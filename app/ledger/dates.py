"""Dates that are anchored to events: completing a date object from its text and its anchors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.kit import edtf
from app.kit.schema.shapes import Document


@dataclass(frozen=True, slots=True)
class DateBounds:
    """First and last possible day, as day numbers; None where unbounded."""

    earliest: int | None
    latest: int | None

    def may_overlap(self, other: DateBounds) -> bool:
        """Whether both may lie on the same day."""
        return edtf.may_overlap(self.earliest, self.latest, other.earliest, other.latest)


class EmptyDateRange(ValueError):
    """The anchors leave no day on which the event could lie."""


def narrow_bounds(
    text_bounds: DateBounds, before: DateBounds | None, after: DateBounds | None
) -> DateBounds:
    """Bounds tightened by anchors: the tighter of anchor and text wins.

    Before an event means at most the day before its last possible day; after it, at least the
    day after its first possible day.

    Raises:
        EmptyDateRange: no day is left.
    """
    earliest, latest = text_bounds.earliest, text_bounds.latest
    if before is not None and before.latest is not None:
        limit = before.latest - 1
        latest = limit if latest is None else min(latest, limit)
    if after is not None and after.earliest is not None:
        limit = after.earliest + 1
        earliest = limit if earliest is None else max(earliest, limit)
    if earliest is not None and latest is not None and earliest > latest:
        raise EmptyDateRange(
            f"no day is both on or after {edtf.iso_date(earliest)} and on or before "
            f"{edtf.iso_date(latest)}"
        )
    return DateBounds(earliest, latest)


def complete_date(date: Document, event: Callable[[str], DateBounds]) -> DateBounds:
    """Fill in the derived fields of a date object in place; returns its bounds.

    `event` returns the bounds of the event with an identifier.

    Raises:
        EdtfError: the text is not EDTF.
        EmptyDateRange: the anchors leave no day.
    """
    before, after = date["before"], date["after"]
    parsed, text_bounds = _parse_text(date)
    bounds = narrow_bounds(
        text_bounds, event(before) if before else None, event(after) if after else None
    )
    date["earliest"] = None if bounds.earliest is None else edtf.iso_date(bounds.earliest)
    date["latest"] = None if bounds.latest is None else edtf.iso_date(bounds.latest)
    date["precision"] = parsed.precision if parsed else "unknown"
    date["approximate"] = parsed.approximate if parsed else False
    date["uncertain"] = parsed.uncertain if parsed else False
    date["display"] = _display(parsed, text_bounds, bounds, before, after)
    return bounds


def _parse_text(date: Document) -> tuple[edtf.Edtf | None, DateBounds]:
    """A date's text parsed, and its bounds without anchors."""
    parsed = edtf.parse(date["edtf"]) if date["edtf"] is not None else None
    return parsed, DateBounds(parsed.earliest, parsed.latest) if parsed else DateBounds(None, None)


def rename_anchors(date: Document, names: Mapping[str, str]) -> None:
    """Change the identifiers that a completed date is anchored to, keeping its bounds. In place."""
    before, after = (names.get(date[name], date[name]) for name in ("before", "after"))
    if (before, after) != (date["before"], date["after"]):
        bounds = bounds_of_date(date) or DateBounds(None, None)
        date |= {"before": before, "after": after}
        date["display"] = _display(*_parse_text(date), bounds, before, after)


def bounds_of_date(date: Document | None) -> DateBounds | None:
    """The bounds of a completed date object; None for no date."""
    if date is None:
        return None
    earliest, latest = date["earliest"], date["latest"]
    return DateBounds(
        None if earliest is None else edtf.day_number(earliest),
        None if latest is None else edtf.day_number(latest),
    )


def _display(
    parsed: edtf.Edtf | None,
    text_bounds: DateBounds,
    bounds: DateBounds,
    before: str | None,
    after: str | None,
) -> str:
    words = []
    if parsed is not None and bounds == text_bounds:
        if bounds != DateBounds(None, None) or not (before or after):
            words.append(parsed.display)
    elif bounds != DateBounds(None, None):
        words.append(_range_text(bounds))
    words += [f"before {before}"] if before else []
    words += [f"after {after}"] if after else []
    return ", ".join(words)


def _range_text(bounds: DateBounds) -> str:
    start = ".." if bounds.earliest is None else edtf.iso_date(bounds.earliest)
    end = ".." if bounds.latest is None else edtf.iso_date(bounds.latest)
    try:
        return edtf.parse(start if start == end else f"{start}/{end}").display
    except edtf.EdtfError:  # a year that ISO text spells otherwise than EDTF
        return f"{start} to {end}"
