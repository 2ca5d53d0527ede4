"""`ndjson`: the native documents, one per line."""

from __future__ import annotations

from collections.abc import Iterator

from app.kit.strict_json import escape_line_breaks
from app.reads.export import Rendition
from app.reads.representation import Format


def _render(context: Rendition) -> Iterator[bytes]:
    for batch in context.stretches():
        yield escape_line_breaks(b"".join(item.item + b"\n" for item in batch.items))


FORMAT = Format(
    "ndjson",
    "application/x-ndjson",
    "The native documents, one a line.",
    _render,
    also=("application/ndjson", "application/jsonl"),
    lists=True,
)
