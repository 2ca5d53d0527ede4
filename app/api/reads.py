"""The reads of every noun over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.api.listings import Listing
from app.api.openapi import answers as answer_models
from app.api.openapi import operations
from app.api.responses import Answers
from app.kit.http.fast_routes import ReadRoute
from app.ledger.noun import Noun, Nouns
from app.ledger.read.paging import Order
from app.reads import history, record
from app.reads.export import Site
from app.reads.parameters import included
from app.reads.query import Grammar
from app.reads.representation import Formats


def grammar(noun: Noun, nouns: Nouns, formats: tuple[str, ...] = ("json",)) -> Grammar:
    """What a noun's list accepts: newest first where records are dated."""
    order = Order("date", descending=noun.newest_first) if noun.date else Order("id")
    return Grammar((noun,), nouns, order, formats=formats)


def router(
    nouns: Nouns, formats: Formats, answers: Answers, secret: bytes, site: Site
) -> APIRouter:
    """Lists, single records and histories of all nouns."""
    routes = APIRouter(prefix="/v1")
    for noun in nouns:
        accepted = grammar(noun, nouns, formats.names)
        _list(routes, noun, Listing(accepted, nouns, formats, answers, secret, site))
        _single(routes, noun, nouns, answers)
        _history(routes, noun, answers, secret)
    return routes


def _list(routes: APIRouter, noun: Noun, listing: Listing) -> None:
    async def list_records(request: Request) -> Response:
        return await listing.give(request)

    listing.add_suffixes(routes, f"/{noun.plural}", noun.plural)
    routes.add_api_route(
        f"/{noun.plural}",
        list_records,
        methods=["GET"],
        route_class_override=ReadRoute,
        operation_id=f"list_{noun.plural}",
        summary=f"List {noun.plural}",
        description=noun.summary,
        tags=[noun.plural],
        responses={
            200: operations.listed(answer_models.page(noun), listing.formats),
            **operations.problems(400, 404, 406),
        },
        openapi_extra={"parameters": operations.list_parameters(listing.grammar)},
    )


def _single(routes: APIRouter, noun: Noun, nouns: Nouns, answers: Answers) -> None:
    async def get_record(request: Request) -> Response:
        identifier = record.addressed(noun, request.path_params)
        asked = record.read(noun, nouns, request.scope["query_string"])
        return await answers.get(
            request,
            lambda connection: record.single(connection, nouns, noun, identifier, asked),
            quick=not asked.include,
            lasting=True,
        )

    fields = (*noun.shape.model_fields, *noun.shape.derived)
    parameters: list[Any] = operations.single_parameters(noun, fields, included([noun], nouns))
    routes.add_api_route(
        f"/{noun.plural}/{{id}}",
        get_record,
        methods=["GET"],
        route_class_override=ReadRoute,
        operation_id=f"get_{noun.name}",
        summary=f"One {noun.name}",
        description=f"One {noun.name}, as it stands or as it stood.",
        tags=[noun.plural],
        responses={
            200: {"description": f"The {noun.name}.", "model": answer_models.record(noun)},
            **operations.problems(308, 400, 404, 410),
        },
        openapi_extra={"parameters": parameters},
    )


def _history(routes: APIRouter, noun: Noun, answers: Answers, secret: bytes) -> None:
    async def get_history(request: Request) -> Response:
        identifier = record.addressed(noun, request.path_params)
        path = request.scope["path"]
        raw = request.scope["query_string"]
        history.read(raw, history.HISTORY_PARAMETERS)
        return await answers.get(
            request,
            lambda connection: history.history(connection, secret, noun, identifier, path, raw),
            lasting=True,
        )

    parameters = operations.ledger_parameters(*history.HISTORY_PARAMETERS)
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
            **operations.problems(400, 404),
        },
        openapi_extra={"parameters": [operations.identifier(noun), *parameters]},
    )
