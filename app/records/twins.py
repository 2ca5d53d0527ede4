"""Likely twins of a new record, ranked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson
from rapidfuzz import fuzz
from sqlalchemy import Connection

from app.kit import edtf
from app.kit.parts import cited, texts
from app.kit.shapes import Document
from app.kit.terms import any_of
from app.kit.words import fold, words
from app.ledger.dating import Bounds, bounds_of
from app.ledger.lookups import several
from app.ledger.nouns import Noun, Nouns
from app.ledger.places import UNDATED, first_key
from app.ledger.reading import Reading, documents
from app.ledger.selections import ALL_KEYS, NOW, Range, Search, Selection, Word
from app.records.repeating import repeats, said
from app.records.slugs import namesakes

LIKELY = 0.75
_MOST = 5
# A record that shares a date with more than this many others is compared with these only.
_LOOKED_AT = 500
# So many words and so many citations narrow the search for what a record repeats.
_NARROWING = 12


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
    connection: Connection,
    nouns: Nouns,
    noun: Noun,
    document: Document,
    bounds: Bounds | None,
    *,
    beside: Sequence[Document] = (),
    most: int = _MOST,
) -> list[Twin]:
    """The most likely twins of a record that is about to be created, best first.

    `beside` are new records of the noun that are written along with it.
    """
    found: dict[str, Twin] = {}
    for other in (*beside, *_candidates(connection, nouns, noun, document, bounds)):
        twin = compared(noun, document, other, bounds)
        if twin is not None:
            found[twin.id] = twin
    return sorted(found.values(), key=lambda twin: (-twin.score, twin.id))[:most]


def compared(noun: Noun, document: Document, other: Document, bounds: Bounds | None) -> Twin | None:
    """The other as a twin of a new record, if it is likely to be one."""
    if other["id"] == document["id"]:
        return None
    score, alike = _SCORES[noun.name](document, other, bounds)
    if repeats(noun.shape, document, other):
        # Who says nothing new has entered the same again, whatever little was said.
        score, alike = 1.0, alike or said(noun.shape, document)
    return Twin(other["id"], score, tuple(alike)) if score >= LIKELY else None


def _candidates(
    connection: Connection, nouns: Nouns, noun: Noun, document: Document, bounds: Bounds | None
) -> Iterator[Document]:
    keys: dict[int, None] = {}
    for selection, low in _selections(noun, document, bounds):
        reading = Reading(connection, nouns, selection, NOW)
        found = reading.keys(low, ALL_KEYS[1], descending=True, limit=_LOOKED_AT)
        keys |= dict.fromkeys(found)
    for content in documents(connection, list(keys)).values():
        yield orjson.loads(content)
    named = [(noun.name, identifier) for identifier in namesakes(noun.name, document)]
    for _, content in several(connection, named, NOW).values():
        yield orjson.loads(content)


def _selections(
    noun: Noun, document: Document, bounds: Bounds | None
) -> Iterator[tuple[Selection, int]]:
    """What to look through, each from a key on."""
    every = Selection((noun.name,))
    dated = None
    if bounds is not None and not is_open(bounds):
        dated = Range(bounds.earliest, bounds.latest)
    yield _repeating(noun, document, dated), ALL_KEYS[0]
    if noun.name in ("meeting", "position"):
        # Only what may have happened on the same days, between the same parties; of what has no
        # date, only what has none either.
        same = Selection((noun.name,), range=dated)
        if noun.name == "position":
            same = same.also(any_of("party", [document["party"]]))
            same = same.also(any_of("issue", [document["issue"]]))
        elif document["parties"]:
            same = same.also(any_of("party", document["parties"]))
        elif dated is None:
            same = same.also(any_of("word", words(document["title"])))
        yield same, ALL_KEYS[0] if dated else first_key(UNDATED)
        return
    told = [word for field in _TOLD[noun.name] for word in words(_flat(document.get(field)))]
    if told:
        any_word = tuple((Word(word),) for word in dict.fromkeys(told))
        yield Selection((noun.name,), searches=(Search(any_word),)), ALL_KEYS[0]
    if document.get("url"):
        yield every.also(any_of("url", [document["url"]])), ALL_KEYS[0]


def is_open(bounds: Bounds | None) -> bool:
    """Whether a date says nothing of when, or there is none."""
    return bounds is None or (bounds.earliest is None and bounds.latest is None)


def _repeating(noun: Noun, document: Document, dated: Range | None) -> Selection:
    """Whatever holds every word and cites everything that a record does."""
    texts_ = texts(document, noun.shape)
    told = sorted({w for text in texts_ for w in words(text)}, key=lambda w: (-len(w), w))
    cites = sorted({f"{kind}:{identifier}" for kind, identifier in cited(document, noun.shape)})
    return Selection((noun.name,), range=dated).also(
        *(any_of("word", [word]) for word in told[:_NARROWING]),
        *(any_of("cites", [citation]) for citation in cites[:_NARROWING]),
    )


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


def _undated(document: Document, other: Document) -> bool:
    """Whether there is no date to compare."""
    return document["date"] is None and other["date"] is None


def _near(document: Document, other: Document, bounds: Bounds | None) -> float:
    """1 for the same days, less the less they share."""
    if _said(document) == _said(other) is not None:
        return 1.0
    own = bounds_of(other["date"])
    if bounds is None or own is None or None in (bounds.earliest, own.earliest):
        return 0.0
    if not edtf.overlaps(bounds.earliest, bounds.latest, own.earliest, own.latest):
        return 0.0
    if bounds == own:
        return 1.0
    spans = [b.latest - b.earliest if b.latest is not None else 365 for b in (bounds, own)]  # type: ignore[operator]  # neither is None
    return 0.8 if max(spans) <= 31 else 0.5


def _said(document: Document) -> tuple[str | None, ...] | None:
    date = document["date"]
    return None if date is None else (date["edtf"], date["before"], date["after"])


def _share(one: Iterable[str], other: Iterable[str]) -> float:
    left, right = set(one), set(other)
    return len(left & right) / len(left | right) if left | right else 0.0


def _meeting(document: Document, other: Document, bounds: Bounds | None) -> Scored:
    people = [{p["person"] for p in d["participants"] if p["person"]} for d in (document, other)]
    if people[0] and people[1] and not people[0] & people[1]:
        return 0.0, []  # each names who came, and they are not the same
    if _other_call(document, other):
        return 0.0, []
    here, there = (d["place"]["name"] if d["place"] else None for d in (document, other))
    place = _like(here, there) if here and there else 0.5
    if place < 0.5:
        return 0.0, []
    title = _like(document["title"], other["title"])
    parts = {"place": (0.15, place), "title": (0.2, title)}
    if not _undated(document, other):
        parts["date"] = (0.35, _near(document, other, bounds))
    if document["parties"] or other["parties"]:
        parts["parties"] = (0.3, _share(document["parties"], other["parties"]))
    if len(parts) < 4 and title < 0.8:
        return 0.0, []  # with less to go by, they must at least be called alike
    return _weighed(parts)


def _other_call(document: Document, other: Document) -> bool:
    """Whether both are calls, at different hours: there may be many on one day."""
    hours = {document["start"], other["start"]}
    return document["kind"] == other["kind"] == "call" and None not in hours and len(hours) > 1


def _weighed(parts: dict[str, tuple[float, float]]) -> Scored:
    """What is compared, by its weight; what neither record says is no part of it."""
    whole = sum(weight for weight, _ in parts.values())
    score = sum(weight * value for weight, value in parts.values()) / whole
    return round(score, 9), sorted(name for name, (_, value) in parts.items() if value >= 0.8)


def _position(document: Document, other: Document, bounds: Bounds | None) -> Scored:
    same = ("party", "issue", "stance", "meeting", "person")
    if any(document[name] != other[name] for name in same):
        return 0.0, []
    words_ = [d["quote"] or d["text"] for d in (document, other)]
    if _undated(document, other):
        # Without a day, only the words can tell whether it is said again.
        return _weighed({"text": (1.0, _like(*words_))})
    spoken = _like(*words_) if all(words_) else 1.0
    return _weighed({"date": (0.4, _near(document, other, bounds)), "text": (0.6, spoken)})


def _names(document: Document) -> list[str]:
    return [document["name"], *(item["name"] for item in document.get("names", []))]


def _named(document: Document, other: Document, _bounds: Bounds | None) -> Scored:
    best = max(_like(one, two) for one in _names(document) for two in _names(other))
    return (best if best >= 0.9 else 0.0), ["name"]


def _milestone(document: Document, other: Document, bounds: Bounds | None) -> Scored:
    title = _like(document["title"], other["title"])
    if _undated(document, other):
        return (title if title >= 0.9 else 0.0), ["title"]
    return _weighed({"title": (0.6, title), "date": (0.4, _near(document, other, bounds))})


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
