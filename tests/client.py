"""A client that asks an application in one step.

Starlette's own hands a request over to the application's thread in eight steps, as it lets answers
come in pieces; waiting for these was most of what our tests did. What is about the pieces asks
with Starlette's.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import anyio
import httpx2
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Scope


class Client(TestClient):
    """Asks an application; the answer comes whole."""

    __test__ = False

    def __init__(self, app: ASGIApp, *, raise_server_exceptions: bool = True) -> None:
        super().__init__(app, raise_server_exceptions=raise_server_exceptions)
        self._transport = _AsgiTransport(self, raises=raise_server_exceptions)


class _AsgiTransport(httpx2.BaseTransport):
    def __init__(self, client: Client, *, raises: bool) -> None:
        self.client = client
        self.raises = raises

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer to one request."""
        asked = _AsgiCall(self.client.app, self._scope(request), request.read())
        with self.client._portal_factory() as portal:
            try:
                portal.call(asked.serve)
            except Exception:
                if self.raises:
                    raise
        if not asked.sent:
            assert not self.raises, "there was no answer"
            return httpx2.Response(500, request=request)
        start, *pieces = asked.sent
        assert start["type"] == "http.response.start"
        assert not pieces or not pieces[-1].get("more_body"), "the answer has no end"
        body = b"".join(piece.get("body", b"") for piece in pieces)
        return httpx2.Response(
            start["status"],
            headers=[(k.decode(), v.decode()) for k, v in start["headers"]],
            stream=httpx2.ByteStream(b"" if request.method == "HEAD" else body),
            request=request,
        )

    def _scope(self, request: httpx2.Request) -> Scope:
        url = request.url
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        return {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "path": unquote(url.path),
            "raw_path": url.raw_path.split(b"?", 1)[0],
            "root_path": "",
            "scheme": url.scheme,
            "query_string": url.query,
            "headers": [(k.lower(), v) for k, v in request.headers.raw],
            "client": ("testclient", 50000),
            "server": [url.host, port],
            "state": self.client.app_state.copy(),
        }


class _AsgiCall:
    """One request on its way through an application."""

    def __init__(self, app: Any, scope: Scope, body: bytes) -> None:
        self.app = app
        self.scope = scope
        self.body: bytes | None = body
        self.sent: list[Message] = []

    async def serve(self) -> None:
        await self.app(self.scope, self._receive, self._send)

    async def _receive(self) -> Message:
        if self.body is None:
            await anyio.sleep_forever()  # nobody hangs up
        body, self.body = self.body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)
