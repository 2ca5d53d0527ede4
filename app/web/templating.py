"""Rendering of templates, and the headers that keep content from running as script."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from app.kit.plain_text import strip_controls
from app.web import labels
from app.web.assets import AssetFolder
from app.web.diagram import MAX_LABEL_LENGTH
from app.web.page_query import PageQuery

_TEMPLATES = Path(__file__).parent / "templates"
_VIEW_TEMPLATES = {
    "timeline": "timeline.html",
    "positions": "positions.html",
    "met": "network.html",
}
# Scripts and styles come from bundled files alone; the lanes set styles through the DOM, which
# the policy does not restrict.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'"
)


def with_security_headers(response: Response, *, may_be_framed: bool) -> Response:
    """The response with a content security policy."""
    ancestors = "*" if may_be_framed else "'none'"
    response.headers["content-security-policy"] = f"{_POLICY}; frame-ancestors {ancestors}"
    return response


def _strip_controls(value: Any) -> Any:
    # Markup, a subclass of str, was made of values that have been stripped already.
    return strip_controls(value) if type(value) is str else value


class TemplateRenderer:
    """Renders pages; text from records is escaped and stripped of control characters."""

    def __init__(self, page_assets: AssetFolder, widget_assets: AssetFolder) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_strip_controls,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {
            "assets": page_assets,
            "widget_assets": widget_assets,
            "labels": labels,
            "view_templates": _VIEW_TEMPLATES,
            "max_label_length": MAX_LABEL_LENGTH,
        }
        self._environment.filters |= {"label": labels.label, "date_in_words": labels.date_in_words}
        sources = [path.read_text("utf-8") for path in sorted(_TEMPLATES.iterdir())]
        content = "".join([page_assets.path, widget_assets.path, *sources])
        self.version = sha256(content.encode()).hexdigest()[:12]

    def render(self, query: PageQuery, **context: Any) -> bytes:
        """A whole page as UTF-8 HTML; `context` must contain `site`, `options` and `revision`."""
        template = self._environment.get_template(
            "embed.html" if query.path == "/embed" else "page.html"
        )
        names = context["options"].names
        return template.render(query=query, names=names, **context).encode()
