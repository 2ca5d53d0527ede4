"""`openapi.json`: the document of FastAPI, completed so that clients can be generated from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from app.api.openapi import request_schemas
from app.api.openapi.enums import extract_enums
from app.api.openapi.imports import IMPORT_SCHEMAS, ImportProblem
from app.api.openapi.response_schemas import Problem, stale_model
from app.nouns.registry import NOUNS

if TYPE_CHECKING:
    from fastapi import FastAPI

DESCRIPTION = """\
Diplomatic meetings: who took part (party, person and the office held at the time), what each side \
said, and who reports it.

**Filters.** Repeat a parameter for AND, separate values with commas for OR, prefix with `!` for \
NOT; a value in double quotes is taken literally. `party=TUR&party=SYR&party=!IRN` finds meetings \
in which Türkiye and Syria took part and Iran did not.

**Clocks.** `as_of` returns what was known on a day, by the publication days of the sources; \
`revision` returns the database as it was after a write. Every read accepts either or both.

**Dates** are EDTF (ISO 8601-2) text with derived bounds. `from` and `to` find records that may \
fall within a range; with `match=certain`, only those that certainly do.

**Errors** are `application/problem+json` (RFC 9457). They name the field and say what would be \
accepted.
"""


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; made once, then kept by the application."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=DESCRIPTION,
            routes=app.routes,
            servers=[{"url": "/", "description": "This server."}],
            tags=_TAGS,
            license_info={
                "name": "Apache-2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
            contact={"name": "The Parley maintainers", "url": "https://example.org/parley"},
        )
        app.openapi_schema = _completed(document)
    return app.openapi_schema


_TAGS = sorted(
    [
        {"name": "dataset", "description": "The dataset and its changes."},
        {"name": "timeline", "description": "Everything that is dated, in one order."},
        {"name": "health", "description": "Liveness and readiness of the server."},
        *({"name": noun.plural, "description": noun.summary} for noun in NOUNS),
    ],
    key=lambda tag: tag["name"],
)


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    models: list[type[BaseModel]] = [Problem, ImportProblem, *map(stale_model, NOUNS)]
    for model in models:
        schemas |= _model_schemas(model)
    schemas |= request_schemas.request_schemas(NOUNS) | IMPORT_SCHEMAS
    for schema in schemas.values():
        for field in schema.get("properties", {}).values():
            field.pop("title", None)  # the name once more
    for path in document["paths"].values():
        for operation in path.values():
            responses = operation.get("responses", {})
            if "HTTPValidationError" in str(responses.get("422")):
                responses.pop("422")
    extract_enums(document)
    document["security"] = []  # reads are open
    document["components"]["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key created with `parley keys create`.",
        }
    }
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def _model_schemas(model: type[BaseModel]) -> dict[str, Any]:
    """A model's schema and those that it refers to, by name."""
    model_schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas: dict[str, Any] = model_schema.pop("$defs", {}) | {model.__name__: model_schema}
    for schema in schemas.values():
        for field in schema.get("properties", {}).values():
            if "default" in field and field["default"] is None:
                del field["default"]  # it is absent then, not null
    return schemas
