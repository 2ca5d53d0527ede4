"""From a request to a response: the shelf first, then the noun's own way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit.http import compression
from app.kit.http.cache import REVALIDATE, Answer, Begun, Shelf, Stream, satisfied
from app.kit.sql.database import Database
from app.ledger.noun import Nouns
from app.ledger.snapshot import Snapshot, latest_revision, open_snapshot

Make = Callable[[Snapshot], Begun]
Peek = Callable[[Snapshot], Answer]
_KNOWN = 20_000  # requests that are known word for word,
_LONG = 1_000  # none of more bytes
_SHORT = 512 * 1024  # bytes: a stream that ends before this is an answer like any other


def _asked(scope: Scope) -> bytes:
    """All of a request that an answer may depend on."""
    accept = coding = b""
    for name, value in scope["headers"]:
        if name == b"accept":
            accept = accept or value
        elif name == b"accept-encoding":
            coding = coding or value
    path: str = scope["path"]
    return b"%s?%s\n%s\n%s" % (path.encode(), scope["query_string"], accept, coding)


class Ready:
    """Gives ready answers before requests are routed; it costs more to find their route."""

    def __init__(self, app: ASGIApp, answers: Answers) -> None:
        self.app = app
        self.answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        found = self.answers.ready(scope) if scope.get("method") == "GET" else None
        await (self.app if found is None else found)(scope, receive, send)


class Answers:
    """Gives answers, ready ones where nothing has moved since they were made."""

    def __init__(
        self, database: Database, nouns: Nouns, shelf: Shelf, policy: str = REVALIDATE
    ) -> None:
        self.database = database
        self.nouns = nouns
        self.shelf = shelf
        self.policy = policy  # the `Cache-Control` of what may change
        self._seen: int | None = None
        self._newest = 0
        # What was asked, word for word, with the key that its answer has on the shelf.
        self._known: dict[bytes, tuple[bytes, bool]] = {}

    async def get(
        self,
        request: Request,
        make: Make,
        *,
        quick: bool = False,
        peek: Peek | None = None,
        variant: str = "",
        negotiated: bool = False,
        lasting: bool = False,
    ) -> Response:
        """The response to a request that `make` answers.

        `quick` is for what takes SQLite some tens of microseconds: handing that to a thread
        would cost more than doing it here. Anything longer would hold up all other requests.
        `peek` gives the answer without its content, where the tag is found sooner than the rest:
        a client that has it already is told so.
        `variant` tells apart what the address does not; `negotiated` says that `Accept` chose.
        `lasting` promises that path, query, `Accept` and `Accept-Encoding` are all that the answer
        depends on: the next such request is answered before it is routed.
        """
        scope = request.scope
        coding = compression.chosen(request.headers.get("accept-encoding"))
        key = b"%s?%s\n%s\n%s" % (
            scope["path"].encode(),
            scope["query_string"],
            variant.encode(),
            (coding or "").encode(),
        )
        found: Begun | None = None
        if self.database.sqlite:
            found = self.shelf.get(key, self._stamp())
        if found is None and peek is not None:
            seen = await self._seen_by(request, peek, coding)
            if seen is not None:
                return self._response(request, seen, negotiated)
        if found is None:
            if quick and self.database.sqlite:
                found = self._made(make, coding)
            else:
                found = await run_in_threadpool(self._made, make, coding)
            if isinstance(found, Stream):
                if self._current(request, found):
                    return self._response(request, found, negotiated)
                found = await run_in_threadpool(_begun, found)
            if isinstance(found, Answer) and self.database.sqlite:
                self.shelf.put(key, found)
                if lasting:
                    self._remember(_asked(scope), key, negotiated)
        return self._response(request, found, negotiated)

    def ready(self, scope: Scope) -> Response | None:
        """The answer to a request that was asked before, if it still holds."""
        known = self._known.get(_asked(scope))
        if known is None:
            return None
        key, negotiated = known
        found = self.shelf.get(key, self._stamp())
        return None if found is None else self._response(Request(scope), found, negotiated)

    def _remember(self, asked: bytes, key: bytes, negotiated: bool) -> None:
        if len(self._known) >= _KNOWN:
            self._known.clear()
        if len(asked) <= _LONG:
            self._known[asked] = (key, negotiated)

    def _stamp(self) -> int:
        """The database's revision; asked for only after some process has committed."""
        changed = self.database.changed()
        if changed is None or changed != self._seen:
            with self.database.read_connection() as connection:
                self._newest = latest_revision(connection)
            self._seen = changed
        return self._newest

    async def _seen_by(self, request: Request, peek: Peek, coding: str | None) -> Answer | None:
        """The answer without its content, if the client has that; it may be compressed or not."""
        given = request.headers.get("if-none-match")
        if given is None or given.strip() == "*":  # then the tag to give is that of the content
            return None
        if self.database.sqlite:
            found = self._peeked(peek)
        else:
            found = await run_in_threadpool(self._peeked, peek)
        for etag in (compression.tagged(found.etag, coding), found.etag):
            if satisfied(given, etag):
                return replace(found, etag=etag)
        return None

    def _peeked(self, peek: Peek) -> Answer:
        with open_snapshot(self.database, self.nouns) as snapshot:
            return peek(snapshot)

    def _made(self, make: Make, coding: str | None) -> Begun:
        with open_snapshot(self.database, self.nouns) as snapshot:
            found = make(snapshot)
        return found if coding is None else _packed(found, coding)

    @staticmethod
    def _current(request: Request, found: Begun) -> bool:
        """Whether the client has this already, or wants no body."""
        return "bodiless" in request.scope or satisfied(
            request.headers.get("if-none-match"), found.etag
        )

    def _response(self, request: Request, found: Begun, negotiated: bool) -> Response:
        control = found.cache_control
        headers = {
            "etag": found.etag,
            "cache-control": self.policy if control is REVALIDATE else control,
            "vary": "Accept, Accept-Encoding" if negotiated else "Accept-Encoding",
            **dict(found.headers),
        }
        if found.link is not None:
            headers["link"] = found.link
        if satisfied(request.headers.get("if-none-match"), found.etag):
            return Response(status_code=304, headers=headers)
        if found.encoding is not None:
            headers["content-encoding"] = found.encoding
        # Given as a header, a media type is left as it is; Starlette would add a charset.
        headers["content-type"] = found.media_type
        if isinstance(found, Answer):
            return Response(found.content, headers=headers)
        pieces = iter(()) if "bodiless" in request.scope else found.pieces
        return StreamingResponse(pieces, headers=headers)


def _packed(found: Begun, coding: str) -> Begun:
    """An answer in a coding, if that pays; a stream always."""
    etag = compression.tagged(found.etag, coding)
    if isinstance(found, Stream):
        pieces = compression.streamed(coding, found.pieces)
        return replace(found, pieces=pieces, etag=etag, encoding=coding)
    if len(found.content) < compression.LEAST:
        return found
    content = compression.packed(coding, found.content)
    return replace(found, content=content, etag=etag, encoding=coding)


def _begun(stream: Stream) -> Begun:
    """The beginning of a stream made; all of it, if it is short."""
    pieces, held, size = iter(stream.pieces), list[bytes](), 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > _SHORT:
            return replace(stream, pieces=_gathered(chain(held, pieces)))
    return Answer(
        b"".join(held),
        stream.etag,
        stream.media_type,
        stream.cache_control,
        stream.link,
        stream.stamp,
        stream.headers,
        stream.encoding,
    )


def _gathered(pieces: Iterator[bytes], least: int = 64 * 1024) -> Iterator[bytes]:
    """Small pieces as larger ones: each that is sent takes a turn of the event loop."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= least:
            yield bytes(held)
            held.clear()
    yield bytes(held)
