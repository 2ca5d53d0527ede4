"""The ledger over HTTP: a record's history, and the changes from a revision on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from app.kit.http.cache import IMMUTABLE, REVALIDATE, FullResponse, make_etag
from app.kit.http.cursors import Cursor, cursor_scope, decode_cursor, encode_cursor
from app.kit.http.problems import FieldError, Problem, bad_query
from app.kit.http.query_string import NO_UPPER_BOUND, parse_integer, parse_query_string
from app.kit.strict_json import dumps
from app.ledger.dataset import Site
from app.ledger.noun import Noun
from app.ledger.read import history as ledger_history
from app.ledger.read.missing_records import not_found_problem
from app.ledger.snapshot import Snapshot
from app.ledger.tables import AFTER_ALL
from app.reads.record import entries
from app.reads.values import day, unknown_parameter

HISTORY_PARAMETERS = ("as_of", "revision", "limit", "cursor")
CHANGES_PARAMETERS = ("after", "as_of", "revision", "limit")
Given = dict[str, int | str]


def read(raw: bytes, accepted: Sequence[str]) -> tuple[list[tuple[str, str]], Given]:
    """The parameters of a read of the ledger, each at most once."""
    listed, given = parse_query_string(raw), Given()
    faults: list[FieldError] = []
    for name, value in listed:
        try:
            if name not in accepted:
                raise unknown_parameter(name, accepted)
            if name in given:
                raise bad_query(FieldError(name, "is given twice", "one occurrence"))
            given[name] = _READ[name](name, value)
        except Problem as problem:
            if problem.status != 400:
                raise
            faults += problem.errors
    if faults:
        raise bad_query(*faults)
    return listed, given


_READ: dict[str, Callable[[str, str], int | str]] = {
    "after": lambda name, value: parse_integer(name, value, 0, NO_UPPER_BOUND - 1),
    "as_of": day,
    "revision": lambda name, value: parse_integer(name, value, 1, NO_UPPER_BOUND),
    "limit": lambda name, value: parse_integer(name, value, 1, 200),
    "cursor": lambda _name, value: value,
}


def _number(given: Given, name: str) -> int | None:
    value = given.get(name)
    return value if isinstance(value, int) else None


def history(
    snapshot: Snapshot, site: Site, noun: Noun, identifier: str, path: str, raw: bytes
) -> FullResponse:
    """A record's revisions, newest first: who, when, why and what changed."""
    listed, given = read(raw, HISTORY_PARAMETERS)
    bound = cursor_scope(path, listed)
    cursor = (
        decode_cursor(site.cursor_secret, bound, str(given["cursor"]))
        if "cursor" in given
        else None
    )
    revision = cursor.revision if cursor else _number(given, "revision")
    snapshot = snapshot.at(revision, _number(given, "as_of"))
    number = ledger_history.number(snapshot.connection, noun.name, identifier)
    total = 0 if number is None else ledger_history.versions(snapshot, number)
    if number is None or total == 0:
        raise not_found_problem(noun, identifier, snapshot.clock, revision)
    limit = _number(given, "limit") or 50
    before = cursor.page_key[0] if cursor else AFTER_ALL
    found = ledger_history.history(snapshot, number, before=before, limit=limit + 1)
    shown = found[:limit]
    next_ = None
    if len(found) > limit:
        sealed = encode_cursor(
            site.cursor_secret, bound, Cursor(snapshot.revision, total, (shown[-1].seq,))
        )
        kept = [pair for pair in listed if pair[0] != "cursor"]
        next_ = f"{path}?{urlencode([*kept, ('cursor', sealed)])}"
    newest = snapshot.latest_revision
    pinned = "revision" in given or cursor is not None
    return _answer(
        entries(snapshot, shown, addressed=False), next_, total, found[0].seq, newest, pinned
    )


def changes(snapshot: Snapshot, path: str, raw: bytes) -> FullResponse:
    """The ledger after a revision, oldest first, tombstones included."""
    listed, given = read(raw, CHANGES_PARAMETERS)
    snapshot = snapshot.at(_number(given, "revision"), _number(given, "as_of"))
    upto, newest = snapshot.revision, snapshot.latest_revision
    after, limit = _number(given, "after") or 0, _number(given, "limit") or 50
    found = ledger_history.changes(snapshot, after=after, limit=limit + 1)
    shown = found[:limit]
    total = ledger_history.count_changes(snapshot, after=after)
    next_ = None
    if len(found) > limit:
        kept = [pair for pair in listed if pair[0] != "after"]
        next_ = f"{path}?{urlencode([*kept, ('after', shown[-1].seq)])}"
    pinned = "revision" in given
    return _answer(entries(snapshot, shown, addressed=True), next_, total, upto, newest, pinned)


def _answer(
    items: Sequence[bytes], next_: str | None, total: int, seq: int, newest: int, pinned: bool
) -> FullResponse:
    body = b'{"items":[' + b",".join(items) + b'],"next":' + dumps(next_)
    return FullResponse(
        content=body + b',"total":' + dumps(total) + b"}",
        etag=make_etag(seq),
        cache_control=IMMUTABLE if pinned else REVALIDATE,
        link=None if next_ is None else f'<{next_}>; rel="next"',
        revision=newest,
    )
