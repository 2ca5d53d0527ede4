"""What a document says and cites: the searchable texts of each noun, listed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.folding import words_of
from tests.reference_model import Entry

# Which free texts a document has, by noun; `field[]` is a list, `field.name` an object's.
TEXTS = {
    "meeting": "title timezone place.name summary hedge participants[].name participants[].office "
    "readouts[].issuer readouts[].text readouts[].quote outcomes[].text outcomes[].by "
    "previous_dates[].reason note",
    "position": "office text quote",
    "person": "name names[].name tenures[].office note",
    "party": "name names[].name note",
    "issue": "name note",
    "source": "publisher title mirrored_by reliability note",
    "process": "name summary note",
    "milestone": "title note",
}
CITED = {
    "meeting": {
        "party": "participants[].party readouts[].party",
        "person": "participants[].person",
        "issue": "issues[] readouts[].issues[]",
        "process": "process",
        "source": "sources[] readouts[].source outcomes[].source",
        "meeting": "links[].meeting",
        "event": "date.before date.after previous_dates[].date.before previous_dates[].date.after",
    },
    "position": {
        "party": "party",
        "person": "person",
        "issue": "issue",
        "process": "process",
        "meeting": "meeting",
        "source": "sources[]",
        "event": "date.before date.after",
    },
    "person": {
        "party": "party tenures[].party",
        "source": "sources[]",
        "event": "tenures[].from.before tenures[].from.after "
        "tenures[].to.before tenures[].to.after",
    },
    "party": {"source": "sources[]"},
    "issue": {"issue": "broader"},
    "source": {},
    "process": {"party": "parties[]", "source": "sources[]"},
    "milestone": {
        "process": "process",
        "source": "sources[]",
        "event": "date.before date.after",
    },
}


def at_path(document: Any, path: str) -> Iterator[str]:
    """The values at a path such as `readouts[].issues[]`."""
    head, _, rest = path.partition(".")
    found = document.get(head.removesuffix("[]"))
    if found is None:
        return
    for item in found if head.endswith("[]") else [found]:
        if not rest:
            yield item
        elif item is not None:
            yield from at_path(item, rest)


def cited(entry: Entry, noun: str) -> set[str]:
    """The identifiers of the records of a noun that a document cites."""
    paths = CITED[entry.noun].get(noun, "").split()
    return {value for p in paths for value in at_path(entry.document, p)}


def contains_word(entry: Entry, word: str, shown: Sequence[Entry]) -> bool:
    """Whether a word stands in a document, or in a name of what it cites at the same clock."""
    document = entry.document or {}
    texts = [t for p in TEXTS[entry.noun].split() for t in at_path(document, p)]
    identifiers = [i for noun in CITED[entry.noun] for i in cited(entry, noun)]
    if word in words_of(document["id"], *texts, *identifiers):
        return True
    return any(
        word in words_of(other.document["name"], *at_path(other.document, "names[].name"))
        for other in shown
        if other.document is not None
        and other.noun in ("party", "person", "issue", "process")
        and other.id in cited(entry, other.noun)
    )
