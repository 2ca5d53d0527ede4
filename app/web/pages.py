"""`/` and `/embed`: the timeline as people read it, whole without a script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from app.analysis.network import encounters
from app.analysis.stances import issues, stances
from app.api.responses import ReadHandler
from app.kit.http.cache import FullResponse, make_etag
from app.kit.http.cursors import scope, unseal
from app.kit.http.problems import Problem
from app.ledger.dataset import Site
from app.ledger.snapshot import Snapshot
from app.reads import lists
from app.reads.query import Grammar, Query
from app.web import assets, query
from app.web.choices import Chooser
from app.web.citations import cited
from app.web.diagram import picture
from app.web.overview import overview
from app.web.query import Asked
from app.web.rendering import Renderer, guarded

Context = dict[str, Any]
_HTML = "text/html; charset=utf-8"
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Pages:
    """Makes the pages from what lists and readings give."""

    grammar: Grammar
    site: Site
    renderer: Renderer
    chooser: Chooser

    def answer(self, snapshot: Snapshot, asked: Asked) -> FullResponse:
        """A page as a finished answer."""
        query = asked.query(self.grammar)
        newest = snapshot.latest_revision
        context, link = _VIEWS[asked.view](self, snapshot, query)
        if context.get("next"):
            context["next"] = _with_own(context["next"], asked)
        content = self.renderer.page(
            asked,
            site=self.site,
            choices=self.chooser.of(snapshot),
            revision=query.revision or newest,
            **context,
        )
        etag = make_etag(newest, [self.renderer.version, asked.path, repr(asked.own)])
        return FullResponse(
            content=content, etag=etag, media_type=_HTML, link=link, revision=newest
        )

    def refusal(self, snapshot: Snapshot, asked: Asked, problem: Problem) -> bytes:
        """The page that says what is wrong with a request, with the form to mend it."""
        return self.renderer.page(
            asked,
            site=self.site,
            choices=self.chooser.of(snapshot),
            revision=snapshot.latest_revision,
            problem=problem,
        )

    def at(self, snapshot: Snapshot, query: Query) -> Snapshot:
        """The snapshot of a page: at the clock of its cursor, where it has one."""
        revision = query.revision
        if query.cursor is not None:
            bound = scope(query.path, query.binding)
            revision = unseal(self.site.cursor_secret, bound, query.cursor).revision
        return snapshot.at(revision, query.as_of)


def _timeline(pages: Pages, snapshot: Snapshot, query: Query) -> tuple[Context, str | None]:
    answer = lists.page(snapshot, pages.site, query)
    found = orjson.loads(answer.content)
    citing = [(snapshot.nouns[entry["type"]], entry) for entry in found["items"]]
    snapshot = pages.at(snapshot, query)
    context = {
        "entries": found["items"],
        "total": found["total"],
        "next": found["next"],
        "overview": overview(snapshot, query),
        "cited": cited(snapshot, citing),
    }
    return context, answer.link


def _positions(pages: Pages, snapshot: Snapshot, query: Query) -> tuple[Context, str | None]:
    snapshot = pages.at(snapshot, query)
    if not query.given("issue"):
        return {"issues": issues(snapshot, query)}, None
    found = stances(snapshot, query)
    citing = [(snapshot.nouns["position"], step.position) for step in found.steps]
    return {
        "stances": found,
        "cited": cited(snapshot, citing),
    }, None


def _met(pages: Pages, snapshot: Snapshot, query: Query) -> tuple[Context, str | None]:
    found = encounters(pages.at(snapshot, query), query)
    names = pages.chooser.of(snapshot).names
    return {"encounters": found, "picture": picture(found, names)}, None


_VIEWS: dict[str, Callable[[Pages, Snapshot, Query], tuple[Context, str | None]]] = {
    "timeline": _timeline,
    "positions": _positions,
    "met": _met,
}


def _with_own(next_: str, asked: Asked) -> str:
    own = "".join(f"&{name}={value}" for name, value in asked.own)
    return next_ + own


def router(handler: ReadHandler, site: Site, grammar: Grammar) -> APIRouter:
    """`/`, `/embed` and the files they load. `grammar` is that of the timeline."""
    own, widget = assets.own(), assets.timeline_widget()
    accepted = replace(grammar, max_limit=query.MAX_LIMIT)
    pages = Pages(accepted, site, Renderer(own, widget), Chooser())
    routes = APIRouter(include_in_schema=False)

    async def get_page(request: Request) -> Response:
        path, raw = request.scope["path"], request.scope["query_string"]
        try:
            asked = query.read(path, raw, accepted)
            response = await handler.respond(
                request, lambda snapshot: pages.answer(snapshot, asked)
            )
        except Problem as problem:
            asked = query.plain(path, raw, accepted, problem)
            response = await handler.respond(request, _refusing(pages, asked, problem))
            response.status_code = problem.status
            response.headers["cache-control"] = "no-store"
            del response.headers["etag"]
        return guarded(response, framed=path == "/embed")

    for path in ("/", "/embed"):
        routes.add_api_route(path, get_page, methods=["GET"])
    routes.include_router(assets.router(own, widget))
    return routes


def _refusing(pages: Pages, asked: Asked, problem: Problem) -> Callable[[Snapshot], FullResponse]:
    def make(snapshot: Snapshot) -> FullResponse:
        content = pages.refusal(snapshot, asked, problem)
        return FullResponse(content=content, etag='"refused"', media_type=_HTML, revision=-1)

    return make
