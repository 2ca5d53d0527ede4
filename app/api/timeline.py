"""The timeline: meetings, milestones and positions in one order."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.api.listings import Listing
from app.api.openapi import answers as answer_models
from app.api.openapi import operations
from app.api.responses import Answers
from app.kit.http.fast_routes import ReadRoute
from app.ledger.noun import Nouns
from app.ledger.read.paging import Order
from app.reads.export import Site
from app.reads.query import Grammar
from app.reads.representation import Formats

MAX_LIMIT = 1_000


def grammar(nouns: Nouns, formats: tuple[str, ...] = ("json",)) -> Grammar:
    """What the timeline accepts: every filter of what is dated, oldest first."""
    dated = tuple(noun for noun in nouns if noun.date is not None)
    return Grammar(dated, nouns, Order("date"), MAX_LIMIT, typed=True, formats=formats)


def router(
    nouns: Nouns, formats: Formats, answers: Answers, secret: bytes, site: Site
) -> APIRouter:
    """`/v1/timeline`."""
    accepted = grammar(nouns, formats.names)
    listing = Listing(accepted, nouns, formats, answers, secret, site)
    routes = APIRouter(prefix="/v1")

    async def get_timeline(request: Request) -> Response:
        return await listing.give(request)

    listing.add_suffixes(routes, "/timeline", "timeline")
    routes.add_api_route(
        "/timeline",
        get_timeline,
        methods=["GET"],
        route_class_override=ReadRoute,
        operation_id="get_timeline",
        summary="The timeline",
        description="Meetings, milestones and positions in order, oldest first. An entry that "
        "lacks a property does not match a filter on it.",
        tags=["timeline"],
        responses={
            200: operations.listed(answer_models.timeline_page(accepted.nouns), formats),
            **operations.problems(400, 404, 406),
        },
        openapi_extra={"parameters": operations.list_parameters(accepted)},
    )
    return routes
