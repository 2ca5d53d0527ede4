"""Lists in other formats: a format gets the records of a query in batches.

Every batch is a short read of its own at one pinned revision. So neither a slow client nor fifty
thousand entries hold a transaction open or fill the memory, and writes meanwhile change nothing.
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
from app.ledger.read.result_set import ResultSet, read_page
from app.ledger.snapshot import Snapshot, open_snapshot
from app.ledger.sort_keys import PageKey, ResultRow, page_key
from app.reads import lists
from app.reads.lists import ListPage
from app.reads.output_format import NOT_EXPRESSED_HEADER, OutputFormat, not_expressed_header
from app.reads.query import Query

_ROW_BATCH_SIZE = 5_000  # a day with more entries is read anew for each of these
_BATCH_SIZE = 250  # documents held at a time
_MAX_CACHED_CITATIONS = 2_000  # cited records kept from batch to batch
_MAX_TITLE_FILTERS = 200  # characters of the filters in a title
_PAGING_PARAMETERS = ("", "cursor", "limit", "revision")
_NOT_FILTERS = (*_PAGING_PARAMETERS, "sort", "fields", "facets", "include")
_CITED_FIELDS = ("name", "title", "kind", "publisher", "mirrored_by", "url", "language")


@dataclass(frozen=True)
class ListItem:
    """One record of a list: its stored document, and as lists in the native format show it."""

    row: ResultRow
    noun: Noun
    document_bytes: bytes
    rendered: bytes

    @cached_property
    def document(self) -> Document:
        """The stored document."""
        document: Document = orjson.loads(self.document_bytes)
        return document


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of a list that are rendered together, and the records that they cite."""

    items: list[ListItem]
    cited: dict[RecordRef, Document]


class RenderContext:
    """What a format renders: a list with its query, its clock, and its records in batches."""

    def __init__(
        self,
        database: Database,
        page: ListPage,
        query: Query,
        site: Site,
        output_format: OutputFormat,
    ) -> None:
        self.database = database
        self.nouns = page.snapshot.nouns
        self.query = query
        self.site = site
        self.output_format = output_format
        self.pinned_revision = page.snapshot.revision
        self.next_link = page.next_link
        self._rows = page.rows
        self._cited_by_ref: dict[RecordRef, Document] = {}

    @property
    def filter_key(self) -> str:
        """The filters in one order: the same for every page of a list."""
        filters = [p for p in self.query.cursor_parameters if p[0] not in _PAGING_PARAMETERS]
        return urlencode(sorted(filters))

    @property
    def title(self) -> str:
        """The dataset's name, and the filters in one order."""
        name = one_line(self.site.name) or "Parley"
        filters = sorted(p for p in self.query.cursor_parameters if p[0] not in _NOT_FILTERS)
        text = one_line(", ".join(f"{filter_name}={value}" for filter_name, value in filters))
        if len(text) > _MAX_TITLE_FILTERS:
            text = text[: _MAX_TITLE_FILTERS - 1] + "…"
        return f"{name}: {text}" if text else name

    @property
    def path(self) -> str:
        """The path and query of this very page."""
        query_string = urlencode(self.query.parameters)
        path = quote(self.query.path)
        return f"{path}?{query_string}" if query_string else path

    @property
    def is_complete(self) -> bool:
        """Whether this is the whole list and not a page of it."""
        return self.query.cursor is None and self.next_link is None

    @contextmanager
    def open_snapshot(self) -> Iterator[Snapshot]:
        """A new snapshot at the pinned clock; it is the current one if nothing was written."""
        with open_snapshot(self.database, self.nouns) as snapshot:
            yield snapshot.at(self.pinned_revision or None, self.query.as_of)

    def batches(self) -> Iterator[Batch]:
        """All records, in order."""
        if self._rows is not None:
            yield from self._batches_of_rows(self._rows)
            return
        key_order = "date" if self.query.schema.is_dated else "id"
        is_in_key_order = self.query.sort_orders[0].name == key_order
        for rows in self._rows_in_key_order() if is_in_key_order else self._sorted_rows():
            yield from self._batches_of_rows(rows)

    def _rows_in_key_order(self) -> Iterator[list[ResultRow]]:
        after: PageKey | None = None
        has_more = True
        while has_more:
            with self.open_snapshot() as snapshot:
                results = ResultSet(snapshot, self.query.selection)
                rows, has_more = read_page(results, self.query.sort_orders, after, _ROW_BATCH_SIZE)
            if rows:
                after = page_key(rows[-1])
                yield rows

    def _sorted_rows(self) -> Iterator[list[ResultRow]]:
        """Rows in another order: sorted once; only their keys are kept."""
        with self.open_snapshot() as snapshot:
            results = ResultSet(snapshot, self.query.selection)
            rows, _ = read_page(results, self.query.sort_orders, None, 2**62)
        keys = array("q", (row.sort_key for row in rows))
        del rows
        for start in range(0, len(keys), _ROW_BATCH_SIZE):
            batch_keys = keys[start : start + _ROW_BATCH_SIZE].tolist()
            with self.database.read_connection() as connection:
                row_by_key = {
                    row.sort_key: row for row in lookups.find_rows(connection, batch_keys)
                }
            yield [row_by_key[key] for key in batch_keys]

    def _batches_of_rows(self, rows: Sequence[ResultRow]) -> Iterator[Batch]:
        for start in range(0, len(rows), _BATCH_SIZE):
            batch_rows = rows[start : start + _BATCH_SIZE]
            with open_snapshot(self.database, self.nouns) as snapshot:
                keys = [row.sort_key for row in batch_rows]
                documents = lookups.find_documents(snapshot.connection, keys)
                items = [self._list_item(row, documents[row.sort_key]) for row in batch_rows]
                cited = self.find_cited(snapshot, items) if self.output_format.cited_nouns else {}
            yield Batch(items, cited)

    def _list_item(self, row: ResultRow, document: bytes) -> ListItem:
        rendered = lists.render_item(self.query, row, document)
        return ListItem(row, self.nouns[row.noun], document, rendered)

    def find_cited(
        self, snapshot: Snapshot, items: Sequence[ListItem]
    ) -> dict[RecordRef, Document]:
        """The records that these cite, of the nouns whose names the format shows."""
        refs: set[RecordRef] = set()
        for item in items:
            for _, cited, identifier in citations(item.document, item.noun.shape):
                cited_refs = self.nouns.cited_refs(cited, identifier)
                refs |= {ref for ref in cited_refs if ref.noun in self.output_format.cited_nouns}
        cached = {ref: self._cited_by_ref[ref] for ref in refs & self._cited_by_ref.keys()}
        snapshot = snapshot.at(self.pinned_revision or None, self.query.as_of)
        documents = find_records(snapshot, refs - cached.keys())
        new = {ref: _cited_summary(document) for ref, document in documents.items()}
        to_cache = {ref: new[ref] for ref in new if not self._is_cited_rarely(ref.noun)}
        if len(self._cited_by_ref) + len(to_cache) <= _MAX_CACHED_CITATIONS:
            self._cited_by_ref |= to_cache
        return cached | new

    def _is_cited_rarely(self, noun: str) -> bool:
        """Whether few entries cite the same record of a noun, so that caching it is useless."""
        return self.nouns[noun].is_event or self.nouns[noun].published_field is not None


