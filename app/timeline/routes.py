"""The timeline: meetings, milestones and positions in one order."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.ledger.nouns import Nouns
from app.ledger.walks import Order
from app.records import documentation, lists, pages
from app.records.answering import Answers
from app.records.queries import Grammar

MAX_LIMIT = 1_000


def grammar(nouns: Nouns) -> Grammar:
    """What the timeline accepts: every filter of what is dated, oldest first."""
    dated = tuple(noun for noun in nouns if noun.date is not None)
    return Grammar(dated, nouns, Order("date"), MAX_LIMIT, typed=True)


def router(nouns: Nouns, answers: Answers, secret: bytes) -> APIRouter:
    """`/v1/timeline`."""
    accepted = grammar(nouns)
    routes = APIRouter(prefix="/v1")

    async def get_timeline(request: Request) -> Response:
        query = accepted.read(request.scope["path"], request.scope["query_string"])
        return await answers.get(
            request, lambda connection: lists.page(connection, nouns, secret, query)
        )

    routes.add_api_route(
        "/timeline",
        get_timeline,
        methods=["GET"],
        operation_id="get_timeline",
        summary="The timeline",
        description="Meetings, milestones and positions in order, oldest first. An entry that "
        "lacks a property does not match a filter on it.",
        tags=["timeline"],
        responses={
            200: {"description": "One page.", "model": pages.timeline_page(accepted.nouns)},
            **documentation.problems(400, 404),
        },
        openapi_extra={"parameters": documentation.list_parameters(accepted)},
    )
    return routes
