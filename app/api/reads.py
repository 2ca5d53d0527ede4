"""The reads of every noun and of the timeline over HTTP; lists in every format that they have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.api.openapi import answers as answer_models
from app.api.openapi import operations, parameters
from app.api.responses import ReadHandler
from app.kit.http.cache import PreparedResponse
from app.kit.http.cors import request_origin
from app.kit.http.fast_routes import FastRoute
from app.ledger.dataset import Site
from app.ledger.noun import Noun, Nouns
from app.ledger.read.paging import Order
from app.ledger.snapshot import Snapshot
from app.reads import export, history, lists, record
from app.reads.parameters import included
from app.reads.query import Grammar, Query
from app.reads.representation import Format, Formats

TIMELINE_MAX_LIMIT = 1_000


def noun_query_schema(noun: Noun, nouns: Nouns, formats: tuple[str, ...] = ("json",)) -> Grammar:
    """What a noun's list accepts: newest first where records are dated."""
    order = Order("date", descending=noun.newest_first) if noun.date else Order("id")
    return Grammar((noun,), nouns, order, formats=formats)


def timeline_query_schema(nouns: Nouns, formats: tuple[str, ...] = ("json",)) -> Grammar:
    """What the timeline accepts: every filter of what is dated, oldest first."""
    dated = tuple(noun for noun in nouns if noun.date is not None)
    return Grammar(dated, nouns, Order("date"), TIMELINE_MAX_LIMIT, typed=True, formats=formats)


@dataclass(frozen=True, slots=True)
class Listing:
    """What one list needs to answer."""

    grammar: Grammar
    formats: Formats
    handler: ReadHandler
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
            site = replace(site, origin=request_origin(request.scope, site.origin))
        if chosen.order is not None and not query.given("sort"):
            query.orders = (chosen.order,)
        make = partial(self._begin, query=query, format_=chosen, site=site)
        variant = f"{chosen.name} {site.origin}" if chosen.absolute else chosen.name
        make_validator = None
        if chosen.render is None:
            make_validator = partial(lists.unchanged, site=self.site, query=query)
        return await self.handler.respond(
            request,
            make,
            make_validator=make_validator,
            variant=variant,
            negotiated=choice.negotiated,
            cache_before_routing=not chosen.absolute,
        )

    def _begin(
        self, snapshot: Snapshot, query: Query, format_: Format, site: Site
    ) -> PreparedResponse:
        return export.begin(
            snapshot,
            self.handler.database,
            query=query,
            format_=format_,
            site=site,
        )

    def add_routes(
        self,
        routes: APIRouter,
        name: str,
        model: Any,
        *,
        operation_id: str,
        summary: str,
        text: str,
    ) -> None:
        """Add the list; and by suffix, which OpenAPI leaves out, as `format=` says as much."""

        async def get_list(request: Request) -> Response:
            return await self.give(request)

        async def get_suffixed(request: Request) -> Response:
            suffix = request.path_params["suffix"]
            return await self.give(request, self.formats.suffixed(request.scope["path"], suffix))

        path = f"/{name}"
        suffixed = f"{path}.{{suffix}}"
        routes.add_api_route(suffixed, get_suffixed, methods=["GET"], include_in_schema=False)
        routes.add_api_route(
            path,
            get_list,
            methods=["GET"],
            route_class_override=FastRoute,
            operation_id=operation_id,
            summary=summary,
            description=text,
            tags=[name],
            responses={
                200: operations.list_response_spec(model, self.formats),
                **operations.problem_response_specs(400, 404, 406),
            },
            openapi_extra={"parameters": parameters.list_parameters(self.grammar)},
        )


def router(nouns: Nouns, formats: Formats, handler: ReadHandler, site: Site) -> APIRouter:
    """`/v1/timeline`, and the lists, single records and histories of all nouns."""
    routes = APIRouter(prefix="/v1")
    accepted = timeline_query_schema(nouns, formats.names)
    _add_timeline(routes, Listing(accepted, formats, handler, site))
    formats = formats.for_lists()
    for noun in nouns:
        accepted = noun_query_schema(noun, nouns, formats.names)
        _add_list(routes, noun, Listing(accepted, formats, handler, site))
        _add_record(routes, noun, nouns, handler)
        _add_history(routes, noun, handler, site)
    return routes


def _add_timeline(routes: APIRouter, listing: Listing) -> None:
    listing.add_routes(
        routes,
        "timeline",
        answer_models.timeline_page(listing.grammar.nouns),
        operation_id="get_timeline",
        summary="The timeline",
        text="Meetings, milestones and positions in order, oldest first. An entry that "
        "lacks a property does not match a filter on it.",
    )


def _add_list(routes: APIRouter, noun: Noun, listing: Listing) -> None:
    listing.add_routes(
        routes,
        noun.plural,
        answer_models.page(noun),
        operation_id=f"list_{noun.plural}",
        summary=f"List {noun.plural}",
        text=noun.summary,
    )


def _add_record(routes: APIRouter, noun: Noun, nouns: Nouns, handler: ReadHandler) -> None:
    async def get_record(request: Request) -> Response:
        identifier = record.addressed(noun, request.path_params)
        asked = record.read(noun, nouns, request.scope["query_string"])
        return await handler.respond(
            request,
            lambda snapshot: record.single(snapshot, noun, identifier, asked),
            on_event_loop=not asked.include,
            cache_before_routing=True,
        )

    fields = (*noun.shape.model_fields, *noun.shape.derived)
    specs: list[Any] = parameters.record_parameters(noun, fields, included([noun], nouns))
    routes.add_api_route(
        f"/{noun.plural}/{{id}}",
        get_record,
        methods=["GET"],
        route_class_override=FastRoute,
        operation_id=f"get_{noun.name}",
        summary=f"One {noun.name}",
        description=f"One {noun.name}, as it stands or as it stood.",
        tags=[noun.plural],
        responses={
            200: {"description": f"The {noun.name}.", "model": answer_models.record(noun)},
            **operations.problem_response_specs(308, 400, 404, 410),
        },
        openapi_extra={"parameters": specs},
    )


def _add_history(routes: APIRouter, noun: Noun, handler: ReadHandler, site: Site) -> None:
    async def get_history(request: Request) -> Response:
        identifier = record.addressed(noun, request.path_params)
        path = request.scope["path"]
        raw = request.scope["query_string"]
        history.read(raw, history.HISTORY_PARAMETERS)
        return await handler.respond(
            request,
            lambda snapshot: history.history(snapshot, site, noun, identifier, path, raw),
            cache_before_routing=True,
        )

    specs = parameters.history_parameters(*history.HISTORY_PARAMETERS)
    routes.add_api_route(
        f"/{noun.plural}/{{id}}/history",
        get_history,
        methods=["GET"],
        operation_id=f"get_{noun.name}_history",
        summary=f"The history of one {noun.name}",
        description="Its revisions, newest first: who, when, why and what changed.",
        tags=[noun.plural],
        responses={
            200: {"description": "One page.", "model": answer_models.history(noun)},
            **operations.problem_response_specs(400, 404),
        },
        openapi_extra={"parameters": [parameters.id_parameter(noun), *specs]},
    )
