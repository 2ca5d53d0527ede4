"""The files that the pages load, each under a path that changes with its content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.kit.http.cache import IMMUTABLE, etag_matches
from app.kit.http.problems import Problem

_FOLDER = Path(__file__).parent
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class AssetFile:
    """One file, ready to be served."""

    content: bytes
    media_type: str
    etag: str


class AssetFolder:
    """Files that refer to one another, served under a path with a hash of all their contents."""

    def __init__(self, name: str, paths: Mapping[str, Path]) -> None:
        self.files = {file: _load_asset(path) for file, path in sorted(paths.items())}
        etags = "".join(f"{file}{asset.etag}" for file, asset in self.files.items())
        self.path = f"/assets/{name}-{sha256(etags.encode()).hexdigest()[:12]}"

    def url(self, file: str) -> str:
        """The URL of a file.

        Raises:
            KeyError: there is no such file.
        """
        if file not in self.files:
            raise KeyError(file)
        return f"{self.path}/{file}"


def _load_asset(path: Path) -> AssetFile:
    content = path.read_bytes()
    return AssetFile(content, _TYPES[path.suffix], f'"{sha256(content).hexdigest()[:16]}"')


def page_assets() -> AssetFolder:
    """The page's own style sheets, modules and images."""
    paths = (_FOLDER / "static").iterdir()
    return AssetFolder("page", {path.name: path for path in paths if path.suffix in _TYPES})


def widget_assets() -> AssetFolder:
    """vis-timeline, vendored unchanged."""
    folder = _FOLDER / "vendor" / "vis-timeline"
    names = ("vis-timeline-graph2d.min.js", "vis-timeline-graph2d.min.css")
    return AssetFolder("vis-timeline", {name: folder / name for name in names})


def router(*folders: AssetFolder) -> APIRouter:
    """Routes that serve these folders."""
    routes = APIRouter(include_in_schema=False)
    folder_by_path = {folder.path: folder for folder in folders}

    async def get_file(request: Request) -> Response:
        folder = folder_by_path.get(f"/assets/{request.path_params['folder']}")
        file = folder.files.get(request.path_params["name"]) if folder else None
        if file is None:
            raise Problem(404, "not-found", "This path does not exist.")
        return _response(request, file)

    routes.add_api_route("/assets/{folder}/{name}", get_file, methods=["GET"])
    return routes


def _response(request: Request, file: AssetFile) -> Response:
    headers = {
        "etag": file.etag,
        "cache-control": IMMUTABLE,
        # Other sites may embed the page, but not load its files.
        "cross-origin-resource-policy": "same-origin",
    }
    if etag_matches(request.headers.get("if-none-match"), file.etag):
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.media_type, headers=headers)
