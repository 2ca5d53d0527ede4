"""The files that the pages load: each under an address that changes with its content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.kit.http.cache import IMMUTABLE, etag_matches
from app.kit.http.problems import Problem

_HERE = Path(__file__).parent
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file, ready to be sent."""

    content: bytes
    media_type: str
    etag: str


class Folder:
    """Files that name one another, and so share one address: that of all their contents."""

    def __init__(self, name: str, paths: Mapping[str, Path]) -> None:
        self.files = {file: _read(path) for file, path in sorted(paths.items())}
        told = "".join(f"{file}{found.etag}" for file, found in self.files.items())
        self.address = f"/assets/{name}-{sha256(told.encode()).hexdigest()[:12]}"

    def url(self, file: str) -> str:
        """The address of one file, which must be there."""
        if file not in self.files:
            raise KeyError(file)
        return f"{self.address}/{file}"


def _read(path: Path) -> File:
    content = path.read_bytes()
    return File(content, _TYPES[path.suffix], f'"{sha256(content).hexdigest()[:16]}"')


def own() -> Folder:
    """The page's own style sheets, modules and pictures."""
    paths = (_HERE / "static").iterdir()
    return Folder("page", {path.name: path for path in paths if path.suffix in _TYPES})


def timeline_widget() -> Folder:
    """vis-timeline, as it came."""
    folder = _HERE / "vendor" / "vis-timeline"
    names = ("vis-timeline-graph2d.min.js", "vis-timeline-graph2d.min.css")
    return Folder("vis-timeline", {name: folder / name for name in names})


def router(*folders: Folder) -> APIRouter:
    """Serves these folders."""
    routes = APIRouter(include_in_schema=False)
    by_address = {folder.address: folder for folder in folders}

    async def get_file(request: Request) -> Response:
        folder = by_address.get(f"/assets/{request.path_params['folder']}")
        file = folder.files.get(request.path_params["name"]) if folder else None
        if file is None:
            raise Problem(404, "not-found", "There is nothing at this path.")
        return _response(request, file)

    routes.add_api_route("/assets/{folder}/{name}", get_file, methods=["GET"])
    return routes


def _response(request: Request, file: File) -> Response:
    headers = {
        "etag": file.etag,
        "cache-control": IMMUTABLE,
        # A page of another site may embed ours; it may not read what ours is made of.
        "cross-origin-resource-policy": "same-origin",
    }
    if etag_matches(request.headers.get("if-none-match"), file.etag):
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.media_type, headers=headers)
