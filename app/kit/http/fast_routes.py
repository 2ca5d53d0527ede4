"""Dispatches reads to their endpoints by path, without FastAPI's routing.

To search a hundred routes, and to prepare a call that might take a body and dependencies, costs
FastAPI more than most reads cost the database. The endpoint of a `FastRoute` takes the request
only. It is registered and documented like any other route.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import cast

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit.http.error_middleware import flatten_routes
from app.kit.http.problems import Problem

ReadEndpoint = Callable[[Request], Awaitable[Response]]
_ID_SUFFIX = "/{id}"


class FastRoute(APIRoute):
    """A `GET` route whose endpoint takes the request only; its path is fixed or ends in `/{id}`."""


class FastRouteMiddleware:
    """Calls the endpoint of a `FastRoute`, if the path is one; passes other requests on."""

    def __init__(
        self,
        app: ASGIApp,
        routes: Iterable[BaseRoute],
        problem_response: Callable[[Scope, Problem], Response],
    ) -> None:
        self.app = app
        self.problem_response = problem_response
        self._by_path: dict[str, ReadEndpoint] = {}
        self._by_prefix: dict[str, ReadEndpoint] = {}  # by the path before `/{id}`
        for route in flatten_routes(routes):
            if isinstance(route, FastRoute):
                endpoint = cast(ReadEndpoint, route.endpoint)
                if route.path.endswith(_ID_SUFFIX):
                    self._by_prefix[route.path.removesuffix(_ID_SUFFIX)] = endpoint
                else:
                    self._by_path[route.path] = endpoint

    def _endpoint(self, scope: Scope) -> ReadEndpoint | None:
        if scope.get("method") != "GET" or scope.get("root_path"):
            return None
        path: str = scope["path"]
        endpoint = self._by_path.get(path)
        if endpoint is None:
            prefix, _, identifier = path.rpartition("/")
            endpoint = self._by_prefix.get(prefix) if identifier else None
            if endpoint is not None:
                scope["path_params"] = {"id": identifier}
        return endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        endpoint = self._endpoint(scope)
        if endpoint is None:
            await self.app(scope, receive, send)
            return
        try:
            response = await endpoint(Request(scope, receive))
        except Problem as problem:
            response = self.problem_response(scope, problem)
        await response(scope, receive, send)
