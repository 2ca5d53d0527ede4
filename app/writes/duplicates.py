"""Likely duplicates of a new record, ranked."""

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
# At most so many words, and so many citations, narrow the search for what a record repeats.
_MAX_SEARCH_TERMS = 12


@dataclass(frozen=True, slots=True)
class DuplicateCandidate:
    """A record that may be the same: how similar it is, from 0 to 1, and in which fields."""

    id: str
    score: float
    alike: tuple[str, ...]

    def to_json(self, noun: Noun) -> Document:
        """The members of the candidate in a problem."""
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
    """The most likely duplicates of a record that is about to be created, best first.

    `also_new` are new records of the noun that are written in the same transaction.
    """
    duplicates: dict[str, DuplicateCandidate] = {}
    for other in (*also_new, *_similar_records(snapshot, noun, document, bounds)):
        candidate = compare_records(noun, document, other, bounds)
        if candidate is not None:
            duplicates[candidate.id] = candidate
    return sorted(duplicates.values(), key=lambda c: (-c.score, c.id))[:limit]


def check_duplicates(draft: Draft, paths: Mapping[RecordRef, str]) -> None:
    """Refuse new records that may exist already; `paths` says where in the body each stands.

    Raises:
        Problem: 409 with all of them; the candidates are those of the record that was posted, or
            else of the first inside it that has some.
    """
    duplicates: list[tuple[Noun, str, list[DuplicateCandidate]]] = []
    for ref, path in paths.items():
        noun, document = draft.nouns[ref.noun], draft.records[ref].document or {}
        earlier = takewhile(lambda other: other != ref, paths)  # noqa: B023 - used up at once
        also_new = [draft.records[r].document or {} for r in earlier if r.noun == ref.noun]
        bounds = record_bounds(noun, document)
        candidates = find_duplicates(draft.snapshot, noun, document, bounds, also_new=also_new)
        if candidates:
            duplicates.append((noun, path, candidates))
    if duplicates:
        noun, path, candidates = next((d for d in duplicates if not d[1]), duplicates[0])
        raise Problem(
            409,
            "likely-duplicate",
            f"This {noun.name} may be a duplicate of {_location(paths, noun, candidates[0])}. If "
            "it is not, send it again with ?duplicate=allow.",
            [_duplicate_error(paths, *duplicate) for duplicate in duplicates],
            extra={"noun": noun.name, "candidates": [c.to_json(noun) for c in candidates]},
        )


def _duplicate_error(
    paths: Mapping[RecordRef, str], noun: Noun, path: str, candidates: Sequence[DuplicateCandidate]
) -> FieldError:
    best = candidates[0]
    replacement = f"“{best.id}” instead" if path else best.id
    accepted = f"{replacement}, or ?duplicate=allow if it is not a duplicate"
    message = f"may be a duplicate of {_location(paths, noun, best)}"
    return FieldError("body", message, accepted).within(path)


def _location(paths: Mapping[RecordRef, str], noun: Noun, candidate: DuplicateCandidate) -> str:
    """Where a candidate is: in the database, or in the same body."""
    path = paths.get(noun.ref(candidate.id))
    return f"“{candidate.id}”" if path is None else f"the record at `{path}` in this body"


def compare_records(
    noun: Noun, document: Document, other: Document, bounds: DateBounds | None
) -> DuplicateCandidate | None:
    """The other record as a candidate, if it is likely to be the same as a new one."""
    if other["id"] == document["id"]:
        return None
    score, alike = noun.similarity.score(document, other, bounds)
    if is_repetition(noun.shape, document, other):
        # A record that says nothing new is the same one entered again, however little it says.
        score, alike = 1.0, alike or stated_fields(noun.shape, document)
    if score < DUPLICATE_THRESHOLD:
        return None
    return DuplicateCandidate(other["id"], score, tuple(alike))


