"""Likely twins of a new record, ranked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import orjson
from rapidfuzz import fuzz
from sqlalchemy import Connection

from app.kit import edtf
from app.kit.shapes import Document
from app.kit.terms import any_of
from app.kit.words import fold, words
from app.ledger.dating import Bounds, bounds_of
from app.ledger.nouns import Noun, Nouns
from app.ledger.places import UNDATED, last_key
from app.ledger.reading import Reading, documents
from app.ledger.selections import NOW, Range, Search, Selection, Word

_LIKELY = 0.75
_MOST = 5
# A record that shares a date with more than this many others is compared with these only.
_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class Twin:
    """A record that may be the same: how like it is, from 0 to 1, and in what."""

    id: str
    score: float
    alike: tuple[str, ...]

    def body(self, noun: Noun) -> Document:
        """As it stands in a problem."""
        return {
            "id": self.id,
            "score": round(self.score, 2),
            "alike": list(self.alike),
            "url": f"/v1/{noun.plural}/{self.id}",
        }


def twins(
    connection: Connection, nouns: Nouns, noun: Noun, document: Document, bounds: Bounds | None
) -> list[Twin]:
    """The most likely twins of a record that is about to be created, best first."""
    found = []
    for other in _candidates(connection, nouns, noun, document, bounds):
        if other["id"] != document["id"]:
            score, alike = _SCORES[noun.name](document, other, bounds)
            if score >= _LIKELY:
                found.append(Twin(other["id"], score, tuple(alike)))
    return sorted(found, key=lambda twin: (-twin.score, twin.id))[:_MOST]


def _candidates(
    connection: Connection, nouns: Nouns, noun: Noun, document: Document, bounds: Bounds | None
) -> list[Document]:
    keys: dict[int, None] = {}
    for selection in _selections(noun, document, bounds):
        reading = Reading(connection, nouns, selection, NOW)
        found = reading.keys(0, last_key(UNDATED), descending=True, limit=_LOOKED_AT)
        keys |= dict.fromkeys(found)
    return [orjson.loads(content) for content in documents(connection, list(keys)).values()]


def _selections(noun: Noun, document: Document, bounds: Bounds | None) -> Iterator[Selection]:
    every = Selection((noun.name,))
    if noun.name in ("meeting", "position"):
        # Only what may have happened on the same days, between the same parties.
        if bounds is None or (bounds.earliest is None and bounds.latest is None):
            return
        dated = Selection((noun.name,), range=Range(bounds.earliest, bounds.latest))
        parties = document["parties"] if noun.name == "meeting" else [document["party"]]
        yield dated.also(any_of("party", parties)) if parties else dated
        return
    told = [word for field in _TOLD[noun.name] for word in words(_flat(document.get(field)))]
    if told:
        any_word = tuple((Word(word),) for word in dict.fromkeys(told))
        yield Selection((noun.name,), searches=(Search(any_word),))
    if document.get("url"):
        yield every.also(any_of("url", [document["url"]]))


_TOLD = {
    "person": ("name", "names"),
    "party": ("name", "names"),
    "issue": ("name",),
    "process": ("name",),
    "milestone": ("title",),
    "source": ("title",),
}


def _flat(value: object) -> str:
    if isinstance(value, list):
        return " ".join(item["name"] for item in value)
    return value if isinstance(value, str) else ""


def _like(one: str | None, other: str | None) -> float:
    if not one or not other:
        return 0.0
    return fuzz.token_sort_ratio(fold(one), fold(other)) / 100


Scored = tuple[float, list[str]]


def _near(bounds: Bounds | None, other: Document) -> float:
    """1 for the same days, less the less they share."""
    own = bounds_of(other["date"])
    if bounds is None or own is None or None in (bounds.earliest, own.earliest):
        return 0.0
    if not edtf.overlaps(bounds.earliest, bounds.latest, own.earliest, own.latest):
        return 0.0
    if bounds == own:
        return 1.0
    spans = [b.latest - b.earliest if b.latest is not None else 365 for b in (bounds, own)]  # type: ignore[operator]  # neither is None
    return 0.8 if max(spans) <= 31 else 0.5


def _share(one: Iterable[str], other: Iterable[str]) -> float:
    left, right = set(one), set(other)
    return len(left & right) / len(left | right) if left | right else 0.0


def _meeting(document: Document, other: Document, bounds: Bounds | None) -> Scored:
    people = [{p["person"] for p in d["participants"] if p["person"]} for d in (document, other)]
    if people[0] and people[1] and not people[0] & people[1]:
        return 0.0, []  # each names who came, and they are not the same
    here, there = (d["place"]["name"] if d["place"] else None for d in (document, other))
    place = _like(here, there) if here and there else 0.5
    if place < 0.5:
        return 0.0, []
    parts = {
        "date": (0.35, _near(bounds, other)),
        "parties": (0.3, _share(document["parties"], other["parties"])),
        "place": (0.15, place),
        "title": (0.2, _like(document["title"], other["title"])),
    }
    return _weighed(parts)


def _weighed(parts: dict[str, tuple[float, float]]) -> Scored:
    score = sum(weight * value for weight, value in parts.values())
    return score, [name for name, (_, value) in parts.items() if value >= 0.8]


def _position(document: Document, other: Document, bounds: Bounds | None) -> Scored:
    same = ("party", "issue", "stance", "meeting", "person")
    if any(document[name] != other[name] for name in same):
        return 0.0, []
    words_ = [d["quote"] or d["text"] for d in (document, other)]
    said = _like(*words_) if all(words_) else 1.0
    return _weighed({"date": (0.4, _near(bounds, other)), "text": (0.6, said)})


def _names(document: Document) -> list[str]:
    return [document["name"], *(item["name"] for item in document.get("names", []))]


def _named(document: Document, other: Document, _bounds: Bounds | None) -> Scored:
    best = max(_like(one, two) for one in _names(document) for two in _names(other))
    return (best if best >= 0.9 else 0.0), ["name"]


def _milestone(document: Document, other: Document, bounds: Bounds | None) -> Scored:
    return _weighed(
        {
            "title": (0.6, _like(document["title"], other["title"])),
            "date": (0.4, _near(bounds, other)),
        }
    )


def _source(document: Document, other: Document, _bounds: Bounds | None) -> Scored:
    if document["url"] is not None and document["url"] == other["url"]:
        return 1.0, ["url"]
    if document["url"] is not None and other["url"] is not None:
        return 0.0, []
    days = [d["published"] and d["published"]["edtf"] for d in (document, other)]
    if days[0] != days[1] or document["publisher"] != other["publisher"]:
        return 0.0, []
    best = _like(document["title"], other["title"])
    return (best if best >= 0.9 else 0.0), ["title", "published"]


_SCORES: dict[str, Callable[[Document, Document, Bounds | None], Scored]] = {
    "meeting": _meeting,
    "position": _position,
    "person": _named,
    "party": _named,
    "issue": _named,
    "process": _named,
    "milestone": _milestone,
    "source": _source,
}
