"""`jsonfeed`: JSON Feed 1.1, most recently recorded first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.formats.entries import (
    CITED_NOUNS,
    NOT_EXPRESSED_FIELDS,
    TimelineEntry,
    published_entries,
)
from app.formats.sentences import entry_text
from app.kit.strict_json import dumps, stream_array
from app.ledger.sort_keys import SortOrder
from app.reads.output_format import OutputFormat
from app.reads.rendering import RenderContext


def _item(entry: TimelineEntry, published: str) -> bytes:
    item: dict[str, Any] = {
        "id": entry.urn,
        "url": entry.page or entry.url,
        "title": entry.title,
        "content_text": entry_text(entry),
        "date_published": published,
        "date_modified": entry.document["recorded_at"],
        "tags": entry.tags,
        "language": "en",
    }
    external = next((url for _, url in entry.source_links if url), None)
    return dumps(item | ({"external_url": external} if external else {}))


def _render(context: RenderContext) -> Iterator[bytes]:
    origin = context.site.origin
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": context.title,
        "home_page_url": f"{origin}/",
        "feed_url": origin + context.path,
        "language": "en",
    }
    if context.next_link is not None:
        feed["next_url"] = origin + context.next_link
    batches = (
        b",".join(_item(entry, published) for entry, published in batch)
        for batch in published_entries(context)
    )
    yield from stream_array(dumps(feed)[:-1] + b',"items":[', batches, b"]}")


FORMAT = OutputFormat(
    "jsonfeed",
    "application/feed+json",
    "A JSON Feed (version 1.1), most recently recorded first.",
    _render,
    is_paged=True,
    not_expressed=NOT_EXPRESSED_FIELDS,
    cited_nouns=CITED_NOUNS,
    has_absolute_urls=True,
    default_order=SortOrder("recorded", descending=True),
    extension="feed.json",
)
