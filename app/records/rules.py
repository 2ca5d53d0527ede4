"""Rules beyond the shape: what makes no sense is refused, what is odd is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import orjson

from app.kit import edtf
from app.kit.problems import Fault, Problem, faulty
from app.kit.shapes import Document
from app.ledger.dating import Bounds
from app.ledger.describing import date_bounds
from app.ledger.drafts import Draft
from app.ledger.states import states

_TOLD = 10

# What may come after each status. What was held cannot become an expectation again; a mistake
# is undone by restoring the earlier revision.
NEXT: dict[str, tuple[str, ...]] = {
    "proposed": ("planned", "confirmed", "held", "postponed", "cancelled"),
    "planned": ("proposed", "confirmed", "held", "postponed", "cancelled"),
    "confirmed": ("planned", "held", "postponed", "cancelled"),
    "postponed": ("proposed", "planned", "confirmed", "held", "cancelled"),
    "cancelled": ("proposed", "planned", "confirmed"),
    "held": (),
}


def check(noun: str, body: Document, bounds: Bounds | None, today: date) -> None:
    """Refuse a record that makes no sense.

    `bounds` are those of its date, anchors included.

    Raises:
        Problem: 422 with every fault.
    """
    found = _CHECKS[noun](body, bounds, today) if noun in _CHECKS else ()
    faults = [replace(fault, record=(noun, body["id"])) for fault in found]
    if faults:
        raise faulty(422, "rule-broken", *faults)


def check_moves(draft: Draft, today: date) -> None:
    """Refuse a write that takes along what was held, into the future.

    Raises:
        Problem: 409 with all that it would take there.
    """
    affected = []
    for name, identifier in dict.fromkeys((*draft.moved, *draft.along)):
        document = draft.complete.get((name, identifier))
        if name != "meeting" or document is None:
            continue
        noun, state = draft.nouns[name], draft.stored.get((name, identifier))
        day = _future(document, date_bounds(noun, document), today)
        if day is not None and state is not None and state.document is not None:
            old = orjson.loads(state.document)
            if _future(old, date_bounds(noun, old), today) is not None:
                continue  # it lay there already
        if day is not None:
            reason = f"is held, but would lie in the future ({edtf.iso(day)})"
            affected.append({"noun": name, "id": identifier, "reason": reason})
    if affected:
        told = "; ".join(f"{a['noun']} {a['id']} {a['reason']}" for a in affected[:_TOLD])
        more = f"; and {len(affected) - _TOLD} more" if len(affected) > _TOLD else ""
        detail = f"The move would make no sense of others: {told}{more}."
        raise Problem(409, "rule-broken", detail, extra={"affected": affected})


def check_circles(draft: Draft) -> None:
    """Refuse an issue that would be part of itself.

    Raises:
        Problem: 422 with the way from the issue to itself.
    """
    faults = list(circles(draft))
    if faults:
        raise faulty(422, "rule-broken", *faults)


def circles(draft: Draft) -> Iterator[Fault]:
    """The issues of a write that would be parts of themselves."""
    known: dict[str, str | None] = {
        identifier: body["broader"]
        for (name, identifier), body in draft.bodies.items()
        if name == "issue" and body is not None
    }
    for identifier in list(known):
        way = [identifier]
        while (wider := _broader(draft, known, way[-1])) is not None and wider not in way:
            way.append(wider)
        if wider == identifier:
            told = " → ".join([*way[:_TOLD], "…"] if len(way) > _TOLD else [*way, wider])
            fault = Fault("broader", f"would make the issue a part of itself: {told}")
            yield replace(fault, record=("issue", identifier))


def _broader(draft: Draft, known: dict[str, str | None], identifier: str) -> str | None:
    if identifier not in known:
        state = states(draft.connection, [("issue", identifier)]).get(("issue", identifier))
        document = orjson.loads(state.document) if state and state.document else {}
        known[identifier] = document.get("broader")
    return known[identifier]


def _future(body: Document, bounds: Bounds | None, today: date) -> int | None:
    """The first day on which a meeting that was held can lie, if that is yet to come."""
    if body["status"] != "held" or bounds is None or bounds.earliest is None:
        return None
    return bounds.earliest if bounds.earliest > today.toordinal() else None


def _meeting(body: Document, bounds: Bounds | None, today: date) -> Iterator[Fault]:
    future = _future(body, bounds, today)
    if future is not None:
        yield Fault(
            "status",
            f"is held, but the meeting lies in the future ({edtf.iso(future)})",
            ["proposed", "planned", "confirmed"],
        )
    cited = [part["source"] for part in (*body["readouts"], *body["outcomes"])]
    if not body["sources"] and not any(cited):
        yield Fault("sources", "are none", "at least one source that reports the meeting")
    for index, link in enumerate(body["links"]):
        if link["meeting"] == body["id"]:
            yield Fault(f"links[{index}].meeting", "is the meeting itself", "another meeting")
    for index, readout in enumerate(body["readouts"]):
        if readout["quote"] is not None and readout["issuer"] is None:
            yield Fault(
                f"readouts[{index}].issuer", "is missing beside a quote", "who said these words"
            )


def _position(body: Document, _bounds: Bounds | None, _today: date) -> Iterator[Fault]:
    if body["quote"] is not None and body["person"] is None and body["office"] is None:
        yield Fault("person", "is missing beside a quote", "the person or the office that said it")


_CHECKS: dict[str, Callable[[Document, Bounds | None, date], Iterator[Fault]]] = {
    "meeting": _meeting,
    "position": _position,
}


def life(old: Document, new: Document, reason: str | None) -> None:
    """Keep what was expected before, where a meeting's date or status moves on. In place.

    Raises:
        Problem: 422 for a step that makes no sense.
    """
    before, after = old["status"], new["status"]
    if before != after and after not in NEXT[before]:
        accepted = list(NEXT[before]) or "`held` stays; restore an earlier revision to correct it"
        fault = Fault("status", f"cannot go from {before} to {after}", accepted)
        raise faulty(422, "rule-broken", fault)
    given = ("edtf", "before", "after")
    moved = _said(old["date"], given) != _said(new["date"], given)
    own = new["previous_dates"] != _plain(old["previous_dates"])
    if (moved or before != after) and not own:
        new["previous_dates"] = [
            *new["previous_dates"],
            {"date": _said(old["date"], given), "status": before, "reason": reason},
        ]


def _said(value: Document | None, names: tuple[str, ...]) -> Document | None:
    return None if value is None else {name: value[name] for name in names}


def _plain(previous: list[Document]) -> list[Document]:
    names = ("edtf", "before", "after")
    return [item | {"date": _said(item["date"], names)} for item in previous]
