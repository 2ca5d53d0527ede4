"""Renditions: what a query finds, handed to a format a stretch at a time.

Every stretch is a short read of its own at one pinned revision, so that neither a slow reader nor
fifty thousand entries hold a transaction open or fill the memory, and what is written meanwhile
changes nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import quote, urlencode

import orjson

from app import __version__
from app.kit.http.cache import ChunkedResponse, make_etag
from app.kit.plain_text import one_line
from app.kit.schema.fields import citations
from app.kit.schema.shapes import Document
from app.kit.sql.database import Database
from app.ledger.dataset import Site
from app.ledger.noun import Noun, RecordRef
from app.ledger.read import lookups
from app.ledger.read.lookups import find_records
from app.ledger.read.result_set import Reading, walk
from app.ledger.snapshot import Snapshot, open_snapshot
from app.ledger.sort_keys import Position, Row, position
from app.reads import lists
from app.reads.lists import ListPage
from app.reads.query import Query
from app.reads.representation import UNSAID, Format, unsaid

_ROWS = 5_000  # of a walk at a time; a day with more entries is read anew for each of these
_DOCUMENTS = 250  # held at a time
_KNOWN = 2_000  # cited records that are kept from stretch to stretch
_LONGEST = 200  # of filters in a title
_PAGING = ("", "cursor", "limit", "revision")
_NO_FILTERS = (*_PAGING, "sort", "fields", "facets", "include")
_SHOWN = ("name", "title", "kind", "publisher", "mirrored_by", "url", "language")


@dataclass(frozen=True)
class Found:
    """One record that a query found: its stored bytes, and as lists show it."""

    row: Row
    noun: Noun
    stored: bytes
    item: bytes

    @cached_property
    def document(self) -> Document:
        """The stored document."""
        parsed: Document = orjson.loads(self.stored)
        return parsed


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some of what was found, and the records that it cites."""

    items: list[Found]
    cited: dict[RecordRef, Document]


class Rendition:
    """What a format renders: a list with its query, its clock, and its records in batches."""

    def __init__(
        self, database: Database, page: ListPage, query: Query, site: Site, output_format: Format
    ) -> None:
        self.database = database
        self.nouns = page.snapshot.nouns
        self.query = query
        self.site = site
        self.format = output_format
        self.pinned = page.snapshot.revision
        self.next = page.next
        self._rows = page.rows
        self._known: dict[RecordRef, Document] = {}

    @property
    def topic(self) -> str:
        """What is told of, whatever the page: the filters, in one order."""
        filters = [p for p in self.query.cursor_parameters if p[0] not in _PAGING]
        return urlencode(sorted(filters))

    @property
    def heading(self) -> str:
        """What a reader may call it by: the dataset's name, and the filters in one order."""
        name = one_line(self.site.name) or "Parley"
        asked = sorted(p for p in self.query.cursor_parameters if p[0] not in _NO_FILTERS)
        told = one_line(", ".join(f"{filter_}={value}" for filter_, value in asked))
        if len(told) > _LONGEST:
            told = told[: _LONGEST - 1] + "…"
        return f"{name}: {told}" if told else name

    @property
    def address(self) -> str:
        """The path and query of this very page."""
        asked = urlencode(self.query.parameters)
        return f"{quote(self.query.path)}?{asked}" if asked else quote(self.query.path)

    @property
    def complete(self) -> bool:
        """Whether this is all there is: no page of it, and nothing left over."""
        return self.query.cursor is None and self.next is None

    @contextmanager
    def read(self) -> Iterator[Snapshot]:
        """A snapshot of its own at the pinned clock; as long as nothing was written, it is now."""
        with open_snapshot(self.database, self.nouns) as snapshot:
            yield snapshot.at(self.pinned or None, self.query.as_of)

    def stretches(self) -> Iterator[Stretch]:
        """All that was found, in order."""
        if self._rows is not None:
            yield from self._documents(self._rows)
            return
        key_order = "date" if self.query.schema.is_dated else "id"
        natural = self.query.orders[0].name == key_order
        for rows in self._walked() if natural else self._sorted():
            yield from self._documents(rows)

    def _walked(self) -> Iterator[list[Row]]:
        """Rows in the order of the index, from position to position."""
        after: Position | None = None
        more = True
        while more:
            with self.read() as snapshot:
                found = Reading(snapshot, self.query.selection)
                rows, more = walk(found, self.query.orders, after, _ROWS)
            if rows:
                after = position(rows[-1])
                yield rows

    def _sorted(self) -> Iterator[list[Row]]:
        """Rows in another order: sorted once, of which only the keys are kept."""
        with self.read() as snapshot:
            found = Reading(snapshot, self.query.selection)
            rows, _ = walk(found, self.query.orders, None, 2**62)
        keys = array("q", (row.key for row in rows))
        del rows
        for start in range(0, len(keys), _ROWS):
            some = keys[start : start + _ROWS].tolist()
            with self.database.read_connection() as connection:
                by_key = {row.key: row for row in lookups.rows(connection, some)}
            yield [by_key[key] for key in some]

    def _documents(self, rows: Sequence[Row]) -> Iterator[Stretch]:
        for start in range(0, len(rows), _DOCUMENTS):
            some = rows[start : start + _DOCUMENTS]
            with open_snapshot(self.database, self.nouns) as snapshot:
                stored = lookups.documents(snapshot.connection, [row.key for row in some])
                items = [self._found(row, stored[row.key]) for row in some]
                cited = self.cited(snapshot, items) if self.format.cites else {}
            yield Stretch(items, cited)

    def _found(self, row: Row, stored: bytes) -> Found:
        return Found(row, self.nouns[row.noun], stored, lists.render_item(self.query, row, stored))

    def cited(self, snapshot: Snapshot, items: Sequence[Found]) -> dict[RecordRef, Document]:
        """The records that these cite, of the nouns whose names the format shows."""
        wanted: set[RecordRef] = set()
        for found in items:
            for _, cited, identifier in citations(found.document, found.noun.shape):
                refs = self.nouns.cited_refs(cited, identifier)
                wanted |= {ref for ref in refs if ref.noun in self.format.cites}
        known = {address: self._known[address] for address in wanted & self._known.keys()}
        pinned = snapshot.at(self.pinned or None, self.query.as_of)
        documents = find_records(pinned, wanted - known.keys())
        new = {address: _brief(stored) for address, stored in documents.items()}
        lasting = {a: document for a, document in new.items() if not self._is_passing(a[0])}
        if len(self._known) + len(lasting) <= _KNOWN:
            self._known |= lasting
        return known | new

    def _is_passing(self, noun: str) -> bool:
        """Whether few entries cite the same record of a noun: the next ones will not need it."""
        return self.nouns[noun].event or self.nouns[noun].published is not None


