"""`vis`: items and groups of vis-timeline. What it draws as HTML is escaped text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from app.kit.plain_text import in_script, markup
from app.kit.strict_json import dumps
from app.records.formats import Format
from app.records.renditions import Rendition
from app.timeline.entries import CITES, GROUPS, Entry, entries


def _item(entry: Entry) -> dict[str, Any]:
    moment = entry.moment
    item: dict[str, Any] = {
        "id": entry.key,
        "content": markup(entry.title),
        "title": markup("\n".join((entry.title, *entry.lines))),
        "start": _written(moment.start or moment.first),
        "type": "point" if entry.noun == "position" else "box",
        "group": entry.noun,
        "className": entry.classes,
    }
    if moment.ranged:
        item |= {"end": _written(moment.after_last), "type": "range"}
    elif moment.end is not None:
        item |= {"end": _written(moment.end), "type": "range"}
    if not moment.exact:
        item["content"] += f" ({markup(moment.text)})"
    return item


def _written(when: date | datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


def _render(rendition: Rendition) -> Iterator[bytes]:
    groups = [{"id": noun, "content": name} for noun, name in GROUPS.items()]
    yield b'{"groups":' + dumps(groups) + b',"items":['
    between = b""
    for entry in entries(rendition):
        yield between + in_script(dumps(_item(entry)))
        between = b","
    yield b"]}"


FORMAT = Format(
    "vis",
    'application/json;profile="vis"',
    "Items and groups for vis-timeline.",
    _render,
    unsaid=("issues", "outcomes", "links", "previous_dates", "sources", "note"),
    cites=CITES,
)
