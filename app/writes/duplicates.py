"""Likely twins of a new record, ranked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import orjson

from app.kit.http.problems import FieldError, Problem
from app.kit.schema.fields import cited_records, searchable_texts, shape_fields
from app.kit.schema.shapes import Document, Shape
from app.kit.terms import any_term
from app.kit.words import fold_text, split_words
from app.ledger.dates import DateBounds
from app.ledger.indexing import record_bounds
from app.ledger.noun import Noun, RecordRef
from app.ledger.read.lookups import find_documents, find_records
from app.ledger.read.result_set import ResultSet
from app.ledger.selection import DateRange, Selection, TextSearch
from app.ledger.snapshot import Snapshot
from app.ledger.sort_keys import ALL_KEYS, UNDATED_PREFIX, first_key
from app.ledger.write.draft import Draft
from app.writes.identifiers import numbered_identifiers

DUPLICATE_THRESHOLD = 0.75
_MAX_CANDIDATES = 5
# A record that shares a date with more than this many others is compared with these only.
_MAX_COMPARED = 500
# So many words and so many citations narrow the search for what a record repeats.
_MAX_SEARCH_TERMS = 12


@dataclass(frozen=True, slots=True)
class DuplicateCandidate:
    """A record that may be the same: how like it is, from 0 to 1, and in what."""

    id: str
    score: float
    alike: tuple[str, ...]

    def to_json(self, noun: Noun) -> Document:
        """As it stands in a problem."""
        return {
            "id": self.id,
            "score": round(self.score, 2),
            "alike": list(self.alike),
            "url": f"/v1/{noun.plural}/{self.id}",
        }


def find_duplicates(
    snapshot: Snapshot,
    noun: Noun,
    document: Document,
    bounds: DateBounds | None,
    *,
    also_new: Sequence[Document] = (),
    limit: int = _MAX_CANDIDATES,
) -> list[DuplicateCandidate]:
    """The most likely twins of a record that is about to be created, best first.

    `beside` are new records of the noun that are written along with it.
    """
    found: dict[str, DuplicateCandidate] = {}
    for other in (*also_new, *_candidates(snapshot, noun, document, bounds)):
        twin = compare_records(noun, document, other, bounds)
        if twin is not None:
            found[twin.id] = twin
    return sorted(found.values(), key=lambda twin: (-twin.score, twin.id))[:limit]


def check_duplicates(draft: Draft, paths: Mapping[RecordRef, str]) -> None:
    """Refuse new records that may exist already; `paths` says where in the body each stands.

    Raises:
        Problem: 409 with all of them; the candidates are those of the record that was posted, or
            else of the first inside it that has some.
    """
    found: list[tuple[Noun, str, list[DuplicateCandidate]]] = []
    for ref, path in paths.items():
        noun, document = draft.nouns[ref.noun], draft.records[ref].document or {}
        earlier = takewhile(lambda other: other != ref, paths)  # noqa: B023 - used up at once
        beside = [draft.records[r].document or {} for r in earlier if r.noun == ref.noun]
        bounds = record_bounds(noun, document)
        near = find_duplicates(draft.snapshot, noun, document, bounds, also_new=beside)
        if near:
            found.append((noun, path, near))
    if found:
        noun, path, near = next((one for one in found if not one[1]), found[0])
        raise Problem(
            409,
            "likely-duplicate",
            f"This {noun.name} may already be {_location(paths, noun, near[0])}; "
            "send it with ?duplicate=allow if it is another one.",
            [_duplicate_error(paths, *one) for one in found],
            extra={"noun": noun.name, "candidates": [twin.to_json(noun) for twin in near]},
        )


def _duplicate_error(
    paths: Mapping[RecordRef, str], noun: Noun, path: str, near: Sequence[DuplicateCandidate]
) -> FieldError:
    put = f"“{near[0].id}” in its place" if path else near[0].id
    accepted = f"{put}, or ?duplicate=allow if it is another one"
    return FieldError("body", f"may already be {_location(paths, noun, near[0])}", accepted).within(
        path
    )


def _location(paths: Mapping[RecordRef, str], noun: Noun, twin: DuplicateCandidate) -> str:
    """Where a candidate is: in the database, or in the same body."""
    path = paths.get(noun.ref(twin.id))
    return f"there as {twin.id}" if path is None else f"in this body, at `{path}`"


def compare_records(
    noun: Noun, document: Document, other: Document, bounds: DateBounds | None
) -> DuplicateCandidate | None:
    """The other as a twin of a new record, if it is likely to be one."""
    if other["id"] == document["id"]:
        return None
    score, alike = noun.similarity.score(document, other, bounds)
    if is_repetition(noun.shape, document, other):
        # Who says nothing new has entered the same again, whatever little was said.
        score, alike = 1.0, alike or stated_fields(noun.shape, document)
    return (
        DuplicateCandidate(other["id"], score, tuple(alike))
        if score >= DUPLICATE_THRESHOLD
        else None
    )


def _candidates(
    snapshot: Snapshot, noun: Noun, document: Document, bounds: DateBounds | None
) -> Iterator[Document]:
    keys: dict[int, None] = {}
    for selection, low in _selections(noun, document, bounds):
        reading = ResultSet(snapshot, selection)
        found = reading.sort_keys(low, ALL_KEYS[1], descending=True, limit=_MAX_COMPARED)
        keys |= dict.fromkeys(found)
    for content in find_documents(snapshot.connection, list(keys)).values():
        yield orjson.loads(content)
    named = [noun.ref(identifier) for identifier in numbered_identifiers(noun, document)]
    for content in find_records(snapshot, named).values():
        yield orjson.loads(content)


def _selections(
    noun: Noun, document: Document, bounds: DateBounds | None
) -> Iterator[tuple[Selection, int]]:
    """What to look through, each from a key on."""
    likeness = noun.similarity
    dated = None
    if bounds is not None and not is_unbounded(bounds):
        dated = DateRange(bounds.earliest, bounds.latest)
    yield _repetition_selection(noun, document, dated), ALL_KEYS[0]
    if likeness.required_filters is not None:
        # Only what may have happened on the same days; of what has no date, only what has none
        # either.
        alike = (
            any_term(tag, values) for tag, values in likeness.required_filters(document).items()
        )
        low = ALL_KEYS[0] if dated else first_key(UNDATED_PREFIX)
        yield Selection((noun.name,), date_range=dated).require(*alike), low
    names = [
        word for field in likeness.word_fields for word in split_words(_names(document[field]))
    ]
    if names:
        any_word = tuple((word,) for word in dict.fromkeys(names))
        yield Selection((noun.name,), searches=(TextSearch(any_word),)), ALL_KEYS[0]
    for field in likeness.exact_filters:
        if document[field]:
            yield Selection((noun.name,)).require(any_term(field, [document[field]])), ALL_KEYS[0]


def is_unbounded(bounds: DateBounds | None) -> bool:
    """Whether a date says nothing of when, or there is none."""
    return bounds is None or (bounds.earliest is None and bounds.latest is None)


def _repetition_selection(noun: Noun, document: Document, dated: DateRange | None) -> Selection:
    """Whatever holds every word and cites everything that a record does."""
    texts_ = searchable_texts(document, noun.shape)
    told = sorted({w for text in texts_ for w in split_words(text)}, key=lambda w: (-len(w), w))
    cites = sorted(
        {f"{kind}:{identifier}" for kind, identifier in cited_records(document, noun.shape)}
    )
    return Selection((noun.name,), date_range=dated).require(
        *(any_term("word", [word]) for word in told[:_MAX_SEARCH_TERMS]),
        *(any_term("cites", [citation]) for citation in cites[:_MAX_SEARCH_TERMS]),
    )


def _names(value: object) -> str:
    """The names in a field: one, or a list of objects with a name each."""
    if isinstance(value, list):
        return " ".join(item["name"] for item in value)
    return value if isinstance(value, str) else ""


def stated_fields(shape: type[Shape], body: Document) -> list[str]:
    """The fields in which a body says something: not empty, and not what everybody has."""
    return [name for name, _, _ in _stated_values(shape, body)]


def is_repetition(shape: type[Shape], body: Document, other: Document) -> bool:
    """Whether everything that a body says stands in another one, and in the same way.

    What the other says besides counts for nothing; nor does its identifier.
    """
    return all(
        _is_contained(inner, value, other.get(name))
        for name, value, inner in _stated_values(shape, body)
    )


def _stated_values(shape: type[Shape], body: Document) -> list[tuple[str, Any, type[Shape] | None]]:
    inner = {part.name: part.shape for part in shape_fields(shape)}
    found = []
    for field, info in shape.model_fields.items():
        name = info.alias or field
        value = body.get(name)
        if name != "id" and value not in (None, [], info.default):
            found.append((name, value, inner.get(name)))
    return found


def _is_contained(shape: type[Shape] | None, value: Any, other: Any) -> bool:
    if isinstance(value, list):
        return isinstance(other, list) and all(
            any(_is_contained(shape, item, standing) for standing in other) for item in value
        )
    if shape is not None and isinstance(value, dict):
        return isinstance(other, dict) and is_repetition(shape, value, other)
    if isinstance(value, str) and isinstance(other, str):
        return value == other or fold_text(value) == fold_text(other)
    return bool(value == other)
