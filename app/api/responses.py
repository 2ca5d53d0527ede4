"""From a read request to its response: from the cache, or made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Scope

from app.kit.http import compression
from app.kit.http.cache import (
    REVALIDATE,
    ChunkedResponse,
    FullResponse,
    PreparedResponse,
    ResponseCache,
    etag_matches,
)
from app.kit.sql.database import Database
from app.ledger.noun import Nouns
from app.ledger.snapshot import Snapshot, latest_revision, open_snapshot

MakeResponse = Callable[[Snapshot], PreparedResponse]
MakeValidator = Callable[[Snapshot], FullResponse]
_R = TypeVar("_R")
_MAX_INDEXED_REQUESTS = 20_000
_MAX_REQUEST_KEY_BYTES = 1_000
_MAX_BUFFERED_BYTES = 512 * 1024  # a body that ends before this is sent in full


def _request_key(scope: Scope) -> bytes:
    """All of a request that its response may depend on."""
    accept = coding = b""
    for name, value in scope["headers"]:
        if name == b"accept":
            accept = accept or value
        elif name == b"accept-encoding":
            coding = coding or value
    path: str = scope["path"]
    return b"%s?%s\n%s\n%s" % (path.encode(), scope["query_string"], accept, coding)


class ReadHandler:
    """Responds to reads, from the cache where nothing was written since."""

    def __init__(
        self,
        database: Database,
        nouns: Nouns,
        response_cache: ResponseCache,
        cache_control: str = REVALIDATE,
    ) -> None:
        self.database = database
        self.nouns = nouns
        self.response_cache = response_cache
        self.cache_control = cache_control  # of what may change
        self._data_version: int | None = None
        self._revision = 0
        # The cache key of a request's response, and whether `Accept` chose its format.
        self._cache_key_by_request: dict[bytes, tuple[bytes, bool]] = {}

    def forget(self) -> None:
        """Drop everything remembered of earlier requests and of the database."""
        self.response_cache.clear()
        self._data_version = None

    async def respond(
        self,
        request: Request,
        make_response: MakeResponse,
        *,
        on_event_loop: bool = False,
        make_validator: MakeValidator | None = None,
        variant: str = "",
        negotiated: bool = False,
        cache_before_routing: bool = False,
    ) -> Response:
        """The response to a request, made by `make_response` if it is not cached.

        `on_event_loop` is for what takes SQLite some tens of microseconds: handing that to a
        thread would cost more than doing it here. Anything longer would hold up other requests.
        `make_validator` makes the response without its content, where the ETag is found sooner
        than the rest: a client that has the content gets a 304.
        `variant` tells apart what the URL does not; `negotiated` says that `Accept` chose.
        `cache_before_routing` promises that the response depends on nothing but path, query,
        `Accept` and `Accept-Encoding`: the next such request is answered before it is routed.
        """
        scope = request.scope
        coding = compression.coding_for_client(request.headers.get("accept-encoding"))
        key = b"%s?%s\n%s\n%s" % (
            scope["path"].encode(),
            scope["query_string"],
            variant.encode(),
            (coding or "").encode(),
        )
        response: PreparedResponse | None = None
        if self.database.is_sqlite:
            response = self.response_cache.get(key, self._latest_revision())
        if response is None and make_validator is not None:
            response = await self._not_modified(request, make_validator, coding)
        if response is None:
            response = await self._make(request, make_response, coding, on_event_loop=on_event_loop)
            if isinstance(response, FullResponse) and self.database.is_sqlite:
                self.response_cache.put(key, response)
                if cache_before_routing:
                    self._index_request(_request_key(scope), key, negotiated)
        return self._to_response(request, response, negotiated)

    def cached_response(self, scope: Scope) -> Response | None:
        """The response to a request that came before, if it still holds."""
        indexed = self._cache_key_by_request.get(_request_key(scope))
        if indexed is None:
            return None
        key, negotiated = indexed
        response = self.response_cache.get(key, self._latest_revision())
        if response is None:
            return None
        return self._to_response(Request(scope), response, negotiated)

    def _index_request(self, request_key: bytes, cache_key: bytes, negotiated: bool) -> None:
        if len(self._cache_key_by_request) >= _MAX_INDEXED_REQUESTS:
            self._cache_key_by_request.clear()
        if len(request_key) <= _MAX_REQUEST_KEY_BYTES:
            self._cache_key_by_request[request_key] = (cache_key, negotiated)

    def _latest_revision(self) -> int:
        """The database's latest revision; asked for only after some process has committed."""
        data_version = self.database.data_version()
        if data_version is None or data_version != self._data_version:
            with self.database.read_connection() as connection:
                self._revision = latest_revision(connection)
            self._data_version = data_version
        return self._revision

    async def _not_modified(
        self, request: Request, make_validator: MakeValidator, coding: str | None
    ) -> FullResponse | None:
        """The response without its content, if the client has that, compressed or not."""
        header = request.headers.get("if-none-match")
        if header is None or header.strip() == "*":  # then the content decides on the ETag
            return None
        if self.database.is_sqlite:
            response = self._run(make_validator)
        else:
            response = await run_in_threadpool(self._run, make_validator)
        for etag in (compression.etag_for_coding(response.etag, coding), response.etag):
            if etag_matches(header, etag):
                return replace(response, etag=etag)
        return None

    async def _make(
        self,
        request: Request,
        make_response: MakeResponse,
        coding: str | None,
        *,
        on_event_loop: bool,
    ) -> PreparedResponse:
        if on_event_loop and self.database.is_sqlite:
            response = _compressed(self._run(make_response), coding)
        else:
            response = await run_in_threadpool(
                lambda: _compressed(self._run(make_response), coding)
            )
        if isinstance(response, ChunkedResponse) and not _is_bodiless(request, response):
            return await run_in_threadpool(_buffer_if_short, response)
        return response

    def _run(self, make: Callable[[Snapshot], _R]) -> _R:
        with open_snapshot(self.database, self.nouns) as snapshot:
            return make(snapshot)

    def _to_response(
        self, request: Request, response: PreparedResponse, negotiated: bool
    ) -> Response:
        control = response.cache_control
        headers = {
            "etag": response.etag,
            "cache-control": self.cache_control if control is REVALIDATE else control,
            "vary": "Accept, Accept-Encoding" if negotiated else "Accept-Encoding",
            **dict(response.headers),
        }
        if response.link is not None:
            headers["link"] = response.link
        if etag_matches(request.headers.get("if-none-match"), response.etag):
            return Response(status_code=304, headers=headers)
        if response.encoding is not None:
            headers["content-encoding"] = response.encoding
        # Given as a header, a media type is left as it is; Starlette would add a charset.
        headers["content-type"] = response.media_type
        if isinstance(response, FullResponse):
            return Response(response.content, headers=headers)
        is_head = "bodiless" in request.scope
        return StreamingResponse(iter(()) if is_head else response.chunks, headers=headers)