def _similar_records(
    snapshot: Snapshot, noun: Noun, document: Document, bounds: DateBounds | None
) -> Iterator[Document]:
    keys: dict[int, None] = {}
    for selection, low in _selections(noun, document, bounds):
        results = ResultSet(snapshot, selection)
        keys |= dict.fromkeys(
            results.sort_keys(low, ALL_KEYS[1], descending=True, limit=_MAX_COMPARED)
        )
    for content in find_documents(snapshot.connection, list(keys)).values():
        yield orjson.loads(content)
    refs = [noun.ref(identifier) for identifier in numbered_identifiers(noun, document)]
    for content in find_records(snapshot, refs).values():
        yield orjson.loads(content)


def _selections(
    noun: Noun, document: Document, bounds: DateBounds | None
) -> Iterator[tuple[Selection, int]]:
    """What to search for similar records, each from a sort key on."""
    similarity = noun.similarity
    dated = None
    if bounds is not None and not is_unbounded(bounds):
        dated = DateRange(bounds.earliest, bounds.latest)
    yield _repetition_selection(noun, document, dated), ALL_KEYS[0]
    if similarity.required_filters is not None:
        # Only what may have happened on the same days; of what has no date, only what has none
        # either.
        terms = (any_term(*values) for values in similarity.required_filters(document).items())
        low = ALL_KEYS[0] if dated else first_key(UNDATED_PREFIX)
        yield Selection((noun.name,), date_range=dated).require(*terms), low
    names = [
        word for field in similarity.word_fields for word in split_words(_names(document[field]))
    ]
    if names:
        any_word = tuple((word,) for word in dict.fromkeys(names))
        yield Selection((noun.name,), searches=(TextSearch(any_word),)), ALL_KEYS[0]
    for field in similarity.exact_filters:
        if document[field]:
            yield Selection((noun.name,)).require(any_term(field, [document[field]])), ALL_KEYS[0]


def is_unbounded(bounds: DateBounds | None) -> bool:
    """Whether a date has neither a first nor a last day, or there is no date."""
    return bounds is None or (bounds.earliest is None and bounds.latest is None)


def _repetition_selection(noun: Noun, document: Document, dated: DateRange | None) -> Selection:
    """The records that hold every word and every citation of a record."""
    texts = searchable_texts(document, noun.shape)
    words = sorted({w for text in texts for w in split_words(text)}, key=lambda w: (-len(w), w))
    citations = sorted({f"{cited}:{id_}" for cited, id_ in cited_records(document, noun.shape)})
    return Selection((noun.name,), date_range=dated).require(
        *(any_term("word", [word]) for word in words[:_MAX_SEARCH_TERMS]),
        *(any_term("cites", [citation]) for citation in citations[:_MAX_SEARCH_TERMS]),
    )


def _names(value: object) -> str:
    """The names in a field: one, or a list of objects with a name each."""
    if isinstance(value, list):
        return " ".join(item["name"] for item in value)
    return value if isinstance(value, str) else ""


def stated_fields(shape: type[Shape], body: Document) -> list[str]:
    """The fields in which a body says something: neither empty nor the default."""
    return [name for name, _, _ in _stated_values(shape, body)]


def is_repetition(shape: type[Shape], body: Document, other: Document) -> bool:
    """Whether another document says everything that a body says.

    Extra fields of the other document and its identifier are ignored.
    """
    return all(
        _is_contained(nested_shape, value, other.get(name))
        for name, value, nested_shape in _stated_values(shape, body)
    )


def _stated_values(shape: type[Shape], body: Document) -> list[tuple[str, Any, type[Shape] | None]]:
    nested_shapes = {field.name: field.shape for field in shape_fields(shape)}
    stated = []
    for field, info in shape.model_fields.items():
        name = info.alias or field
        value = body.get(name)
        if name != "id" and value not in (None, [], info.default):
            stated.append((name, value, nested_shapes.get(name)))
    return stated


def _is_contained(shape: type[Shape] | None, value: Any, other: Any) -> bool:
    if isinstance(value, list):
        return isinstance(other, list) and all(
            any(_is_contained(shape, item, other_item) for other_item in other) for item in value
        )
    if shape is not None and isinstance(value, dict):
        return isinstance(other, dict) and is_repetition(shape, value, other)
    if isinstance(value, str) and isinstance(other, str):
        return value == other or fold_text(value) == fold_text(other)
    return bool(value == other)
