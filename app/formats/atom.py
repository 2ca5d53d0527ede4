"""`atom`: an Atom feed (RFC 4287), what was recorded last first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from app import __version__
from app.formats.entries import CITES, UNSAID, Entry, entries, urn
from app.formats.sentences import told
from app.kit.plain_text import line
from app.ledger.read import history
from app.ledger.read.paging import Order
from app.reads.export import Rendition
from app.reads.representation import Format

_NAMESPACE = "http://www.w3.org/2005/Atom"
_BEGINNING = "1970-01-01T00:00:00Z"  # of a dataset in which nothing was ever written


def _text(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    found = SubElement(parent, tag, attributes)
    found.text = text
    return found


def _author(parent: Element, name: str) -> None:
    _text(SubElement(parent, "author"), "name", name)


def _link(parent: Element, relation: str, address: str, **more: str) -> None:
    SubElement(parent, "link", {"rel": relation, "href": address, **more})


def _entry(feed: Element, entry: Entry, published: str) -> None:
    own = SubElement(feed, "entry")
    _text(own, "id", entry.urn)
    _text(own, "title", entry.title)
    _text(own, "published", published)
    _text(own, "updated", entry.document["recorded_at"])
    # Without a type: readers open an alternate only where they may take it for a page.
    _link(own, "alternate", entry.page or entry.url)
    for name, url in entry.sources:
        if url is not None:
            _link(own, "via", url, title=name)
    for tag in entry.tags:
        SubElement(own, "category", {"term": tag})
    _text(own, "content", told(entry), type="text")


def _feed(rendition: Rendition, found: Sequence[Entry]) -> Element:
    site, origin = rendition.site, rendition.site.origin
    feed = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": "en"})
    _text(feed, "id", urn(site, rendition.topic))
    _text(feed, "title", rendition.heading)
    _text(feed, "updated", max((e.document["recorded_at"] for e in found), default=_BEGINNING))
    _author(feed, line(site.name) or "Parley")
    _text(feed, "rights", line(site.licence))
    _text(feed, "generator", "Parley", version=__version__)
    _link(feed, "self", origin + rendition.address, type="application/atom+xml")
    _link(feed, "alternate", f"{origin}/", type="text/html")
    if rendition.next is not None:
        _link(feed, "next", origin + rendition.next, type="application/atom+xml")
    return feed


def _render(rendition: Rendition) -> Iterator[bytes]:
    found = list(entries(rendition))  # a page
    feed = _feed(rendition, found)
    with rendition.database.reading() as connection:
        first = history.first_recorded(connection, [(entry.noun, entry.id) for entry in found])
    for entry in found:
        _entry(feed, entry, first[entry.noun, entry.id])
    yield tostring(feed, encoding="utf-8", xml_declaration=True)


FORMAT = Format(
    "atom",
    "application/atom+xml; charset=utf-8",
    "An Atom feed (RFC 4287), what was recorded last first.",
    _render,
    pages=True,
    unsaid=UNSAID,
    cites=CITES,
    absolute=True,
    order=Order("recorded", descending=True),
)
