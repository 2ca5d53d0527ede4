"""Responses with their validators, and a cache of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from hashlib import blake2b

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

REVALIDATE = "no-cache"
IMMUTABLE = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseHead:
    """What a full and a chunked response have in common."""

    etag: str
    media_type: str = "application/json"
    cache_control: str = REVALIDATE
    link: str | None = None
    revision: int = 0  # the latest revision of the database when the response was made
    headers: tuple[tuple[str, str], ...] = ()
    encoding: str | None = None  # content coding of the body


@dataclass(frozen=True, slots=True, kw_only=True)
class FullResponse(ResponseHead):
    """A response with its whole body."""

    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkedResponse(ResponseHead):
    """A response whose body is generated while it is sent."""

    chunks: Iterator[bytes]

    def buffered(self, content: bytes) -> FullResponse:
        """Returns the response with its whole body, which the caller has read from `chunks`."""
        head = {f.name: getattr(self, f.name) for f in fields(ResponseHead)}
        return FullResponse(content=content, **head)


PreparedResponse = FullResponse | ChunkedResponse


def cache_control_header(seconds: int, stale: int) -> str:
    """The `Cache-Control` of responses that may change; both times are in seconds."""
    if seconds <= 0 and stale <= 0:
        return REVALIDATE
    if_stale = f", stale-while-revalidate={stale}, stale-if-error={stale}" if stale > 0 else ""
    return f"public, max-age={max(0, seconds)}{if_stale}"


def make_etag(revision: int, variant: Iterable[str | None] = ()) -> str:
    """A strong ETag: a revision, and a hash of what the representation depends on besides."""
    parts = [part for part in variant if part]
    if not parts:
        return f'"{revision}"'
    digest = blake2b("\x1f".join(parts).encode(), digest_size=6).hexdigest()
    return f'"{revision}.{digest}"'


def etag_matches(header: str | None, etag: str) -> bool:
    """Whether an `If-None-Match` header names this ETag (weakly compared, RFC 9110)."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    return etag in (part.strip().removeprefix("W/") for part in header.split(","))


class ResponseCache:
    """Responses by request, the least recently used dropped first; bounded in bytes.

    A response is valid as long as the database has the revision at which it was made, or forever
    if it is immutable. Not thread-safe.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._responses: OrderedDict[bytes, FullResponse] = OrderedDict()

    def get(self, key: bytes, revision: int) -> FullResponse | None:
        """The cached response to a request, None if there is none that is valid at `revision`."""
        response = self._responses.get(key)
        if response is None:
            return None
        if response.revision != revision and response.cache_control is not IMMUTABLE:
            return None
        self._responses.move_to_end(key)
        return response

    def put(self, key: bytes, response: FullResponse) -> None:
        """Cache a response, unless it alone takes an eighth of the capacity."""
        size = len(key) + len(response.content)
        if size * 8 > self._capacity:
            return
        old = self._responses.pop(key, None)
        if old is not None:
            self._size -= len(key) + len(old.content)
        self._responses[key] = response
        self._size += size
        while self._size > self._capacity:
            dropped_key, dropped = self._responses.popitem(last=False)
            self._size -= len(dropped_key) + len(dropped.content)

    def clear(self) -> None:
        """Drop every response."""
        self._responses.clear()
        self._size = 0


class CacheMiddleware:
    """Sends cached responses before routing, which costs more than they do.

    `cached_response` returns the response to a request, or None if it is not cached.
    """

    def __init__(self, app: ASGIApp, cached_response: Callable[[Scope], Response | None]) -> None:
        self.app = app
        self.cached_response = cached_response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        response = self.cached_response(scope) if scope.get("method") == "GET" else None
        await (self.app if response is None else response)(scope, receive, send)
