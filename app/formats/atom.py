"""`atom`: an Atom feed (RFC 4287), most recently recorded first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from app import __version__
from app.formats.entries import (
    CITED_NOUNS,
    NOT_EXPRESSED_FIELDS,
    TimelineEntry,
    published_entries,
    urn,
)
from app.formats.sentences import entry_text
from app.kit.plain_text import one_line
from app.ledger.sort_keys import SortOrder
from app.reads.output_format import OutputFormat
from app.reads.rendering import RenderContext

_NAMESPACE = "http://www.w3.org/2005/Atom"
_NEVER_UPDATED = "1970-01-01T00:00:00Z"  # of a feed without entries


def _add_text(parent: Element, tag: str, text: str, **attributes: str) -> None:
    SubElement(parent, tag, attributes).text = text


def _add_link(parent: Element, relation: str, url: str, **attributes: str) -> None:
    SubElement(parent, "link", {"rel": relation, "href": url, **attributes})


def _add_entry(feed: Element, entry: TimelineEntry, published: str) -> None:
    element = SubElement(feed, "entry")
    _add_text(element, "id", entry.urn)
    _add_text(element, "title", entry.title)
    _add_text(element, "published", published)
    _add_text(element, "updated", entry.document["recorded_at"])
    # Without a type: readers open an alternate only if it may be a page.
    _add_link(element, "alternate", entry.page or entry.url)
    for name, url in entry.source_links:
        if url is not None:
            _add_link(element, "via", url, title=name)
    for tag in entry.tags:
        SubElement(element, "category", {"term": tag})
    _add_text(element, "content", entry_text(entry), type="text")


def _feed(context: RenderContext, entries: Sequence[TimelineEntry]) -> Element:
    """The feed element, with everything but its entries."""
    site, origin = context.site, context.site.origin
    updated = max((e.document["recorded_at"] for e in entries), default=_NEVER_UPDATED)
    feed = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": "en"})
    _add_text(feed, "id", urn(site, context.filter_key))
    _add_text(feed, "title", context.title)
    _add_text(feed, "updated", updated)
    _add_text(SubElement(feed, "author"), "name", one_line(site.name) or "Parley")
    _add_text(feed, "rights", one_line(site.licence))
    _add_text(feed, "generator", "Parley", version=__version__)
    _add_link(feed, "self", origin + context.path, type="application/atom+xml")
    _add_link(feed, "alternate", f"{origin}/", type="text/html")
    if context.next_link is not None:
        _add_link(feed, "next", origin + context.next_link, type="application/atom+xml")
    return feed


def _render(context: RenderContext) -> Iterator[bytes]:
    page = [pair for batch in published_entries(context) for pair in batch]
    feed = _feed(context, [entry for entry, _ in page])
    for entry, published in page:
        _add_entry(feed, entry, published)
    yield tostring(feed, encoding="utf-8", xml_declaration=True)


FORMAT = OutputFormat(
    "atom",
    "application/atom+xml; charset=utf-8",
    "An Atom feed (RFC 4287), most recently recorded first.",
    _render,
    is_paged=True,
    not_expressed=NOT_EXPRESSED_FIELDS,
    cited_nouns=CITED_NOUNS,
    has_absolute_urls=True,
    default_order=SortOrder("recorded", descending=True),
)
