"""`geojson`: a feature collection (RFC 7946); a record without coordinates has no geometry."""

from __future__ import annotations

from collections.abc import Iterator

from app.kit.strict_json import dumps, stream_array
from app.reads.output_format import OutputFormat
from app.reads.rendering import ListItem, RenderContext


def _feature(item: ListItem) -> bytes:
    place = item.document.get("place") or {}
    latitude, longitude = place.get("latitude"), place.get("longitude")
    geometry = None
    if latitude is not None and longitude is not None:
        geometry = {"type": "Point", "coordinates": [longitude, latitude]}
    return b'{"type":"Feature","id":%s,"geometry":%s,"properties":%s}' % (
        dumps(f"{item.row.noun}-{item.row.id}"),
        dumps(geometry),
        item.rendered,
    )


def _render(context: RenderContext) -> Iterator[bytes]:
    batches = (b",".join(map(_feature, batch.items)) for batch in context.batches())
    yield from stream_array(b'{"type":"FeatureCollection","features":[', batches, b"]}")


FORMAT = OutputFormat(
    "geojson",
    "application/geo+json",
    "GeoJSON features (RFC 7946), with the JSON documents as properties.",
    _render,
    alternative_types=("application/vnd.geo+json",),
)
