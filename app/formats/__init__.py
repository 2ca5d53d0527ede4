"""The output formats of the timeline, one per file."""

from __future__ import annotations

from app.formats import atom, csv, geojson, ics, jsonfeed, jsonld, ndjson, timelinejs, vis
from app.reads.output_format import JSON_FORMAT, OutputFormats

OUTPUT_FORMATS = OutputFormats(
    (
        JSON_FORMAT,
        timelinejs.FORMAT,
        vis.FORMAT,
        ics.FORMAT,
        jsonfeed.FORMAT,
        atom.FORMAT,
        geojson.FORMAT,
        jsonld.FORMAT,
        csv.FORMAT,
        ndjson.FORMAT,
    )
)
