"""The reads of every noun and of the timeline over HTTP; lists in every format that they have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.api.openapi import operations, parameters
from app.api.openapi import response_schemas as answer_models
from app.api.responses import ReadHandler
from app.kit.http.cors import request_origin
from app.kit.http.fast_routes import FastRoute
from app.kit.http.negotiation import Choice
from app.ledger.dataset import Site
from app.ledger.noun import Noun, Nouns
from app.ledger.sort_keys import SortOrder
from app.reads import history, lists, record, rendering
from app.reads.output_format import JSON_ONLY, OutputFormat, OutputFormats
from app.reads.query import Query, QuerySchema

TIMELINE_MAX_LIMIT = 1_000


def noun_query_schema(noun: Noun, nouns: Nouns, formats: OutputFormats = JSON_ONLY) -> QuerySchema:
    """What a noun's list accepts."""
    order = SortOrder("date", descending=noun.newest_first) if noun.date_field else SortOrder("id")
    return QuerySchema((noun,), nouns, order, formats)


def timeline_query_schema(nouns: Nouns, formats: OutputFormats = JSON_ONLY) -> QuerySchema:
    """What the timeline accepts: every filter of what is dated, oldest first."""
    dated = tuple(noun for noun in nouns if noun.date_field is not None)
    return QuerySchema(dated, nouns, SortOrder("date"), formats, TIMELINE_MAX_LIMIT, has_type=True)


@dataclass(frozen=True, slots=True)
class ListEndpoint:
    """One list in every format: by suffix, by `format=`, by `Accept`."""

    schema: QuerySchema
    handler: ReadHandler
    site: Site

    async def respond(self, request: Request, suffix: OutputFormat | None = None) -> Response:
        """The response to a request for this list.

        Raises:
            Problem: 400 for a bad query, 406 if `Accept` names no format of the list.
        """
        query = self.schema.parse(request.scope["path"], request.scope["query_string"])
        accept = request.headers.get("accept")
        choice = self.schema.formats.choose(suffix, query.output_format, accept)
        if choice.offer.render is not None:
            return await self._respond_in(request, query, choice)
        return await self.handler.respond(
            request,
            partial(lists.list_page_response, site=self.site, query=query),
            make_validator=partial(lists.list_validator, site=self.site, query=query),
            variant=choice.offer.name,
            negotiated=choice.negotiated,
            cache_before_routing=True,
        )

    async def _respond_in(
        self, request: Request, query: Query, choice: Choice[OutputFormat]
    ) -> Response:
        """The response in a format other than the native one."""
        output_format, site = choice.offer, self.site
        variant = output_format.name
        if output_format.has_absolute_urls:
            site = replace(site, origin=request_origin(request.scope, site.origin))
            variant += f" {site.origin}"
        if output_format.default_order is not None and not query.has_parameter("sort"):
            query = replace(query, sort_orders=(output_format.default_order,))
        return await self.handler.respond(
            request,
            lambda snapshot: rendering.render_list(
                snapshot, self.handler.database, query, output_format, site
            ),
            variant=variant,
            negotiated=choice.negotiated,
            cache_before_routing=not output_format.has_absolute_urls,
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
            return await self.respond(request)

        async def get_suffixed(request: Request) -> Response:
            suffix = request.path_params["suffix"]
            return await self.respond(
                request, self.schema.formats.by_suffix(request.scope["path"], suffix)
            )

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
                200: operations.list_response_spec(model, self.schema.formats),
                **operations.problem_response_specs(400, 404, 406),
            },
            openapi_extra={"parameters": parameters.list_parameters(self.schema)},
        )


def router(nouns: Nouns, formats: OutputFormats, handler: ReadHandler, site: Site) -> APIRouter:
    """`/v1/timeline`, and the lists, single records and histories of all nouns."""
    routes = APIRouter(prefix="/v1")
    schema = timeline_query_schema(nouns, formats)
    _add_timeline(routes, ListEndpoint(schema, handler, site))
    formats = formats.for_lists()
    for noun in nouns:
        schema = noun_query_schema(noun, nouns, formats)
        _add_list(routes, noun, ListEndpoint(schema, handler, site))
        _add_record(routes, noun, nouns, handler)
        _add_history(routes, noun, handler, site)
    return routes


def _add_timeline(routes: APIRouter, endpoint: ListEndpoint) -> None:
    endpoint.add_routes(
        routes,
        "timeline",
        answer_models.timeline_page_model(endpoint.schema.nouns),
        operation_id="get_timeline",
        summary="Get the timeline",
        text="Returns meetings, milestones and positions in order of date, oldest first. An entry "
        "that lacks a property never matches a filter on it.",
    )


def _add_list(routes: APIRouter, noun: Noun, endpoint: ListEndpoint) -> None:
    endpoint.add_routes(
        routes,
        noun.plural,
        answer_models.page_model(noun),
        operation_id=f"list_{noun.plural}",
        summary=f"List {noun.plural}",
        text=noun.summary,
    )


def _add_record(routes: APIRouter, noun: Noun, nouns: Nouns, handler: ReadHandler) -> None:
    accepted = record.record_parameters(noun, nouns)

    async def get_record(request: Request) -> Response:
        identifier = record.identifier_from_path(noun, request.path_params)
        query = record.parse_record_query(request.scope["query_string"], accepted)
        return await handler.respond(
            request,
            lambda snapshot: record.record_response(snapshot, noun, identifier, query),
            on_event_loop=not query.included,
            cache_before_routing=True,
        )

    specs: list[Any] = parameters.record_parameters(noun, accepted)
    routes.add_api_route(
        f"/{noun.plural}/{{id}}",
        get_record,
        methods=["GET"],
        route_class_override=FastRoute,
        operation_id=f"get_{noun.name}",
        summary=f"Get {noun.name_with_article}",
        description="Returns the current version, or with `as_of` or `revision` an earlier one.",
        tags=[noun.plural],
        responses={
            200: {"description": f"The {noun.name}.", "model": answer_models.record_model(noun)},
            **operations.problem_response_specs(308, 400, 404, 410),
        },
        openapi_extra={"parameters": specs},
    )


def _add_history(routes: APIRouter, noun: Noun, handler: ReadHandler, site: Site) -> None:
    async def get_history(request: Request) -> Response:
        identifier = record.identifier_from_path(noun, request.path_params)
        path = request.scope["path"]
        query = history.parse_history_query(
            request.scope["query_string"], history.HISTORY_PARAMETERS
        )
        return await handler.respond(
            request,
            lambda snapshot: history.history_response(
                snapshot, site, noun, identifier, path, query
            ),
            cache_before_routing=True,
        )

    specs = parameters.single_parameters(history.HISTORY_PARAMETERS)
    routes.add_api_route(
        f"/{noun.plural}/{{id}}/history",
        get_history,
        methods=["GET"],
        operation_id=f"get_{noun.name}_history",
        summary=f"Get the history of {noun.name_with_article}",
        description="Returns the revisions of the record, newest first: who changed what, when "
        "and why.",
        tags=[noun.plural],
        responses={
            200: {
                "description": "One page of revisions.",
                "model": answer_models.history_model(noun),
            },
            **operations.problem_response_specs(400, 404),
        },
        openapi_extra={"parameters": [parameters.id_parameter(noun), *specs]},
    )
