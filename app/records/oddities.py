"""What is odd in a record, and is written all the same: the warnings of an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import available_timezones

import orjson

from app.kit import edtf
from app.kit.shapes import Document
from app.kit.words import fold
from app.ledger.dating import Bounds
from app.ledger.describing import date_bounds
from app.ledger.drafts import Draft
from app.ledger.states import Address, State, citing, states

_LISTED = 10
Odd = Callable[[Document, date], Iterator[tuple[str, str]]]


def warnings(draft: Draft, asked: Address) -> list[str]:
    """What is odd in the records of a write; `asked` is the one that the request names.

    What stands in another record says so, and what was only taken along is not looked at again.
    """
    today = datetime.now(UTC).date()
    found: list[str] = []
    for address, document in draft.complete.items():
        told = list(_of_tenures(draft, address, document))
        if address[0] in _ODD and address not in draft.along and address not in draft.moved:
            told += _new(_ODD[address[0]], draft.stored.get(address), document, today)
        where = "" if address == asked else f"{' '.join(address)}, "
        found += [f"{where}{place}: {warning}" for place, warning in told]
    return found + list(_left_behind(draft, asked))


def _new(odd: Odd, state: State | None, document: Document, today: date) -> list[tuple[str, str]]:
    """What is odd now and was not before: who mends one thing is not told of the others again."""
    before: set[tuple[str, str]] = set()
    if state is not None and state.document is not None:
        before.update(odd(orjson.loads(state.document), today))
    return [one for one in odd(document, today) if one not in before]


def _left_behind(draft: Draft, asked: Address) -> Iterator[str]:
    """The positions that keep the date of a meeting whose date is changed."""
    new, state = draft.complete.get(asked), draft.stored.get(asked)
    if asked[0] != "meeting" or new is None or state is None or state.document is None:
        return
    was = orjson.loads(state.document)["date"]
    if was is None or new["date"] is None or _said(was) == _said(new["date"]):
        return
    left = [
        identifier
        for (noun, identifier), document in citing(
            draft.connection, draft.nouns, [f"meeting:{asked[1]}"]
        ).items()
        if noun == "position" and document["date"] and _said(document["date"]) == _said(was)
    ]
    if left:
        more = f" and {len(left) - _LISTED} more" if len(left) > _LISTED else ""
        named = ", ".join(sorted(left)[:_LISTED]) + more
        yield f"date: positions voiced at it keep {was['display']}: {named}"


def _said(value: Document) -> tuple[str | None, ...]:
    return value["edtf"], value["before"], value["after"]


# ---- by noun


def _meeting(document: Document, _: date) -> Iterator[tuple[str, str]]:
    if document["status"] == "held" and document["date"] is None:
        yield "date", "it was held, but no date is given"
    seats = Counter(
        tuple(seat[name] for name in ("party", "person", "name", "office"))
        for seat in document["participants"]
    )
    for party, person, name, office in (seat for seat, count in seats.items() if count > 1):
        who = person or name or office
        # Several envoys of one party without a name are no mistake; one person is.
        if person or name:
            yield "participants", f"{who} of {party} stands there more than once"
    start, end, zone = document["start"], document["end"], document["timezone"]
    one_day = document["date"] is not None and document["date"]["precision"] == "day"
    if start and end and end < start and one_day:
        yield "end", f"it ends at {end}, before it starts at {start}"
    if zone and _zones() and zone not in _zones():
        yield "timezone", f"{zone} is no name of the IANA time zone database, such as Europe/Moscow"


def _source(document: Document, today: date) -> Iterator[tuple[str, str]]:
    published = document["published"]
    if published and published["earliest"] and published["earliest"] > today.isoformat():
        yield "published", f"{published['display']} lies in the future"


def _position(document: Document, _: date) -> Iterator[tuple[str, str]]:
    if not document["sources"]:
        yield "sources", "none is given, so that it counts as known on every day that is asked for"


_ODD: dict[str, Odd] = {"meeting": _meeting, "source": _source, "position": _position}


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


# ---- tenures


def _of_tenures(draft: Draft, address: Address, document: Document) -> Iterator[tuple[str, str]]:
    seated = [(place, seat) for place, seat in _seats(address[0], document) if seat["person"]]
    people = {("person", seat["person"]) for _, seat in seated}
    stored = states(draft.connection, people)
    for place, seat in seated:
        own = ("person", seat["person"])
        state = stored.get(own)
        person = draft.complete.get(own)
        if person is None and state is not None and state.document is not None:
            person = orjson.loads(state.document)
        if person is not None:
            bounds = date_bounds(draft.nouns[address[0]], document)
            yield from ((place, told) for told in _tenures(seat, bounds, person))


def _seats(noun: str, document: Document) -> Iterator[tuple[str, Document]]:
    """Who sits or speaks in a document, with the place in it that says so."""
    if noun == "meeting":
        for index, seat in enumerate(document["participants"]):
            yield f"participants[{index}]", seat
    elif noun == "position":
        yield "person", {"level": None} | document


def _tenures(seat: Document, bounds: Bounds | None, person: Document) -> Iterator[str]:
    """Where an office does not agree with what is recorded of the person's tenures."""
    name = f"“{person['id']}”"
    if not person["tenures"]:
        return
    held = [tenure for tenure in person["tenures"] if _is_then(tenure, bounds)]
    if not held:
        yield f"no office of {name} is recorded for that date"
    elif seat["office"] and not any(_is_same(tenure, seat) for tenure in held):
        known = ", ".join(f"{t['office']} ({t['party']})" for t in held)
        yield f"{name} is recorded as {known} then, not as {seat['office']}"
    elif all(tenure["party"] != seat["party"] for tenure in held):
        yield f"{name} held no office for {seat['party']} then"
    elif seat["level"] and not {seat["level"], None} & (levels := {t["level"] for t in held}):
        known = " or ".join(sorted(levels))
        yield f"{name} is recorded at the level {known} then, not {seat['level']}"


def _is_then(tenure: Document, bounds: Bounds | None) -> bool:
    if bounds is None:
        return True
    start = tenure["from"]["earliest"] if tenure["from"] else None
    end = tenure["to"]["latest"] if tenure["to"] else None
    return edtf.overlaps(
        bounds.earliest,
        bounds.latest,
        None if start is None else edtf.day_number(start),
        None if end is None else edtf.day_number(end),
    )


def _is_same(tenure: Document, seat: Document) -> bool:
    if fold(tenure["office"]) == fold(seat["office"]):
        return True
    return tenure["level"] is not None and tenure["level"] == seat["level"]
