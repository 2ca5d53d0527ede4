"""`jsonfeed`: JSON Feed 1.1, what was recorded last first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.formats.entries import CITES, UNSAID, Entry
from app.formats.sentences import told
from app.kit.strict_json import dumps
from app.ledger.read import history
from app.ledger.read.paging import Order
from app.reads.export import Rendition, Stretch
from app.reads.representation import Format


def _item(entry: Entry, published: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.urn,
        "url": entry.page or entry.url,
        "title": entry.title,
        "content_text": told(entry),
        "date_published": published,
        "date_modified": entry.document["recorded_at"],
        "tags": entry.tags,
        "language": "en",
    }
    external = next((url for _, url in entry.sources if url), None)
    return item | ({"external_url": external} if external else {})


def _items(rendition: Rendition, stretch: Stretch) -> list[bytes]:
    rows = [found.row for found in stretch.items]
    with rendition.database.reading() as connection:
        first = history.first_recorded(connection, [(row.noun, row.id) for row in rows])
    found = [Entry(one, stretch.cited, rendition.site) for one in stretch.items]
    return [dumps(_item(one, first[one.noun, one.id])) for one in found]


def _render(rendition: Rendition) -> Iterator[bytes]:
    origin = rendition.site.origin
    head: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": rendition.heading,
        "home_page_url": f"{origin}/",
        "feed_url": origin + rendition.address,
        "language": "en",
    }
    if rendition.next is not None:
        head["next_url"] = origin + rendition.next
    yield dumps(head)[:-1] + b',"items":['
    between = b""
    for stretch in rendition.stretches():
        yield between + b",".join(_items(rendition, stretch))
        between = b","
    yield b"]}"


FORMAT = Format(
    "jsonfeed",
    "application/feed+json",
    "JSON Feed 1.1, what was recorded last first.",
    _render,
    pages=True,
    unsaid=UNSAID,
    cites=CITES,
    absolute=True,
    order=Order("recorded", descending=True),
    extension="feed.json",
)
