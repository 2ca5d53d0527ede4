"""What is derived from a document for the index: its terms, its key's prefix, its times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.kit import edtf
from app.kit.schema.fields import cited_records, searchable_texts
from app.kit.schema.shapes import Document
from app.kit.terms import scope_salt, term_id
from app.kit.words import split_words
from app.ledger.dates import DateBounds, bounds_of_date
from app.ledger.noun import Noun
from app.ledger.sort_keys import (
    UNDATED_PREFIX,
    day_prefix,
    duration_class,
    identifier_prefix,
    is_far,
)
from app.ledger.tables import AFTER_ALL, BEFORE_ALL

# PostgreSQL's B-tree takes no longer key; folding can make a long name longer still.
MAX_FACET_VALUE_BYTES = 2_000


def document_prefix(noun: Noun, document: Document) -> int:
    """The high bits of the document's key."""
    if noun.date_field is None:
        return identifier_prefix(document["id"])
    bounds = record_bounds(noun, document)
    return UNDATED_PREFIX if bounds is None else day_prefix(bounds.earliest)


def record_bounds(noun: Noun, document: Document) -> DateBounds | None:
    """The bounds of the date that places a document on the timeline."""
    return None if noun.date_field is None else bounds_of_date(document[noun.date_field])


def reported_day(document: Document) -> int:
    """The day number of the document's report; `BEFORE_ALL` without a dated source."""
    day = document["reported_on"]
    return BEFORE_ALL if day is None else edtf.day_number(day)


def revision_times(noun: Noun, document: Document | None) -> tuple[int | None, int | None, int]:
    """The `earliest`, `latest` and `known_from` of a revision; None for a tombstone.

    A bound that is not known counts as beyond all days, to be compared with any.
    """
    if document is None:
        return None, None, BEFORE_ALL
    bounds, known_from = record_bounds(noun, document), reported_day(document)
    if bounds is None:
        return None, None, known_from
    earliest = BEFORE_ALL if bounds.earliest is None else bounds.earliest
    latest = AFTER_ALL if bounds.latest is None else bounds.latest
    return earliest, latest, known_from


def name_words(noun: Noun, document: Document) -> set[str]:
    """The words of a record's names, by which what cites it is found."""
    found_words: set[str] = set()
    for field in noun.name_fields:
        value = document[field]
        for name in value if isinstance(value, list) else [value]:
            if name:
                found_words.update(split_words(name["name"] if isinstance(name, dict) else name))
    return found_words


def text_words(noun: Noun, document: Document, citations: Iterable[tuple[str, str]]) -> set[str]:
    """The words of all text of a document, the identifiers in it included."""
    found_words = set(split_words(document["id"]))
    for text in searchable_texts(document, noun.shape):
        found_words.update(split_words(text))
    for _, identifier in citations:
        found_words.update(split_words(identifier))
    return found_words


def document_terms(noun: Noun, document: Document) -> list[int]:
    """Every term of a document as the index keeps it, with those of its noun; each once."""
    noun_salt = scope_salt(noun.name)
    return sorted({number ^ noun_salt for number in _terms(noun, document)})


def _terms(noun: Noun, document: Document) -> Iterator[int]:
    yield term_id("noun", noun.name)
    for filter_ in noun.filters:
        for value in filter_.index_values(document):
            yield term_id(filter_.name, value)
    citations = set(cited_records(document, noun.shape))  # an anchor's noun is `event`
    for kind, identifier in citations:
        yield term_id("cites", f"{kind}:{identifier}")
    for word in name_words(noun, document):
        yield term_id("name", word)
    for word in text_words(noun, document, citations):
        yield term_id("word", word)
    bounds = record_bounds(noun, document)
    if noun.date_field is not None:
        if bounds is not None:
            yield term_id("span", duration_class(bounds.earliest, bounds.latest))
        if is_far(None if bounds is None else bounds.earliest, reported_day(document)):
            yield term_id("far", "yes")


def facet_values(noun: Noun, document: Document) -> set[tuple[str, str]]:
    """The filter values of a document that facets may count."""
    return {
        (filter_.name, value)
        for filter_ in noun.filters
        if filter_.is_facet
        for value in filter_.index_values(document)
        if len(value.encode()) <= MAX_FACET_VALUE_BYTES
    }
