"""`/healthz`, `/readyz` and `/metrics`: for those who run the server."""

from __future__ import annotations

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.openapi import operations
from app.kit.http.metrics import RequestMetrics
from app.kit.http.problems import Problem
from app.kit.sql.database import Database
from app.kit.strict_json import dumps
from app.ledger.snapshot import latest_revision
from app.reads.history import parse_history_query


class Health(BaseModel):
    """The status of the server."""

    status: str = Field(description="`ok`.", examples=["ok"])


class Readiness(Health):
    """The status of the server and its database."""

    revision: int = Field(description="The latest revision of the database.", examples=[40])


def router(database: Database, traffic: RequestMetrics) -> APIRouter:
    """Health, readiness and metrics."""
    routes = APIRouter(tags=["health"])
    registry = CollectorRegistry()
    registry.register(traffic)
    revision = Gauge("parley_revision", "The latest revision of the database.", registry=registry)

    def newest() -> int:
        try:
            with database.read_transaction() as connection:
                return latest_revision(connection)
        except SQLAlchemyError as error:
            raise Problem(503, "not-ready", "The database is not available.") from error

    async def get_health(request: Request) -> Response:
        parse_history_query(request.scope["query_string"], {})
        return Response(dumps({"status": "ok"}), media_type="application/json")

    async def get_readiness(request: Request) -> Response:
        parse_history_query(request.scope["query_string"], {})
        body = {"status": "ok", "revision": await run_in_threadpool(newest)}
        return Response(dumps(body), media_type="application/json")

    async def get_metrics(request: Request) -> Response:
        parse_history_query(request.scope["query_string"], {})
        revision.set(await run_in_threadpool(newest))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    routes.add_api_route(
        "/healthz",
        get_health,
        methods=["GET"],
        operation_id="get_health",
        summary="Check liveness",
        description="Reports that the process is running, without querying the database.",
        responses={
            200: {"description": "The process is running.", "model": Health},
            **operations.problem_response_specs(400),
        },
    )
    routes.add_api_route(
        "/readyz",
        get_readiness,
        methods=["GET"],
        operation_id="get_readiness",
        summary="Check readiness",
        description="Reports whether the database can be queried.",
        responses={
            200: {"description": "The server is ready.", "model": Readiness},
            **operations.problem_response_specs(400, 503),
        },
    )
    routes.add_api_route("/metrics", get_metrics, methods=["GET"], include_in_schema=False)
    return routes
