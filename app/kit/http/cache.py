"""Responses with their validators, and the cache of those that still hold."""

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
    """What is said about a body, whichever way it is sent."""

    etag: str
    media_type: str = "application/json"
    cache_control: str = REVALIDATE
    link: str | None = None
    revision: int = 0  # the latest of the database when it was made
    headers: tuple[tuple[str, str], ...] = ()
    encoding: str | None = None  # the coding that the body is compressed with


@dataclass(frozen=True, slots=True, kw_only=True)
class FullResponse(ResponseHead):
    """A response whose body is there in full."""

    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkedResponse(ResponseHead):
    """A response whose body is made while it is sent."""

    chunks: Iterator[bytes]

    def buffered(self, content: bytes) -> FullResponse:
        """The same response with its body, which has been made meanwhile."""
        said = {f.name: getattr(self, f.name) for f in fields(ResponseHead)}
        return FullResponse(content=content, **said)


PreparedResponse = FullResponse | ChunkedResponse


def cache_control_header(seconds: int, stale: int) -> str:
    """The `Cache-Control` of what may change, for those who would have a cache in front."""
    if seconds <= 0 and stale <= 0:
        return REVALIDATE
    more = f", stale-while-revalidate={stale}, stale-if-error={stale}" if stale > 0 else ""
    return f"public, max-age={max(0, seconds)}{more}"


def make_etag(revision: int, variant: Iterable[str | None] = ()) -> str:
    """A strong ETag: a revision, and what makes this representation differ from the plain one."""
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

    A response is only returned while the database's latest revision is the one it was made at, or
    if it can never change. Not thread-safe.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._responses: OrderedDict[bytes, FullResponse] = OrderedDict()

    def get(self, key: bytes, revision: int) -> FullResponse | None:
        """The cached response to a request, if it still holds at this revision."""
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
        """Drop everything."""
        self._responses.clear()
        self._size = 0


class CacheMiddleware:
    """Sends cached responses before requests are routed: finding their route costs more.

    `cached_response` returns the response to a request, or None where it must be made.
    """

    def __init__(self, app: ASGIApp, cached_response: Callable[[Scope], Response | None]) -> None:
        self.app = app
        self.cached_response = cached_response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        response = self.cached_response(scope) if scope.get("method") == "GET" else None
        await (self.app if response is None else response)(scope, receive, send)
