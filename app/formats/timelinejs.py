"""`timelinejs`: the JSON of TimelineJS3, which shows some members as HTML; those are escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from app.formats.entries import CITED_NOUNS, NOT_EXPRESSED_FIELDS
from app.formats.placed_entries import PlacedEntry, placed_entries
from app.formats.placement import WIDGET_DAYS
from app.formats.sentences import entry_lines
from app.kit import edtf
from app.kit.plain_text import escape_for_script, strip_controls, to_html
from app.kit.strict_json import dumps, stream_array
from app.reads.output_format import OutputFormat
from app.reads.rendering import RenderContext


def _day(day: int) -> dict[str, int]:
    """A day as the widget counts: 44 BC is its year -44, and it has no year 0."""
    year, month, day_of_month = edtf.civil_from_day(day)
    return {"year": year if year > 0 else year - 1, "month": month, "day": day_of_month}


def _event(entry: PlacedEntry) -> dict[str, Any]:
    placement = entry.placement
    start: dict[str, Any] = _day(placement.first)
    if placement.start is not None:
        # Shown as local time; the text names the time zone.
        hour, minute = entry.document["start"].split(":")[:2]
        start |= {"hour": int(hour), "minute": int(minute)}
    event: dict[str, Any] = {
        "unique_id": entry.key,
        "group": entry.group,
        "start_date": start,
        "display_date": to_html(placement.text),
        "text": {"headline": to_html(entry.title), "text": _html(entry)},
    }
    if placement.is_range:
        event["end_date"] = _day(placement.last)
    return event


def _html(entry: PlacedEntry) -> str:
    paragraphs = [f"<p>{to_html(text)}</p>" for text in entry_lines(entry)]
    return "".join([*paragraphs, *_source_paragraphs(entry), _page_link(entry)])


def _page_link(entry: PlacedEntry) -> str:
    """A link to the record's page; empty without an origin, as it would lead to the host page."""
    if entry.page is None:
        return ""
    return f'<p><a href="{escape(entry.page)}" rel="noopener">{to_html(entry.title)}</a></p>'


def _source_paragraphs(entry: PlacedEntry) -> Iterator[str]:
    for name, url in entry.source_links:
        if url is None:
            yield f"<p><cite>{to_html(name)}</cite></p>"
        else:
            href = escape(strip_controls(url))
            yield f'<p><cite><a href="{href}" rel="noopener">{to_html(name)}</a></cite></p>'


def _render(context: RenderContext) -> Iterator[bytes]:
    title = {"text": {"headline": to_html(context.title), "text": ""}}
    head = b'{"title":' + escape_for_script(dumps(title)) + b',"events":['
    events = (
        escape_for_script(dumps(_event(entry))) for entry in placed_entries(context, WIDGET_DAYS)
    )
    yield from stream_array(head, events, b"]}")


FORMAT = OutputFormat(
    "timelinejs",
    'application/json;profile="timelinejs"',
    "Events for TimelineJS3.",
    _render,
    not_expressed=(*NOT_EXPRESSED_FIELDS, "recorded_at"),
    cited_nouns=CITED_NOUNS,
    has_absolute_urls=True,
    extension="timelinejs.json",
)
