"""`/` and `/embed`: the timeline as a page for people, complete without scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from app.analysis.network import meeting_network
from app.analysis.stances import issues_with_positions, stance_history
from app.api.responses import ReadHandler
from app.kit.http.cache import FullResponse, make_etag
from app.kit.http.problems import Problem
from app.ledger.dataset import Site
from app.ledger.snapshot import Snapshot
from app.reads import lists
from app.reads.query import Query, QuerySchema
from app.web import assets
from app.web.cited_records import load_cited_records
from app.web.diagram import draw_network
from app.web.filter_options import FilterOptionsCache
from app.web.overview import build_overview
from app.web.page_query import PAGE_MAX_LIMIT, PageQuery, parse_page_query, recover_page_query
from app.web.templating import TemplateRenderer, with_security_headers

TemplateContext = dict[str, Any]
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class PageBuilder:
    """Builds pages; `schema` is that of the timeline."""

    site: Site
    schema: QuerySchema
    renderer: TemplateRenderer
    filter_options: FilterOptionsCache

    def page_response(self, snapshot: Snapshot, page_query: PageQuery) -> FullResponse:
        """A page as a finished response."""
        query = page_query.to_query(self.schema)
        context, link = _VIEW_CONTEXTS[page_query.view](self, snapshot, query)
        if context.get("next"):
            context["next"] += page_query.page_suffix
        revision = query.revision or snapshot.latest_revision
        content = self._render(snapshot, page_query, revision=revision, **context)
        variant = [self.renderer.version, page_query.path, repr(page_query.page_parameters)]
        return FullResponse(
            content=content,
            etag=make_etag(snapshot.latest_revision, variant),
            media_type=_HTML,
            link=link,
            revision=snapshot.latest_revision,
        )

    def problem_page(self, snapshot: Snapshot, page_query: PageQuery, problem: Problem) -> bytes:
        """A page that explains what is wrong with a request, with the form to correct it."""
        revision = snapshot.latest_revision
        return self._render(snapshot, page_query, revision=revision, problem=problem)

    def _render(self, snapshot: Snapshot, page_query: PageQuery, **context: Any) -> bytes:
        options = self.filter_options.options(snapshot)
        return self.renderer.render(page_query, site=self.site, options=options, **context)


def _timeline(
    pages: PageBuilder, snapshot: Snapshot, query: Query
) -> tuple[TemplateContext, str | None]:
    response = lists.list_page_response(snapshot, pages.site, query)
    page = orjson.loads(response.content)
    citing = [(snapshot.nouns[entry["type"]], entry) for entry in page["items"]]
    snapshot, _ = lists.pinned_snapshot(snapshot, pages.site, query)
    context = {
        "entries": page["items"],
        "total": page["total"],
        "next": page["next"],
        "overview": build_overview(snapshot, query),
        "cited": load_cited_records(snapshot, citing),
    }
    return context, response.link


def _positions(
    pages: PageBuilder, snapshot: Snapshot, query: Query
) -> tuple[TemplateContext, str | None]:
    snapshot, _ = lists.pinned_snapshot(snapshot, pages.site, query)
    if not query.has_parameter("issue"):
        return {"issues": issues_with_positions(snapshot, query)}, None
    history = stance_history(snapshot, query)
    citing = [(snapshot.nouns["position"], entry.position) for entry in history.entries]
    return {"stances": history, "cited": load_cited_records(snapshot, citing)}, None


def _network(
    pages: PageBuilder, snapshot: Snapshot, query: Query
) -> tuple[TemplateContext, str | None]:
    names = pages.filter_options.options(snapshot).names
    snapshot, _ = lists.pinned_snapshot(snapshot, pages.site, query)
    network = meeting_network(snapshot, query)
    return {"network": network, "diagram": draw_network(network, names)}, None


# The variables of each view's template, and the `Link` header, if any.
_VIEW_CONTEXTS: dict[
    str, Callable[[PageBuilder, Snapshot, Query], tuple[TemplateContext, str | None]]
] = {"timeline": _timeline, "positions": _positions, "met": _network}


def router(handler: ReadHandler, site: Site, schema: QuerySchema) -> APIRouter:
    """Routes for `/`, `/embed` and the files they load; `schema` is that of the timeline."""
    page_assets, widget_assets = assets.page_assets(), assets.widget_assets()
    renderer = TemplateRenderer(page_assets, widget_assets)
    schema = replace(schema, max_limit=PAGE_MAX_LIMIT)
    pages = PageBuilder(site, schema, renderer, FilterOptionsCache())
    routes = APIRouter(include_in_schema=False)

    async def get_page(request: Request) -> Response:
        path, query_string = request.scope["path"], request.scope["query_string"]
        try:
            query = parse_page_query(path, query_string, schema)
            response = await handler.respond(request, lambda snap: pages.page_response(snap, query))
        except Problem as problem:
            query = recover_page_query(path, query_string, schema, problem)
            response = await handler.respond(request, _problem_page_maker(pages, query, problem))
            response.status_code = problem.status
            response.headers["cache-control"] = "no-store"
            del response.headers["etag"]
        return with_security_headers(response, may_be_framed=path == "/embed")

    for path in ("/", "/embed"):
        routes.add_api_route(path, get_page, methods=["GET"])
    routes.include_router(assets.router(page_assets, widget_assets))
    return routes


def _problem_page_maker(
    pages: PageBuilder, query: PageQuery, problem: Problem
) -> Callable[[Snapshot], FullResponse]:
    def make_response(snapshot: Snapshot) -> FullResponse:
        content = pages.problem_page(snapshot, query, problem)
        return FullResponse(content=content, etag='"refused"', media_type=_HTML, revision=-1)

    return make_response
