"""Templates to bytes, and the headers that keep what is read from doing anything."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from app.kit.plain_text import plain
from app.web import diagram, query, wording
from app.web.assets import Folder
from app.web.query import Asked

_TEMPLATES = Path(__file__).parent / "templates"
# No script and no style but our own files; the picture sets styles through the object model,
# which needs no allowance.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'"
)


def guarded(response: Response, *, framed: bool) -> Response:
    """The response under a policy; only what is made for frames may be framed."""
    ancestors = "*" if framed else "'none'"
    response.headers["content-security-policy"] = f"{_POLICY}; frame-ancestors {ancestors}"
    return response


def _harmless(value: Any) -> Any:
    # What is markup already was made of values that went through here.
    return plain(value) if type(value) is str else value


class Renderer:
    """Fills the templates; what comes from records is escaped and turns no other text around."""

    def __init__(self, own: Folder, widget: Folder) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_harmless,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {
            "own": own,
            "widget": widget,
            "wording": wording,
            "views": query.VIEWS,
            "longest": diagram.LONGEST,
        }
        self._environment.filters |= {"words": wording.words, "spelt": wording.spelt}
        texts = "".join(path.read_text("utf-8") for path in sorted(_TEMPLATES.iterdir()))
        self.version = sha256((own.address + widget.address + texts).encode()).hexdigest()[:12]

    def page(self, asked: Asked, **context: Any) -> bytes:
        """A whole page."""
        template = self._environment.get_template(
            "embed.html" if asked.path == "/embed" else "page.html"
        )
        named = context["choices"].names
        return template.render(asked=asked, named=named, **context).encode()
