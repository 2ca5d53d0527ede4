"""Undoing: what a write did is turned back, as far as it still stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from app.kit.schema.fields import cited_records
from app.kit.schema.shapes import Document
from app.ledger.noun import Noun, RecordRef
from app.ledger.read import history
from app.ledger.read.history import Revision
from app.ledger.read.lookups import find_record
from app.ledger.snapshot import Snapshot
from app.ledger.write.draft import writable_body
from app.ledger.write.revisions import RecordChange
from app.writes.merge import redirect_citations


def undo_changes(snapshot: Snapshot, last: Revision) -> tuple[list[RecordChange], list[str]]:
    """The changes that undo the write that left a tombstone, it first; and what stays."""
    changes, warnings, connection = [], [], snapshot.connection
    for entry in history.revisions_of_write(connection, last.write):
        before = history.document_before(connection, entry.record_number, entry.number)
        if before is None or (last.action == "deleted" and entry.action != "deleted"):
            continue
        noun = snapshot.nouns[entry.noun]
        stays = _why_kept(noun, entry, history.latest_revision_of(connection, entry.record_number))
        if stays is not None:
            warnings.append(f"{entry.noun} {entry.id} {stays}")
            continue
        was = orjson.loads(before)
        changes.append(
            RecordChange(
                entry.noun, entry.id, writable_body(noun, was), restored_from=was, is_implied=True
            )
        )
        if entry.record_number == last.record_number:
            warnings += _merge_leftovers(snapshot, entry, was)
    changes.sort(key=lambda change: (change.noun, change.id) != (last.noun, last.id))
    return changes, warnings


def _why_kept(noun: Noun, entry: Revision, newest: Revision) -> str | None:
    """Why what a write made of a record is left as it is; None where it still says the same."""
    if newest.number == entry.number:
        return None
    if newest.merged_into is not None:
        return (
            f"has since been merged into {newest.merged_into} and is left as it is; restore "
            "it first"
        )
    if newest.document is None:
        return "has since been deleted and is left as it is"
    if entry.document is not None:
        # It may have moved with others, or have gone and come back.
        one, other = (
            writable_body(noun, orjson.loads(d)) for d in (entry.document, newest.document)
        )
        if one == other:
            return None
    return "has since been changed and is left as it is"


def _merge_leftovers(snapshot: Snapshot, entry: Revision, was: Document) -> Iterator[str]:
    """What a record had taken over from a twin that is back already."""
    connection = snapshot.connection
    made = history.find_revision(connection, was["revision"])
    for twin in history.revisions_of_write(connection, made.write) if made is not None else ():
        if twin.noun == entry.noun and twin.merged_into == entry.id:
            newest = history.latest_revision_of(connection, twin.record_number)
            if newest.document is not None:
                yield (
                    f"{entry.noun} {entry.id} keeps what it took over from {twin.id}, and "
                    f"records that cited {twin.id} still cite {entry.id}, because {twin.id} was "
                    "restored before"
                )


def follow_merges(snapshot: Snapshot, changes: Sequence[RecordChange]) -> list[str]:
    """Let what is brought back cite the records that others were folded into since. In place."""
    own = {change.ref for change in changes}
    warnings, nouns = [], snapshot.nouns
    for change in changes:
        noun, body = nouns[change.noun], change.body or {}
        for kind, identifier in dict.fromkeys(cited_records(body, noun.shape)):
            addresses = nouns.cited_refs(kind, identifier)
            into = None if own.intersection(addresses) else _final_target(snapshot, addresses)
            if into is not None:
                redirect_citations(body, noun, {kind}, identifier, into)
                told = (
                    f"{noun.name} {change.id} now cites {into}, because {identifier} was "
                    "merged into it"
                )
                warnings.append(f"{told} in the meantime")
    return warnings


def _final_target(snapshot: Snapshot, refs: Sequence[RecordRef]) -> str | None:
    """The record that a merged one is now part of, however many merges later."""
    visited: set[RecordRef] = set()
    into = None
    stored = next((r for ref in refs if (r := find_record(snapshot, ref)) is not None), None)
    while stored is not None:
        if stored.document is not None or stored.ref in visited:
            return into
        visited.add(stored.ref)
        into = stored.merged_into
        ref = RecordRef(stored.ref.noun, into or "")
        stored = None if into is None else find_record(snapshot, ref)
    return None
