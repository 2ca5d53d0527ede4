"""`/v1`: what this dataset is; `/v1/changes`: what was written to it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app import __version__
from app.api.openapi import operations, parameters
from app.api.openapi import response_schemas as answer_models
from app.api.responses import ReadHandler
from app.kit.http.cache import IMMUTABLE, REVALIDATE, FullResponse, make_etag
from app.kit.strict_json import dumps
from app.ledger.dataset import Site
from app.ledger.noun import Nouns
from app.ledger.read import history
from app.ledger.read.result_set import ResultSet
from app.ledger.selection import Selection
from app.ledger.snapshot import Snapshot
from app.reads.history import (
    CHANGES_PARAMETERS,
    HistoryQuery,
    changes_response,
    parse_history_query,
)
from app.reads.parameters import Accepted

_PARAMETERS: dict[str, Accepted] = {"as_of": (), "revision": ()}


class LatestChange(BaseModel):
    """The latest change."""

    revision: int = Field(description="The number of the revision.", examples=[40])
    noun: answer_models.NounName = Field(description="The type of record.", examples=["meeting"])
    id: str = Field(description="The identifier of the record.", examples=["2023-04-25-moscow"])
    action: answer_models.Action = Field(
        description="What happened to the record.", examples=["created"]
    )
    recorded_at: str = Field(
        description="When the revision was recorded, in UTC.",
        examples=["2026-01-01T00:00:00.000000Z"],
    )
    author: str = Field(description="Who made the change.", examples=["seed"])


class Dataset(BaseModel):
    """The dataset."""

    name: str = Field(description="The name of the dataset.", examples=["Parley"])
    licence: str = Field(
        description="The licence of the data, as an SPDX identifier.", examples=["CC-BY-4.0"]
    )
    version: str = Field(description="The version of Parley.", examples=["0.1.0"])
    revision: int = Field(description="The revision shown.", examples=[40])
    counts: dict[str, int] = Field(
        description="The number of records, by plural noun.", examples=[{"meetings": 6}]
    )
    latest_change: LatestChange | None = Field(
        description="The latest change up to the revision shown."
    )
    links: dict[str, str] = Field(
        description="The paths of the main resources.", examples=[{"meetings": "/v1/meetings"}]
    )


def _dataset_links(nouns: Nouns) -> dict[str, str]:
    return {
        "self": "/v1",
        "timeline": "/v1/timeline",
        **{noun.plural: f"/v1/{noun.plural}" for noun in nouns},
        "changes": "/v1/changes",
        "documentation": "/docs",
        "openapi": "/openapi.json",
    }


def dataset_response(snapshot: Snapshot, site: Site, query: HistoryQuery) -> FullResponse:
    """What this dataset is, at a clock."""
    snapshot = snapshot.at(query.revision, query.as_of)
    body: dict[str, Any] = {
        "name": site.name,
        "licence": site.licence,
        "version": __version__,
        "revision": snapshot.revision,
        "counts": {
            noun.plural: ResultSet(snapshot, Selection((noun.name,))).count()
            for noun in snapshot.nouns
        },
        "latest_change": _latest_change(snapshot),
        "links": _dataset_links(snapshot.nouns),
    }
    return FullResponse(
        content=dumps(body),
        etag=make_etag(snapshot.revision, [site.name, site.licence, __version__]),
        cache_control=REVALIDATE if query.revision is None else IMMUTABLE,
        revision=snapshot.latest_revision,
    )


def _latest_change(snapshot: Snapshot) -> dict[str, Any] | None:
    revision = history.last_revision(snapshot)
    if revision is None:
        return None
    return {
        "revision": revision.number,
        "noun": revision.noun,
        "id": revision.id,
        "action": revision.action,
        "recorded_at": revision.recorded_at,
        "author": revision.author,
    }


def router(handler: ReadHandler, site: Site) -> APIRouter:
    """`/v1` and `/v1/changes`."""
    routes = APIRouter(prefix="/v1")

    async def get_dataset(request: Request) -> Response:
        query = parse_history_query(request.scope["query_string"], _PARAMETERS)
        return await handler.respond(
            request,
            lambda snapshot: dataset_response(snapshot, site, query),
            cache_before_routing=True,
        )

    async def list_changes(request: Request) -> Response:
        path = request.scope["path"]
        query = parse_history_query(request.scope["query_string"], CHANGES_PARAMETERS)
        return await handler.respond(
            request,
            lambda snapshot: changes_response(snapshot, path, query),
            cache_before_routing=True,
        )

    routes.add_api_route(
        "",
        get_dataset,
        methods=["GET"],
        operation_id="get_dataset",
        summary="Get the dataset",
        description="Returns the name, licence, revision, record counts and latest change of the "
        "dataset.",
        tags=["dataset"],
        responses={
            200: {"description": "The dataset.", "model": Dataset},
            **operations.problem_response_specs(400, 404),
        },
        openapi_extra={"parameters": parameters.single_parameters(_PARAMETERS)},
    )
    routes.add_api_route(
        "/changes",
        list_changes,
        methods=["GET"],
        operation_id="list_changes",
        summary="List changes",
        description="Returns all revisions after `after`, oldest first, including deletions and "
        "the reasons given.",
        tags=["dataset"],
        responses={
            200: {"description": "One page of revisions.", "model": answer_models.changes_model()},
            **operations.problem_response_specs(400, 404),
        },
        openapi_extra={"parameters": parameters.single_parameters(CHANGES_PARAMETERS)},
    )
    return routes
