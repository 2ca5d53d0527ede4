"""What is particular to meetings: life cycle, rules, warnings, identifier and likeness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from zoneinfo import available_timezones

from app.kit import edtf
from app.kit.http.problems import FieldError, problem_from_errors
from app.kit.schema.shapes import Document
from app.kit.words import slug, split_words
from app.ledger.dates import DateBounds
from app.ledger.noun import DraftView, FieldWarning, Similarity
from app.nouns.fields import date_slug, text_field
from app.nouns.similarity import (
    Score,
    both_undated,
    date_key,
    date_similarity,
    overlap_ratio,
    text_similarity,
    weighted_score,
)
from app.nouns.tenures import tenure_warnings

_MAX_LISTED = 10
_WRITTEN = ("edtf", "before", "after")

# What may come after each status. What was held cannot become an expectation again; a mistake
# is undone by restoring the earlier revision.
STATUS_TRANSITIONS: dict[str, tuple[str, ...]] = {
    "proposed": ("planned", "confirmed", "held", "postponed", "cancelled"),
    "planned": ("proposed", "confirmed", "held", "postponed", "cancelled"),
    "confirmed": ("planned", "held", "postponed", "cancelled"),
    "postponed": ("proposed", "planned", "confirmed", "held", "cancelled"),
    "cancelled": ("proposed", "planned", "confirmed"),
    "held": (),
}


def identifier_base(body: Document) -> str:
    """The day, and the place or else the title: `2023-04-25-moscow`."""
    place = body.get("place")
    where = text_field(place, "name") if isinstance(place, dict) else None
    return slug(
        date_slug(body.get("date")), where if where is not None else text_field(body, "title")
    )


# ---- rules


def rules(body: Document, bounds: DateBounds | None, today: date) -> Iterator[FieldError]:
    """What a meeting must not say."""
    first = None if bounds is None else bounds.earliest
    if body["status"] == "held" and first is not None and first > today.toordinal():
        yield FieldError(
            "status",
            f"must not be `held`: the meeting is in the future ({edtf.iso_date(first)})",
            ["proposed", "planned", "confirmed"],
        )
    cited = [part["source"] for part in (*body["readouts"], *body["outcomes"])]
    if not body["sources"] and not any(cited):
        yield FieldError(
            "sources", "must not be empty", "at least one source that reports the meeting"
        )
    for index, link in enumerate(body["links"]):
        if link["meeting"] == body["id"]:
            yield FieldError(
                f"links[{index}].meeting", "must not be the meeting itself", "another meeting"
            )
    for index, readout in enumerate(body["readouts"]):
        if readout["quote"] is not None and readout["issuer"] is None:
            yield FieldError(
                f"readouts[{index}].issuer", "is required with a quote", "who issued the quote"
            )


def transition(old: Document, new: Document, reason: str | None) -> None:
    """Keep what was expected before, where a meeting's date or status moves on. In place.

    Raises:
        Problem: 422 for a step that makes no sense.
    """
    before, after = old["status"], new["status"]
    if before != after and after not in STATUS_TRANSITIONS[before]:
        accepted = (
            list(STATUS_TRANSITIONS[before])
            or "`held` is final; restore an earlier revision to correct it"
        )
        fault = FieldError("status", f"must not change from {before} to {after}", accepted)
        raise problem_from_errors(422, "rule-broken", fault)
    moved = date_key(old["date"]) != date_key(new["date"])
    edited = new["previous_dates"] != _writable_previous_dates(old["previous_dates"])
    if (moved or before != after) and not edited:
        new["previous_dates"] = [
            *new["previous_dates"],
            {"date": _writable_date(old["date"]), "status": before, "reason": reason},
        ]


def _writable_date(value: Document | None) -> Document | None:
    """A date as it is written, without what is derived from it."""
    return None if value is None else {name: value[name] for name in _WRITTEN}


def _writable_previous_dates(previous: Sequence[Document]) -> list[Document]:
    return [item | {"date": _writable_date(item["date"])} for item in previous]


# ---- warnings


def warnings(document: Document, _today: date) -> Iterator[FieldWarning]:
    """What is odd about a meeting by itself."""
    if document["status"] == "held" and document["date"] is None:
        yield "date", "the meeting was held, but no date is given"
    yield from _repeated_participants(document)
    start, end, zone = document["start"], document["end"], document["timezone"]
    one_day = document["date"] is not None and document["date"]["precision"] == "day"
    if start and end and end < start and one_day:
        yield "end", f"the meeting ends at {end}, before it starts at {start}"
    if zone and _timezones() and zone not in _timezones():
        yield "timezone", f"{zone} is not an IANA time zone such as Europe/Moscow"


def _repeated_participants(document: Document) -> Iterator[FieldWarning]:
    seats = Counter(
        tuple(seat[name] for name in ("party", "person", "name", "office"))
        for seat in document["participants"]
    )
    for party, person, name, office in (seat for seat, count in seats.items() if count > 1):
        # Several envoys of one party without a name are no mistake; one person is.
        if person or name:
            who = person or name or office
            yield "participants", f"{who} of {party} is listed more than once"


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def context_warnings(draft: DraftView, document: Document) -> Iterator[FieldWarning]:
    """What is odd about a meeting beside people's tenures and the positions voiced at it."""
    seats = [(f"participants[{i}]", seat) for i, seat in enumerate(document["participants"])]
    yield from tenure_warnings(draft, document, seats)
    yield from _positions_with_old_date(draft, document)


