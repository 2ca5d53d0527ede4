"""CORS for pages of other origins, and the origin of Parley itself."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_READ_METHODS = ("GET", "HEAD", "OPTIONS")
# Response headers that pages of other origins may read, besides the safelisted ones.
EXPOSED_HEADERS = (
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "Parley-Not-Expressed",
    "Content-Disposition",
    "Content-Length",
)
# Request headers that they may set: conditions, preferences, the position in a stream.
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

    Responses do not depend on the origin, so it is ignored and they need not vary by it. Writing
    needs a key, which does not belong in a page of another origin: preflight requests for writes
    get no permission.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] not in _READ_METHODS:
            await self.app(scope, receive, send)
            return
        cors_headers = _RESPONSE_HEADERS
        if scope["method"] == "OPTIONS":
            method = dict(scope["headers"]).get(b"access-control-request-method", b"")
            cors_headers = _PREFLIGHT_HEADERS if method in (b"GET", b"HEAD") else []

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *cors_headers]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def request_origin(scope: Scope, public_url: str = "") -> str:
    """The origin at which the client reaches Parley: as configured, else from the request.

    Empty if the request's host is missing or malformed.
    """
    if public_url:
        return public_url.rstrip("/")
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    return f"{scope['scheme']}://{host}" if _HOST.fullmatch(host) else ""
