"""A list over HTTP, in every format that it has: by suffix, by `format=`, by `Accept`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from app.api.responses import Answers
from app.kit.http.cache import Begun
from app.kit.http.cors import origin_of
from app.ledger.noun import Nouns
from app.reads import export, lists
from app.reads.export import Site
from app.reads.query import Grammar, Query
from app.reads.representation import Format, Formats

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Listing:
    """What one list needs to answer."""

    grammar: Grammar
    nouns: Nouns
    formats: Formats
    answers: Answers
    secret: bytes
    site: Site

    async def give(self, request: Request, suffix: Format | None = None) -> Response:
        """The response to a request for this list.

        Raises:
            Problem: 400 for a bad query, 406 where `Accept` names nothing that there is.
        """
        path, raw = request.scope["path"], request.scope["query_string"]
        query = self.grammar.read(path, raw)
        choice = self.formats.chosen(suffix, query.format, request.headers.get("accept"))
        chosen, site = choice.format, self.site
        if chosen.absolute:
            site = replace(site, origin=origin_of(request.scope, site.origin))
        if chosen.order is not None and not query.given("sort"):
            query.orders = (chosen.order,)
        make = partial(self._begin, query=query, format_=chosen, site=site)
        variant = f"{chosen.name} {site.origin}" if chosen.absolute else chosen.name
        peek = None
        if chosen.render is None:
            peek = partial(lists.unchanged, nouns=self.nouns, secret=self.secret, query=query)
        return await self.answers.get(
            request,
            make,
            peek=peek,
            variant=variant,
            negotiated=choice.negotiated,
            lasting=not chosen.absolute,
        )

    def _begin(self, connection: Connection, query: Query, format_: Format, site: Site) -> Begun:
        return export.begin(
            connection,
            self.answers.database,
            self.nouns,
            self.secret,
            query=query,
            format_=format_,
            site=site,
        )

    def add_suffixes(self, routes: APIRouter, path: str, name: str) -> None:
        """The same under a suffix; OpenAPI describes `format=`, which says as much."""

        async def get_suffixed(request: Request) -> Response:
            suffix = request.path_params["suffix"]
            return await self.give(request, self.formats.suffixed(request.scope["path"], suffix))

        routes.add_api_route(
            f"{path}.{{suffix}}",
            get_suffixed,
            methods=["GET"],
            name=f"{name}_suffixed",
            include_in_schema=False,
        )
