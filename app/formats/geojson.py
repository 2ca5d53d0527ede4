"""`geojson`: a feature collection (RFC 7946); a record without coordinates has no geometry."""

from __future__ import annotations

from collections.abc import Iterator

from app.kit.strict_json import dumps, stream_array
from app.reads.export import Found, Rendition
from app.reads.representation import Format


def _feature(item: Found) -> bytes:
    place = item.document.get("place") or {}
    latitude, longitude = place.get("latitude"), place.get("longitude")
    geometry = None
    if latitude is not None and longitude is not None:
        geometry = {"type": "Point", "coordinates": [longitude, latitude]}
    return b'{"type":"Feature","id":%s,"geometry":%s,"properties":%s}' % (
        dumps(f"{item.row.noun}-{item.row.id}"),
        dumps(geometry),
        item.item,
    )


def _render(context: Rendition) -> Iterator[bytes]:
    batches = (b",".join(map(_feature, batch.items)) for batch in context.stretches())
    yield from stream_array(b'{"type":"FeatureCollection","features":[', batches, b"]}")


FORMAT = Format(
    "geojson",
    "application/geo+json",
    "GeoJSON features (RFC 7946), the native documents as their properties.",
    _render,
    also=("application/vnd.geo+json",),
)
