"""Lists: from a query to the bytes of a page. Every noun and the timeline take this one way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import orjson

from app.kit.http.cache import IMMUTABLE, REVALIDATE, FullResponse, make_etag
from app.kit.http.cursors import Cursor, cursor_scope, decode_cursor, encode_cursor
from app.kit.schema.fields import citations
from app.kit.schema.shapes import Document
from app.kit.strict_json import dumps
from app.kit.terms import any_term
from app.ledger.dataset import Site
from app.ledger.noun import Noun, Nouns, RecordRef
from app.ledger.read import reading
from app.ledger.read.facets import facets
from app.ledger.read.lookups import find_records
from app.ledger.read.paging import position, walk
from app.ledger.read.reading import Reading, Row
from app.ledger.selection import Range, Selection
from app.ledger.snapshot import Snapshot
from app.reads.query import Query


@dataclass(frozen=True, slots=True)
class Opened:
    """A list as it stands at the beginning of an answer."""

    snapshot: Snapshot  # at the clock that the whole walk sees
    total: int
    rows: list[Row] | None  # those of the page; None: everything, to be walked
    next: str | None
    cache_control: str

    @property
    def link(self) -> str | None:
        """The `Link` header."""
        return None if self.next is None else f'<{self.next}>; rel="next"'


def open_(snapshot: Snapshot, site: Site, query: Query, *, everything: bool = False) -> Opened:
    """Find the rows of a page, what follows it and how many there are; or leave all to a walk."""
    cursor = _cursor(site, query)
    snapshot = snapshot.at(cursor.revision if cursor else query.revision, query.as_of)
    lasting = _lasting(query)
    if everything and cursor is None:
        return Opened(snapshot, 0, None, None, lasting)
    found = reading_of(snapshot, query)
    total = cursor.total if cursor else found.count()
    after = cursor.page_key if cursor else None
    rows, more = walk(found, query.orders, after, query.limit) if query.limit else ([], False)
    next_ = None
    if more:
        bound = cursor_scope(query.path, query.binding)
        next_ = _next(
            query,
            encode_cursor(
                site.cursor_secret, bound, Cursor(snapshot.revision, total, position(rows[-1]))
            ),
        )
    return Opened(snapshot, total, rows, next_, lasting)


def page(snapshot: Snapshot, site: Site, query: Query) -> FullResponse:
    """One page of a list, as a finished answer."""
    opened = open_(snapshot, site, query)
    rows, snapshot = opened.rows or [], opened.snapshot
    documents = reading.documents(snapshot.connection, [row.key for row in rows])
    counted = None
    if query.facets:
        counted = facets(reading_of(snapshot, query), query.facets, opened.total)
    shown = Shown.of(query)
    body = _envelope(
        [shown.item(row, documents[row.key]) for row in rows],
        opened.next,
        opened.total,
        {"facets": counted},
        included(snapshot, query.include, _parsed(snapshot.nouns, rows, documents))
        if query.include
        else None,
    )
    return FullResponse(
        content=body,
        etag=etag(snapshot, query),
        cache_control=opened.cache_control,
        link=opened.link,
        revision=snapshot.latest_revision,
    )


def unchanged(snapshot: Snapshot, site: Site, query: Query) -> FullResponse:
    """A page's tag and how long it holds, without the page.

    Raises:
        Problem: as `page` does, for a forged cursor or a revision that is not there yet.
    """
    cursor = _cursor(site, query)
    snapshot = snapshot.at(cursor.revision if cursor else query.revision, query.as_of)
    lasting = _lasting(query)
    return FullResponse(
        content=b"",
        etag=etag(snapshot, query),
        cache_control=lasting,
        revision=snapshot.latest_revision,
    )


def _cursor(site: Site, query: Query) -> Cursor | None:
    bound = cursor_scope(query.path, query.binding)
    return None if query.cursor is None else decode_cursor(site.cursor_secret, bound, query.cursor)


def _lasting(query: Query) -> str:
    pinned = query.revision is not None or query.cursor is not None
    return IMMUTABLE if pinned else REVALIDATE


def etag(snapshot: Snapshot, query: Query) -> str:
    """A list's tag: the newest revision that could have touched it, and its variant."""
    # Words are looked for in the names of what is cited, and `include` shows it.
    wide = query.include or query.searches
    if query.revision is not None or query.cursor is not None:
        # Pinned: the tag of that revision for good, whatever is written later.
        newest = snapshot.revision
    else:
        newest = snapshot.latest_of(snapshot.nouns if wide else query.nouns)
    return make_etag(newest, [",".join(query.fields), ",".join(query.include)])


def reading_of(snapshot: Snapshot, query: Query) -> Reading:
    """What a query selects, at a clock."""
    return Reading(snapshot, selection_of(snapshot, query))