def _is_bodiless(request: Request, response: PreparedResponse) -> bool:
    """Whether the client wants no body, or has it already."""
    return "bodiless" in request.scope or etag_matches(
        request.headers.get("if-none-match"), response.etag
    )


def _compressed(response: PreparedResponse, coding: str | None) -> PreparedResponse:
    """A response in a coding, if that pays; a chunked one always."""
    if coding is None:
        return response
    etag = compression.etag_for_coding(response.etag, coding)
    if isinstance(response, ChunkedResponse):
        chunks = compression.compress_chunks(coding, response.chunks)
        return replace(response, chunks=chunks, etag=etag, encoding=coding)
    if len(response.content) < compression.MIN_COMPRESSED_BYTES:
        return response
    content = compression.compress(coding, response.content)
    return replace(response, content=content, etag=etag, encoding=coding)


def _buffer_if_short(response: ChunkedResponse) -> PreparedResponse:
    """The response in full if it is short; otherwise with its beginning made."""
    chunks, buffer, size = iter(response.chunks), list[bytes](), 0
    for chunk in chunks:
        buffer.append(chunk)
        size += len(chunk)
        if size > _MAX_BUFFERED_BYTES:
            return replace(response, chunks=_coalesced(chain(buffer, chunks)))
    return response.buffered(b"".join(buffer))


def _coalesced(chunks: Iterator[bytes], size: int = 64 * 1024) -> Iterator[bytes]:
    """Small chunks joined to larger ones: each that is sent takes a turn of the event loop."""
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        if len(buffer) >= size:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer)