def _positions_with_old_date(draft: DraftView, document: Document) -> Iterator[FieldWarning]:
    """The positions that keep the date of a meeting whose date is changed."""
    before = draft.document_before_write("meeting", document["id"])
    old, new = before and before["date"], document["date"]
    if old is None or new is None or date_key(old) == date_key(new):
        return
    kept = sorted(
        position["id"]
        for noun, position in draft.documents_citing("meeting", document["id"])
        if noun == "position" and date_key(position["date"]) == date_key(old)
    )
    if kept:
        more = f" and {len(kept) - _MAX_LISTED} more" if len(kept) > _MAX_LISTED else ""
        named = ", ".join(kept[:_MAX_LISTED]) + more
        yield "date", f"positions voiced at the meeting keep the date {old['display']}: {named}"


# ---- likely duplicates


def _similarity_score(document: Document, other: Document, bounds: DateBounds | None) -> Score:
    people = [{p["person"] for p in d["participants"] if p["person"]} for d in (document, other)]
    if people[0] and people[1] and not people[0] & people[1]:
        return 0.0, []  # each names who came, and they are not the same
    if _is_other_call(document, other):
        return 0.0, []
    here, there = (d["place"]["name"] if d["place"] else None for d in (document, other))
    place = text_similarity(here, there) if here and there else 0.5
    if place < 0.5:
        return 0.0, []
    title = text_similarity(document["title"], other["title"])
    parts = {"place": (0.15, place), "title": (0.2, title)}
    if not both_undated(document, other):
        parts["date"] = (0.35, date_similarity(document, other, bounds))
    if document["parties"] or other["parties"]:
        parts["parties"] = (0.3, overlap_ratio(document["parties"], other["parties"]))
    if len(parts) < 4 and title < 0.8:
        return 0.0, []  # with less to go by, they must at least be called alike
    return weighted_score(parts)


def _is_other_call(document: Document, other: Document) -> bool:
    """Whether both are calls, at different hours: there may be many on one day."""
    hours = {document["start"], other["start"]}
    return document["kind"] == other["kind"] == "call" and None not in hours and len(hours) > 1


def _required_filters(document: Document) -> dict[str, Sequence[str]]:
    """Between the same parties; where none took part and no day is known, of like titles."""
    if document["parties"]:
        return {"party": document["parties"]}
    when = document["date"]
    dated = when is not None and (when["earliest"], when["latest"]) != (None, None)
    return {} if dated else {"word": split_words(document["title"])}


similarity = Similarity(_similarity_score, required_filters=_required_filters)