def selection_of(snapshot: Snapshot, query: Query) -> Selection:
    """What a query selects, at whatever clock."""
    return Selection(
        tuple(noun.name for noun in query.nouns),
        query.expression,
        tuple(query.searches),
        query.range,
        None if query.since is None else snapshot.first_since(query.since),
    )


def selected(snapshot: Snapshot, query: Query, noun: str) -> Selection:
    """The records of one noun that a query of the timeline finds."""
    since = None if query.since is None else snapshot.first_since(query.since)
    found = Selection((noun,), query.expression, tuple(query.searches), query.range, since)
    return found.also(any_term("noun", (noun,)))


def _next(query: Query, cursor: str) -> str:
    kept = [pair for pair in query.pairs if pair[0] != "cursor"]
    return f"{quote(query.path)}?{urlencode([*kept, ('cursor', cursor)])}"


@dataclass(frozen=True, slots=True)
class Shown:
    """How a list shows its documents."""

    fields: frozenset[str]
    typed: bool
    range: Range | None

    @classmethod
    def of(cls, query: Query) -> Shown:
        """As a query asks for it."""
        return cls(frozenset(query.fields), query.typed, query.range)

    def item(self, row: Row, document: bytes) -> bytes:
        """A document: only the chosen fields, its type, how it matches."""
        if self.fields:
            parsed = orjson.loads(document)
            document = dumps({k: parsed[k] for k in parsed if k in self.fields})
        head = b'"type":"%s"' % row.noun.encode() if self.typed else b""
        tail = b""
        if self.range is not None:
            certain = self.range.is_certain(row.earliest, row.latest)
            tail = b'"match":"certain"' if certain else b'"match":"possible"'
        return _spliced(document, head, tail)


def _spliced(document: bytes, head: bytes, tail: bytes) -> bytes:
    """A JSON object with members added in front and behind, without reading it."""
    parts = [part for part in (head, document[1:-1], tail) if part]
    return b"{" + b",".join(parts) + b"}"


def with_member(document: bytes, name: str, value: bytes) -> bytes:
    """A JSON object with one more member at its end."""
    return _spliced(document, b"", dumps(name) + b":" + value)


def _envelope(
    items: Sequence[bytes],
    next_: str | None,
    total: int,
    more: dict[str, object],
    included_: bytes | None,
) -> bytes:
    parts = [
        b'{"items":[' + b",".join(items) + b"]",
        b'"next":' + dumps(next_),
        b'"total":' + dumps(total),
        *(dumps(name) + b":" + dumps(value) for name, value in more.items() if value is not None),
    ]
    if included_ is not None:
        parts.append(b'"included":' + included_)
    return b",".join(parts) + b"}"


def _parsed(
    nouns: Nouns, rows: Sequence[Row], documents: dict[int, bytes]
) -> list[tuple[Noun, Document]]:
    return [(nouns[row.noun], orjson.loads(documents[row.key])) for row in rows]


def included(
    snapshot: Snapshot, names: Sequence[str], documents: Sequence[tuple[Noun, Document]]
) -> bytes:
    """The records that documents cite, by noun and identifier, at the same clock."""
    nouns = snapshot.nouns
    wanted: dict[str, set[str]] = {nouns.by_plural[name].name: set() for name in names}
    for noun, document in documents:
        for _, cited, identifier in citations(document, noun.shape):
            for target in nouns.targets(cited):
                if target in wanted:
                    wanted[target].add(identifier)
    for name in names:
        wanted[nouns.by_plural[name].name] |= _citing(snapshot, name, documents)
    refs = [RecordRef(noun, identifier) for noun, ids in wanted.items() for identifier in ids]
    found = find_records(snapshot, refs)
    return b"{" + b",".join(_group(nouns[noun], found) for noun in wanted) + b"}"


def _citing(snapshot: Snapshot, name: str, documents: Iterable[tuple[Noun, Document]]) -> set[str]:
    """What belongs to these documents by citing them, as positions belong to a meeting."""
    found: set[str] = set()
    by_tag: dict[tuple[str, str], set[str]] = {}
    for noun, document in documents:
        for owned in noun.owned:
            if owned.plural == name:
                by_tag.setdefault((owned.noun, owned.owner), set()).add(document["id"])
    for (other, tag_name), identifiers in by_tag.items():
        selection = Selection((other,)).also(any_term(tag_name, sorted(identifiers)))
        here = Reading(snapshot, selection)
        found |= {row.id for row in here.rows(here.keys(0, 2**63 - 1))}
    return found


def _group(noun: Noun, documents: dict[RecordRef, bytes]) -> bytes:
    refs = sorted(ref for ref in documents if ref.noun == noun.name)
    members = (dumps(ref.id) + b":" + documents[ref] for ref in refs)
    return dumps(noun.plural) + b":{" + b",".join(members) + b"}"