def _cited_summary(document_bytes: bytes) -> Document:
    """The fields of a cited record that a format may show."""
    document = orjson.loads(document_bytes)
    return {name: document[name] for name in _CITED_FIELDS if name in document}


def render_list(
    snapshot: Snapshot, database: Database, query: Query, output_format: OutputFormat, site: Site
) -> ChunkedResponse:
    """A list in a format other than the native one, to be streamed."""
    if output_format.render is None:
        raise ValueError("the native format is that of lists themselves")
    shaping = [name for name in ("fields", "facets", "include") if query.has_parameter(name)]
    fields = query.fields if output_format.for_every_list else ()
    if fields:
        shaping.remove("fields")
    query = replace(query, fields=fields, facets=(), included=())
    everything = not output_format.is_paged and not query.has_parameter("limit")
    page = lists.find_list_page(snapshot, site, query, everything=everything)
    return ChunkedResponse(
        chunks=output_format.render(RenderContext(database, page, query, site, output_format)),
        etag=_list_etag(page, query, output_format, site),
        media_type=output_format.media_type,
        cache_control=page.cache_control,
        link=lists.link_header(page.next_link),
        revision=page.snapshot.latest_revision,
        headers=tuple(_list_headers(query, output_format, shaping)),
    )


def _list_etag(page: ListPage, query: Query, output_format: OutputFormat, site: Site) -> str:
    any_noun = output_format.cited_nouns or query.selection.searches
    nouns = page.snapshot.nouns.all if any_noun else query.schema.nouns
    # An upgrade may render the same records differently.
    variant = [output_format.name, __version__, ",".join(query.fields)]
    if output_format.has_absolute_urls:
        variant += [site.origin, site.name, site.licence]
    return make_etag(page.snapshot.latest_of(nouns), variant)


def _list_headers(
    query: Query, output_format: OutputFormat, shaping: Sequence[str]
) -> Iterator[tuple[str, str]]:
    # The name never holds what the client sent, which anybody may have written.
    schema = query.schema
    name = output_format.file_name("timeline" if schema.has_type else schema.nouns[0].plural)
    yield "content-disposition", f'inline; filename="{name}"'
    not_expressed = not_expressed_header(output_format, shaping)
    if not_expressed is not None:
        yield NOT_EXPRESSED_HEADER.lower(), not_expressed
