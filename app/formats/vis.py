"""`vis`: items and groups of vis-timeline. What it draws as HTML is escaped text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.formats.drawings import Drawn, drawn
from app.formats.entries import CITES, GROUPS, UNSAID
from app.formats.moments import PICTURE
from app.formats.sentences import told
from app.kit import edtf
from app.kit.plain_text import in_script, markup
from app.kit.strict_json import dumps
from app.reads.export import Rendition
from app.reads.representation import Format


def _item(entry: Drawn) -> dict[str, Any]:
    moment = entry.moment
    item: dict[str, Any] = {
        "id": entry.key,
        "content": markup(entry.called),
        "title": markup(f"{entry.title}\n{told(entry)}"),
        "start": _hour(moment.start) if moment.start else _day(moment.first),
        "type": "point" if entry.found.noun.statement else "box",
        "group": entry.noun,
        "className": entry.classes,
    }
    if moment.ranged:
        item |= {"end": _day(moment.last + 1), "type": "range"}
    elif moment.end is not None:
        item |= {"end": _hour(moment.end), "type": "range"}
    return item


def _day(day: int) -> str:
    """A day as JavaScript reads it: beyond four digits a year has a sign and six."""
    year, month, of_month = edtf.from_day(day)
    sign = "" if 0 <= year <= 9999 else "-" if year < 0 else "+"
    return f"{sign}{abs(year):0{6 if sign else 4}}-{month:02}-{of_month:02}"


def _hour(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


def _render(rendition: Rendition) -> Iterator[bytes]:
    groups = [{"id": noun, "content": name} for noun, name in GROUPS.items()]
    yield b'{"groups":' + dumps(groups) + b',"items":['
    between = b""
    for entry in drawn(rendition, PICTURE):
        yield between + in_script(dumps(_item(entry)))
        between = b","
    yield b"]}"


FORMAT = Format(
    "vis",
    'application/json;profile="vis"',
    "Items and groups for vis-timeline.",
    _render,
    unsaid=(*UNSAID, "recorded_at"),
    cites=CITES,
    extension="vis.json",
)
