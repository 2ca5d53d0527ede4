"""Shortcuts: a read is taken to its endpoint by its path, without asking one route after another.

To find a route among a hundred, and to make a call of it that could take a body and dependencies,
costs FastAPI more than most reads cost the database. A `FastRoute` needs neither: its endpoint
takes the request alone. It is registered and described like any other route.
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
    """A `GET` whose endpoint takes the request alone; its path is fixed, or ends in `/{id}`."""


class FastRouteMiddleware:
    """Calls the endpoints of all `FastRoute`s; what is not for them goes on to be routed."""

    def __init__(
        self,
        app: ASGIApp,
        routes: Iterable[BaseRoute],
        problem_response: Callable[[Scope, Problem], Response],
    ) -> None:
        self.app = app
        self.problem_response = problem_response
        self._by_path: dict[str, ReadEndpoint] = {}
        self._by_prefix: dict[str, ReadEndpoint] = {}  # by the path before the identifier
        for route in flatten_routes(routes):
            if isinstance(route, FastRoute):
                found = cast(ReadEndpoint, route.endpoint)
                if route.path.endswith(_ID_SUFFIX):
                    self._by_prefix[route.path.removesuffix(_ID_SUFFIX)] = found
                else:
                    self._by_path[route.path] = found

    def _endpoint(self, scope: Scope) -> ReadEndpoint | None:
        if scope.get("method") != "GET" or scope.get("root_path"):
            return None
        path: str = scope["path"]
        found = self._by_path.get(path)
        if found is None:
            head, _, identifier = path.rpartition("/")
            found = self._by_prefix.get(head) if identifier else None
            if found is not None:
                scope["path_params"] = {"id": identifier}
        return found

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
