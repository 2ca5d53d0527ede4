"""The outermost middleware but CORS: HEAD, OPTIONS, request metrics and unhandled errors."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from time import perf_counter

from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.http.metrics import RequestMetrics
from app.kit.http.problems import MEDIA_TYPE, Problem

_log = logging.getLogger("parley")
_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"))
_SECURITY_HEADERS = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer")]


def allowed_methods(routes: Iterable[BaseRoute], scope: Scope) -> list[str]:
    """Every method that the routes accept for a path, HEAD and OPTIONS included; sorted."""
    methods: set[str] = set()
    for route in flatten_routes(routes):
        match, _ = route.matches(scope)
        if match is not Match.NONE:
            methods |= set(getattr(route, "methods", None) or ())
    if "GET" in methods:
        methods.add("HEAD")
    return sorted(methods | {"OPTIONS"}) if methods else []


def flatten_routes(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Every route, including those of included routers."""
    for route in routes:
        router = getattr(route, "original_router", None)
        if router is None:
            yield route
        else:
            yield from flatten_routes(router.routes)


async def send_problem(send: Send, problem: Problem) -> None:
    """Send a problem document as the response."""
    body = problem.to_bytes()
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *((name.lower().encode(), value.encode()) for name, value in problem.headers.items()),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class ErrorMiddleware:
    """Serves HEAD and OPTIONS for every route, and turns unhandled errors into problems."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute], metrics: RequestMetrics) -> None:
        self.app = app
        self.routes = routes
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method, started = scope["method"], perf_counter()
        sender = _ResponseSender(send, bodiless=method == "HEAD")
        try:
            await self._serve(scope, receive, sender)
        finally:
            # Count invented methods as "other", so that the set of labels stays bounded.
            label = method if method in _METHODS else "other"
            self.metrics.record(label, sender.status, started)

    async def _serve(self, scope: Scope, receive: Receive, sender: _ResponseSender) -> None:
        method = scope["method"]
        if method == "OPTIONS":
            await self._options(scope, sender)
            return
        if method == "HEAD":
            scope = {**scope, "method": "GET", "bodiless": True}
        try:
            await self.app(scope, receive, sender)
        except Exception:
            _log.exception("unhandled: %s %r", method, scope["path"])
            if sender.status:
                raise
            await send_problem(
                sender, Problem(500, "internal-error", "An internal error occurred and was logged.")
            )

    async def _options(self, scope: Scope, send: Send) -> None:
        methods = allowed_methods(self.routes, scope)
        if not methods:
            await send_problem(send, Problem(404, "not-found", "This path does not exist."))
            return
        headers = [(b"allow", ", ".join(methods).encode())]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


class _ResponseSender:
    """Passes a response on, without its body for HEAD."""

    __slots__ = ("bodiless", "ended", "send", "status")

    def __init__(self, send: Send, *, bodiless: bool) -> None:
        self.send = send
        self.bodiless = bodiless
        self.status = 0  # none yet
        self.ended = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *_SECURITY_HEADERS]
        elif self.bodiless:
            if self.ended:
                return
            self.ended = True
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self.send(message)
