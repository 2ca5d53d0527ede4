"""Lists: from a query to the bytes of a page. Every noun and the timeline take this one way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from app.kit.http.cache import IMMUTABLE, REVALIDATE, FullResponse, make_etag
from app.kit.http.cursors import Cursor, decode_cursor, encode_cursor
from app.kit.http.query_string import next_path
from app.kit.schema.fields import citations
from app.kit.schema.shapes import Document
from app.kit.strict_json import dumps, splice_members
from app.kit.terms import any_term
from app.ledger.dataset import Site
from app.ledger.noun import Noun, Nouns, RecordRef
from app.ledger.read import lookups
from app.ledger.read.facets import count_facets
from app.ledger.read.lookups import find_records
from app.ledger.read.result_set import ResultSet, read_page
from app.ledger.selection import Selection
from app.ledger.snapshot import Snapshot
from app.ledger.sort_keys import ALL_KEYS, ResultRow, page_key
from app.reads.query import Query


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list, or all of it."""

    snapshot: Snapshot  # at the clock that all pages are read at
    rows: list[ResultRow] | None  # None: everything, to be read in batches
    total: int
    next_link: str | None
    cache_control: str


def link_header(next_link: str | None) -> str | None:
    """The `Link` header of a page."""
    return None if next_link is None else f'<{next_link}>; rel="next"'


def pinned_snapshot(snapshot: Snapshot, site: Site, query: Query) -> tuple[Snapshot, Cursor | None]:
    """The snapshot at the clock of a query, and the query's cursor, if it has one.

    Raises:
        Problem: 400 for a cursor of another query, 404 for a revision that does not exist yet.
    """
    cursor = None
    if query.cursor is not None:
        cursor = decode_cursor(site.cursor_secret, query.cursor_scope, query.cursor)
    return snapshot.at(cursor.revision if cursor else query.revision, query.as_of), cursor


def find_list_page(
    snapshot: Snapshot, site: Site, query: Query, *, everything: bool = False
) -> ListPage:
    """Find the rows of a page, the link to the next, and the total; with `everything`, no rows.

    Raises:
        Problem: as `pinned` does.
    """
    snapshot, cursor = pinned_snapshot(snapshot, site, query)
    cache_control = IMMUTABLE if query.is_pinned else REVALIDATE
    if everything and cursor is None:
        return ListPage(snapshot, None, 0, None, cache_control)
    results = ResultSet(snapshot, query.selection)
    total = cursor.total if cursor else results.count()
    after = cursor.page_key if cursor else None
    rows, has_more = (
        read_page(results, query.sort_orders, after, query.limit) if query.limit else ([], False)
    )
    next_link = None
    if has_more:
        last = Cursor(snapshot.revision, total, page_key(rows[-1]))
        text = encode_cursor(site.cursor_secret, query.cursor_scope, last)
        next_link = next_path(query.path, query.parameters, "cursor", text)
    return ListPage(snapshot, rows, total, next_link, cache_control)


def list_page_response(snapshot: Snapshot, site: Site, query: Query) -> FullResponse:
    """One page of a list in the native format."""
    page = find_list_page(snapshot, site, query)
    rows, snapshot = page.rows or [], page.snapshot
    documents = lookups.find_documents(snapshot.connection, [row.sort_key for row in rows])
    counts = cited = None
    if query.facets:
        results = ResultSet(snapshot, query.selection)
        counts = dumps(count_facets(results, query.facets, page.total))
    if query.included:
        cited = included_records(snapshot, query.included, _parsed(snapshot.nouns, rows, documents))
    items = [render_item(query, row, documents[row.sort_key]) for row in rows]
    return FullResponse(
        content=page_content(items, page.next_link, page.total, facets=counts, included=cited),
        etag=_list_etag(snapshot, query),
        cache_control=page.cache_control,
        link=link_header(page.next_link),
        revision=snapshot.latest_revision,
    )


