"""`ndjson`: the native documents, one a line."""

from __future__ import annotations

from collections.abc import Iterator

from app.kit.strict_json import in_lines
from app.reads.export import Rendition
from app.reads.representation import Format


def _render(rendition: Rendition) -> Iterator[bytes]:
    for stretch in rendition.stretches():
        yield in_lines(b"".join(found.item + b"\n" for found in stretch.items))


FORMAT = Format(
    "ndjson",
    "application/x-ndjson",
    "The native documents, one a line.",
    _render,
    also=("application/ndjson", "application/jsonl"),
    lists=True,
)
