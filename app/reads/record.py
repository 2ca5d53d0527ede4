"""One record: as it stands, as it stood, and its history."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from app.kit.http.cache import IMMUTABLE, REVALIDATE, FullResponse, make_etag
from app.kit.http.problems import FieldError, Problem, bad_query
from app.kit.http.query_string import NO_UPPER_BOUND, parse_integer, parse_query_string
from app.kit.schema.shapes import IDENTIFIER, MAX_IDENTIFIER
from app.kit.strict_json import dumps
from app.ledger.noun import Noun, Nouns
from app.ledger.read import history
from app.ledger.read.lookups import find_record
from app.ledger.read.missing_records import not_found_problem, tombstone_problem
from app.ledger.selection import NOW
from app.ledger.snapshot import Snapshot
from app.reads.lists import included, with_member
from app.reads.parameters import included as include_names
from app.reads.values import day, listed, one_of, unknown_parameter

IDENTIFIER_FORM = re.compile(IDENTIFIER)


@dataclass(slots=True)
class Asked:
    """What was asked about one record."""

    revision: int | None = None
    as_of: int | None = None
    fields: tuple[str, ...] = ()
    include: tuple[str, ...] = ()


def read(noun: Noun, nouns: Nouns, raw: bytes) -> Asked:
    """The query string of a single record.

    Raises:
        Problem: 400 with every fault found.
    """
    asked, seen = Asked(), set[str]()
    faults: list[FieldError] = []
    fields = (*noun.shape.model_fields, *noun.shape.derived)
    for name, value in parse_query_string(raw):
        try:
            if name in seen:
                raise bad_query(FieldError(name, "is given twice", "one occurrence"))
            if name == "revision":
                asked.revision = parse_integer(name, value, 1, NO_UPPER_BOUND)
            elif name == "as_of":
                asked.as_of = day(name, value)
            elif name == "fields":
                asked.fields = listed(name, value, fields)
            elif name == "include":
                asked.include = listed(name, value, include_names([noun], nouns))
            elif name == "format":
                one_of(name, value, ("json",))
            else:
                raise unknown_parameter(name, PARAMETERS)
            seen.add(name)
        except Problem as problem:
            if problem.status != 400:
                raise
            faults += problem.errors
    if faults:
        raise bad_query(*faults)
    return asked


PARAMETERS = ("as_of", "revision", "fields", "include", "format")


def single(snapshot: Snapshot, noun: Noun, identifier: str, asked: Asked) -> FullResponse:
    """One record as a finished answer.

    Raises:
        Problem: 404 where there is none at this clock, 410 where it was deleted.
    """
    snapshot = snapshot.at(asked.revision, asked.as_of)
    stored = find_record(snapshot, noun.ref(identifier))
    if stored is None:
        raise not_found_problem(noun, identifier, snapshot.clock, asked.revision)
    if stored.document is None:
        raise tombstone_problem(noun, stored)
    body, told = stored.document, [",".join(asked.fields)]
    if asked.fields:
        parsed = orjson.loads(body)
        body = dumps({name: parsed[name] for name in parsed if name in asked.fields})
    if asked.include:
        document = (noun, orjson.loads(stored.document))
        more = included(snapshot, asked.include, [document])
        body = with_member(body, "included", more)
        told += [",".join(asked.include), more.decode()]
    return FullResponse(
        content=body,
        etag=make_etag(stored.revision, told),
        cache_control=REVALIDATE if asked.revision is None else IMMUTABLE,
        revision=snapshot.latest_revision,
    )


def addressed(noun: Noun, path: Mapping[str, str]) -> str:
    """The identifier in a path.

    Raises:
        Problem: 404 for what can be no identifier, before any engine sees it.
    """
    identifier = path["id"]
    if len(identifier) > MAX_IDENTIFIER or not IDENTIFIER_FORM.fullmatch(identifier):
        raise not_found_problem(noun, identifier, NOW)
    return identifier


def entry(revision: history.Revision, before: bytes | None, *, addressed: bool) -> bytes:
    """One revision as history and the list of changes show it."""
    shown_: dict[str, object] = {
        "revision": revision.seq,
        "write": revision.write,
        "version": revision.version,
        "action": revision.action,
        "merged_into": revision.merged_into,
        "recorded_at": revision.recorded_at,
        "author": revision.author,
        "reason": revision.reason,
        "hash": revision.hash.hex(),
        "changes": history.differences(before, revision.document),
    }
    if addressed:
        shown_ = {"noun": revision.noun, "id": revision.id} | shown_
    return with_member(dumps(shown_), "document", revision.document or b"null")


def entries(
    snapshot: Snapshot, revisions: Sequence[history.Revision], *, addressed: bool
) -> list[bytes]:
    """Revisions with what each changed."""
    return [
        entry(
            revision,
            history.document_before(snapshot.connection, revision.record, revision.seq),
            addressed=addressed,
        )
        for revision in revisions
    ]
