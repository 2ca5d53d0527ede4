"""The application, assembled from its parts by the settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from app import __version__
from app.api import dataset, health, imports, reads, writes
from app.api.authentication import Authenticator
from app.api.not_found import NotFoundHints
from app.api.openapi import document
from app.api.responses import ReadHandler
from app.formats import OUTPUT_FORMATS
from app.kit.http.cache import CacheMiddleware, ResponseCache, cache_control_header
from app.kit.http.compression import CompressionMiddleware
from app.kit.http.cors import CORSMiddleware
from app.kit.http.error_middleware import ErrorMiddleware, allowed_methods
from app.kit.http.fast_routes import FastRouteMiddleware
from app.kit.http.metrics import RequestMetrics
from app.kit.http.problems import MEDIA_TYPE, FieldError, Problem, problem_from_status
from app.kit.sql.database import Database
from app.ledger.dataset import Site
from app.ledger.write.ledger import Ledger
from app.nouns.registry import NOUNS
from app.settings import Settings
from app.web import docs, pages


def create_app(settings: Settings) -> FastAPI:
    """Returns the application on a database that has the current schema."""
    database = Database(settings.database_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        database.close()

    app = FastAPI(
        title="Parley",
        version=__version__,
        summary="Who met whom, when and at what level, what each side said, and who reports it.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.database = database
    app.openapi = lambda: document.openapi_document(app)  # type: ignore[method-assign]  # FastAPI's own hook
    cache = ResponseCache(settings.response_cache_bytes)
    cache_control = cache_control_header(settings.cache_seconds, settings.stale_seconds)
    handler = ReadHandler(database, NOUNS, cache, cache_control)
    metrics = RequestMetrics()
    _add_routers(app, settings, handler, metrics)
    _handle_errors(app)
    _add_middleware(app, handler, metrics)
    return app


def _add_routers(
    app: FastAPI, settings: Settings, handler: ReadHandler, metrics: RequestMetrics
) -> None:
    database: Database = app.state.database
    site = Site.of(database, settings.name, settings.licence, settings.public_url)
    app.include_router(dataset.router(handler, site))
    app.include_router(reads.router(NOUNS, OUTPUT_FORMATS, handler, site))
    ledger = Ledger(database, NOUNS)
    authenticator = Authenticator(database, settings.key_failures_per_minute)
    app.include_router(writes.router(ledger, authenticator))
    app.include_router(imports.router(ledger, authenticator))
    app.include_router(health.router(database, metrics))
    app.include_router(docs.router())
    app.include_router(pages.router(handler, site, reads.timeline_query_schema(NOUNS)))


def _add_middleware(app: FastAPI, handler: ReadHandler, metrics: RequestMetrics) -> None:
    """Adds the middleware from the innermost to the outermost."""
    app.add_middleware(CompressionMiddleware)
    app.add_middleware(
        FastRouteMiddleware, routes=app.routes, problem_response=_problem_response_for
    )
    app.add_middleware(CacheMiddleware, cached_response=handler.cached_response)
    app.add_middleware(ErrorMiddleware, routes=app.routes, metrics=metrics)
    app.add_middleware(CORSMiddleware)


def _handle_errors(app: FastAPI) -> None:
    hints = NotFoundHints(app.routes, NOUNS)

    async def handle_problem(request: Request, error: Any) -> Response:
        return _problem_response_for(request.scope, error)

    async def handle_http_exception(request: Request, error: Any) -> Response:
        problem = problem_from_status(error.status_code, error.headers)
        if error.status_code == 404:
            problem.detail = hints.detail(request.scope["path"])
        if error.status_code == 405:
            # The framework only names the methods of one route.
            allowed = ", ".join(allowed_methods(app.routes, request.scope))
            problem.headers = {"allow": allowed}
            problem.detail = f"Allowed methods: {allowed}."
        return _problem_response(problem)

    async def handle_validation_error(_request: Request, error: Any) -> Response:
        errors = [FieldError(".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
        return _problem_response(Problem(422, "invalid-body", "The request is not valid.", errors))

    app.add_exception_handler(Problem, handle_problem)
    app.add_exception_handler(HTTPException, handle_http_exception)
    app.add_exception_handler(RequestValidationError, handle_validation_error)


def _problem_response_for(scope: Scope, problem: Problem) -> Response:
    query = scope["query_string"].decode("latin-1")
    if "location" in problem.headers and query:
        # A redirect keeps the query, above all the clock.
        problem.headers = {**problem.headers, "location": f"{problem.headers['location']}?{query}"}
    return _problem_response(problem)


def _problem_response(problem: Problem) -> Response:
    headers = {"cache-control": "no-store", **problem.headers}
    return Response(problem.to_bytes(), problem.status, headers, media_type=MEDIA_TYPE)
