"""`timelinejs`: the JSON of TimelineJS3. What it shows as HTML is escaped text."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from app.formats.drawings import Drawn, drawn
from app.formats.entries import CITES, UNSAID
from app.formats.moments import PICTURE
from app.formats.sentences import sentences
from app.kit import edtf
from app.kit.plain_text import in_script, markup, plain
from app.kit.strict_json import dumps
from app.reads.export import Rendition
from app.reads.representation import Format


def _day(day: int) -> dict[str, int]:
    """A day as the widget counts: 44 BC is its year -44, and it knows no year 0."""
    year, month, of_month = edtf.from_day(day)
    return {"year": year if year > 0 else year - 1, "month": month, "day": of_month}


def _event(entry: Drawn) -> dict[str, Any]:
    moment = entry.moment
    start: dict[str, Any] = _day(moment.first)
    if moment.start is not None:
        # The hour is shown as the place's own; the text says where.
        hour, minute = entry.document["start"].split(":")[:2]
        start |= {"hour": int(hour), "minute": int(minute)}
    event: dict[str, Any] = {
        "unique_id": entry.key,
        "group": entry.group,
        "start_date": start,
        "display_date": markup(moment.text),
        "text": {"headline": markup(entry.title), "text": _text(entry)},
    }
    if moment.ranged:
        event["end_date"] = _day(moment.last)
    return event


def _text(entry: Drawn) -> str:
    told = [f"<p>{markup(text)}</p>" for text in sentences(entry)]
    return "".join([*told, *_cited(entry), _linked(entry)])


def _linked(entry: Drawn) -> str:
    """The way to the record; none from somebody else's page that would lead back to it."""
    if entry.page is None:
        return ""
    return f'<p><a href="{escape(entry.page)}" rel="noopener">{markup(entry.title)}</a></p>'


def _cited(entry: Drawn) -> Iterator[str]:
    for name, url in entry.sources:
        if url is None:
            yield f"<p><cite>{markup(name)}</cite></p>"
        else:
            address = escape(plain(url))
            yield f'<p><cite><a href="{address}" rel="noopener">{markup(name)}</a></cite></p>'


def _render(rendition: Rendition) -> Iterator[bytes]:
    title = {"text": {"headline": markup(rendition.heading), "text": ""}}
    yield b'{"title":' + in_script(dumps(title)) + b',"events":['
    between = b""
    for entry in drawn(rendition, PICTURE):
        yield between + in_script(dumps(_event(entry)))
        between = b","
    yield b"]}"


FORMAT = Format(
    "timelinejs",
    'application/json;profile="timelinejs"',
    "Events for TimelineJS3.",
    _render,
    unsaid=(*UNSAID, "recorded_at"),
    cites=CITES,
    absolute=True,
    extension="timelinejs.json",
)
