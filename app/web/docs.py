"""`/docs`: the interactive documentation, from bundled files, so that it works offline."""

from __future__ import annotations

from html import escape
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse, Response

from app.kit.http.problem_types import PROBLEM_TYPES
from app.kit.http.problems import Problem

_VENDOR = Path(__file__).parent / "vendor" / "swagger-ui"
_FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "start.js": "text/javascript",
    "problems.css": "text/css",
}
# Swagger UI needs inline styles; scripts come from files alone.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley: documentation</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/problems.css">
</head>
<body>
<div id="documentation"></div>
<noscript><p>The API is described in <a href="/openapi.json">openapi.json</a>.</p></noscript>
<main id="problems">
<h2>Problems</h2>
<p>Every error is an <code>application/problem+json</code> document.
Its <code>type</code> links to this section.</p>
<dl>
{problems}
</dl>
</main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_PROBLEM_HTML = "<dt id=problem-{name}><code>{name}</code> {title}</dt><dd>{help}</dd>"
_STYLE = """#problems { max-width: 60rem; margin: auto; padding: 1rem 20px 4rem }
#problems { font: 1rem/1.5 sans-serif; color: #3b4151 }
#problems dt { font-weight: bold; margin-top: 1rem }
#problems dt:target { outline: 2px solid #4990e2; outline-offset: 4px }
"""
_START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#documentation",
  deepLinking: true,
  validatorUrl: null,
});
"""
_INLINE_FILES = {"start.js": _START, "problems.css": _STYLE}


def _problem_html(name: str) -> str:
    problem_type = PROBLEM_TYPES[name]
    title, help_text = escape(problem_type.title), escape(problem_type.help)
    return _PROBLEM_HTML.format(name=name, title=title, help=help_text)


def router() -> APIRouter:
    """Routes for `/docs` and the files it loads."""
    routes = APIRouter(include_in_schema=False)
    page = _PAGE.format(problems="\n".join(map(_problem_html, PROBLEM_TYPES)))

    async def get_documentation() -> Response:
        return HTMLResponse(page, headers={"content-security-policy": _POLICY})

    async def get_file(name: str) -> Response:
        if name in _INLINE_FILES:
            return Response(_INLINE_FILES[name], media_type=_FILES[name])
        if name not in _FILES:
            raise Problem(404, "not-found", "This path does not exist.")
        headers = {"cache-control": "public, max-age=86400"}
        return FileResponse(_VENDOR / name, media_type=_FILES[name], headers=headers)

    routes.add_api_route("/docs", get_documentation, methods=["GET"])
    routes.add_api_route("/docs/{name}", get_file, methods=["GET"])
    return routes
