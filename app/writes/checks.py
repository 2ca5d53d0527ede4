"""Rules and warnings beyond the shape, checked on all that a write changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from app.kit.http.problems import FieldError, Problem, problem_from_errors
from app.kit.schema.shapes import Document
from app.ledger.indexing import date_bounds
from app.ledger.noun import FieldWarning, Noun, RecordRef
from app.ledger.write.draft import Draft

_NAMED = 10  # so many records are named, or so many steps of a circle


def today() -> date:
    """The day by which rules judge what lies in the future (UTC)."""
    return datetime.now(UTC).date()


def faults(noun: Noun, document: Document, day: date) -> list[FieldError]:
    """The rules of its noun that a complete document breaks."""
    bounds = date_bounds(noun, document)
    record = (noun.name, document["id"])
    return [replace(fault, ref=record) for fault in noun.rules(document, bounds, day)]


def check(draft: Draft, addresses: Iterable[RecordRef]) -> None:
    """Refuse a write whose named records break a rule, or that makes others break one.

    Raises:
        Problem: 422 with every fault of the first record that has some, or with the way from a
            record to itself; 409 with all that the write would take along.
    """
    day = today()
    for address in addresses:
        document = draft.complete.get(address)
        broken = [] if document is None else faults(draft.nouns[address[0]], document, day)
        if broken:
            raise problem_from_errors(422, "rule-broken", *broken)
    check_moves(draft)
    loops = list(circles(draft))
    if loops:
        raise problem_from_errors(422, "rule-broken", *loops)


def check_moves(draft: Draft) -> None:
    """Refuse a write that takes a record along to where it breaks a rule that it kept before.

    Raises:
        Problem: 409 with all that it would take there.
    """
    affected = [
        {"noun": address[0], "id": address[1], "reason": f"{fault.field} {fault.message}"}
        for address in dict.fromkeys((*draft.moved, *draft.along))
        for fault in _newly_broken(draft, address)
    ]
    if affected:
        named = "; ".join(f"{a['noun']} {a['id']}: {a['reason']}" for a in affected[:_NAMED])
        more = f"; and {len(affected) - _NAMED} more" if len(affected) > _NAMED else ""
        detail = f"The move would make no sense of others: {named}{more}."
        raise Problem(409, "rule-broken", detail, extra={"affected": affected})


def _newly_broken(draft: Draft, address: RecordRef) -> list[FieldError]:
    """The rules that a document breaks as it will stand, and does not as it stands."""
    document, noun, day = draft.complete.get(address), draft.nouns[address[0]], today()
    broken = [] if document is None else faults(noun, document, day)
    before = draft.before(*address) if broken else None
    if before is None:
        return broken
    known = {fault.field for fault in faults(noun, before, day)}
    return [fault for fault in broken if fault.field not in known]


def circles(draft: Draft) -> Iterator[FieldError]:
    """The records of a write that would be parts of themselves."""
    for name, identifier in draft.bodies:
        field = draft.nouns[name].hierarchy
        if field is not None:
            way = [identifier, *_wider(draft, name, field, identifier)]
            if len(way) > 1 and way[-1] == identifier:
                steps = " → ".join([*way[:_NAMED], "…"] if len(way) > _NAMED + 1 else way)
                fault = FieldError(field, f"would make the {name} a part of itself: {steps}")
                yield replace(fault, ref=(name, identifier))


def _wider(draft: Draft, noun: str, field: str, identifier: str) -> Iterator[str]:
    """What a record is part of, step by step, until there is no more or a step comes again."""
    seen: set[str] = set()
    while identifier not in seen:
        seen.add(identifier)
        documents = draft.after(noun, [identifier])
        wider = documents[identifier][field] if identifier in documents else None
        if wider is None:
            return
        yield wider
        identifier = wider


def warnings(draft: Draft, asked: RecordRef) -> list[str]:
    """What is odd in the records of a write; `asked` is the one that the request names.

    What stands in another record says so, and what was only taken along is not looked at again.
    """
    messages: list[str] = []
    for address in draft.complete:
        where = "" if address == asked else f"{' '.join(address)}, "
        messages += (f"{where}{field}: {message}" for field, message in _of_record(draft, address))
    return messages


def _of_record(draft: Draft, address: RecordRef) -> Iterator[FieldWarning]:
    noun, document = draft.nouns[address[0]], draft.complete[address]
    yield from noun.context_warnings(draft, document)
    if address in draft.along or address in draft.moved:
        return
    before = draft.before(*address)
    # Who mends one thing is not told of the others again.
    known = set() if before is None else set(noun.warnings(before, today()))
    yield from (one for one in noun.warnings(document, today()) if one not in known)
