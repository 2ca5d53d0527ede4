"""`vis`: items and groups of vis-timeline, which shows some members as HTML; those are escaped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.formats.entries import CITED_NOUNS, GROUP_LABELS, NOT_EXPRESSED_FIELDS
from app.formats.placed_entries import PlacedEntry, placed_entries
from app.formats.placement import WIDGET_DAYS
from app.formats.sentences import entry_text
from app.kit import edtf
from app.kit.plain_text import escape_for_script, to_html
from app.kit.strict_json import dumps, stream_array
from app.reads.output_format import OutputFormat
from app.reads.rendering import RenderContext


def _item(entry: PlacedEntry) -> dict[str, Any]:
    placement = entry.placement
    item: dict[str, Any] = {
        "id": entry.key,
        "content": to_html(entry.label),
        "title": to_html(f"{entry.title}\n{entry_text(entry)}"),
        "start": _timestamp(placement.start) if placement.start else _day(placement.first),
        "type": "point" if entry.item.noun.is_statement else "box",
        "group": entry.noun,
        "className": entry.css_classes,
    }
    if placement.is_range:
        item |= {"end": _day(placement.last + 1), "type": "range"}
    elif placement.end is not None:
        item |= {"end": _timestamp(placement.end), "type": "range"}
    return item


def _day(day: int) -> str:
    """A day as JavaScript reads it: beyond four digits, a year has a sign and six digits."""
    year, month, day_of_month = edtf.civil_from_day(day)
    sign = "" if 0 <= year <= 9999 else "-" if year < 0 else "+"
    return f"{sign}{abs(year):0{6 if sign else 4}}-{month:02}-{day_of_month:02}"


def _timestamp(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _render(context: RenderContext) -> Iterator[bytes]:
    groups = [{"id": noun, "content": label} for noun, label in GROUP_LABELS.items()]
    head = b'{"groups":' + dumps(groups) + b',"items":['
    items = (
        escape_for_script(dumps(_item(entry))) for entry in placed_entries(context, WIDGET_DAYS)
    )
    yield from stream_array(head, items, b"]}")


FORMAT = OutputFormat(
    "vis",
    'application/json;profile="vis"',
    "Items and groups for vis-timeline.",
    _render,
    not_expressed=(*NOT_EXPRESSED_FIELDS, "recorded_at"),
    cited_nouns=CITED_NOUNS,
    extension="vis.json",
)
