"""`geojson`: a feature collection (RFC 7946); what has no coordinates has no geometry."""

from __future__ import annotations

from collections.abc import Iterator

from app.kit.strict_json import dumps
from app.reads.export import Found, Rendition
from app.reads.representation import Format


def _feature(found: Found) -> bytes:
    place = found.document.get("place") or {}
    north, east = place.get("latitude"), place.get("longitude")
    geometry = None
    if north is not None and east is not None:
        geometry = {"type": "Point", "coordinates": [east, north]}
    return b'{"type":"Feature","id":%s,"geometry":%s,"properties":%s}' % (
        dumps(f"{found.row.noun}-{found.row.id}"),
        dumps(geometry),
        found.item,
    )


def _render(rendition: Rendition) -> Iterator[bytes]:
    yield b'{"type":"FeatureCollection","features":['
    between = b""
    for stretch in rendition.stretches():
        yield between + b",".join(map(_feature, stretch.items))
        between = b","
    yield b"]}"


FORMAT = Format(
    "geojson",
    "application/geo+json",
    "GeoJSON features (RFC 7946), the native documents as their properties.",
    _render,
    also=("application/vnd.geo+json",),
)
