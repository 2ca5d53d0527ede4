"""One record, at any clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from app.kit.http.cache import IMMUTABLE, REVALIDATE, FullResponse, make_etag
from app.kit.schema.shapes import is_identifier
from app.kit.strict_json import append_member, dumps
from app.ledger.noun import Noun, Nouns
from app.ledger.read.lookups import find_record
from app.ledger.read.missing_records import not_found_problem, tombstone_problem
from app.ledger.selection import NOW
from app.ledger.snapshot import Snapshot
from app.reads.lists import included_records
from app.reads.parameters import Accepted, includable_nouns, parse_single_parameters


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """What a client asked of one record."""

    revision: int | None = None
    as_of: int | None = None
    fields: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    output_format: str = "json"


def record_parameters(noun: Noun, nouns: Nouns) -> dict[str, Accepted]:
    """What each parameter of a single record accepts."""
    return {
        "as_of": (),
        "revision": (),
        "fields": (*noun.shape.model_fields, *noun.shape.derived),
        "include": includable_nouns([noun], nouns),
        "format": ("json",),
    }


def parse_record_query(query_string: bytes, accepted: Mapping[str, Accepted]) -> RecordQuery:
    """The query string of a single record.

    Raises:
        Problem: 400 with every error found.
    """
    _, values = parse_single_parameters(query_string, accepted)
    return RecordQuery(**values)


def record_response(
    snapshot: Snapshot, noun: Noun, identifier: str, query: RecordQuery
) -> FullResponse:
    """One record.

    Raises:
        Problem: 404 if it does not exist at this clock, 410 or 308 if it was deleted or merged.
    """
    snapshot = snapshot.at(query.revision, query.as_of)
    stored = find_record(snapshot, noun.ref(identifier))
    if stored is None:
        raise not_found_problem(noun, identifier, snapshot.clock, query.revision)
    if stored.document is None:
        raise tombstone_problem(noun, stored)
    content, variant = stored.document, [",".join(query.fields)]
    if query.fields:
        parsed = orjson.loads(content)
        content = dumps({name: parsed[name] for name in parsed if name in query.fields})
    if query.included:
        documents = [(noun, orjson.loads(stored.document))]
        cited = included_records(snapshot, query.included, documents)
        content = append_member(content, "included", cited)
        variant += [",".join(query.included), cited.decode()]
    return FullResponse(
        content=content,
        etag=make_etag(stored.revision, variant),
        cache_control=REVALIDATE if query.revision is None else IMMUTABLE,
        revision=snapshot.latest_revision,
    )


def identifier_from_path(noun: Noun, path_params: Mapping[str, str]) -> str:
    """The identifier in a path.

    Raises:
        Problem: 404 for what cannot be an identifier, before any engine sees it.
    """
    identifier = path_params["id"]
    if not is_identifier(identifier):
        raise not_found_problem(noun, identifier, NOW)
    return identifier