def _brief(stored: bytes) -> Document:
    """What is shown of a cited record."""
    document = orjson.loads(stored)
    return {name: document[name] for name in _SHOWN if name in document}


def render_list(
    snapshot: Snapshot, database: Database, query: Query, output_format: Format, site: Site
) -> ChunkedResponse:
    """A list in a format other than the native one, to be streamed."""
    if output_format.render is None:
        raise ValueError("the native format is that of lists themselves")
    shaping = [name for name in ("fields", "facets", "include") if query.has_parameter(name)]
    fields = query.fields if output_format.lists else ()
    if fields:
        shaping.remove("fields")
    query = replace(query, fields=fields, facets=(), include=())
    everything = not output_format.pages and not query.has_parameter("limit")
    page = lists.find_list_page(snapshot, site, query, everything=everything)
    return ChunkedResponse(
        chunks=output_format.render(Rendition(database, page, query, site, output_format)),
        etag=_etag(page, query, output_format, site),
        media_type=output_format.media_type,
        cache_control=page.cache_control,
        link=lists.link_header(page.next),
        revision=page.snapshot.latest_revision,
        headers=tuple(_headers(query, output_format, shaping)),
    )


def _etag(page: ListPage, query: Query, output_format: Format, site: Site) -> str:
    any_noun = output_format.cites or query.selection.searches
    nouns = page.snapshot.nouns.all if any_noun else query.schema.nouns
    # An upgrade may say the same records otherwise.
    variant = [output_format.name, __version__, ",".join(query.fields)]
    if output_format.absolute:
        variant += [site.origin, site.name, site.licence]
    return make_etag(page.snapshot.latest_of(nouns), variant)


def _headers(
    query: Query, output_format: Format, shaping: Sequence[str]
) -> Iterator[tuple[str, str]]:
    # Called by what it is and never by what was asked, which anybody may have written.
    schema = query.schema
    name = output_format.file("timeline" if schema.has_type else schema.nouns[0].plural)
    yield "content-disposition", f'inline; filename="{name}"'
    not_expressed = unsaid(output_format, shaping)
    if not_expressed is not None:
        yield UNSAID.lower(), not_expressed
