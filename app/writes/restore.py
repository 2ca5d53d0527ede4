"""Undoing: what a write did is turned back, as far as it still stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from app.kit.schema.fields import cited_records
from app.kit.schema.shapes import Document
from app.ledger.noun import Noun, RecordRef
from app.ledger.read import history
from app.ledger.read.history import Revision
from app.ledger.snapshot import Snapshot
from app.ledger.write.draft import body_of
from app.ledger.write.revisions import Change
from app.ledger.write.states import State, states
from app.writes.merge import turn


def undone(snapshot: Snapshot, last: Revision) -> tuple[list[Change], list[str]]:
    """The changes that undo the write that left a tombstone, it first; and what stays."""
    changes, warnings, connection = [], [], snapshot.connection
    for entry in history.of_write(connection, last.write):
        before = history.document_before(connection, entry.record, entry.seq)
        if before is None or (last.action == "deleted" and entry.action != "deleted"):
            continue
        noun = snapshot.nouns[entry.noun]
        stays = _stays(noun, entry, history.newest(connection, entry.record))
        if stays is not None:
            warnings.append(f"{entry.noun} {entry.id} {stays}")
            continue
        was = orjson.loads(before)
        changes.append(Change(entry.noun, entry.id, body_of(noun, was), was=was, along=True))
        if entry.record == last.record:
            warnings += _kept(snapshot, entry, was)
    changes.sort(key=lambda change: (change.noun, change.id) != (last.noun, last.id))
    return changes, warnings


def _stays(noun: Noun, entry: Revision, newest: Revision) -> str | None:
    """Why what a write made of a record is left as it is; None where it still says the same."""
    if newest.seq == entry.seq:
        return None
    if newest.merged_into is not None:
        return f"was folded into {newest.merged_into} since, and stays so: restore it first"
    if newest.document is None:
        return "was deleted since, and stays so"
    if entry.document is not None:
        # It may have moved with others, or have gone and come back.
        one, other = (body_of(noun, orjson.loads(d)) for d in (entry.document, newest.document))
        if one == other:
            return None
    return "was changed since, and stays as it is"


def _kept(snapshot: Snapshot, entry: Revision, was: Document) -> Iterator[str]:
    """What a record had taken over from a twin that is back already."""
    connection = snapshot.connection
    made = history.one(connection, was["revision"])
    for twin in history.of_write(connection, made.write) if made is not None else ():
        if twin.noun == entry.noun and twin.merged_into == entry.id:
            newest = history.newest(connection, twin.record)
            if newest.document is not None:
                yield (
                    f"{entry.noun} {entry.id} keeps what it took over from {twin.id}, and what "
                    f"cited {twin.id} goes on citing {entry.id}: {twin.id} was restored before"
                )


def followed(snapshot: Snapshot, changes: Sequence[Change]) -> list[str]:
    """Let what is brought back cite the records that others were folded into since. In place."""
    own = {change.ref for change in changes}
    warnings, nouns = [], snapshot.nouns
    for change in changes:
        noun, body = nouns[change.noun], change.body or {}
        for kind, identifier in dict.fromkeys(cited_records(body, noun.shape)):
            addresses = nouns.cited_refs(kind, identifier)
            into = None if own.intersection(addresses) else _place(snapshot, addresses)
            if into is not None:
                turn(body, noun, {kind}, identifier, into)
                told = f"{noun.name} {change.id} cites {into}, which {identifier} was folded into"
                warnings.append(f"{told} since")
    return warnings


def _place(snapshot: Snapshot, addresses: Sequence[RecordRef]) -> str | None:
    """The record that stands in place of one that was folded into it, however often."""
    seen: set[RecordRef] = set()
    into = None
    found = states(snapshot, addresses)
    while found:
        address, state = next(iter(found.items()))
        if state.key is not None or address in seen:
            return into
        seen.add(address)
        into = _merged_into(snapshot, state)
        found = {} if into is None else states(snapshot, [RecordRef(address.noun, into)])
    return None


def _merged_into(snapshot: Snapshot, state: State) -> str | None:
    return history.newest(snapshot.connection, state.number).merged_into
