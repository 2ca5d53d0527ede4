"""Shortcuts: a read is taken to its endpoint by its path, without asking one route after another.

To find a route among a hundred, and to make a call of it that could take a body and dependencies,
costs FastAPI more than most reads cost the database. A `ReadRoute` needs neither: its endpoint
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

from app.kit.http.edge import flat
from app.kit.http.problems import Problem

Endpoint = Callable[[Request], Awaitable[Response]]
_ID = "/{id}"


class ReadRoute(APIRoute):
    """A `GET` whose endpoint takes the request alone; its path is fixed, or ends in `/{id}`."""


class Shortcuts:
    """Calls the endpoints of all `ReadRoute`s; what is not for them goes on to be routed."""

    def __init__(
        self,
        app: ASGIApp,
        routes: Iterable[BaseRoute],
        refusal: Callable[[Scope, Problem], Response],
    ) -> None:
        self.app = app
        self.refusal = refusal
        self._fixed: dict[str, Endpoint] = {}
        self._of_record: dict[str, Endpoint] = {}  # by the path before the identifier
        for route in flat(routes):
            if isinstance(route, ReadRoute):
                found = cast(Endpoint, route.endpoint)
                if route.path.endswith(_ID):
                    self._of_record[route.path.removesuffix(_ID)] = found
                else:
                    self._fixed[route.path] = found

    def _endpoint(self, scope: Scope) -> Endpoint | None:
        if scope.get("method") != "GET" or scope.get("root_path"):
            return None
        path: str = scope["path"]
        found = self._fixed.get(path)
        if found is None:
            head, _, identifier = path.rpartition("/")
            found = self._of_record.get(head) if identifier else None
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
            response = self.refusal(scope, problem)
        await response(scope, receive, send)