def list_validator(snapshot: Snapshot, site: Site, query: Query) -> FullResponse:
    """The response of `list_page_response` without its content: its ETag costs little.

    Raises:
        Problem: as `pinned` does.
    """
    snapshot, _ = pinned_snapshot(snapshot, site, query)
    return FullResponse(
        content=b"",
        etag=_list_etag(snapshot, query),
        cache_control=IMMUTABLE if query.is_pinned else REVALIDATE,
        revision=snapshot.latest_revision,
    )


def _list_etag(snapshot: Snapshot, query: Query) -> str:
    """A list's ETag: the latest revision that could have touched it, and its variant."""
    if query.is_pinned:
        revision = snapshot.revision  # whatever is written later
    else:
        # `q` finds the names of cited records, and `include` shows them.
        any_noun = query.included or query.selection.searches
        revision = snapshot.latest_of(snapshot.nouns if any_noun else query.schema.nouns)
    return make_etag(revision, [",".join(query.fields), ",".join(query.included)])


def render_item(query: Query, row: ResultRow, document: bytes) -> bytes:
    """A document as a query asks for it: its chosen fields, its noun, how it matches."""
    if query.fields:
        parsed = orjson.loads(document)
        document = dumps({name: parsed[name] for name in parsed if name in query.fields})
    head = b'"type":"%s"' % row.noun.encode() if query.schema.has_type else b""
    tail = b""
    days = query.selection.date_range
    if days is not None:
        certain = days.is_certain(row.earliest, row.latest)
        tail = b'"match":"certain"' if certain else b'"match":"possible"'
    return splice_members(document, head, tail)


def page_content(
    items: Sequence[bytes], next_link: str | None, total: int, **members: bytes | None
) -> bytes:
    """The JSON of a page, with further members where they are not None."""
    parts = [
        b'{"items":[' + b",".join(items) + b"]",
        b'"next":' + dumps(next_link),
        b'"total":' + dumps(total),
        *(dumps(name) + b":" + value for name, value in members.items() if value is not None),
    ]
    return b",".join(parts) + b"}"


def _parsed(
    nouns: Nouns, rows: Sequence[ResultRow], documents: dict[int, bytes]
) -> list[tuple[Noun, Document]]:
    return [(nouns[row.noun], orjson.loads(documents[row.sort_key])) for row in rows]


def included_records(
    snapshot: Snapshot, names: Sequence[str], documents: Sequence[tuple[Noun, Document]]
) -> bytes:
    """The records that documents cite, by noun and identifier, at the same clock, as JSON."""
    nouns = snapshot.nouns
    identifiers: dict[str, set[str]] = {nouns.by_plural[name].name: set() for name in names}
    for noun, document in documents:
        for _, cited, identifier in citations(document, noun.shape):
            for target in nouns.cited_nouns(cited):
                if target in identifiers:
                    identifiers[target].add(identifier)
    for name in names:
        identifiers[nouns.by_plural[name].name] |= _owned_identifiers(snapshot, name, documents)
    refs = [RecordRef(noun, identifier) for noun, ids in identifiers.items() for identifier in ids]
    records = find_records(snapshot, refs)
    return b"{" + b",".join(_group(nouns[noun], records) for noun in identifiers) + b"}"


def _owned_identifiers(
    snapshot: Snapshot, name: str, documents: Iterable[tuple[Noun, Document]]
) -> set[str]:
    """The records that belong to these documents by citing them, as positions to a meeting."""
    owners: dict[tuple[str, str], set[str]] = {}
    for noun, document in documents:
        for owned in noun.owned_records:
            if owned.member == name:
                owners.setdefault((owned.noun, owned.owner_field), set()).add(document["id"])
    identifiers: set[str] = set()
    for (noun_name, filter_name), ids in owners.items():
        selection = Selection((noun_name,)).require(any_term(filter_name, sorted(ids)))
        results = ResultSet(snapshot, selection)
        identifiers |= {row.id for row in results.rows(results.sort_keys(*ALL_KEYS))}
    return identifiers


def _group(noun: Noun, documents: dict[RecordRef, bytes]) -> bytes:
    refs = sorted(ref for ref in documents if ref.noun == noun.name)
    members = (dumps(ref.id) + b":" + documents[ref] for ref in refs)
    return dumps(noun.plural) + b":{" + b",".join(members) + b"}"
