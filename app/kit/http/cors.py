"""Origins: who may read from elsewhere (CORS), and what our own address is."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_READ_METHODS = ("GET", "HEAD", "OPTIONS")
# What a page of another origin may see of an answer, besides what it always may.
EXPOSED_HEADERS = (
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "Parley-Not-Expressed",
    "Content-Disposition",
    "Content-Length",
)
# What it may send along without being a browser's own: conditions, preferences, a stream's place.
_ALLOWED_HEADERS = "Accept, Cache-Control, If-Modified-Since, If-None-Match, Last-Event-ID, Range"
_RESPONSE_HEADERS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", ", ".join(EXPOSED_HEADERS).encode()),
]
_PREFLIGHT_HEADERS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", _ALLOWED_HEADERS.encode()),
    (b"access-control-max-age", b"86400"),
]
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")


class CORSMiddleware:
    """Lets pages of every origin read, and none write.

    Answers are the same for everyone, so the origin is not looked at and need not vary them.
    Writing takes a key, and a key has no business in a page of another origin: what a browser
    asks before a write is answered without leave.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] not in _READ_METHODS:
            await self.app(scope, receive, send)
            return
        own = _RESPONSE_HEADERS
        if scope["method"] == "OPTIONS":
            asked = dict(scope["headers"]).get(b"access-control-request-method", b"")
            own = _PREFLIGHT_HEADERS if asked in (b"GET", b"HEAD") else []

        async def opened(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *own]
            await send(message)

        await self.app(scope, receive, opened)


def request_origin(scope: Scope, public_url: str = "") -> str:
    """Our own address as the client sees it: as it is set, else as the request has it.

    Empty where the request names no host that could be one.
    """
    if public_url:
        return public_url.rstrip("/")
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    return f"{scope['scheme']}://{host}" if _HOST.fullmatch(host) else ""
