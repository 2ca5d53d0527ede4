"""The ledger over HTTP: a record's history, and the changes after a revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.kit.http.cache import IMMUTABLE, REVALIDATE, FullResponse, make_etag
from app.kit.http.cursors import Cursor, cursor_scope, decode_cursor, encode_cursor
from app.kit.http.query_string import next_path
from app.kit.strict_json import append_member, dumps
from app.ledger.dataset import Site
from app.ledger.noun import Noun
from app.ledger.read import history as ledger_history
from app.ledger.read.history import Revision
from app.ledger.read.missing_records import not_found_problem
from app.ledger.snapshot import Snapshot
from app.ledger.tables import AFTER_ALL
from app.reads.lists import link_header, page_content
from app.reads.parameters import Accepted, parse_single_parameters

_LIMITS = range(1, 201)
HISTORY_PARAMETERS: dict[str, Accepted] = {
    "as_of": (),
    "revision": (),
    "limit": _LIMITS,
    "cursor": (),
}
CHANGES_PARAMETERS: dict[str, Accepted] = {
    "after": (),
    "as_of": (),
    "revision": (),
    "limit": _LIMITS,
}


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What a client asked of the ledger."""

    parameters: list[tuple[str, str]]
    after: int = 0
    as_of: int | None = None
    revision: int | None = None
    limit: int = 50
    cursor: str | None = None


def parse_history_query(query_string: bytes, accepted: Mapping[str, Accepted]) -> HistoryQuery:
    """The query string of a read of the ledger, or of anything else with such parameters.

    Raises:
        Problem: 400 with every error found.
    """
    parameters, values = parse_single_parameters(query_string, accepted)
    return HistoryQuery(parameters, **values)


def history_response(
    snapshot: Snapshot, site: Site, noun: Noun, identifier: str, path: str, query: HistoryQuery
) -> FullResponse:
    """A record's revisions, newest first: who, when, why and what changed.

    Raises:
        Problem: 404 if it has none at this clock.
    """
    scope_ = cursor_scope(path, query.parameters)
    cursor = (
        None if query.cursor is None else decode_cursor(site.cursor_secret, scope_, query.cursor)
    )
    revision = cursor.revision if cursor else query.revision
    snapshot = snapshot.at(revision, query.as_of)
    record = ledger_history.record_number(snapshot.connection, noun.name, identifier)
    total = 0 if record is None else ledger_history.count_revisions(snapshot, record)
    if record is None or total == 0:
        raise not_found_problem(noun, identifier, snapshot.clock, revision)
    before = cursor.page_key[0] if cursor else AFTER_ALL
    revisions = ledger_history.record_revisions(
        snapshot, record, before=before, limit=query.limit + 1
    )
    shown, next_link = revisions[: query.limit], None
    if len(revisions) > query.limit:
        last = Cursor(snapshot.revision, total, (shown[-1].number,))
        text = encode_cursor(site.cursor_secret, scope_, last)
        next_link = next_path(path, query.parameters, "cursor", text)
    items = [render_revision(snapshot, shown_revision) for shown_revision in shown]
    return _page_response(snapshot, query, items, next_link, total, revisions[0].number)


def changes_response(snapshot: Snapshot, path: str, query: HistoryQuery) -> FullResponse:
    """The ledger after a revision, oldest first, tombstones included."""
    snapshot = snapshot.at(query.revision, query.as_of)
    revisions = ledger_history.revisions_after(snapshot, after=query.after, limit=query.limit + 1)
    shown, next_link = revisions[: query.limit], None
    if len(revisions) > query.limit:
        next_link = next_path(path, query.parameters, "after", shown[-1].number)
    total = ledger_history.count_revisions_after(snapshot, after=query.after)
    items = [render_revision(snapshot, revision, with_ref=True) for revision in shown]
    return _page_response(snapshot, query, items, next_link, total, snapshot.revision)


def _page_response(
    snapshot: Snapshot,
    query: HistoryQuery,
    items: Sequence[bytes],
    next_link: str | None,
    total: int,
    revision: int,
) -> FullResponse:
    is_pinned = query.revision is not None or query.cursor is not None
    return FullResponse(
        content=page_content(items, next_link, total),
        etag=make_etag(revision),
        cache_control=IMMUTABLE if is_pinned else REVALIDATE,
        link=link_header(next_link),
        revision=snapshot.latest_revision,
    )


def render_revision(snapshot: Snapshot, revision: Revision, *, with_ref: bool = False) -> bytes:
    """One revision with what it changed, as JSON; `with_ref`: with its noun and identifier."""
    previous = ledger_history.document_before(
        snapshot.connection, revision.record_number, revision.number
    )
    ref = {"noun": revision.noun, "id": revision.id} if with_ref else {}
    members = ref | {
        "revision": revision.number,
        "write": revision.write,
        "version": revision.version,
        "action": revision.action,
        "merged_into": revision.merged_into,
        "recorded_at": revision.recorded_at,
        "author": revision.author,
        "reason": revision.reason,
        "hash": revision.hash.hex(),
        "changes": ledger_history.diff_documents(previous, revision.document),
    }
    return append_member(dumps(members), "document", revision.document or b"null")
