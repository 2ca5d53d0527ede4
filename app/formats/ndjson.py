"""`ndjson`: the native documents, one per line."""

from __future__ import annotations

from collections.abc import Iterator

from app.kit.strict_json import escape_line_breaks
from app.reads.output_format import OutputFormat
from app.reads.rendering import RenderContext


def _render(context: RenderContext) -> Iterator[bytes]:
    for batch in context.batches():
        yield escape_line_breaks(b"".join(item.rendered + b"\n" for item in batch.items))


FORMAT = OutputFormat(
    "ndjson",
    "application/x-ndjson",
    "The JSON documents, one per line.",
    _render,
    alternative_types=("application/ndjson", "application/jsonl"),
    for_every_list=True,
)
